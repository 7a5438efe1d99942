"""Cameras of isaacsim.sensors.experimental.rtx over a cube of known size and place."""

from __future__ import annotations

import numpy as np
import pytest
from pxr import UsdGeom

import engine.replicator as rep
from engine.app import get_app
from engine.isaac.experimental_rtx import CameraSensor, RtxCamera, TiledCameraSensor

LOOKING_DOWN = {"positions": [0.0, 0.0, 10.0], "orientations": [1.0, 0.0, 0.0, 0.0]}


def plain(array) -> np.ndarray:
    return np.asarray(array.numpy() if hasattr(array, "numpy") else array)


@pytest.fixture
def cube(fresh_stage):
    rep.orchestrator.set_capture_on_play(False)
    rep.functional.create.dome_light(intensity=500)
    return rep.functional.create.cube(name="Box", semantics={"class": "box"})


def test_a_camera_is_made_or_wrapped(fresh_stage):
    made = RtxCamera("/World/Cam", tick_rate=30.0, attributes={"note": "left"}, **LOOKING_DOWN)
    prim = fresh_stage.GetPrimAtPath("/World/Cam")
    assert prim.IsA(UsdGeom.Camera) and prim.GetAttribute("omni:sensor:tickRate").Get() == 30.0
    assert prim.GetAttribute("note").Get() == "left" and "OmniSensorAPI" in str(prim.GetMetadata("apiSchemas"))
    assert plain(made.get_world_poses()[0])[0] == pytest.approx([0, 0, 10])
    made.camera.set_focal_lengths(2.0)
    assert UsdGeom.Camera(prim).GetFocalLengthAttr().Get() == pytest.approx(20.0)
    assert plain(RtxCamera("/World/Cam").get_world_poses()[0])[0] == pytest.approx([0, 0, 10])


def test_a_sensor_gives_what_is_there_now(cube):
    sensor = CameraSensor(RtxCamera("/Cam", **LOOKING_DOWN), resolution=(48, 64), annotators=["rgb", "rgba"])
    sensor.attach_annotators("distance_to_image_plane")
    sensor.attach_annotators(["semantic_segmentation", "bounding_box_2d_tight"])
    assert plain(sensor.get_data("rgb")[0]).shape == (48, 64, 3) and plain(sensor.get_data("rgba")[0]).shape[2] == 4
    depth, info = sensor.get_data("distance_to_image_plane")
    assert plain(depth).shape == (48, 64, 1) and info == {}
    assert plain(depth)[24, 32, 0] == pytest.approx(9.5, abs=1e-4)
    labels, info = sensor.get_data("semantic_segmentation")
    assert {"class": "box"} in info["idToLabels"].values() and plain(labels).shape == (48, 64, 1)
    boxes, info = sensor.get_data("bounding_box_2d_tight")
    assert len(boxes) == 1 and info["resolution"] == (48, 64)
    lens = UsdGeom.Camera(sensor.camera.prims[0])
    assert lens.GetVerticalApertureAttr().Get() == pytest.approx(lens.GetHorizontalApertureAttr().Get() * 48 / 64)
    cube.GetAttribute("xformOp:translate").Set((0, 0, 2))
    get_app().update()
    assert plain(sensor.get_data("distance_to_image_plane")[0])[24, 32, 0] == pytest.approx(7.5, abs=1e-4)
    sensor.detach_annotators(["rgb"])
    assert "rgb" not in sensor.annotators and sensor.resolution == (48, 64)
    assert sensor.render_product.GetResolutionAttr().Get() == (64, 48)


def test_a_batch_of_cameras(cube):
    for index, height in enumerate((4.0, 6.0, 10.0)):
        RtxCamera(f"/Cams/c{index}", positions=[0.0, 0.0, height])
    sensor = TiledCameraSensor("/Cams/c.*", resolution=(24, 32), annotators=["rgb", "distance_to_image_plane"])
    assert len(sensor) == 3 and sensor.tiled_resolution == (48, 64)
    assert sensor.render_product.GetResolutionAttr().Get() == (64, 48) and len(sensor.camera) == 3
    batch, _ = sensor.get_data("distance_to_image_plane")
    assert plain(batch).shape == (3, 24, 32, 1)
    assert plain(batch)[:, 12, 16, 0] == pytest.approx([3.5, 5.5, 9.5], abs=1e-4)
    out = np.zeros((48, 64, 3), np.uint8)
    assert sensor.get_data("rgb", tiled=True, out=out)[0] is out and out[:24, :32].any()


def test_what_cannot_be(fresh_stage):
    UsdGeom.Cube.Define(fresh_stage, "/Box")
    with pytest.raises(ValueError, match="the prim there is a Cube; expected a Camera"):
        RtxCamera("/Box")
    with pytest.raises(ValueError, match="Both 'config' and 'usd_path' cannot be provided"):
        RtxCamera.create("/Cam", config="a", usd_path="b")
    with pytest.raises(TypeError, match=r"'stray' is not on /Cam and \[1\] was given"):
        RtxCamera("/Cam", attributes={"stray": [1]})
    sensor = CameraSensor("/Cam", resolution=(8, 8), annotators="rgb")
    with pytest.raises(ValueError, match="Unsupported annotator 'heat'"):
        sensor.attach_annotators("heat")
    with pytest.raises(ValueError, match="The annotator 'normals' was not configured"):
        sensor.get_data("normals")
    with pytest.raises(ValueError, match="Unsupported annotator 'pointcloud'"):
        TiledCameraSensor(["/Cam"], resolution=(8, 8), annotators=["pointcloud"])
