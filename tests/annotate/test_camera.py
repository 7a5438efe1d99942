"""camera_params, motion, points and pictures against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from engine.render.buffers import Aov
from tests.annotate.building import annotate, box, buffers, camera, labelled, look_at, moved, quad, scene, thing, turned

GOLDEN_VIEW = [
    [0.70711, 0.57735, -0.40825, 0],
    [-0.70711, 0.57735, -0.40825, 0],
    [0, 0.57735, 0.8165, 0],
    [0, 0, -9.79796, 1],
]


def matrix(info: dict[str, np.ndarray], name: str) -> np.ndarray:
    return info[name].reshape(4, 4)


def test_matrices_recorded_from_isaac_sim() -> None:
    """PoseWriter golden data of Isaac Sim 6.0: 24 mm, 20.955 mm, 512 x 512, near 1, far 1e6; and 0.1, 100."""
    focal = 24 * 512 / 20.955
    lens = {
        "focalLength": 24.0,
        "horizontalAperture": 20.955,
        "verticalAperture": 15.2908,
        "fStop": 0.0,
        "focusDistance": 400.0,
    }
    view = camera(look_at((-4, -4, 8)), (512, 512), focal, near=1.0, far=1e6, attributes=lens)
    info = annotate("camera_params", scene(), view).info
    np.testing.assert_allclose(matrix(info, "cameraViewTransform"), GOLDEN_VIEW, atol=1e-5)
    expected = [[2.29062, 0, 0, 0], [0, 2.29062, 0, 0], [0, 0, 0, -1], [0, 0, 1, 0]]
    np.testing.assert_allclose(matrix(info, "cameraProjection"), expected, atol=1e-5)
    assert info["cameraAperture"].tolist() == pytest.approx([20.955, 15.2908]) and info["cameraFocalLength"] == 24.0
    assert (
        info["cameraModel"] == "pinhole" and info["metersPerSceneUnit"] == 1.0 and info["cameraFocusDistance"] == 400.0
    )
    assert info["renderProductResolution"].dtype == np.int32 and info["renderProductResolution"].tolist() == [512, 512]
    close = annotate("CameraParams", scene(), camera(size=(512, 512), focal=focal, near=0.1, far=100.0)).info
    np.testing.assert_allclose(matrix(close, "cameraProjection")[2:, 2], [0.001, 0.1001], atol=1e-5)


def test_the_camera_over_the_origin_has_image_up_along_minus_x() -> None:
    info = annotate("camera_params", scene(), camera(moved(z=10) @ turned(z=90))).info
    np.testing.assert_allclose(
        matrix(info, "cameraViewTransform"), [[0, -1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0], [0, 0, -10, 1]], atol=1e-6
    )


@pytest.mark.parametrize("orthographic", [False, True])
@pytest.mark.parametrize("unit", [1.0, 0.01])
def test_the_matrices_project_to_the_pixels_of_the_picture(orthographic: bool, unit: float) -> None:
    """A small box somewhere, a shifted principal point: view and projection give the centre of its pixels."""
    view = camera(
        look_at((3, -2, 2)), (90, 60), 70.0, cx=50.0, cy=25.0, orthographic=orthographic, ortho_size=(6.0, 4.0)
    )
    where = np.array([0.2, 0.1, -0.3])
    snapshot = scene(
        thing("/a", box(0.02 / unit), moved(*where) @ np.diag([unit, unit, unit, 1]), "x"), meters_per_unit=unit
    )
    info = annotate("camera_params", snapshot, view).info
    clip = np.append(where / unit, 1) @ matrix(info, "cameraViewTransform") @ matrix(info, "cameraProjection")
    x, y = clip[:2] / clip[3]
    rows, columns = np.nonzero(buffers(snapshot, view)[Aov.INSTANCE] == 0)
    assert len(rows) > 0
    assert (x + 1) / 2 * 90 == pytest.approx(columns.mean() + 0.5, abs=0.6)
    assert (1 - y) / 2 * 60 == pytest.approx(rows.mean() + 0.5, abs=0.6)
    near, far = info["cameraNearFar"]
    for depth, expected in ((near, 1.0), (far, 0.0)):
        clip = np.array([0, 0, -depth, 1]) @ matrix(info, "cameraProjection")
        assert clip[2] / clip[3] == pytest.approx(expected, abs=1e-4)
    assert [near, far] == pytest.approx([0.1 / unit, 1000 / unit])


def test_lens_attributes_are_passed_on() -> None:
    lens = {"fthetaWidth": 1936.0, "fthetaHeight": 1216.0, "fthetaCx": 970.5, "fthetaCy": 600.25, "fthetaMaxFov": 200.0,
            "fthetaPolyB": 0.00245, "openCVFx": 731.5, "p0": -0.5, "s3": 0.25}  # fmt: skip
    info = annotate("camera_params", scene(), camera(attributes=lens, model="fisheyePolynomial")).info
    assert info["cameraModel"] == "fisheyePolynomial" and info["cameraFisheyeNominalWidth"] == 1936
    assert info["cameraFisheyePolynomial"] == pytest.approx([0, 0.00245, 0, 0, 0, 0])
    assert info["cameraFisheyeOpticalCentre"].tolist() == [970.5, 600.25] and info["cameraFisheyeMaxFOV"] == 200
    assert info["openCVFx"] == info["cameraOpenCVFx"] == 731.5 and info["openCVFy"] == 0
    assert info["cameraFisheyeLensP"].tolist() == [-0.5, 0] and info["cameraFisheyeLensS"].tolist() == [0, 0, 0, 0.25]


def test_motion_of_the_camera_is_parallax() -> None:
    """The camera has moved 0.1 m to the right: what is z away moved f * 0.1 / z pixels to the left, which is positive."""
    snapshot = scene(thing("/near", quad(1, 9), moved(x=-0.5, z=-2)), thing("/far", quad(9, 9), moved(z=-8)))
    view = camera(moved(x=0.1), size=(40, 20), focal=20, previous=np.eye(4))
    found = buffers(snapshot, view)
    motion = annotate("motion_vectors", snapshot, view, found).data
    assert motion is not None
    for number, depth in ((0, 2), (1, 8)):
        shown = found[Aov.INSTANCE] == number
        assert shown.sum() > 50
        np.testing.assert_allclose(
            motion[shown], np.broadcast_to([20 * 0.1 / depth, 0, 0, 0], (shown.sum(), 4)), atol=1e-4
        )


def test_motion_of_an_object_up_and_left_is_positive_and_the_rest_stands_still() -> None:
    item = thing("/a", quad(), moved(-0.3, 0.2, -4), previous=moved(0, 0, -4))
    view = camera(size=(80, 80), focal=80)
    snapshot = scene(item, thing("/wall", quad(99, 99), moved(z=-9)))
    found = buffers(snapshot, view)
    motion = annotate("motion_vectors", snapshot, view, found).data
    assert motion is not None
    shown = found[Aov.INSTANCE] == 0
    np.testing.assert_allclose(motion[shown][:, :2], np.broadcast_to([0.3 * 20, 0.2 * 20], (shown.sum(), 2)), atol=1e-3)
    assert shown.sum() == 400 and not motion[~shown].any()


def test_a_turning_camera_moves_the_empty_sky() -> None:
    """Turned 1 degree to the left: everything moved right, x negative, by f * tan(1 degree) in the middle."""
    view = camera(turned(y=1), size=(41, 41), focal=500, previous=np.eye(4))
    motion = annotate("motion_vectors", scene(), view).data
    assert motion is not None
    np.testing.assert_allclose(motion[20, 20, :2], [-500 * np.tan(np.radians(1)), 0], atol=1e-3)
    still = annotate("motion_vectors", scene(), camera(size=(5, 5))).data
    assert still is not None and not still.any()


def test_points_that_were_behind_the_camera_have_no_motion() -> None:
    snapshot = scene(thing("/a", quad(9, 9), moved(z=-2)))
    motion = annotate("motion_vectors", snapshot, camera(size=(9, 9), previous=moved(z=-5))).data
    assert motion is not None and not motion.any()


def test_points_of_a_plane_in_stage_units() -> None:
    unit = np.diag([0.01, 0.01, 0.01, 1.0])
    snapshot = scene(
        thing("/floor", quad(900, 900), moved(z=-2) @ unit, "floor"),
        thing("/box", box(10), moved(z=-1) @ unit),
        meters_per_unit=0.01,
    )
    view = camera(size=(20, 10), focal=10)
    labelled_points, all_points = (
        annotate("pointcloud", snapshot, view, includeUnlabelled=flag) for flag in (False, True)
    )
    assert labelled_points.data is not None and all_points.data is not None
    np.testing.assert_allclose(labelled_points.data[:, 2], -200, atol=1e-3)
    assert (
        len(all_points.data) == 200
        and len(labelled_points.data) == 200 - (all_points.info["pointSemantic"] == 1).sum() < 200
    )
    np.testing.assert_allclose(labelled_points.data[0], [-9.5 / 10 * 200, 4.5 / 10 * 200, -200], atol=1e-2)
    np.testing.assert_array_equal(
        labelled_points.info["pointNormals"], np.broadcast_to([0, 0, 1, 0], (len(labelled_points.data), 4))
    )
    assert labelled_points.info["pointRgb"].dtype == np.uint8 and set(all_points.info["pointInstance"]) == {1, 2}


def test_pictures_pass_through() -> None:
    snapshot, view = scene(), camera(size=(4, 3))
    found = buffers(snapshot, view)
    found.arrays[Aov.RADIANCE][0, 0, 0] = 1e6
    for name in ("rgb", "LdrColor"):
        np.testing.assert_array_equal(annotate(name, snapshot, view, found).data, found[Aov.COLOR])
    linear = annotate("HdrColor", snapshot, view, found).data
    assert linear is not None and linear[0, 0, 0] == 65504 and linear[1, 2, 3] == 6 * 0.25 + 3


def test_distances_normals_and_base_colour_of_a_wall() -> None:
    snapshot = scene(thing("/wall", quad(99, 99), moved(z=-4), display_color=(0.5, 0.25, 1.0)))
    view = camera(size=(11, 11), focal=5)
    plane, away = (annotate(n, snapshot, view).data for n in ("distance_to_image_plane", "distance_to_camera"))
    assert plane is not None and away is not None
    np.testing.assert_allclose(plane, 4, rtol=1e-6)
    np.testing.assert_allclose(away[5, 0], 4 * np.hypot(1, 5 / 5), rtol=1e-6)
    np.testing.assert_array_equal(annotate("normals", snapshot, view).data, np.broadcast_to([0, 0, 1, 0], (11, 11, 4)))
    np.testing.assert_array_equal(annotate("DiffuseAlbedo", snapshot, view).data[0, 0], [128, 64, 255, 255])  # type: ignore[index]
    np.testing.assert_array_equal(annotate("PtZDepth", snapshot, view).data[3, 3], [4] * 4)  # type: ignore[index]
    np.testing.assert_array_equal(annotate("PtWorldPos", snapshot, view).data[5, 5], [0, 0, -4, 0])  # type: ignore[index]


def test_labels_reach_the_points() -> None:
    part = (labelled("/a", np.eye(4), **{"class": "x"}),)
    snapshot = scene(thing("/other", quad(), moved(x=9, z=-2), "y"), thing("/a/b", quad(9, 9), moved(z=-2), part))
    cloud = annotate("pointcloud", snapshot, camera(size=(3, 3)))
    assert set(cloud.info["pointSemantic"]) == {3} and cloud.info["pointSemantic"].dtype == np.uint32
    assert set(cloud.info["pointInstance"]) == {3} and cloud.info["pointInstance"].dtype == np.uint32
