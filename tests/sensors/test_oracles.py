"""Other people's programs on the same questions: astropy, noise3d, pvlib, pyviewfactor, in an environment of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sensors import noise, sun
from sensors.bands import BANDS
from sensors.materials import Material
from sensors.radiometry import surface_radiance
from sensors.sky import Sky
from sensors.surface_radiance import Surroundings, camera_radiance, surface_table

HERE = Path(__file__).resolve().parent
FOLDER = Path("~/.cache/replicant/oracles").expanduser()
CUBE = noise.synthesise(
    48, 40, 50, 1.0, noise.NoiseRatios(0.15, 0.12, 0.12, 0.1, 0.1, 0.4, 1.0), np.random.default_rng(0)
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    sys.path.insert(0, str(HERE.parents[1] / "benchmarks"))
    try:
        from environments import EnvironmentMissing, ensure
    finally:
        sys.path.pop(0)
    try:
        python = ensure("infrared", FOLDER)
    except EnvironmentMissing as error:
        pytest.skip(str(error))
    file = tmp_path_factory.mktemp("oracle") / "cube.npy"
    np.save(file, CUBE)
    done = subprocess.run([str(python), str(HERE / "oracle_answers.py"), str(file)], capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_astropy_s_blackbody(answers: dict[str, Any]) -> None:
    assert set(answers["blackbody"]) == {"lwir", "lwir_7_13", "mwir"}
    for name, expected in answers["blackbody"].items():
        assert BANDS[name].radiance([200.0, 300.0, 373.15, 1000.0]) == pytest.approx(expected, rel=1e-7)


def test_noise3d_s_unbiased_variances(answers: dict[str, Any]) -> None:
    ours = noise.measure(CUBE)
    assert len(answers["noise"]["values"]) == 8  # the last is the total
    assert list(ours.values()) == pytest.approx(answers["noise"]["values"][:7], rel=1e-9)
    assert sum(ours.values()) == pytest.approx(answers["noise"]["values"][7], rel=1e-9)


def test_pyviewfactor_s_disc(answers: dict[str, Any]) -> None:
    """Acceptance 5: a disc of 320 K over a cold plate of reflectance 0.5."""
    disc = float(BANDS["lwir"].radiance(320.0))
    found = [float(surface_radiance(BANDS["lwir"], 61.0, 0.5, f * disc)) for f in answers["views"]["discs"]]
    assert found == pytest.approx([18.306, 7.3225], rel=1e-3)


def test_the_blend_of_hemispheres_is_a_view_factor(answers: dict[str, Any]) -> None:
    """What a leaning surface sees of the ground, (1 - cos) / 2, against an integral over polygons."""
    around = Surroundings(Sky(290.0, uniform=0.0), 300.0, ground_emissivity=1.0, is_path_clear=True)
    table = surface_table(BANDS["lwir"], [Material("test", {"lwir": 0.0})], [300.0])
    for degrees, expected in zip((30.0, 60.0, 90.0), answers["views"]["tilts"], strict=True):
        normal = np.array([[[np.sin(np.radians(degrees)), 0.0, np.cos(np.radians(degrees))]]])
        seen = camera_radiance(BANDS["lwir"], table, np.zeros((1, 1), int), normal, -normal, np.ones((1, 1)), around)
        assert float(seen[0, 0]) / float(BANDS["lwir"].radiance(300.0)) == pytest.approx(expected, abs=2e-3)


def test_pvlib_s_sun(answers: dict[str, Any]) -> None:
    found = answers["sun"]
    assert len(found["day"]) == 16
    for day, hour, elevation, clear in zip(
        *(found[k] for k in ("day", "solar_hour", "elevation", "clear")), strict=True
    ):
        ours = float(sun.solar_elevation(day + hour / 24.0, hour, 48.0))
        assert np.degrees(ours) == pytest.approx(elevation, abs=0.5)
        assert sun.clear_sky_irradiance(np.radians(elevation)) == pytest.approx(clear, rel=0.005, abs=0.5)
