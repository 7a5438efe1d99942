"""Distorted lenses against OpenCV's own projection, in the renderer and in boxes."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from engine.render.buffers import Aov
from engine.render.lenses import lens_of
from engine.render.rays import pixel_centres
from engine.stage.scene import Camera
from tests.annotate.building import annotate, box, buffers, camera, moved, quad, scene, thing, turned

SIZE = (120, 90)
PINHOLE = {"k1": 0.12, "k2": -0.05, "p1": 0.003, "p2": -0.002, "k3": 0.01, "k4": 0.05, "k5": -0.02, "k6": 0.004,
           "s1": 0.002, "s2": -0.001, "s3": 0.001, "s4": 0.0005}  # fmt: skip
BARREL = {"k1": -0.25, "k2": 0.03}
FISHEYE = {"k1": 0.05, "k2": 0.01, "k3": -0.003, "k4": 0.0005}


def lens(model: str, **values: Any) -> Camera:
    """A camera calibrated at twice its size, so that focal lengths halve."""
    measured = {"fx": 140.0, "fy": 150.0, "cx": 118.0, "cy": 94.0, "imageSize": (240, 180)}
    given = {**(measured if model.startswith("opencv") else {}), **values}
    attributes = {f"omni:lensdistortion:{model}:{name}": value for name, value in given.items()}
    return camera(size=SIZE, focal=70.0, model=model, attributes=attributes)


def opencv(model: str, points: np.ndarray, values: dict[str, float], k: np.ndarray | None = None) -> np.ndarray:
    """Where OpenCV puts points of our camera's frame."""
    matrix = np.array([[70, 0, 59], [0, 75, 47], [0, 0, 1]], np.float64) if k is None else k
    turned_round = points * [1.0, -1.0, -1.0]
    none = np.zeros(3)
    if model == "opencvFisheye":
        given = np.array([values.get(f"k{n}", 0.0) for n in range(1, 5)])
        found = cv2.fisheye.projectPoints(turned_round[:, None], none, none, matrix, given)[0]
    else:
        names = ("k1", "k2", "p1", "p2", "k3", "k4", "k5", "k6", "s1", "s2", "s3", "s4")
        found = cv2.projectPoints(turned_round, none, none, matrix, np.array([values.get(n, 0.0) for n in names]))[0]
    return found.reshape(-1, 2)


CASES = [("opencvPinhole", PINHOLE), ("opencvPinhole", BARREL), ("opencvPinhole", {}), ("opencvFisheye", FISHEYE),
         ("opencvFisheye", {})]  # fmt: skip


@pytest.mark.parametrize(("model", "values"), CASES)
def test_points_fall_where_opencv_says(model: str, values: dict[str, float]) -> None:
    rng = np.random.default_rng(2)
    points = rng.uniform(-1, 1, (400, 3)) * [2.0, 1.5, 0.8] - [0, 0, 2.5]
    view = lens(model, **values)
    found, valid = lens_of(view).pixels(view, points)
    assert valid.mean() > 0.6
    np.testing.assert_allclose(found[valid], opencv(model, points, values)[valid], atol=1e-6)


@pytest.mark.parametrize(("model", "values"), CASES)
def test_rays_come_back_to_their_pixels(model: str, values: dict[str, float]) -> None:
    view = lens(model, **values)
    centres = pixel_centres(view)
    rays, valid = lens_of(view).directions(view, centres)
    assert valid.mean() > 0.95
    np.testing.assert_allclose(np.linalg.norm(rays, axis=1), 1, atol=1e-12)
    back, seen = lens_of(view).pixels(view, rays)
    assert seen[valid].all()
    np.testing.assert_allclose(back[valid], centres[valid], atol=1e-5)


def test_kannala_brandt_is_the_fisheye_with_the_cameras_own_focal_length() -> None:
    values = {f"k{n - 1}": FISHEYE[f"k{n}"] for n in range(1, 5)}
    view = lens("kannalaBrandtK3", nominalWidth=240.0, nominalHeight=180.0, opticalCenter=(118.0, 94.0), maxFov=120.0,
                **values)  # fmt: skip
    points = np.random.default_rng(3).uniform(-1, 1, (300, 3)) * [2.5, 2.5, 0.5] - [0, 0, 1]
    found, valid = lens_of(view).pixels(view, points)
    angle = np.degrees(np.arctan2(np.hypot(points[:, 0], points[:, 1]), -points[:, 2]))
    np.testing.assert_array_equal(valid, angle <= 60)
    matrix = np.array([[70, 0, 59], [0, 70, 47], [0, 0, 1]], np.float64)
    np.testing.assert_allclose(found[valid], opencv("opencvFisheye", points, FISHEYE, matrix)[valid], atol=1e-6)


def test_thin_prisms_are_opencvs_with_numbers_from_0() -> None:
    given = {f"k{n - 1}": PINHOLE[f"k{n}"] for n in range(1, 7)} | {"p0": PINHOLE["p1"], "p1": PINHOLE["p2"]}
    given |= {f"s{n - 1}": PINHOLE[f"s{n}"] for n in range(1, 5)}
    view = lens("radTanThinPrism", nominalWidth=240.0, nominalHeight=180.0, opticalCenter=(118.0, 94.0), **given)
    points = np.random.default_rng(3).uniform(-1, 1, (300, 3)) - [0, 0, 2.5]
    found, valid = lens_of(view).pixels(view, points)
    matrix = np.array([[70, 0, 59], [0, 70, 47], [0, 0, 1]], np.float64)
    assert valid.all()
    np.testing.assert_allclose(found, opencv("opencvPinhole", points, PINHOLE, matrix), atol=1e-6)


def test_the_ftheta_schema_is_the_fisheye_polynomial() -> None:
    schema = {"nominalWidth": 240.0, "nominalHeight": 180.0, "opticalCenter": (118.0, 94.0), "maxFov": 150.0,
              "k0": 0.0, "k1": 0.008, "k2": 1e-5, "k3": 1e-7, "k4": 0.0}  # fmt: skip
    older = {"fthetaWidth": 240.0, "fthetaHeight": 180.0, "fthetaCx": 118.0, "fthetaCy": 94.0, "fthetaMaxFov": 150.0,
             "fthetaPolyB": 0.008, "fthetaPolyC": 1e-5, "fthetaPolyD": 1e-7}  # fmt: skip
    one, other = lens("ftheta", **schema), camera(size=SIZE, model="fisheyePolynomial", attributes=older)
    centres = pixel_centres(one)
    for ours, theirs in zip(
        lens_of(one).directions(one, centres), lens_of(other).directions(other, centres), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)
    points = np.random.default_rng(1).normal(size=(50, 3))
    for ours, theirs in zip(lens_of(one).pixels(one, points), lens_of(other).pixels(other, points), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_distortion_that_folds_over_images_nothing_beyond_the_fold() -> None:
    view = lens("opencvPinhole", k1=-0.5)  # r (1 - r^2 / 2) is greatest at r^2 = 2 / 3
    edge = np.sqrt(2 / 3)
    points = np.array([[edge - 0.01, 0, -1], [edge + 0.01, 0, -1], [2.0, 0, -1]])
    assert lens_of(view).pixels(view, points)[1].tolist() == [True, False, False]
    reach = 70 * edge * 2 / 3  # pixels
    _, valid = lens_of(view).directions(view, np.array([[59 + reach - 0.5, 47.0], [59 + reach + 0.5, 47.0]]))
    assert valid.tolist() == [True, False]


@pytest.mark.parametrize(("model", "values"), [("opencvPinhole", BARREL), ("opencvFisheye", FISHEYE)])
def test_pictures_and_boxes_through_the_lens(model: str, values: dict[str, float]) -> None:
    """A box off the axis: its outline from OpenCV, pixel by pixel, and the boxes around it."""
    world = moved(x=0.9, y=-0.5, z=-3) @ turned(20, 30, 10)
    item = thing("/box", box(0.5), world, "crate")
    view, snapshot = lens(model, **values), scene(item, thing("/wall", quad(90, 90), moved(z=-20)))
    found = buffers(snapshot, view)
    shown = found[Aov.INSTANCE] == 0
    corners = item.mesh.points[item.mesh.triangles].astype(np.float64)
    share = np.linspace(0, 1, 60)[:, None, None, None]
    edges = corners[None] * (1 - share) + np.roll(corners, -1, axis=1)[None] * share
    outline = opencv(model, (edges.reshape(-1, 3) @ world[:3, :3].T) + world[:3, 3], values)
    mask = np.zeros(SIZE[::-1], np.uint8)
    hull = cv2.convexHull(((outline - 0.5) * 256).round().astype(np.int32))
    cv2.fillConvexPoly(mask, hull, 1, cv2.LINE_8, 8)
    assert shown.sum() > 300 and (shown != mask.astype(bool)).sum() < 0.12 * shown.sum()
    tight, loose = (annotate(f"bounding_box_2d_{kind}", snapshot, view, found).data[0] for kind in ("tight", "loose"))
    rows, columns = np.nonzero(shown)
    assert [tight[n] for n in ("x_min", "y_min", "x_max", "y_max")] == [
        columns.min(),
        rows.min(),
        columns.max(),
        rows.max(),
    ]
    low, high = outline.min(axis=0), outline.max(axis=0)
    expected = [*np.floor(low), *(np.ceil(high) - 1)]
    np.testing.assert_allclose([loose[n] for n in ("x_min", "y_min", "x_max", "y_max")], expected, atol=1)
    solid = annotate("bounding_box_3d", snapshot, view, found).data[0]
    np.testing.assert_allclose([solid["x_min"], solid["z_max"]], [-0.5, 0.5], atol=1e-6)
    depth = found[Aov.DEPTH][~shown]
    np.testing.assert_allclose(depth[np.isfinite(depth)], 20, rtol=1e-5)


def test_calibration_that_is_missing_is_told() -> None:
    with pytest.raises(
        ValueError, match=r"omni:lensdistortion:opencvFisheye:fy is None; expected a number above 0: set"
    ):
        lens_of(camera(model="opencvFisheye", attributes={"omni:lensdistortion:opencvFisheye:fx": 3.0}))
