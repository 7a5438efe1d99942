"""The herd's pool: every size from none to thirty, every look of every body, calves; no cow is modelled here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pxr import Usd, UsdGeom

from scenes.builders import animals, herd, meadow

Asked = list[tuple[str, str, int, str, int]]


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Put small files in the place of cows; returns what was asked for."""
    calls: Asked = []

    def stand_in(breed: str, pose: str, seed: int, age: str = "cow", coats: int = 1) -> Path:
        calls.append((breed, pose, seed, age, coats))
        path = tmp_path / f"{len(calls)}.usda"
        stage = Usd.Stage.CreateNew(str(path))
        root = UsdGeom.Xform.Define(stage, "/Cow").GetPrim()
        stage.SetDefaultPrim(root)
        UsdGeom.Cube.Define(stage, "/Cow/Body")
        variants = root.GetVariantSets().AddVariantSet("coat")
        for coat in range(coats):
            variants.AddVariant(f"coat_{coat}")
        stage.GetRootLayer().Save()
        return path

    monkeypatch.setattr(herd, "cow_asset", stand_in)
    return calls


def test_pool_holds_thirty_labelled_cows_in_groups_that_sum_to_any_number(asked: Asked) -> None:
    stage = Usd.Stage.CreateInMemory()
    herd.build(stage, "/World/herd", np.random.default_rng(1))
    groups = stage.GetPrimAtPath("/World/herd").GetChildren()
    sizes = [len(g.GetChildren()) for g in groups]
    assert sizes == [1, 2, 4, 8, 15]
    sums = {sum(size for bit, size in enumerate(sizes) if code >> bit & 1) for code in range(32)}
    assert sums == set(range(31))
    for cow in (c for g in groups for c in g.GetChildren()):
        assert list(cow.GetAttribute("semantics:labels:class").Get()) == ["cow"]


def test_a_cow_can_take_every_coat_of_every_body(asked: Asked) -> None:
    stage = Usd.Stage.CreateInMemory()
    herd.build(stage, "/World/herd", np.random.default_rng(2), bodies=3, coats=2, calves=1, groups=[1])
    assert [call[3] for call in asked] == ["cow", "cow", "calf"]
    assert {call[4] for call in asked} == {2}
    cow = stage.GetPrimAtPath("/World/herd/Group_01/Cow_00")
    looks = cow.GetVariantSets().GetVariantSet("animal")
    assert looks.GetVariantNames() == [f"look_{n:02d}" for n in range(6)]
    seen = []
    for name in looks.GetVariantNames():
        looks.SetVariantSelection(name)
        body = stage.GetPrimAtPath(f"{cow.GetPath()}/Body")
        files = [spec.layer.realPath for spec in body.GetPrimStack() if spec.layer.realPath]
        seen.append((Path(files[-1]).stem, body.GetVariantSets().GetVariantSelection("coat")))
    assert seen == [(str(b), f"coat_{c}") for b in (1, 2, 3) for c in (0, 1)]


def test_the_same_generator_makes_the_same_herd(asked: Asked) -> None:
    for _ in range(2):
        herd.build(Usd.Stage.CreateInMemory(), "/World/herd", np.random.default_rng(3), bodies=5)
    assert asked[:5] == asked[5:]
    assert len({call[:2] for call in asked[:5]}) == 5


def test_wrong_numbers_are_refused(asked: Asked) -> None:
    stage, rng = Usd.Stage.CreateInMemory(), np.random.default_rng(1)
    with pytest.raises(ValueError, match="bodies is 0 and coats 2; expected 1 or more of each"):
        herd.build(stage, "/World/herd", rng, bodies=0)
    with pytest.raises(ValueError, match="calves is 4; expected 0 to 3, the number of bodies"):
        herd.build(stage, "/World/herd", rng, bodies=3, calves=4)
    with pytest.raises(ValueError, match="looks is 0; expected 1 or more"):
        animals.build(stage, "/World/others", rng, counts={"sheep": 1}, looks=0)
    with pytest.raises(ValueError, match="woods is -1; expected 0 or more"):
        meadow.build(stage, "/World/meadow", rng, woods=-1)
    assert asked == []
