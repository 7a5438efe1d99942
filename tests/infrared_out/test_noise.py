"""Noise is a function of seed, frame and names: patterns stay, random noise is new, nothing depends on what was before."""

from __future__ import annotations

import io

import numpy as np
import pytest

from writers.infrared import thermal
from writers.infrared.settings import read_output
from writers.infrared.streams import Streams

SIZE, FOCAL = (96, 72), 90.0
FORMATS = {"formats": ["temperature", "radiance", "tlinear"]}


def taken(frame: int, seed: int = 7, camera: str = "camera", kelvin: float = 300.0, **given: object) -> np.ndarray:
    """Apparent temperature that a frame shows of a blackbody."""
    output = read_output("thermal_lwir", {**FORMATS, **given})
    radiance = np.full(SIZE[::-1], output.camera.spectrum.radiance(kelvin), np.float32)
    streams = Streams(seed, frame, camera, "thermal_lwir")
    made, _ = thermal.members(output, radiance, SIZE, FOCAL, streams)
    return np.load(io.BytesIO(made["thermal_lwir.temperature.npy"]))


def test_a_frame_alone_is_the_frame_of_a_whole_run() -> None:
    whole = [taken(frame) for frame in range(4)]
    thermal.copy_of.cache_clear()
    np.testing.assert_array_equal(taken(3), whole[3])
    np.testing.assert_array_equal(taken(0), whole[0])


def test_other_seeds_cameras_and_frames_are_other_noise() -> None:
    first = taken(0)
    for other in (taken(1), taken(0, seed=8), taken(0, camera="left")):
        assert (other != first).mean() > 0.9


def test_random_noise_is_the_netd_and_the_pattern_stays() -> None:
    cube = np.stack([taken(frame, netd=0.1, bad_fraction=0.0, drift=0.0, vignetting=False) for frame in range(48)])
    random = cube.std(axis=0, ddof=1)
    # tvh 1, tv .05, th .05, t .02 of 100 mK at 300 K (reference 1.7)
    assert float(np.sqrt((random**2).mean())) == pytest.approx(0.1 * np.sqrt(1 + 0.05**2 + 0.05**2 + 0.02**2), rel=0.03)
    halves = [half.mean(axis=0) - half.mean() for half in (cube[:24], cube[24:])]
    covariance = float((halves[0] * halves[1]).mean())  # of the two halves: random noise drops out, what stays does not
    assert np.sqrt(covariance) == pytest.approx(0.1 * np.sqrt(0.3**2 + 0.15**2 + 0.08**2), rel=0.2)


def test_noise_is_in_radiance_so_cold_scenes_are_noisier() -> None:
    given = {"netd": 0.05, "bad_fraction": 0.0, "drift": 0.0, "vignetting": False}
    spread = {
        kelvin: np.mean([(taken(2 * n, kelvin=kelvin, **given) - taken(2 * n + 1, kelvin=kelvin, **given)).std()
                         for n in range(3)]) / np.sqrt(2)
        for kelvin in (253.15, 300.0, 373.15)
    }  # fmt: skip
    assert spread[253.15] == pytest.approx(0.0874, rel=0.05)
    assert spread[300.0] == pytest.approx(0.05, rel=0.05)
    assert spread[373.15] == pytest.approx(0.0288, rel=0.05)


def test_bad_pixels_are_the_same_in_all_frames() -> None:
    given = {"bad_fraction": 0.01, "unmapped": 1.0, "netd": 0.02, "drift": 0.0}
    stuck = [np.abs(taken(frame, **given) - 300.0) > 2.0 for frame in range(3)]
    assert 40 < stuck[0].sum() < 90
    for other in stuck[1:]:
        np.testing.assert_array_equal(other, stuck[0])
    assert (np.abs(taken(0, seed=8, **given) - 300.0) > 2.0)[stuck[0]].mean() < 0.2


def test_metadata_say_what_is_left_out() -> None:
    output = read_output("thermal_lwir", FORMATS)
    _, about = thermal.members(output, np.full(SIZE[::-1], 55.0, np.float32), SIZE, FOCAL, Streams(1, 0, "c", "t"))
    assert about["frames"] == "independent: no lag of slow pixels, no wandering pattern, no shutter"
    assert about["netd_K_at_300"] == 0.04 and about["ideal"] is False
