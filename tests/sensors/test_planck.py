"""Acceptance 1: blackbody radiance and its inverse, against the tables of the reference and adaptive quadrature."""

import numpy as np
import pytest

from sensors import planck
from sensors.bands import BANDS, Band, MissingBandData, find_band, surface_column
from sensors.checks import SensorError, check_temperature

COLUMNS = ("lwir", "lwir_7_13", "lwir_8_12", "mwir", "mwir_cold")
TABLE = {  # K: radiance in each band, W m^-2 sr^-1
    200: (6.01175, 5.55941, 3.48102, 0.00926, 0.00556),
    253.15: (23.82468, 23.24269, 15.64679, 0.25445, 0.16669),
    273.15: (35.15196, 34.84649, 23.82189, 0.64427, 0.42910),
    293.15: (49.37289, 49.64832, 34.33437, 1.44748, 0.97412),
    300: (54.93346, 55.49161, 38.50042, 1.865956, 1.258734),
    306.15: (60.23065, 61.08294, 42.49291, 2.32265, 1.56945),
    310: (63.69439, 64.75112, 45.11489, 2.65283, 1.79408),
    350: (106.44447, 110.65565, 78.03554, 8.97435, 6.07596),
    373.15: (136.77834, 143.76923, 101.84251, 16.24804, 10.95290),
    500: (369.12111, 405.34175, 289.83302, 167.52778, 106.91081),
    1000: (1924.074, 2253.427, 1602.830, 6506.734, 3317.072),
}
APPENDIX_A = 54.93346137683973  # 8-14 um, 300 K: what the recipe of the reference gives
SLOPES = {200: (0.19363, 0.18571, 0.000723), 300: (0.837821, 0.882489, 0.067698), 1000: (3.65487, 4.41883, 25.13809)}
THERMAL = [b for b in BANDS.values() if b.is_thermal]
TOP_HATS = [b for b in THERMAL if not b.response]


def half_a_digit(value: float) -> float:
    """Return how far a figure may be from the truth that was rounded to it."""
    return 0.5 * 10.0 ** -len(str(value).partition(".")[2])


def test_acceptance_1() -> None:
    assert BANDS["lwir"].radiance(300.0) == pytest.approx(APPENDIX_A, rel=1e-6)
    expected = {"lwir": 54.933, "lwir_7_13": 55.492, "lwir_8_12": 38.500, "mwir": 1.8660}
    for name, value in expected.items():
        assert BANDS[name].radiance(300.0) == pytest.approx(value, abs=6e-4), name


@pytest.mark.parametrize("kelvin", TABLE)
def test_band_radiance_is_that_of_the_reference(kelvin: float) -> None:
    for name, expected in zip(COLUMNS, TABLE[kelvin], strict=True):
        assert BANDS[name].radiance(kelvin) == pytest.approx(expected, abs=half_a_digit(expected)), name


@pytest.mark.parametrize("kelvin", SLOPES)
def test_slopes_are_those_of_the_reference(kelvin: float) -> None:
    for name, expected in zip(("lwir", "lwir_7_13", "mwir"), SLOPES[kelvin], strict=True):
        assert BANDS[name].slope(kelvin) == pytest.approx(expected, abs=half_a_digit(expected))


def test_spectral_values() -> None:
    assert planck.spectral_radiance(10.0, 300.0) == pytest.approx(9.924033, abs=1e-6)
    photon = planck.PLANCK * planck.LIGHT_SPEED / 10e-6  # J
    assert planck.spectral_radiance(10.0, 300.0) / photon == pytest.approx(4.995874e20, rel=1e-6)
    assert pytest.approx(1.191042972e8, rel=1e-9) == planck.C1L
    assert pytest.approx(14387.768775, rel=1e-10) == planck.C2
    assert planck.SIGMA * 300**4 / np.pi == pytest.approx(146.19984, abs=1e-5)
    assert BANDS["nir850"].radiance(300.0) == pytest.approx(2.9e-18, rel=0.02)


@pytest.mark.parametrize("band", TOP_HATS, ids=lambda b: b.name)
def test_the_series_agrees_with_quadrature(band: Band) -> None:
    """The same integral by Simpson's rule on a fine grid, from Planck's law alone."""
    wavelength = np.linspace(band.lower, band.upper, 20001)
    weight = np.ones(20001)
    weight[1:-1:2], weight[2:-1:2] = 4, 2
    weight *= (band.upper - band.lower) / 20000 / 3
    for kelvin in (150.0, 300.0, 1000.0, 3000.0, 5772.0):
        exact = float(planck.spectral_radiance(wavelength, kelvin) @ weight)
        assert band.radiance(kelvin) == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize("band", THERMAL, ids=lambda b: b.name)
def test_the_inverse_returns_the_temperature(band: Band) -> None:
    kelvin = np.random.default_rng(1).uniform(200.0, 1000.0, 20000)
    back = band.temperature(band.radiance(kelvin))
    assert np.max(np.abs(back - kelvin)) < 5e-3
    image = band.temperature_image(band.radiance(kelvin).astype(np.float32))
    assert image.dtype == np.float32
    assert np.max(np.abs(image - kelvin)) < 5e-3
    assert band.temperature(band.radiance(300.0)) == pytest.approx(300.0, abs=5e-3)


@pytest.mark.parametrize("name", ["lwir", "lwir_soft", "mwir", "mwir_cold"])
def test_images_of_temperatures_become_radiance(name: str) -> None:
    band, kelvin = BANDS[name], np.random.default_rng(2).uniform(100.0, 6000.0, 20000)
    found = band.radiance_image(kelvin.astype(np.float32))
    wrong = np.abs(found - band.radiance(kelvin)) / band.slope(kelvin)
    assert found.dtype == np.float32 and np.max(wrong) < 1e-3
    assert np.max(wrong[(kelvin > 180.0) & (kelvin < 1000.0)]) < 2e-4
    ends = band.radiance_image(np.array([-5.0, np.nan, 1e9], np.float32))
    assert ends == pytest.approx(band.radiance(np.array([30.0, 30.0, 6000.0])), rel=1e-5)


def test_the_inverse_holds_what_is_outside() -> None:
    assert BANDS["mwir"].temperature_image(np.array([-1.0, 0.0, np.nan, 1e9])) == pytest.approx([100, 100, 100, 3000])
    assert BANDS["mwir"].temperature([-1.0, 1e12]) == pytest.approx([30.0, 6000.0], abs=10)


def test_a_response_curve_weighs_the_band() -> None:
    flat = Band("flat", 8.0, 14.0, "lwir", "8-14", ((8.0, 1.0), (14.0, 1.0)))
    assert flat.radiance(300.0) == pytest.approx(54.93346, rel=1e-6)
    half = Band("half", 8.0, 14.0, "lwir", "8-14", ((8.0, 0.5), (14.0, 0.5)))
    assert half.radiance([280.0, 300.0]) == pytest.approx(0.5 * flat.radiance([280.0, 300.0]))
    assert half.slope(300.0) == pytest.approx(0.5 * 0.837821, rel=1e-5)


def test_bad_temperatures_say_what_was_meant() -> None:
    with pytest.raises(SensorError, match=r"/World/Cow: temperature is -5 K; expected kelvin above 0; .* give 268.15"):
        check_temperature(-5.0, "/World/Cow")
    with pytest.raises(SensorError, match=r"temperature is 37 K; .* looks like Celsius: give 310.15"):
        check_temperature([300.0, 37.0], "/World/Cow")
    with pytest.raises(SensorError, match=r"temperature is nan; expected finite kelvin"):
        check_temperature(np.nan, "x")
    with pytest.raises(SensorError, match=r"temperature is -300 K; expected kelvin above 0$"):
        check_temperature(-300.0, "x")
    assert check_temperature([], "x").size == 0


def test_bad_bands() -> None:
    with pytest.raises(SensorError, match=r"band 'lwr' is unknown; did you mean 'lwir'\?"):
        find_band("lwr")
    with pytest.raises(SensorError, match=r"band 'x': is 5\.\.3 um; expected 0 < lower < upper"):
        Band("x", 5.0, 3.0, "", "")


def test_a_band_without_material_data_warns_by_name() -> None:
    with pytest.warns(MissingBandData, match=r"band 'swir' \(1-1.7 um\) has no material data; using those of 'nir940'"):
        assert surface_column(Band("swir", 1.0, 1.7, "", "")) == "nir940"
    assert surface_column(BANDS["mwir_cold"]) == "mwir"
