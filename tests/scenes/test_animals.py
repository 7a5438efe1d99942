"""The animals' files: closed skins of the asked size that stand on the ground, the same bytes every time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pxr import Usd, UsdGeom, UsdShade
from scipy import ndimage

from scenes import asset_cache
from scenes.animals import herd
from scenes.animals.bovine import PLAN, Cow
from scenes.animals.breeds import BREEDS, individual
from scenes.animals.coats import Canvas, white_mask
from scenes.animals.field import Field, smooth_join
from scenes.animals.shapes import Cone, Loft
from scenes.animals.skeleton import Build, Pose, bend, posed_joints, walking_steps
from scenes.animals.skin import make_skin, surface_nets

CASES = [
    ("holstein", "standing", 2, "cow"),
    ("jersey", "grazing", 1, "cow"),
    ("hereford", "walking_c", 2, "cow"),
    ("charolais", "lying", 1, "cow"),
    ("simmental", "standing", 5, "calf"),
]


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REPLICANT_CACHE", str(folder))
        yield folder


def mesh_arrays(path: Path, name: str) -> tuple[np.ndarray, np.ndarray]:
    stage = Usd.Stage.Open(str(path))
    mesh = UsdGeom.Mesh(stage.GetDefaultPrim().GetChild(name))
    counts = np.array(mesh.GetFaceVertexCountsAttr().Get())
    return np.array(mesh.GetPointsAttr().Get()), np.array(mesh.GetFaceVertexIndicesAttr().Get()).reshape(
        len(counts), -1
    )


def edge_counts(faces: np.ndarray) -> np.ndarray:
    ends = np.stack([faces, np.roll(faces, -1, 1)], -1).reshape(-1, 2)
    return np.unique(np.sort(ends, 1), axis=0, return_counts=True)[1]


def enclosed(points: np.ndarray, faces: np.ndarray) -> float:
    corner = points[faces]
    fans = [
        np.einsum("ij,ij->i", corner[:, 0], np.cross(corner[:, i], corner[:, i + 1]))
        for i in range(1, faces.shape[1] - 1)
    ]
    return float(sum(f.sum() for f in fans) / 6.0)


@pytest.mark.parametrize("case", CASES, ids=lambda c: "-".join(map(str, c)))
def test_skin_is_closed_and_fine(case: tuple[str, str, int, str]) -> None:
    points, faces = mesh_arrays(herd.cow_asset(*case), "Body")
    assert np.isfinite(points).all()
    assert (edge_counts(faces) == 2).all()  # every edge between two faces: no hole, no third sheet
    directed = np.stack([faces, np.roll(faces, -1, 1)], -1).reshape(-1, 2)
    assert len(np.unique(directed, axis=0)) == len(directed)  # neighbours agree on which side is out
    assert 15_000 <= 2 * len(faces) <= 32_768
    assert len(np.unique(faces)) == len(points)
    assert enclosed(points, faces) > 0.03


@pytest.mark.parametrize("case", [c for c in CASES if c[1] != "lying"], ids=lambda c: "-".join(map(str, c)))
def test_height_and_feet(case: tuple[str, str, int, str]) -> None:
    path = herd.cow_asset(*case)
    stage = Usd.Stage.Open(str(path))
    height = stage.GetDefaultPrim().GetAttribute("replicant:height").Get()
    points, _ = mesh_arrays(path, "Body")
    size = height / PLAN.height
    # The withers: the top line over the shoulder blades, behind where the neck rises.
    withers = points[(np.abs(points[:, 0] - 0.33 * size) < 0.06 * size) & (np.abs(points[:, 1]) < 0.1 * size), 2].max()
    assert withers == pytest.approx(height, rel=0.02)
    feet, _ = mesh_arrays(path, "Hooves")
    assert 0.0 <= feet[:, 2].min() < 0.003
    assert points[:, 2].min() >= -0.001
    length = np.ptp(points[:, 0])
    assert 1.1 * height < length < 2.0 * height
    assert np.ptp(points[:, 1]) < 0.75 * height


def test_lying_cow_rests_on_the_ground() -> None:
    points, _ = mesh_arrays(herd.cow_asset("charolais", "lying", 1), "Body")
    trunk = points[np.abs(points[:, 1]) < 0.1]
    assert -0.001 <= trunk[:, 2].min() < 0.03
    assert points[:, 2].max() < 1.3


def test_grazing_muzzle_is_at_the_grass_and_a_standing_one_is_not() -> None:
    for seed in range(6):
        rng = np.random.default_rng(seed)
        build = individual(BREEDS["holstein"], "cow", rng)
        grazing = posed_joints(PLAN, build, herd.pose_of("grazing", rng))
        standing = posed_joints(PLAN, build, herd.pose_of("standing", rng))
        assert 0.0 < grazing["muzzle"][2] < 0.12
        assert standing["muzzle"][2] > 0.8


def test_same_asset_has_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = herd.cow_asset("holstein", "standing", 2)
    monkeypatch.setenv("REPLICANT_CACHE", str(tmp_path))
    second = herd.cow_asset("holstein", "standing", 2)
    assert first != second
    names = sorted(p.name for p in first.parent.iterdir())
    assert names == ["coat_0.png", "cow.usdc"]
    for name in names:
        assert (first.parent / name).read_bytes() == (second.parent / name).read_bytes()
    other = herd.cow_asset("holstein", "standing", 3)
    assert other.read_bytes() != second.read_bytes()


def test_stage_is_as_promised() -> None:
    stage = Usd.Stage.Open(str(herd.cow_asset("hereford", "walking_c", 2)))
    root = stage.GetDefaultPrim()
    assert root.IsA(UsdGeom.Xform)
    assert UsdGeom.GetStageUpAxis(stage) == "Z"
    assert UsdGeom.GetStageMetersPerUnit(stage) == 1.0
    assert root.GetAttribute("replicant:breed").Get() == "hereford"
    assert root.GetAttribute("replicant:pose").Get() == "walking_c"
    meshes = [p for p in stage.Traverse() if p.IsA(UsdGeom.Mesh)]
    assert {p.GetName() for p in meshes} >= {"Body", "Eyes", "Hooves", "Teats"}
    for prim in meshes:
        material, _ = UsdShade.MaterialBindingAPI(prim).ComputeBoundMaterial()
        assert material.ComputeSurfaceSource()[0].GetIdAttr().Get() == "UsdPreviewSurface"
        points, faces = mesh_arrays(Path(stage.GetRootLayer().realPath), prim.GetName())
        assert (edge_counts(faces) == 2).all()
        extent = np.array(UsdGeom.Mesh(prim).GetExtentAttr().Get())
        assert np.array_equal(extent, [points.min(0), points.max(0)])
    assert not [p for p in stage.Traverse() if any("semantic" in a.lower() for a in p.GetAppliedSchemas())]


def trunk_canvas() -> Canvas:
    rng = np.random.default_rng(0)
    points = rng.uniform([-0.9, -0.35, 0.7], [0.7, 0.35, 1.4], (20_000, 3)).astype(np.float32)
    parts = np.full((len(points), 11), 0.6, np.float32)
    parts[:, 0] = 0.0
    return Canvas(points, parts, np.full((len(points), 3), -2.0, np.float32), 1.0)


def test_patches_cover_the_share_that_the_breed_allows() -> None:
    shares = []
    for seed in range(20):
        white = white_mask(trunk_canvas(), BREEDS["holstein"].coat, np.random.default_rng(seed))
        shares.append(1.0 - float(white.mean()))
        assert ((white < 0.05) | (white > 0.95)).mean() > 0.75  # sharp edges
    low, high = BREEDS["holstein"].coat.share
    assert low - 0.05 < min(shares) < max(shares) < high + 0.05
    assert np.ptp(shares) > 0.15


def test_a_plain_coat_has_no_white() -> None:
    assert white_mask(trunk_canvas(), BREEDS["angus"].coat, np.random.default_rng(1)).max() == 0.0


@pytest.mark.parametrize("kind", herd.KINDS)
def test_other_animals(kind: str) -> None:
    path = herd.animal_asset(kind, "standing", 1)
    points, faces = mesh_arrays(path, "Body")
    assert np.isfinite(points).all()
    assert (edge_counts(faces) == 2).all()
    stage = Usd.Stage.Open(str(path))
    prim = stage.GetDefaultPrim()
    assert prim.GetAttribute("replicant:kind").Get() == kind
    height = prim.GetAttribute("replicant:height").Get()
    assert 0.9 * height < points[:, 2].max() < 1.75 * height
    lowest = min(mesh_arrays(path, name)[0][:, 2].min() for name in ("Body", "Hooves") if prim.GetChild(name))
    assert -0.002 < lowest < 0.01


def test_calves_are_small_with_long_legs_and_bulls_have_no_udder() -> None:
    breed = BREEDS["simmental"]
    cow, calf, bull = (individual(breed, age, np.random.default_rng(4)) for age in ("cow", "calf", "bull"))
    assert calf.height < 0.75 * cow.height < bull.height
    assert calf.leg_share > cow.leg_share
    assert bull.udder == calf.udder == 0.0
    assert Cow(bull, Pose()).teats() == []


def test_unknown_names_are_refused() -> None:
    with pytest.raises(herd.HerdError, match="unknown breed 'zebu'; expected one of: holstein, jersey"):
        herd.cow_asset("zebu", "standing", 1)
    with pytest.raises(herd.HerdError, match="unknown pose 'flying'"):
        herd.cow_asset("holstein", "flying", 1)
    with pytest.raises(herd.HerdError, match="unknown age 'old'"):
        herd.cow_asset("holstein", "standing", 1, "old")
    with pytest.raises(herd.HerdError, match="coats is 0; expected 1 or more"):
        herd.cow_asset("holstein", "standing", 1, coats=0)
    with pytest.raises(herd.HerdError, match="unknown animal 'unicorn'; expected one of: sheep"):
        herd.animal_asset("unicorn", "standing", 1)


def test_a_cone_measures_a_ball_and_a_capsule() -> None:
    ball = Cone(np.zeros(3), np.zeros(3), 0.5, 0.5, "x")
    points = np.array([[1.0, 0, 0], [0, 0.5, 0], [0, 0, 0.1]])
    assert ball.distance(points) == pytest.approx([0.5, 0.0, -0.4], abs=1e-6)
    capsule = Cone(np.zeros(3), np.array([2.0, 0, 0]), 0.5, 0.25, "x")
    assert capsule.distance(np.array([[1.0, 1.0, 0.0], [3.0, 0, 0]])) == pytest.approx([0.625, 0.75], abs=1e-6)
    flat = Cone(np.zeros(3), np.zeros(3), 0.5, 0.5, "x", aspect=0.5)
    assert flat.distance(np.array([[0, 0.25, 0], [0.5, 0, 0]])) == pytest.approx([0.0, 0.0], abs=1e-6)


def test_a_loft_passes_through_its_sections() -> None:
    rows = np.array([[0.0, 0.0, 0.2, 0.3, 0.1], [1.0, 0.1, 0.4, 0.5, 0.2]])
    loft = Loft(np.array([1.0, 2.0, 3.0]), np.array([0, 1.0, 0]), np.array([0, 0, 1.0]), rows, "x", cap=0.1)
    on_surface = np.array(
        [[1, 2, 3.2], [1, 2, 2.7], [0.9, 2, 3.0], [1.1, 2, 3.0], [1, 3, 3.5], [1, 1.9, 3.0], [1, 3.1, 3.1]]
    )
    assert loft.distance(on_surface) == pytest.approx(np.zeros(7), abs=1e-6)


def test_smooth_join_is_the_nearer_one_far_away_and_deeper_in_between() -> None:
    first, second = np.array([0.1, 0.5, 0.2]), np.array([0.5, 0.1, 0.2])
    assert smooth_join(first, second, 0.1) == pytest.approx([0.1, 0.1, 0.2 - 0.1 / 4])


def test_skin_of_a_ball_has_its_area_and_volume() -> None:
    field = Field([Cone(np.array([0, 0, 1.0]), np.array([0, 0, 1.0]), 0.5, 0.5, "x")])
    axes = [np.linspace(-0.6, 0.6, 33), np.linspace(-0.6, 0.6, 35), np.linspace(0.4, 1.6, 31)]
    skin = make_skin(field.on_grid(axes), field.at, axes)
    assert np.linalg.norm(skin.points - [0, 0, 1], axis=1) == pytest.approx(0.5, abs=1e-3)
    assert enclosed(skin.points, skin.quads) == pytest.approx(4 / 3 * np.pi * 0.125, rel=0.01)
    assert np.einsum("ij,ij->i", skin.normals, (skin.points - [0, 0, 1]) / 0.5).min() > 0.99


def test_surface_stays_manifold_on_noise() -> None:
    rng = np.random.default_rng(3)
    value = np.pad(ndimage.gaussian_filter(rng.normal(size=(20, 20, 20)), 0.8), 4, constant_values=1.0)
    _, quads = surface_nets(value, [np.arange(28.0)] * 3)
    assert len(quads) > 100
    assert (edge_counts(quads) == 2).all()


def test_bent_leg_keeps_its_bones() -> None:
    top, foot = np.array([0.0, 0.2, 0.8]), np.array([0.1, 0.2, 0.2])
    for forward in (1.0, -1.0):
        knee = bend(top, foot, 0.4, 0.3, forward)
        assert np.linalg.norm(knee - top) == pytest.approx(0.4)
        assert np.linalg.norm(foot - knee) == pytest.approx(0.3)
        assert np.sign(knee[0] - np.interp(knee[2], [0.2, 0.8], [0.1, 0.0])) == forward


def test_a_walk_has_at_least_two_feet_on_the_ground_and_others_lift() -> None:
    lifted = [sum(lift > 0.0 for _, lift in walking_steps(p).values()) for p in np.linspace(0, 1, 40, endpoint=False)]
    assert max(lifted) <= 2
    assert min(lifted) >= 1
    joints = posed_joints(PLAN, Build(1.45), Pose(steps=walking_steps(0.05)))
    assert sum(joints[leg][4, 2] > 0.085 for leg in ("fore_l", "fore_r", "hind_l", "hind_r")) >= 1


def test_pose_moves_no_bone_of_the_other_side() -> None:
    still = posed_joints(PLAN, Build(1.45), Pose())
    moved = posed_joints(PLAN, Build(1.45), replace(Pose(), steps={"fore_l": (0.3, 0.0)}))
    assert np.array_equal(still["fore_r"], moved["fore_r"])
    assert moved["fore_l"][4, 0] - still["fore_l"][4, 0] == pytest.approx(0.3 * still["fore_l"][1, 2])


def test_a_body_without_species_says_so() -> None:
    from scenes.animals.body import Body

    with pytest.raises(AttributeError, match="Body has no shapes; a body is made as a Cow or a Beast"):
        Body(PLAN, Build(1.45), Pose()).shapes()


def write_note(path: Path) -> None:
    path.write_text("made")


def write_nothing(path: Path) -> None:
    (path.parent / "other").write_text("x")


def fail(path: Path) -> None:
    path.write_text("half")
    raise ValueError("broken on purpose")


def test_cache_builds_once_and_keeps_nothing_half_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLICANT_CACHE", str(tmp_path))
    path = asset_cache.asset_file("note", {"a": 1}, write_note, ".txt")
    path.write_text("touched")
    assert asset_cache.asset_file("note", {"a": 1}, write_note, ".txt").read_text() == "touched"
    assert asset_cache.asset_file("note", {"a": 2}, write_note, ".txt") != path
    with pytest.raises(
        asset_cache.AssetError, match=r"asset 'gone' .*: its builder wrote no gone\.usdc; it must write"
    ):
        asset_cache.asset_file("gone", {}, write_nothing)
    with pytest.raises(ValueError, match="broken on purpose"):
        asset_cache.asset_file("bad", {}, fail)
    assert len(list((tmp_path / "assets").iterdir())) == 2


def test_cache_yields_to_another_process_and_reports_a_folder_it_cannot_name(tmp_path: Path) -> None:
    draft, taken = tmp_path / "draft", tmp_path / "taken"
    for folder in (draft, taken):
        folder.mkdir()
        (folder / "a").write_text(folder.name)
    asset_cache._publish(draft, taken)
    assert (taken / "a").read_text() == "taken"
    with pytest.raises(OSError, match="missing"):
        asset_cache._publish(draft, tmp_path / "missing" / "deeper")


def test_cache_is_in_the_repository_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REPLICANT_CACHE")
    assert asset_cache.cache_folder() == asset_cache.ROOT / ".cache" / "assets"
