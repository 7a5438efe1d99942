"""Acceptance 15 and part 1.13: noise and holes of active stereo, structured light, time of flight."""

from dataclasses import replace

import numpy as np
import pytest

from sensors.active_stereo import View, infrared_pair, projector_of, stereo_depth
from sensors.checks import SensorError
from sensors.imager import MonoCamera
from sensors.registry import find_camera
from sensors.stereo_depth import StereoCamera, fill_rate, match, noisy_depth, occluded
from sensors.structured_light import axial_noise, lateral_noise, structured_light_depth
from sensors.tof_depth import tof_depth

CAMERA: StereoCamera = replace(
    find_camera("d435"), width=424, height=160, focal_pixels=430.0, projector_power=1.0, disparities=64, nearest=0.3
)
IMAGER = MonoCamera("ir", 424, 160, 3.0, 2.0, 1.29, bits=8, full_well=6000.0, black_level=4, vignetting=False)
PROJECTOR = projector_of(CAMERA, np.random.default_rng(3))


def wall(metres: float, x: float, ambient: float | None = None) -> View:
    u, v = np.meshgrid(np.arange(424) + 0.5 - 212, np.arange(160) + 0.5 - 80)
    points = np.stack([x + u * metres / 430.0, -v * metres / 430.0, np.full_like(u, -metres)], axis=-1)
    normals = np.broadcast_to([0.0, 0.0, 1.0], points.shape)
    return View(points, normals, np.full(u.shape, 0.5), None if ambient is None else np.full(u.shape, ambient))


def depth_of(metres: float, rng: np.random.Generator, projector=PROJECTOR) -> np.ndarray:  # type: ignore[no-untyped-def]
    return stereo_depth(CAMERA, IMAGER, wall(metres, 0.0), wall(metres, CAMERA.baseline), projector, rng)


def test_a_flat_wall_under_the_projector() -> None:
    """Rho 0.5, 1 W, no ambient: the error of matched depth grows as the distance squared; 3.7 mm at 1 m."""
    rng = np.random.default_rng(0)
    distances = np.array([0.5, 0.65, 0.8, 1.0, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0])
    spread, bias = [], []
    for metres in distances:
        depth = depth_of(metres, rng)[:, 80:]
        assert fill_rate(depth) > 0.95
        found = depth[np.isfinite(depth)]
        spread.append(found.std())
        bias.append(found.mean() / metres - 1.0)
    assert np.polyfit(np.log(distances), np.log(spread), 1)[0] == pytest.approx(2.0, abs=0.15)
    assert np.interp(1.0, distances, spread) * 1000 == pytest.approx(3.7, abs=1.5)
    assert np.max(np.abs(bias)) < 0.02


def test_no_projector_and_no_light_is_no_depth() -> None:
    assert fill_rate(depth_of(1.0, np.random.default_rng(0), None)) < 0.05


def test_a_wall_without_texture_has_holes_in_daylight_too() -> None:
    rng = np.random.default_rng(0)
    lit = stereo_depth(CAMERA, IMAGER, wall(1.0, 0.0, 0.02), wall(1.0, CAMERA.baseline, 0.02), None, rng)
    assert fill_rate(lit) < 0.30
    both = stereo_depth(CAMERA, IMAGER, wall(1.0, 0.0, 0.02), wall(1.0, CAMERA.baseline, 0.02), PROJECTOR, rng)
    assert fill_rate(both[:, 80:]) > 0.95


def test_images_repeat_and_the_pattern_is_seen() -> None:
    pairs = [infrared_pair(IMAGER, wall(1.0, 0.0), wall(1.0, CAMERA.baseline), PROJECTOR, np.random.default_rng(5)) for _ in range(2)]  # fmt: skip
    assert np.array_equal(pairs[0][0], pairs[1][0]) and np.array_equal(pairs[0][1], pairs[1][1])
    assert pairs[0][0].std() > 20
    shift = round(CAMERA.scale / 1.0)
    left, right = pairs[0][0][:, 60:400].astype(float), pairs[0][1].astype(float)[:, 60 - shift : 400 - shift]
    assert np.corrcoef(left.ravel(), right.ravel())[0, 1] > 0.5


def test_the_band_beside_a_near_thing() -> None:
    """Its width is f B (1 / near - 1 / far) pixels."""
    depth = np.full((20, 424), 2.0)
    depth[:, 200:280] = 0.7
    hidden = occluded(depth, CAMERA)
    expected = CAMERA.scale * (1 / 0.7 - 1 / 2.0)
    beside = hidden[10, 100:200]
    assert beside.sum() == pytest.approx(expected, abs=1.5)
    assert beside[-int(expected) + 1 :].all() and not hidden[10, 200:400].any()
    assert (
        hidden[10, :11].all() and not hidden[10, 12:150].any()
    )  # f B / 2 columns that the right imager does not reach
    holes = np.isnan(noisy_depth(depth, CAMERA, np.random.default_rng(0)))
    assert np.array_equal(holes, hidden)


@pytest.mark.parametrize(("name", "millimetres"), [("d435", (0.93, 3.71, 14.8, 59.3)), ("d415", (0.40, 1.58, 6.3, 25.3)), ("d455", (0.33, 1.31, 5.2, 20.9))])  # fmt: skip
def test_stereo_noise_by_camera(name: str, millimetres: tuple[float, ...]) -> None:
    found = find_camera(name).depth_noise([0.5, 1.0, 2.0, 4.0]) * 1000
    assert found == pytest.approx(millimetres, rel=0.02)


def test_the_fast_model_has_that_noise() -> None:
    rng, camera = np.random.default_rng(1), replace(CAMERA, quantum=1e-4)
    for metres in (0.5, 1.0, 2.0, 4.0):
        depth = noisy_depth(np.full((200, 400), metres), camera, rng)
        found = depth[np.isfinite(depth)]
        assert found.std() == pytest.approx(float(camera.depth_noise(metres)), rel=0.1)
    assert CAMERA.depth_step(2.0) == pytest.approx(4.0 / 32 / CAMERA.scale)
    far = noisy_depth(np.full((4, 400), 50.0), CAMERA, rng)
    assert np.isnan(far).all()
    steps = np.unique(CAMERA.scale / noisy_depth(np.full((50, 400), 1.0), CAMERA, rng)[:, 60:] * 32)
    assert steps == pytest.approx(np.round(steps), abs=1e-6)


def test_kinect_s_noise() -> None:
    assert axial_noise([1.0, 2.0, 3.0, 4.0]) * 1000 == pytest.approx([1.88, 6.06, 14.0, 25.8], abs=0.05)
    assert axial_noise(1.0, np.radians(70)) > 1.5 * axial_noise(1.0, 0.0) - 1e-3
    assert lateral_noise([0.0, np.radians(45)]) == pytest.approx([0.8, 0.835])
    camera = find_camera("kinect_v1")
    rng = np.random.default_rng(0)
    for metres in (1.0, 2.0, 3.0):
        depth = structured_light_depth(np.full((200, 200), metres), np.zeros((200, 200)), camera, rng)
        step = 100 * metres**2 / 35130 * 1.0
        assert np.nanstd(depth) == pytest.approx(np.hypot(axial_noise(metres), step / np.sqrt(12)), rel=0.05)
    steep = structured_light_depth(np.full((9, 9), 1.0), np.full((9, 9), 1.5), camera, rng)
    assert np.isnan(steep).all()
    edge = np.full((100, 100), 3.0)
    edge[:, 50:] = 1.0
    ragged = structured_light_depth(edge, np.zeros_like(edge), camera, rng) < 2.0
    assert ragged[:, 47:53].any(axis=1).mean() > 0.9 and 0 < ragged[:, 48:50].mean() < 0.5


def test_time_of_flight() -> None:
    camera, rng = find_camera("kinect_v2"), np.random.default_rng(0)
    assert camera.depth_noise(4.0, 0.5) > 4 * camera.depth_noise(1.0, 0.5)
    assert camera.depth_noise(2.0, 0.1) > 2 * camera.depth_noise(2.0, 0.5)
    bright = np.full((100, 100), 0.5)
    for metres in (1.0, 3.0):
        depth = tof_depth(np.full((100, 100), metres), bright, camera, rng)
        assert np.nanstd(depth) == pytest.approx(float(camera.depth_noise(metres, 0.5)), rel=0.05)
        assert np.nanmean(depth) - metres == pytest.approx(camera.multipath * camera.detour, abs=1e-3)
    edge = np.full((50, 60), 3.0)
    edge[:, 30:] = 1.0
    flying = tof_depth(edge, np.full((50, 60), 0.5), camera, rng)
    assert 1.1 < np.nanmean(flying[5:-5, 29]) < 2.9  # a mixed pixel lies between the surfaces
    assert np.isnan(tof_depth(np.full((4, 4), 5.0), np.full((4, 4), 0.02), camera, rng)).all()
    assert np.isnan(tof_depth(np.full((4, 4), np.inf), np.full((4, 4), 0.5), camera, rng)).all()


def test_bad_input() -> None:
    with pytest.raises(SensorError, match=r"stereo: left image is \(4, 5\) and right is \(4, 6\); expected the same"):
        match(np.zeros((4, 5), np.uint8), np.zeros((4, 6), np.uint8), CAMERA)
