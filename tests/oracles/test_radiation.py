"""Blackbodies by astropy and colour-science; water in the air by psychrolib; noise by noise3d; FLIR's counts by flyr."""

from __future__ import annotations

import numpy as np
import pytest

from sensors import atmosphere, encodings, noise, planck
from sensors.bands import BANDS
from sensors.humidity import saturation_pressure, vapour_density

from .conftest import Ask

SC660 = encodings.Rbfo(R1=21106.77, R2=0.012545258, B=1501.0, F=1.0, O=-7340.0)  # from the manual of Thermimage
KELVIN = [200.0, 300.0, 373.15, 1000.0]


def test_astropy_s_blackbody(ask: Ask) -> None:
    found = ask("astropy")
    assert set(found) == {"lwir", "lwir_7_13", "mwir"}
    for name, expected in found.items():
        assert BANDS[name].radiance(KELVIN) == pytest.approx(expected, rel=1e-7)


def test_colour_s_planck_law(ask: Ask) -> None:
    """It uses the CIE's c2 = 0.014388 m K where CODATA has 0.01438777, which is 8e-5 at 10 um and 300 K."""
    assert planck.spectral_radiance(10.0, 300.0) == pytest.approx(ask("colour")["spectral"], rel=1e-4)
    ratio = ask("colour")["spectral"] / float(planck.spectral_radiance(10.0, 300.0))
    x = planck.C2 / 3000.0
    assert ratio - 1 == pytest.approx(-(0.014388 / 0.014387768775 - 1) * x / (1 - np.exp(-x)), rel=0.1)


def test_psychrolib_s_moist_air(ask: Ask) -> None:
    found = ask("psychrolib")
    kelvin = np.array(found["celsius"]) + 273.15
    assert len(kelvin) == 5
    warm = kelvin > 273.0  # below freezing psychrolib goes over to ice, which holds less than Magnus' water
    assert saturation_pressure(kelvin)[warm] == pytest.approx(np.array(found["pressure"])[warm], rel=3e-3)
    assert vapour_density(kelvin, 0.5)[warm] == pytest.approx(np.array(found["vapour"])[warm], rel=6e-3)
    assert vapour_density(kelvin[0], 0.5) == pytest.approx(found["vapour"][0], abs=0.15)


def test_noise3d_s_unbiased_variances(ask: Ask) -> None:
    ratios = noise.NoiseRatios(0.15, 0.12, 0.12, 0.1, 0.1, 0.4, 1.0)
    cube = noise.synthesise(48, 40, 50, 1.0, ratios, np.random.default_rng(0))
    expected = ask("noise3d", cube)["values"]
    ours = noise.measure(cube)
    assert len(expected) == 8  # the last is the total
    assert list(ours.values()) == pytest.approx(expected[:7], rel=1e-9)
    assert sum(ours.values()) == pytest.approx(expected[7], rel=1e-9)


def raw_file(constants: encodings.Rbfo, raw: np.ndarray, **scene: float) -> dict[str, object]:
    flir = {"atmospheric_trans_x": "X", "atmospheric_trans_alpha1": "a1", "atmospheric_trans_alpha2": "a2", "atmospheric_trans_beta1": "b1", "atmospheric_trans_beta2": "b2"}  # fmt: skip
    metadata = {name: atmosphere.FLIR[key] for name, key in flir.items()}
    metadata |= {key.lower(): value for key, value in constants.metadata().items() if key.startswith("planck")}
    metadata |= {"emissivity": 1.0, "object_distance": 0.0, "atmospheric_temperature": 293.15, "relative_humidity": 0.5}
    metadata |= {
        "ir_window_temperature": 293.15,
        "ir_window_transmission": 1.0,
        "reflected_apparent_temperature": 293.15,
    }
    return {"raw": raw.tolist(), "metadata": metadata | scene}


@pytest.mark.parametrize("name", ["SC660", "lwir_7_13", "mwir"])
def test_flyr_reads_our_raw16(ask: Ask, name: str) -> None:
    """What RAW16 says of apparent temperatures, by the code that opens FLIR's own files: within half a count."""
    constants = SC660 if name == "SC660" else encodings.fit_rbfo(BANDS[name])
    kelvin = np.linspace(255.0, 420.0, 200).reshape(10, 20)
    raw = constants.encode(kelvin)
    found = np.array(ask("flyr", raw_file(constants, raw))["kelvin"])
    half = 0.5 / np.gradient(constants.counts(kelvin.ravel()), kelvin.ravel()).reshape(kelvin.shape)
    assert np.all(np.abs(found - kelvin) <= half * 1.02)
    assert found == pytest.approx(constants.temperature(raw), abs=1e-6)


def test_flyr_takes_emissivity_and_surroundings_off_as_we_do(ask: Ask) -> None:
    """Grey skin before a wall, no air: in FLIR's counts, then the object's temperature as `reported_temperature`."""
    constants = SC660
    wall, skin, eps = 293.15, np.array([[300.0, 306.15], [310.0, 330.0]]), 0.95
    mixed = eps * constants.counts(skin) + (1 - eps) * constants.counts(wall)
    raw = np.floor(mixed + 0.5).astype(np.uint16)
    found = np.array(ask("flyr", raw_file(constants, raw, emissivity=eps))["kelvin"])
    assert found == pytest.approx(skin, abs=0.006)
