"""Weather on the stage, the sun's direction, and the tables of bands against formulas of their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pxr import Usd

from engine.stage.reader import StageReader
from scenes.infrared import author
from scenes.infrared.bands import air_terms, band_tables
from scenes.infrared.weather import Conditions, attribute_name, build_weather, read_weather, weather_path
from sensors.bands import BANDS
from tests.bands.stages import planck, plane
from tests.infrared_usd.stages import NIGHT, infrared, open_stage, say


def test_names_of_attributes() -> None:
    assert attribute_name("air_temperature") == "ir:weather:airTemperature"
    assert attribute_name("day_of_year") == "ir:weather:dayOfYear"
    assert attribute_name("wind") == "ir:weather:wind"


def test_what_the_stage_says_counts() -> None:
    stage = open_stage()
    assert read_weather(stage, NIGHT) == NIGHT
    prim = build_weather(stage, NIGHT)
    assert str(prim.GetPath()) == "/World/Weather" == str(weather_path(stage))
    assert len(prim.GetAuthoredPropertiesInNamespace("ir:weather")) == 9
    assert read_weather(stage, replace(NIGHT, wind=9.0)) == NIGHT
    prim.GetAttribute("ir:weather:airTemperature").Set(290.0)
    assert read_weather(stage, NIGHT) == replace(NIGHT, air_temperature=290.0)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("airTemperature", 20.0, r"/World/Weather.ir:weather:airTemperature: .*20 K.* Celsius: give 293.15"),
        ("relativeHumidity", 55.0, r"/World/Weather.ir:weather:relativeHumidity: is 55.0; expected 0 to 1"),
    ],
)
def test_bad_weather_names_the_attribute(name: str, value: float, text: str) -> None:
    stage = open_stage()
    build_weather(stage, NIGHT).GetAttribute(f"ir:weather:{name}").Set(value)
    with pytest.raises(ValueError, match=text):
        author(stage, infrared(), 1, 0)


@pytest.mark.parametrize("up", ["Z", "Y"])
def test_where_the_sun_stands(up: str) -> None:
    """Solstice at 52 degrees: highest 61.4 degrees in the south at noon, east in the morning, below at midnight."""
    sun = {hour: np.array(Conditions(replace(NIGHT, hour=hour), up).sun_direction) for hour in (0.0, 6.0, 12.0, 18.0)}
    east, north, high = (0, 1, 2) if up == "Z" else (0, 2, 1)
    sign = 1.0 if up == "Z" else -1.0
    assert np.degrees(np.arcsin(sun[12.0][high])) == pytest.approx(90 - 52 + 23.44, abs=0.1)
    assert sign * sun[12.0][north] < -0.4
    assert abs(sun[12.0][east]) < 1e-6
    assert sun[6.0][east] > 0.9
    assert sun[18.0][east] == pytest.approx(-sun[6.0][east], abs=1e-6)
    assert np.degrees(np.arcsin(sun[0.0][high])) == pytest.approx(52 + 23.44 - 90, abs=0.1)
    for direction in sun.values():
        assert np.linalg.norm(direction) == pytest.approx(1.0)
    assert np.arcsin(sun[6.0][high]) == pytest.approx(Conditions(replace(NIGHT, hour=6.0)).sun_elevation, abs=1e-9)


def test_the_tables_of_a_band() -> None:
    conditions = Conditions(NIGHT)
    tables = band_tables(BANDS["lwir"], conditions)
    kelvin, radiance = (np.asarray(tables[key], np.float64) for key in ("temperatures", "radiances"))
    for temperature in (233.1, 279.5, 300.0, 373.15, 900.0):
        assert np.interp(temperature, kelvin, radiance) == pytest.approx(planck(temperature), rel=3e-5)
    sky = np.asarray(tables["sky:radiances"])
    assert np.all(np.diff(sky) <= 0) and sky[-1] < 12  # brightest at the horizon, where it is a blackbody of air
    assert sky[0] == pytest.approx(planck(283.15), rel=1e-3)
    assert tables["sun:irradiance"] == 0.0
    assert tables["air:radiance"] == pytest.approx(planck(283.15), rel=1e-4)
    weights, rates = air_terms(BANDS["lwir"], Conditions(replace(NIGHT, air_temperature=288.2, relative_humidity=0.46)))
    for metres, tau in ((100, 0.9447), (500, 0.8643), (1000, 0.8035)):  # LOWTRAN7, US76
        assert float(weights @ np.exp(-rates * metres)) == pytest.approx(tau, abs=0.011)


def test_haze_dims_and_clouds_warm_the_sky() -> None:
    clear, hazy = (air_terms(BANDS["nir850"], Conditions(replace(NIGHT, visibility=v))) for v in (0.0, 1.0))
    assert np.allclose((hazy[1] - clear[1]) * 1e3, 3.15, rtol=0.02)  # 1/km at 850 nm, reference 1.4
    under = [
        Conditions(replace(NIGHT, cloud=c)).surroundings(BANDS["lwir"]).sky.hemisphere(BANDS["lwir"]) for c in (0, 1)
    ]
    assert under[1] - under[0] > 15
    assert Conditions(replace(NIGHT, cloud=1.0, hour=12.0)).sun_transmittance(BANDS["mwir"]) == 0.0


def test_near_infrared_sunlight() -> None:
    """Where the whole sunlight is that of AM1.5G, the band has that spectrum's: 29.5 W/m2 at 850 nm on the level."""
    hour = 12.0
    conditions = Conditions(replace(NIGHT, hour=hour, latitude=23.44))
    sunlight, skylight = conditions.near_sunlight(BANDS["nir850"])
    level = sunlight * np.sin(conditions.sun_elevation) + skylight
    assert level == pytest.approx(29.5 * conditions.sunlight / 1000.4, rel=2e-3)
    assert 0.1 < skylight / level < 0.2
    overcast = Conditions(replace(NIGHT, hour=hour, latitude=23.44, cloud=1.0)).near_sunlight(BANDS["nir850"])
    assert overcast[0] == 0.0
    assert 0 < overcast[1] < level
    assert Conditions(NIGHT).near_sunlight(BANDS["nir850"]) == (0.0, 0.0)


def test_the_engine_reads_what_is_authored() -> None:
    stage = open_stage()
    say(plane(stage, "/World/P", 1.0), material="water")
    state = author(stage, infrared("thermal_lwir", "nir850", weather=replace(NIGHT, hour=12.0, visibility=5.0)), 1, 0)
    bands = {band.name: band for band in StageReader(stage).snapshot().bands}
    assert sorted(bands) == ["lwir", "nir850"]
    assert bands["lwir"].sun_direction == pytest.approx(state.sun_direction)
    assert bands["lwir"].ambient == pytest.approx(283.15)
    assert bands["nir850"].sun_irradiance > 10
    assert bands["nir850"].sky_radiances.min() > 0
    assert bands["nir850"].air_radiance == 0
    assert bands["lwir"].ground == pytest.approx(state.around["lwir"].ground_radiance(state.bands["lwir"]), rel=1e-6)


def test_a_stage_without_a_default_prim() -> None:
    stage = Usd.Stage.CreateInMemory()
    plane(stage, "/Roof", 1.0)
    author(stage, infrared("thermal_lwir"), 1, 0)
    assert [band.name for band in StageReader(stage).snapshot().bands] == ["lwir"]
