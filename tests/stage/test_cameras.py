"""Cameras against Gf.Camera's frustum."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pxr import Gf, Sdf, Usd, UsdGeom

from engine.stage.reader import StageReader

SIZE = (640, 400)


def camera(stage: Usd.Stage, **attributes: Any) -> UsdGeom.Camera:
    made = UsdGeom.Camera.Define(stage, "/World/Cam")
    values = {"focalLength": 24.0, "horizontalAperture": 20.955, **attributes}
    for name, value in values.items():
        made.GetPrim().GetAttribute(name).Set(value)
    move, turn = made.AddTranslateOp(), made.AddRotateXYZOp()
    move.Set((3, -2, 5))
    turn.Set((60, 10, 30))
    return made


def pixel_by_gf(made: UsdGeom.Camera, point: np.ndarray, unit: float) -> np.ndarray:
    """Project a world point in metres with Gf.Camera, its vertical aperture set to square pixels."""
    lens = made.GetCamera(Usd.TimeCode.Default())
    lens.verticalAperture = lens.horizontalAperture * SIZE[1] / SIZE[0]
    frustum = lens.frustum
    clip = (frustum.ComputeViewMatrix() * frustum.ComputeProjectionMatrix()).Transform(Gf.Vec3d(*(point / unit)))
    return np.array([(clip[0] + 1) / 2 * SIZE[0], (1 - clip[1]) / 2 * SIZE[1]])


@pytest.mark.parametrize("unit", [1.0, 0.01])
@pytest.mark.parametrize("offsets", [(0.0, 0.0), (3.0, 0.0), (0.0, -2.0), (-1.5, 2.5)])
def test_projection_is_gf_camera_s(stage: Usd.Stage, unit: float, offsets: tuple[float, float]) -> None:
    UsdGeom.SetStageMetersPerUnit(stage, unit)
    made = camera(
        stage, horizontalApertureOffset=offsets[0], verticalApertureOffset=offsets[1], clippingRange=(0.5, 90)
    )
    read = StageReader(stage).camera("/World/Cam", *SIZE)
    assert read.fx == read.fy == pytest.approx(24.0 * 640 / 20.955)
    assert (read.near, read.far) == pytest.approx((0.5 * unit, 90 * unit))
    for local in np.random.default_rng(0).uniform([-2, -2, -9], [2, 2, -3], (10, 3)) * unit:
        world = read.world_from_camera @ [*local, 1.0]
        x = read.cx + read.fx * local[0] / -local[2]
        y = read.cy - read.fy * local[1] / -local[2]
        np.testing.assert_allclose([x, y], pixel_by_gf(made, world[:3], unit), atol=1e-3)


def test_orthographic_window_is_gf_camera_s(stage: Usd.Stage) -> None:
    UsdGeom.SetStageMetersPerUnit(stage, 0.01)
    made = camera(stage, projection="orthographic", horizontalAperture=200.0, horizontalApertureOffset=10.0)
    read = StageReader(stage).camera("/World/Cam", *SIZE)
    assert read.orthographic and read.ortho_size == pytest.approx((0.2, 0.2 * 400 / 640))
    for local in np.random.default_rng(0).uniform([-0.1, -0.1, -9], [0.1, 0.1, -3], (10, 3)):
        world = read.world_from_camera @ [*local, 1.0]
        x = read.cx + local[0] / read.ortho_size[0] * 640
        y = read.cy - local[1] / read.ortho_size[1] * 400
        np.testing.assert_allclose([x, y], pixel_by_gf(made, world[:3], 0.01), atol=1e-3)


def test_pose_is_rigid_whatever_is_above(stage: Usd.Stage) -> None:
    top = UsdGeom.Xform.Define(stage, "/World")
    camera(stage)
    plain = StageReader(stage).camera("/World/Cam", *SIZE)
    top.AddScaleOp().Set((2, 2, 2))
    read = StageReader(stage).camera("/World/Cam", *SIZE)
    np.testing.assert_allclose(read.world_from_camera[:3, :3], plain.world_from_camera[:3, :3], atol=1e-9)
    np.testing.assert_allclose(read.world_from_camera[:3, 3], 2 * plain.world_from_camera[:3, 3], atol=1e-9)
    np.testing.assert_allclose(read.camera_from_world @ read.world_from_camera, np.eye(4), atol=1e-9)
    top.ClearXformOpOrder()
    top.AddScaleOp(opSuffix="flip").Set((1, 1, -1))
    mirrored = StageReader(stage).camera("/World/Cam", *SIZE).world_from_camera[:3, :3]
    assert np.linalg.det(mirrored) == pytest.approx(1.0)


def test_golden_of_replicator_s_pose_writer(stage: Usd.Stage) -> None:
    """Camera (-4, -4, 8) looking at the origin, 512 x 512: reference 1.11."""
    made = UsdGeom.Camera.Define(stage, "/C")
    made.GetFocalLengthAttr().Set(24.0)
    made.GetHorizontalApertureAttr().Set(20.955)
    look = Gf.Matrix4d().SetLookAt(Gf.Vec3d(-4, -4, 8), Gf.Vec3d(0, 0, 0), Gf.Vec3d(0, 0, 1)).GetInverse()
    made.AddTransformOp().Set(look)
    read = StageReader(stage).camera("/C", 512, 512)
    rows = [[0.70711, 0.57735, -0.40825], [-0.70711, 0.57735, -0.40825], [0, 0.57735, 0.8165]]
    assert read.fx == pytest.approx(586.399, abs=1e-3)
    view = read.camera_from_world.T
    np.testing.assert_allclose(np.abs(view[3, :3]), [0, 0, 9.79796], atol=1e-5)
    np.testing.assert_allclose(np.abs(view[:3, :3]), np.abs(rows), atol=1e-5)


def test_lens_and_raw_attributes(stage: Usd.Stage) -> None:
    UsdGeom.SetStageMetersPerUnit(stage, 0.01)
    made = camera(stage, fStop=2.8, focusDistance=250.0).GetPrim()
    made.CreateAttribute("cameraProjectionType", Sdf.ValueTypeNames.Token).Set("fisheyePolynomial")
    made.CreateAttribute("fthetaPolyB", Sdf.ValueTypeNames.Float).Set(0.5)
    read = StageReader(stage).camera("/World/Cam", *SIZE)
    assert read.f_stop == pytest.approx(2.8) and read.focus_distance == pytest.approx(2.5)
    assert read.focal_length == pytest.approx(24.0 / 10 * 0.01)  # tenths of a centimetre are millimetres
    assert read.model == "fisheyePolynomial" and read.attributes["fthetaPolyB"] == 0.5
    assert read.attributes["clippingRange"] == (1.0, 1000000.0)
    assert read.attributes["focalLength"] == 24.0 and read.attributes["projection"] == "perspective"
    made.CreateAttribute("omni:lensdistortion:model", Sdf.ValueTypeNames.Token).Set("opencvPinhole")
    assert StageReader(stage).camera("/World/Cam", *SIZE).model == "opencvPinhole"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/World/None", "camera '/World/None': there is no such prim"),
        ("not a path", "camera 'not a path': there is no such prim"),
        ("/World", "camera '/World': it is a Xform; expected a Camera"),
    ],
)
def test_a_path_that_is_no_camera(stage: Usd.Stage, path: str, text: str) -> None:
    UsdGeom.Xform.Define(stage, "/World")
    with pytest.raises(ValueError, match=text):
        StageReader(stage).camera(path, 8, 8)


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ({"focalLength": 0.0}, "camera '/World/Cam': focalLength is 0.0; expected a number above 0"),
        ({"horizontalAperture": -1.0}, "camera '/World/Cam': horizontalAperture is -1.0"),
        ({"clippingRange": (5.0, 5.0)}, r"clippingRange is \(5.0, 5.0\); expected near below far"),
    ],
)
def test_numbers_that_make_no_picture(stage: Usd.Stage, attributes: dict[str, Any], text: str) -> None:
    camera(stage, **attributes)
    with pytest.raises(ValueError, match=text):
        StageReader(stage).camera("/World/Cam", *SIZE)


def test_a_pose_of_nan(stage: Usd.Stage) -> None:
    UsdGeom.XformCommonAPI(camera(stage)).SetTranslate((float("nan"), 0, 0))
    with pytest.raises(ValueError, match="camera '/World/Cam': its transform holds NaN"):
        StageReader(stage).camera("/World/Cam", *SIZE)


def test_camera_motion_since_the_last_captured_frame(stage: Usd.Stage) -> None:
    made = camera(stage)
    reader = StageReader(stage)
    first = reader.camera("/World/Cam", *SIZE)
    assert first.previous_world_from_camera is first.world_from_camera
    reader.mark_captured()
    made.GetPrim().GetAttribute("xformOp:translate").Set((4, -2, 5))
    for _ in range(2):  # asking twice is not a frame
        second = reader.camera("/World/Cam", *SIZE)
        np.testing.assert_array_equal(second.previous_world_from_camera, first.world_from_camera)
        assert second.world_from_camera[0, 3] == pytest.approx(4.0)
    reader.mark_captured()
    third = reader.camera("/World/Cam", *SIZE)
    np.testing.assert_array_equal(third.previous_world_from_camera, third.world_from_camera)
