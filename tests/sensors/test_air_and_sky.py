"""Acceptance 7: sky, air and haze against LOWTRAN7's numbers as the reference has them; the sun."""

from itertools import pairwise

import numpy as np
import pytest

from sensors import atmosphere, sun
from sensors.bands import BANDS, Band
from sensors.checks import SensorError
from sensors.humidity import saturation_pressure, vapour_density, vapour_pressure
from sensors.sky import Sky, clear_emissivity, idso_emissivity

DISTANCES = np.array([10.0, 50, 100, 200, 500, 1000, 2000, 5000])
PATHS = [  # band, vapour, transmittances, largest error allowed
    ("lwir", 5.9, (0.9854, 0.9628, 0.9447, 0.9181, 0.8643, 0.8035, 0.7186, 0.5578), 0.011),
    ("lwir_7_13", 5.9, (0.9846, 0.9618, 0.9435, 0.9169, 0.8627, 0.8015, 0.7163, 0.5554), 0.0085),
    ("mwir", 5.9, (0.8934, 0.8289, 0.7911, 0.7437, 0.6612, 0.5798, 0.4810, 0.3313), 0.023),
    ("nir850", 5.9, (0.9993, 0.9981, 0.9972, 0.9957, 0.9923, 0.9879, 0.9810, 0.9647), 0.0006),
    ("nir940", 5.9, (0.9725, 0.9331, 0.9025, 0.8587, 0.7734, 0.6826, 0.5668, 0.3845), 0.012),
    ("lwir", 19.0, (0.9749, 0.9298, 0.8894, 0.8260, 0.6896, 0.5373, 0.3514, 0.1224), 0.011),
    ("mwir", 19.0, (0.8786, 0.7945, 0.7419, 0.6747, 0.5587, 0.4510, 0.3344, 0.1898), 0.023),
    ("lwir", 14.0, (0.9791, 0.9436, 0.9128, 0.8651, 0.7623, 0.6428, 0.4826, 0.2377), 0.011),
    ("lwir", 3.5, (0.9879, 0.9693, 0.9545, 0.9332, 0.8907, 0.8438, 0.7797, 0.6581), 0.011),
]
SKIES = [  # air K, vapour, radiance in 8-14 um at 0, 30, 45, 60, 75, 85 degrees
    (299.7, 19.0, (29.01, 30.99, 33.83, 38.66, 46.57, 52.33)),
    (294.2, 14.0, (21.68, 23.26, 25.61, 29.87, 38.11, 47.20)),
    (288.2, 5.9, (12.168, 13.01, 14.29, 16.73, 22.29, 33.14)),
    (272.2, 3.5, (8.255, 8.78, 9.58, 11.08, 14.51, 21.76)),
    (257.2, 1.2, (5.595, 5.92, 6.40, 7.28, 9.21, 13.22)),
]


@pytest.mark.parametrize(("name", "vapour", "expected", "error"), PATHS)
def test_transmittance_is_lowtran_s(name: str, vapour: float, expected: tuple[float, ...], error: float) -> None:
    band = BANDS[name]
    most = np.max(np.abs(atmosphere.gas_transmittance(band, DISTANCES, vapour) - expected))
    assert round(most, 4 if error < 0.01 else 3) <= error  # as many digits as the reference gives
    assert atmosphere.gas_transmittance(band, 0.0, vapour) == pytest.approx(1.0, abs=1e-12)
    fine = np.linspace(0.0, 5000.0, 300)
    by_vapour = [atmosphere.gas_transmittance(band, fine, w) for w in (0.0, 3.0, 8.0, 20.0)]
    assert all(np.all(np.diff(t) < 0) for t in by_vapour)
    assert all(np.all(a[1:] >= b[1:]) for a, b in pairwise(by_vapour))


def test_air_of_ten_metres_matters_in_the_mid_wave() -> None:
    assert atmosphere.gas_transmittance(BANDS["mwir"], 10.0, 5.9) == pytest.approx(0.893, abs=0.02)


@pytest.mark.parametrize(("metres", "tau", "radiance", "kelvin"), [(100, 0.9447, 62.690, 308.90), (500, 0.8643, 61.231, 307.27), (1000, 0.8035, 60.127, 306.03)])  # fmt: skip
def test_a_warm_blackbody_through_air(metres: float, tau: float, radiance: float, kelvin: float) -> None:
    band = BANDS["lwir"]
    air, body = band.radiance(288.15), band.radiance(310.0)
    exact = float(atmosphere.through_air(body, tau, air))
    assert exact == pytest.approx(radiance, abs=0.003)
    assert band.temperature(exact) == pytest.approx(kelvin, abs=0.01)
    modelled = atmosphere.through_air(body, atmosphere.transmittance(band, metres, 5.9), air)
    assert band.temperature(modelled) == pytest.approx(kelvin, abs=0.15)


def test_isothermal_air_changes_nothing() -> None:
    band = BANDS["mwir"]
    level = float(band.radiance(288.15))
    tau = atmosphere.transmittance(band, np.array([1.0, 100.0, 5000.0]), 10.0, visibility=2.0)
    assert atmosphere.through_air(level, tau, level) == pytest.approx(level, rel=1e-6)


@pytest.mark.parametrize(("visibility", "expected"), [(23, (0.097, 0.085, 0.013, 0.004)), (5, (0.476, 0.425, 0.082, 0.029)), (1, (3.15, 2.99, 1.45, 0.92))])  # fmt: skip
def test_haze(visibility: float, expected: tuple[float, ...]) -> None:
    found = [atmosphere.haze_coefficient(wavelength, visibility) for wavelength in (0.85, 0.94, 4.0, 10.0)]
    assert found == pytest.approx(expected, abs=0.006)
    assert atmosphere.haze_coefficient(10.0, 0.2) == pytest.approx(3.912 / 0.2)
    assert atmosphere.haze_coefficient(0.55, 100.0) == pytest.approx(3.912 / 100)


def test_flir_s_formula() -> None:
    found = atmosphere.flir_transmittance([1.0, 10.0, 100.0, 500.0, 1000.0], 293.15, 0.5)
    assert found == pytest.approx([0.9939, 0.9807, 0.9375, 0.8538, 0.7861], abs=6e-5)


@pytest.mark.parametrize(("air", "vapour", "expected"), SKIES)
def test_the_clear_sky_is_lowtran_s(air: float, vapour: float, expected: tuple[float, ...]) -> None:
    cosines = np.cos(np.radians([0.0, 30, 45, 60, 75, 85]))
    emissivity = np.array(expected) / BANDS["lwir"].radiance(air)
    error = clear_emissivity(BANDS["lwir"], vapour, cosines) - emissivity
    assert np.sqrt(np.mean(error**2)) <= 0.017
    assert np.max(np.abs(error)) < 0.025


def test_the_mid_wave_sky_is_warm() -> None:
    """US 76: 268 K overhead in 3-5 um, 224 K in 8-14 um, under the same weather."""
    found = {
        name: BANDS[name].temperature(clear_emissivity(BANDS[name], 5.9, 1.0) * BANDS[name].radiance(288.2))
        for name in ("lwir", "mwir")
    }
    assert found["lwir"] == pytest.approx(223.7, abs=1.5)
    assert found["mwir"] == pytest.approx(268.2, abs=1.5)


@pytest.mark.parametrize(("air", "vapour", "lowtran", "idso"), [(257.2, 1.2, 0.263, 0.247), (272.2, 3.5, 0.300, 0.275), (288.2, 5.9, 0.341, 0.301), (294.2, 14.0, 0.544, 0.529), (299.7, 19.0, 0.645, 0.698)])  # fmt: skip
def test_two_models_of_the_whole_sky_agree(air: float, vapour: float, lowtran: float, idso: float) -> None:
    humidity = vapour / float(vapour_density(air, 1.0))
    window = 0.24 + 2.98e-8 * vapour_pressure(air, humidity) ** 2 * np.exp(3000.0 / air)  # Idso 1981, 8-14 um
    assert window == pytest.approx(idso, abs=0.001)
    cosines = (np.arange(1000) + 0.5) / 1000
    whole = 2 * np.mean(clear_emissivity(BANDS["lwir"], vapour, cosines) * cosines)
    assert whole == pytest.approx(lowtran, abs=0.005)
    assert whole == pytest.approx(idso, rel=0.14)


def test_clouds_warm_the_sky() -> None:
    band = BANDS["lwir"]
    clear, covered = Sky(283.15, 0.7), Sky(283.15, 0.7, cloud=1.0)
    assert clear.temperature(band) < 260.0
    assert covered.temperature(band) == pytest.approx(279.0, abs=3.0)
    assert covered.radiance(band, 0.0) == pytest.approx(band.radiance(283.15), rel=1e-4)  # the horizon is air
    assert idso_emissivity(283.15, 0.7, 1.0) > 0.95
    assert Sky(283.15, uniform=12.168).hemisphere(band) == pytest.approx(12.168, rel=1e-5)
    assert clear.radiance(BANDS["mwir_cold"], 1.0) > 0


def test_humidity() -> None:
    assert saturation_pressure(293.15) == pytest.approx(23.37, abs=0.05)
    assert vapour_density(293.15, 0.5) == pytest.approx(8.64, abs=0.05)


def test_the_sun_in_thermal_bands() -> None:
    found = [sun.band_irradiance(BANDS[name]) for name in ("lwir", "mwir", "mwir_cold")]
    assert found == pytest.approx([1.51, 21.8, 8.44], rel=0.003)
    reflected = 0.1 * sun.band_irradiance(BANDS["mwir"]) / np.pi
    assert reflected / BANDS["mwir"].radiance(300.0) == pytest.approx(0.37, abs=0.01)


def test_where_the_sun_stands() -> None:
    assert np.degrees(sun.solar_elevation(172, 12.0, 50.0)) == pytest.approx(63.44, abs=0.1)
    assert np.degrees(sun.solar_elevation(355, 12.0, 50.0)) == pytest.approx(16.56, abs=0.1)
    assert np.degrees(sun.solar_elevation(80, [6.0, 18.0], 0.0)) == pytest.approx([0.0, 0.0], abs=0.3)
    assert sun.clear_sky_irradiance(np.radians([90.0, 30.0, 0.0, -10.0])) == pytest.approx(
        [1035.1, 487.9, 0.0, 0.0], abs=1.0
    )
    assert sun.cloudy_irradiance(800.0, [0.0, 1.0]) == pytest.approx([800.0, 200.0])
    assert sun.slant_transmittance(0.5, np.radians([90.0, 30.0, -5.0])) == pytest.approx([0.5, 0.25, 0.0], abs=0.002)


def test_bad_weather() -> None:
    with pytest.raises(
        SensorError, match=r"sky: air_temperature: temperature is 20 K; .* looks like Celsius: give 293.15"
    ):
        Sky(20.0)
    with pytest.raises(SensorError, match=r"sky: relative_humidity: is 50; expected a number from 0 to 1"):
        Sky(290.0, 50)
    with pytest.raises(SensorError, match=r"band 'nir850': sky '850' is unknown"):
        Sky(290.0).radiance(BANDS["nir850"], 1.0)
    with pytest.raises(SensorError, match=r"visibility: is 0 km; expected more than 0"):
        atmosphere.haze_coefficient(10.0, 0.0)
    with pytest.raises(SensorError, match=r"band 'x': air '9-9' is unknown"):
        atmosphere.gas_transmittance(Band("x", 9.0, 9.5, "lwir", "9-9"), 1.0, 5.0)
