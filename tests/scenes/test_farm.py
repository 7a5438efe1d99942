"""Farm things: of real sizes, on the ground, whole meshes, labelled; the same bytes every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pxr import Usd, UsdGeom, UsdShade

from scenes.builders import farm
from scenes.farm.forms import board, lying, pipe, tank
from scenes.farm.paint import straw
from scenes.farm.things import THINGS, write_thing

# Length and width (either way round) and height that makers' sheets give, metres.
SIZES = {
    "trough": ((1.6, 2.4), (0.6, 1.0), (0.5, 0.75)),
    "hay_bale": ((1.15, 1.6), (1.15, 1.6), (1.15, 1.6)),
    "hay_feeder": ((1.9, 2.4), (1.9, 2.4), (1.0, 1.3)),
    "trailer": ((3.6, 5.0), (1.6, 2.5), (0.8, 1.4)),
}


def enclosed(points: np.ndarray, triangles: np.ndarray) -> float:
    a, b, c = points[triangles].transpose(1, 0, 2)
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6.0)


@pytest.fixture(scope="module", params=sorted(THINGS))
def thing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    path = tmp_path_factory.mktemp(request.param) / f"{request.param}.usdc"
    write_thing(path, request.param, 4)
    return request.param, path


def test_things_have_real_sizes_and_stand_on_the_ground(thing: tuple[str, Path]) -> None:
    kind, path = thing
    stage = Usd.Stage.Open(str(path))
    box = UsdGeom.BBoxCache(0, ["default"]).ComputeWorldBound(stage.GetDefaultPrim()).ComputeAlignedRange()
    x, y, z = box.GetSize()
    for value, (low, high) in zip((max(x, y), min(x, y), z), SIZES[kind], strict=True):
        assert low < value < high
    assert -0.02 < box.GetMin()[2] < 0.02


def test_meshes_are_whole_and_textured(thing: tuple[str, Path]) -> None:
    stage = Usd.Stage.Open(str(thing[1]))
    meshes = [p for p in stage.Traverse() if p.IsA(UsdGeom.Mesh)]
    assert meshes
    for prim in meshes:
        points = np.array(UsdGeom.Mesh(prim).GetPointsAttr().Get())
        triangles = np.array(UsdGeom.Mesh(prim).GetFaceVertexIndicesAttr().Get()).reshape(-1, 3)
        normals = np.array(UsdGeom.Mesh(prim).GetNormalsAttr().Get())
        assert np.isfinite(points).all()
        assert 0 <= triangles.min() <= triangles.max() < len(points)
        a, b, c = points[triangles].transpose(1, 0, 2)
        face = np.cross(b - a, c - a)
        real = np.linalg.norm(face, axis=1) > 1e-8
        agree = np.einsum("ij,ij->i", face, normals[triangles].mean(1))[real] > 0
        assert agree.mean() > 0.98, prim.GetName()  # faces and normals look the same way
        material, _ = UsdShade.MaterialBindingAPI(prim).ComputeBoundMaterial()
        image = stage.GetPrimAtPath(f"{material.GetPath()}/Texture").GetAttribute("inputs:file").Get()
        assert Path(image.resolvedPath).parent == thing[1].parent


def test_same_seed_same_bytes(thing: tuple[str, Path], tmp_path: Path) -> None:
    kind, path = thing
    write_thing(tmp_path / path.name, kind, 4)
    names = sorted(p.name for p in path.parent.iterdir())
    assert names == sorted(p.name for p in tmp_path.iterdir())
    for name in names:
        assert (tmp_path / name).read_bytes() == (path.parent / name).read_bytes()
    write_thing(tmp_path / path.name, kind, 5)
    assert any((tmp_path / name).read_bytes() != (path.parent / name).read_bytes() for name in names)


def test_forms_enclose_what_geometry_says() -> None:
    box = board((0.4, 0.3, 0.2), (1.0, 2.0, 3.0))
    assert enclosed(box.points, box.triangles) == pytest.approx(0.4 * 0.3 * 0.2)
    assert box.points.mean(0) == pytest.approx([1.0, 2.0, 3.0])
    bar = pipe([(0, 0, 0), (0, 0, 1), (0, 0, 2)], 0.05, 64)
    assert np.hypot(*bar.points[:, :2].T) == pytest.approx(np.full(len(bar.points), 0.05))
    roll = lying([(0.0, -0.6), (0.7, -0.6), (0.7, 0.6), (0.0, 0.6)], 256)
    assert enclosed(roll.points, roll.triangles) == pytest.approx(np.pi * 0.49 * 1.2, rel=1e-3)
    walls = tank(2.0, 0.8, [(0.4 - 1e-6, 0.0), (0.0, 0.0), (0.0, 0.5), (0.4 - 1e-6, 0.5)], 128)
    assert enclosed(walls.points, walls.triangles) == pytest.approx((1.2 * 0.8 + np.pi * 0.16) * 0.5, rel=1e-3)


def test_straw_is_straw_coloured() -> None:
    image = straw(np.random.default_rng(2), 128)
    red, green, blue = image.mean((0, 1))
    assert 0.15 < red < 0.6
    assert red > green > 1.3 * blue


def test_builder_labels_each_thing_with_its_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLICANT_CACHE", str(tmp_path))
    stage = Usd.Stage.CreateInMemory()
    farm.build(stage, "/World/farm", np.random.default_rng(1), counts={"hay_bale": 2, "trough": 1}, looks=2)
    seen = {
        p.GetName(): list(p.GetAttribute("semantics:labels:class").Get())
        for p in stage.GetPrimAtPath("/World/farm").GetChildren()
    }
    assert seen == {"HayBale_00": ["hay_bale"], "HayBale_01": ["hay_bale"], "Trough_00": ["trough"]}
    files = {str(p) for p in tmp_path.rglob("*.usdc")}
    assert len(files) == 3  # two bales of their own and a trough


def test_builder_refuses_what_it_cannot_build() -> None:
    stage, rng = Usd.Stage.CreateInMemory(), np.random.default_rng(1)
    with pytest.raises(ValueError, match="farm thing 'silo' is unknown; choose from trough"):
        farm.build(stage, "/World/farm", rng, counts={"silo": 1})
    with pytest.raises(ValueError, match="number of trailer is -2; expected 0 or more"):
        farm.build(stage, "/World/farm", rng, counts={"trailer": -2})
    with pytest.raises(ValueError, match="looks is 0; expected 1 or more"):
        farm.build(stage, "/World/farm", rng, counts={}, looks=0)
