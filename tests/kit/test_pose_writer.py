"""The engine's own PoseWriter against closed forms; the goldens of Isaac Sim are row 1 of the conformance run."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image
from pxr import UsdGeom

import engine.replicator as rep
from engine.isaac.replicator_writers import pose_projection
from engine.isaac.replicator_writers.pose_objects import quaternion, truncation

CAMERA = {
    "cameraModel": "pinhole",
    "cameraProjection": np.array([[4, 0, 0, 0], [0, 8, 0, 0], [0.5, -0.25, 0, -1], [0, 0, 1, 0]], np.float32).ravel(),
    "renderProductResolution": np.array([200, 100], np.int32),
    "cameraFisheyeNominalWidth": 400,
    "cameraFisheyeNominalHeight": 200,
    "cameraFisheyeOpticalCentre": np.array([210.0, 90.0]),
    "cameraFisheyePolynomial": np.array([0.0, 0.005, 0, 1e-8, 0, 0]),
    "cameraOpenCVFx": 300.0,
    "cameraOpenCVFy": 310.0,
}


def test_a_pinhole_and_its_intrinsics_are_one_camera():
    focal = pose_projection.intrinsics(CAMERA)
    assert focal == {"fx": 400.0, "fy": 400.0, "cx": 50.0, "cy": 37.5}
    got = pose_projection.pixels(np.array([[0.1, 0.2, -2.0]]), CAMERA)
    assert got[0] == pytest.approx([50 + 400 * 0.05, 37.5 - 400 * 0.1])


def test_opencv_and_polynomial_lenses():
    point = np.array([[0.3, -0.4, -2.0]])
    got = pose_projection.pixels(point, CAMERA | {"cameraModel": "pinholeOpenCV"})
    assert got[0] == pytest.approx([(210 + 300 * 0.15) / 2, (90 + 310 * 0.2) / 2])
    fisheye = CAMERA | {"cameraModel": "fisheyePolynomial"}
    nominal = pose_projection.pixels(point, fisheye)[0] * 2 - [210, 90]
    radius = np.hypot(*nominal)
    assert 0.005 * radius + 1e-8 * radius**3 == pytest.approx(np.arctan2(0.5, 2.0))
    assert nominal / radius == pytest.approx([0.6, 0.8])
    assert pose_projection.pixels(np.array([[0.0, 0.0, -1.0]]), fisheye)[0] == pytest.approx([105, 45])


def test_truncation_of_rectangles():
    square = np.array([[-10, 10], [10, 30]])
    assert truncation(square, (100, 100)) == pytest.approx(0.5)
    assert truncation(square + 200, (100, 100)) == 1.0 == truncation(square * 0, (100, 100))


def test_quaternions_leave_scale_out():
    turn = np.eye(4)
    turn[:3, :3] = np.diag([2, 3, 4]) @ np.array([[0, 1, 0], [-1, 0, 0], [0, 0, 1]])  # row vectors: scaled, then turned
    assert quaternion(turn) == pytest.approx([np.sqrt(0.5), 0, 0, np.sqrt(0.5)])


def capture(folder, **options):
    rep.orchestrator.set_capture_on_play(False)
    rep.functional.create.dome_light(intensity=500)
    rep.functional.create.cube(
        position=(1, 2, 0), rotation=(0, 0, 90), scale=(2, 1, 1), name="Box", semantics={"class": "box"}
    )
    camera = rep.functional.create.camera(position=(1, 2, 10), look_at=(1, 2, 0))
    writer = rep.writers.get("PoseWriter")
    writer.initialize(output_dir=str(folder), **options)
    writer.attach(rep.create.render_product(camera, (64, 64), name="view"))
    rep.orchestrator.step()
    rep.orchestrator.wait_until_complete()
    writer.detach()
    return writer


def test_a_turned_and_scaled_box(tmp_path, fresh_stage):
    capture(tmp_path, use_subfolders=True, write_debug_images=True)
    files = sorted(path.name for path in (tmp_path / "view").iterdir())
    assert files == ["000000.json", "000000.png", "000000_overlay.png"]
    record = json.loads((tmp_path / "view" / "000000.json").read_text())
    (box,) = record["objects"]
    assert (box["label"], box["visibility"], box["truncation_ratio"]) == ("box", 1.0, 0.0)
    assert box["size"] == pytest.approx([2, 1, 1])
    world = dict(zip(record["keypoint_order"], box["cuboid_keypoints_world_frame"], strict=True))
    assert world["Center"] == pytest.approx([1, 2, 0])
    assert world["RUF"] == pytest.approx([0.5, 3, 0.5])  # +X became +Y, +Y became -X
    seen = dict(zip(record["keypoint_order"], box["cuboid_keypoints_camera_frame"], strict=True))
    assert seen["RUF"][2] == pytest.approx(-9.5, abs=1e-5) and box["quat_wxyz_world_frame"][3] == pytest.approx(
        0.5**0.5
    )
    flat = dict(zip(record["keypoint_order"], box["cuboid_keypoints_projected"], strict=True))
    assert flat["Center"] == [32, 32]
    plain, drawn = (np.asarray(Image.open(tmp_path / "view" / name)).astype(int) for name in files[1:])
    assert 0.01 < (plain != drawn).any(axis=2).mean() < 0.5
    assert UsdGeom.GetStageUpAxis(fresh_stage) == "Z"


@pytest.mark.parametrize(
    ("form", "first", "keys"),
    [
        ("dope", "LUF", {"class", "location", "quaternion_xyzw", "projected_cuboid"}),
        ("centerpose", "Center", {"label", "location", "quaternion_xyzw", "scale", "keypoints_3d", "projected_cuboid"}),
    ],
)
def test_other_forms(tmp_path, form, first, keys):
    capture(tmp_path, format=form)
    record = json.loads((tmp_path / "000000.json").read_text())
    assert record["keypoint_order"][0] == first
    assert set(record["objects"][0]) == keys | {"prim_path", "visibility", "truncation_ratio"}
    assert ("width" in record["camera_data"]) == (form == "centerpose")


def test_frames_without_objects_are_left_out(tmp_path):
    writer = capture(tmp_path, visibility_threshold=1.0)
    assert not list(tmp_path.glob("*.json")) and writer.get_current_frame_id() == 0
    capture(tmp_path / "empty", visibility_threshold=1.0, skip_empty_frames=False)
    assert json.loads((tmp_path / "empty" / "000000.json").read_text())["objects"] == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"format": "coco"}, "format='coco' was given; expected None, 'dope' or 'centerpose'"),
        ({"image_output_format": "bmp"}, "image_output_format='bmp' was given; expected png, jpg, jpeg, exr"),
    ],
)
def test_bad_options(tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        rep.writers.get("PoseWriter", {"output_dir": str(tmp_path), **options})
