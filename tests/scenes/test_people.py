"""People: closed meshes of human sizes, substances everywhere, poses that stand on the ground, labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pxr import Usd, UsdGeom

from scenes.builders import driver, people
from scenes.parts import Part
from scenes.people.clothes import TRUNK
from scenes.people.figure import POSES, Build, Pose, joints_of, pose_of
from scenes.people.head import hair_shapes
from scenes.people.person import model_person, person_asset
from scenes.tokens import BASE
from sensors.material_table import find_material


def open_edges(part: Part) -> int:
    """Count edges that do not have two faces, one each way."""
    faces = part.faces
    ring = np.concatenate(
        [np.stack([faces[:, k], faces[:, (k + 1) % faces.shape[1]]], 1) for k in range(faces.shape[1])]
    )
    ring = ring[ring[:, 0] != ring[:, 1]]
    there = {(int(a), int(b)) for a, b in ring}
    return sum((b, a) not in there for a, b in there)


@pytest.fixture(scope="module")
def parts() -> dict[str, Part]:
    made, _ = model_person("walking_a", 4, detail=1.9)
    return {part.name: part for part in made}


def test_every_part_is_closed_and_says_what_it_is_made_of(parts: dict[str, Part]) -> None:
    assert {"Face", "FaceEyes", "Hands", "ClothingTop", "ClothingLegs", "Shoes"} <= set(parts)
    assert {name: open_edges(part) for name, part in parts.items()} == dict.fromkeys(parts, 0)
    assert parts["Face"].look.token == parts["Hands"].look.token == "skin"
    for part in parts.values():
        assert find_material(part.look.token, part.look.coating).emissivity["lwir"] > 0.85


def test_a_person_is_as_tall_and_wide_as_people_are(parts: dict[str, Part]) -> None:
    points = np.concatenate([part.points for part in parts.values()])
    low, high = points.min(axis=0), points.max(axis=0)
    assert abs(low[2]) < 0.01
    assert 1.45 < high[2] < 2.05
    assert 0.35 < high[1] - low[1] < 0.95
    face = parts["Face"].points
    assert 0.13 < np.ptp(face[face[:, 2] > high[2] - 0.2, 1]) < 0.20  # breadth of a head, ears included


@pytest.mark.parametrize("name", POSES)
def test_poses_keep_the_length_of_bones_and_a_sole_on_the_ground(name: str) -> None:
    build = Build(1.8)
    joints = joints_of(build, pose_of(name, np.random.default_rng(3)))
    for side in "lr":
        thigh = np.linalg.norm(joints[f"knee_{side}"] - joints[f"hip_{side}"])
        assert thigh == pytest.approx((0.530 - 0.285) * 1.8)  # Drillis and Contini
        fore = np.linalg.norm(joints[f"wrist_{side}"] - joints[f"elbow_{side}"])
        assert fore == pytest.approx(0.148 * 1.8)
    soles = [min(joints[f"ankle_{s}"][2], joints[f"toe_{s}"][2] + (0.039 - 0.012) * 1.8) for s in "lr"]
    assert min(soles) == pytest.approx(0.039 * 1.8)
    assert np.linalg.norm(joints["head_ahead"]) == pytest.approx(1.0)


def test_a_straight_person_is_symmetric() -> None:
    joints = joints_of(Build(), Pose(lean=0.0))
    for name in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "toe"):
        assert joints[f"{name}_l"] == pytest.approx(joints[f"{name}_r"] * [1, -1, 1])
    assert len(TRUNK) == len(np.unique(TRUNK[:, 0]))


def test_what_there_is_not_is_refused() -> None:
    stage, rng = Usd.Stage.CreateInMemory(), np.random.default_rng(1)
    with pytest.raises(ValueError, match="pose 'flying' is unknown; choose from standing"):
        pose_of("flying", rng)
    with pytest.raises(ValueError, match="pose 'flying' is unknown; choose from standing"):
        person_asset("flying", 1)
    with pytest.raises(ValueError, match="pose 'flying' is unknown"):
        people.build(stage, "/World/people", rng, poses=["flying"])
    with pytest.raises(ValueError, match="count is -1 and looks 8; expected 0 or more, and 1 or more"):
        people.build(stage, "/World/people", rng, count=-1)
    with pytest.raises(ValueError, match="hair 'bald' is unknown; choose from short"):
        hair_shapes(None, "bald")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="looks is 1 and strips 2; expected 1 or more looks"):
        driver.build(stage, "/World/driver", rng, looks=1, strips=2)


def test_builder_makes_labelled_people_who_can_be_anybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stand_in(pose: str, seed: int) -> Path:
        path = tmp_path / f"{pose}.usda"
        if not path.exists():
            stage = Usd.Stage.CreateNew(str(path))
            stage.SetDefaultPrim(UsdGeom.Xform.Define(stage, "/Person").GetPrim())
            UsdGeom.Cube.Define(stage, f"/Person/{pose}")
            stage.GetRootLayer().Save()
        return path

    monkeypatch.setattr(people, "person_asset", stand_in)
    stage = Usd.Stage.CreateInMemory()
    people.build(stage, "/World/people", np.random.default_rng(2), count=3, looks=2, poses=["standing", "phone"])
    made = stage.GetPrimAtPath("/World/people").GetChildren()
    assert [list(p.GetAttribute("semantics:labels:class").Get()) for p in made] == [["person"]] * 3
    seen = []
    for name in made[0].GetVariantSets().GetVariantSet("person").GetVariantNames():
        made[0].GetVariantSets().GetVariantSet("person").SetVariantSelection(name)
        seen += [child.GetName() for child in stage.GetPrimAtPath(f"{made[0].GetPath()}/Body").GetChildren()]
    assert seen == ["standing", "phone"]


def test_file_of_a_person_has_tokens_on_every_material(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLICANT_CACHE", str(tmp_path))
    from scenes.parts import write_parts

    made, facts = model_person("standing", 2, detail=2.4)
    write_parts(tmp_path / "person.usdc", "Person", made, facts)
    stage = Usd.Stage.Open(str(tmp_path / "person.usdc"))
    materials = [prim for prim in stage.Traverse() if prim.GetTypeName() == "Material"]
    assert len(materials) == len(made)
    assert all(prim.GetAttribute(BASE).Get() for prim in materials)
    assert stage.GetDefaultPrim().GetAttribute("replicant:pose").Get() == "standing"
