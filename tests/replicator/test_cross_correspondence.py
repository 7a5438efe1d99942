"""cross_correspondence between two cameras over boxes on a floor, against closed form."""

from __future__ import annotations

import numpy as np
import pytest
from pxr import Usd

import engine.replicator as rep
from engine.replicator.functional import create
from engine.replicator.viewport_manager import create_render_product
from tests.replicator.small_stage import BOXES, HEIGHT, SIZE, floor_with_boxes, seen_from_above

RIGHT = 1.5  # metres from the first camera to the second


def cameras(**lens: object) -> None:
    common = {"rotation": (0, 0, 0), "clipping_range": (0.1, 100), **lens}
    create.camera(position=(0, 0, HEIGHT), name="Left", cross_camera_reference_name="Right", **common)
    create.camera(position=(RIGHT, 0, HEIGHT), name="Right", **common)


def hidden(points: np.ndarray, origin: np.ndarray) -> np.ndarray:
    """Which points the boxes hide from a place, by the slab method."""
    ray = points - origin
    result = np.zeros(points.shape[:-1], bool)
    for low, high in BOXES:
        with np.errstate(divide="ignore", invalid="ignore"):
            first, second = (np.array(low) - origin) / ray, (np.array(high) - origin) / ray
        enter, leave = np.minimum(first, second).max(-1), np.maximum(first, second).min(-1)
        result |= (enter < leave) & (enter < 1 - 1e-3) & (leave > 0)
    return result


def test_two_cameras_side_by_side() -> None:
    floor_with_boxes()
    cameras()
    annotator = rep.annotators.get("cross_correspondence")
    annotator.attach(create_render_product("/Left", SIZE))
    create_render_product("/Right", (2 * SIZE[0], 2 * SIZE[1]))
    rep.orchestrator.step()
    data = annotator.get_data()
    assert data.shape == (*SIZE[::-1], 4) and data.dtype == np.float32
    seen = seen_from_above()
    step = -RIGHT * (24.0 / 20.955) / seen.depth  # in widths of the picture, whatever its size
    np.testing.assert_allclose(data[..., 0], step, atol=1e-5)
    np.testing.assert_allclose(data[..., 1], 0, atol=1e-5)
    columns = (np.arange(SIZE[0]) + 0.5) / SIZE[0] + step
    inside = columns >= 0
    covered = hidden(seen.points, np.array([RIGHT, 0, HEIGHT]))
    assert 0 < covered.sum() < covered.size and 0 < inside.sum() < inside.size
    np.testing.assert_array_equal(data[..., 3], inside)
    np.testing.assert_array_equal(data[..., 2], ~inside | covered)


def test_two_fisheyes() -> None:
    """Equidistant lenses: the angle from the axis is 0.02 rad a pixel."""
    floor_with_boxes()
    cameras(
        projection_type="fisheyePolynomial",
        fisheye_nominal_width=SIZE[0],
        fisheye_nominal_height=SIZE[1],
        fisheye_optical_centre_x=SIZE[0] / 2,
        fisheye_optical_centre_y=SIZE[1] / 2,
        fisheye_max_fov=180.0,
        fisheye_polynomial_a=0.0,
        fisheye_polynomial_b=0.02,
    )
    product = create_render_product("/Left", SIZE)
    annotator = rep.annotators.get("CrossCorrespondence").attach(product)
    position = rep.annotators.get("PtWorldPos").attach(product)
    rep.orchestrator.step()
    data, points = annotator.get_data(), position.get_data().astype(np.float64)[..., :3]
    rows, columns = np.mgrid[: SIZE[1], : SIZE[0]] + 0.5
    ray = points - [RIGHT, 0, HEIGHT]
    sideways = np.hypot(ray[..., 0], ray[..., 1])
    radius = np.arctan2(sideways, -ray[..., 2]) / 0.02
    there = SIZE[0] / 2 + ray[..., 0] / sideways * radius, SIZE[1] / 2 - ray[..., 1] / sideways * radius
    np.testing.assert_allclose(data[..., 0], (there[0] - columns) / SIZE[0], atol=2e-3)  # points are half floats
    np.testing.assert_allclose(data[..., 1], (there[1] - rows) / SIZE[1], atol=2e-3)
    assert np.abs(data[..., 0]).max() > 0.1


def test_the_sky_corresponds_to_nothing(stage: Usd.Stage) -> None:
    cameras()
    annotator = rep.annotators.get("cross_correspondence").attach(create_render_product("/Left", (8, 6)))
    rep.orchestrator.step()
    np.testing.assert_array_equal(annotator.get_data(), np.broadcast_to([0, 0, 1, 0], (6, 8, 4)))


@pytest.mark.parametrize("name", [None, "Nobody"])
def test_a_reference_that_is_not_there_is_told(stage: Usd.Stage, name: str | None) -> None:
    camera = create.camera(position=(0, 0, 5), name="Left", cross_camera_reference_name=name)
    rep.annotators.get("cross_correspondence").attach(create_render_product(str(camera.GetPath()), (8, 6)))
    with pytest.raises(
        ValueError, match=rf"camera '/Left' has crossCameraReferenceName {name!r}; expected the name of a second camera"
    ):
        rep.orchestrator.step()
