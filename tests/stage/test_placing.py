"""Where things are and whether they are seen, against pxr's own computations."""

from __future__ import annotations

import numpy as np
import pytest
from pxr import Gf, Sdf, Usd, UsdGeom

from engine.stage.reader import StageReader

from .build import mesh, only, primvar, world_points


def random_tree(stage: Usd.Stage, generator: np.random.Generator, count: int = 40) -> list[str]:
    """Cubes and Xforms below each other with every kind of xformOp, some resetting the stack."""
    paths = ["/World"]
    UsdGeom.Xform.Define(stage, "/World")
    shapes = []
    for number in range(count):
        parent = paths[generator.integers(len(paths))]
        shape = generator.random() < 0.6
        path = f"{parent}/P{number}"
        made = (UsdGeom.Cube if shape else UsdGeom.Xform).Define(stage, path)
        made.AddTranslateOp().Set(Gf.Vec3d(*generator.uniform(-3, 3, 3)))
        if generator.random() < 0.5:
            made.AddRotateXYZOp().Set(Gf.Vec3f(*generator.uniform(-180, 180, 3)))
        else:
            made.AddOrientOp().Set(Gf.Quatf(Gf.Rotation(Gf.Vec3d(*generator.normal(size=3)), 50.0).GetQuat()))
        made.AddScaleOp().Set(Gf.Vec3f(*generator.uniform(0.5, 2, 3)))
        if generator.random() < 0.15:
            made.SetResetXformStack(True)
        paths.append(path)
        shapes += [path] if shape else []
    return shapes


@pytest.mark.parametrize("unit", [1.0, 0.01, 0.3048])
@pytest.mark.parametrize("up", ["Y", "Z"])
def test_places_and_bounds_agree_with_pxr(stage: Usd.Stage, unit: float, up: str) -> None:
    UsdGeom.SetStageMetersPerUnit(stage, unit)
    UsdGeom.SetStageUpAxis(stage, up)
    shapes = random_tree(stage, np.random.default_rng(7))
    scene = StageReader(stage).snapshot()
    assert (scene.meters_per_unit, scene.up_axis) == (unit, up)
    assert sorted(item.prim_path for item in scene.instances) == sorted(shapes) and len(shapes) > 15
    xforms = UsdGeom.XformCache()
    for item in scene.instances:
        prim = stage.GetPrimAtPath(item.prim_path)
        rows = np.array(xforms.GetLocalToWorldTransform(prim))
        np.testing.assert_allclose(item.world_from_local[:3], rows.T[:3] * unit, atol=1e-12)
        assert item.previous_world_from_local is item.world_from_local
        np.testing.assert_allclose(item.mesh.extent, UsdGeom.Cube(prim).GetExtentAttr().Get())
    every = np.concatenate([world_points(item) for item in scene.instances])
    whole = [np.array(cube_corners(xforms.GetLocalToWorldTransform(stage.GetPrimAtPath(path)))) for path in shapes]
    np.testing.assert_allclose(every.min(0), np.concatenate(whole).min(0) * unit, atol=1e-5)
    np.testing.assert_allclose(every.max(0), np.concatenate(whole).max(0) * unit, atol=1e-5)


def cube_corners(matrix: Gf.Matrix4d) -> list[Gf.Vec3d]:
    return [matrix.Transform(Gf.Vec3d(x, y, z)) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]


def test_time_samples_at_the_time_asked_for(stage: Usd.Stage) -> None:
    stage.SetTimeCodesPerSecond(24)
    made = mesh(stage, "/M")
    move = made.AddTranslateOp()
    move.Set(Gf.Vec3d(0, 0, 0), 0.0)
    move.Set(Gf.Vec3d(24, 0, 0), 24.0)
    made.GetPointsAttr().Set([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)], 0.0)
    made.GetPointsAttr().Set([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 3, 0)], 24.0)
    made.GetVisibilityAttr().Set("inherited", 0.0)
    made.GetVisibilityAttr().Set("invisible", 40.0)
    reader = StageReader(stage)
    for seconds in (0.0, 0.5, 1.0, 0.25, 0.0):
        item = only(reader.snapshot(seconds))
        assert item.world_from_local[0, 3] == pytest.approx(24 * seconds)
        assert item.mesh.points[3, 1] == pytest.approx(1 + 2 * seconds)
    assert not reader.snapshot(2.0).instances
    assert only(reader.snapshot(1.5)).mesh.points[3, 1] == pytest.approx(3.0)


def test_visibility_and_purpose_agree_with_pxr(stage: Usd.Stage) -> None:
    generator = np.random.default_rng(11)
    shapes = random_tree(stage, generator, 60)
    for prim in [p for p in stage.Traverse() if p.GetName() != "World"]:
        imageable = UsdGeom.Imageable(prim)
        if generator.random() < 0.1:
            imageable.GetVisibilityAttr().Set("invisible")
        if generator.random() < 0.3:
            imageable.GetPurposeAttr().Set(str(generator.choice(["default", "render", "proxy", "guide"])))
    expected = [
        path
        for path in shapes
        if (imageable := UsdGeom.Imageable(stage.GetPrimAtPath(path))).ComputeVisibility() != "invisible"
        and imageable.ComputePurpose() in ("default", "render")
    ]
    assert 5 < len(expected) < len(shapes)
    assert sorted(i.prim_path for i in StageReader(stage).snapshot().instances) == sorted(expected)


def test_what_is_shown_again_is_up_to_date(stage: Usd.Stage) -> None:
    top = UsdGeom.Xform.Define(stage, "/X")
    made = mesh(stage, "/X/M")
    reader = StageReader(stage)
    assert reader.snapshot().instances
    top.MakeInvisible()
    assert not reader.snapshot().instances
    top.AddTranslateOp().Set((5, 0, 0))
    made.GetPointsAttr().Set([(0, 0, 0), (9, 0, 0), (1, 1, 0), (0, 1, 0)])
    assert not reader.snapshot().instances
    top.MakeVisible()
    item = only(reader.snapshot())
    assert item.world_from_local[0, 3] == 5.0 and item.mesh.points[1, 0] == 9.0


def test_purpose_can_change(stage: Usd.Stage) -> None:
    made = mesh(stage, "/M")
    reader = StageReader(stage)
    assert reader.snapshot().instances
    made.GetPurposeAttr().Set("guide")
    assert not reader.snapshot().instances


def test_flat_scales_can_be_inverted_and_points_vanish(stage: Usd.Stage) -> None:
    UsdGeom.Cube.Define(stage, "/Flat").AddScaleOp().Set((2, 3, 0))
    UsdGeom.Cube.Define(stage, "/Line").AddScaleOp().Set((2, 0, 0))
    item = only(StageReader(stage).snapshot())
    assert item.prim_path == "/Flat"
    assert np.isfinite(np.linalg.inv(item.world_from_local)).all()
    np.testing.assert_allclose(np.abs(world_points(item)).max(0), [2, 3, 0], atol=1e-5)


def test_nan_in_a_transform(stage: Usd.Stage, warnings: list[str]) -> None:
    UsdGeom.Cube.Define(stage, "/Lost").AddTranslateOp().Set((float("nan"), 0, 0))
    assert not StageReader(stage).snapshot().instances
    assert warnings == ["/Lost: it is left out: its transform holds NaN or infinite numbers"]


def test_broken_references_are_named(stage: Usd.Stage, warnings: list[str]) -> None:
    stage.DefinePrim("/World/Gone", "Xform").GetReferences().AddReference("no/such/file.usd")
    mesh(stage, "/World/M")
    assert StageReader(stage).snapshot().instances
    assert any(w.startswith("/World/Gone: ") and "no/such/file.usd" in w for w in warnings)


def test_payloads_are_read(stage: Usd.Stage, tmp_path: object) -> None:
    other = Usd.Stage.CreateInMemory()
    mesh(other, "/Top/M")
    stage.DefinePrim("/P").GetPayloads().AddPayload(Sdf.Payload(other.GetRootLayer().identifier, "/Top"))
    assert only(StageReader(stage).snapshot()).prim_path == "/P/M"
    stage.GetPrimAtPath("/P").Unload()
    assert not StageReader(stage).snapshot().instances


def test_primvars_hide_only_below(stage: Usd.Stage) -> None:
    top = UsdGeom.Xform.Define(stage, "/X")
    primvar(top, "hideForCamera", Sdf.ValueTypeNames.Bool, "constant", True)
    mesh(stage, "/X/M")
    mesh(stage, "/N")
    assert [item.primary_visible for item in StageReader(stage).snapshot().instances] == [False, True]


def test_what_was_hidden_has_no_previous_place() -> None:
    """Seen, hidden, seen elsewhere: the frame before says nothing, so nothing seems to have moved."""
    stage = Usd.Stage.CreateInMemory()
    cube = UsdGeom.Cube.Define(stage, "/Cube")
    move = cube.AddTranslateOp()
    reader = StageReader(stage)
    before = []
    for place, token in (
        ((0, 0, 0), "inherited"),
        ((1, 0, 0), "invisible"),
        ((2, 0, 0), "inherited"),
        ((2, 0, 0), "inherited"),
    ):
        move.Set(Gf.Vec3d(*place))
        cube.GetVisibilityAttr().Set(token)
        before += [item.previous_world_from_local[0, 3] for item in reader.snapshot().instances]
        reader.mark_captured()
    unit = UsdGeom.GetStageMetersPerUnit(stage)
    assert before == [0.0, 2.0 * unit, 2.0 * unit]
