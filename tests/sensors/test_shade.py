"""What each part of a day's sun adds, against balances solved with and without that part."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sensors.heat_balance import HeatSurface, Weather, net_flux, steady_temperature
from sensors.heat_memory import temperature_now
from sensors.shade import SunPath, sun_path, warmth_of_parts
from sensors.slopes import SunDay, sunlight_on
from sensors.sun import clear_sky_irradiance, solar_elevation
from sensors.temperatures import kinds, moves

WEATHER = Weather(288.15, 0.6, 2.0)
LEVEL = np.array([0.0, 0.0, 1.0])
COUNT = 96


def day_until(hour: float) -> SunDay:
    """A clear June day at 50 degrees north, the last of it at an hour; 15 % of the light is the sky's."""
    hours = (hour + 24.0 * (np.arange(COUNT) + 1) / COUNT) % 24.0
    elevation = solar_elevation(172.0, hours, 50.0)
    level = clear_sky_irradiance(elevation)
    turn = np.radians(15.0 * (hours - 12.0))
    declination, north = np.radians(23.45), np.radians(50.0)
    towards = np.stack(
        [
            -np.cos(declination) * np.sin(turn),
            np.sin(declination) * np.cos(north) - np.cos(declination) * np.cos(turn) * np.sin(north),
            np.sin(declination) * np.sin(north) + np.cos(declination) * np.cos(turn) * np.cos(north),
        ],
        axis=1,
    )
    return SunDay(
        towards, np.where(towards[:, 2] > 0.02, 0.85 * level / np.maximum(towards[:, 2], 0.02), 0.0), 0.15 * level
    )


def under(light: np.ndarray) -> Weather:
    return replace(WEATHER, sunlight=float(light[-1]), day=tuple(map(float, light)))


def parts(surface: HeatSurface, sheet: Any, inertia: Any, day: SunDay) -> tuple[SunPath, np.ndarray]:
    path = sun_path(day)
    dark = under(sunlight_on(LEVEL, day, is_lit=False))
    return path, warmth_of_parts(surface, sheet, inertia, dark, path)


def test_a_day_is_cut_into_the_present_and_five_parts_of_the_past() -> None:
    day = day_until(15.0)
    path = sun_path(day)
    assert path.direct.shape == (6, COUNT) and path.towards.shape == (6, 3)
    assert path.direct.sum(axis=0) == pytest.approx(day.direct)
    assert (path.direct > 0).sum(axis=0).max() == 1
    assert (path.direct > 0).sum(axis=1).tolist()[:4] == [1, 4, 6, 14]  # now, one hour, 1.5 h more, 3.5 h more
    assert path.towards[0] == pytest.approx(day.towards[-1])
    assert np.linalg.norm(path.towards, axis=1) == pytest.approx(1.0)
    assert (np.diff(path.towards[:5, 0]) > 0).all()  # further back in time is further east
    assert path.towards[5, 0] < path.towards[0, 0]  # and before the night there was a west
    night = sun_path(day_until(23.9))
    assert not night.direct[0].any() and night.direct[3].any()


@pytest.mark.parametrize("hour", [9.0, 12.0, 15.0, 19.0, 23.0])
@pytest.mark.parametrize(
    ("surface", "sheet", "inertia"),
    [
        (HeatSurface(0.9, 0.9), 2889.0, None),  # steel: steady
        (HeatSurface(0.9, 0.9), 60000.0, None),  # cast iron, an hour
        (HeatSurface(0.92, 0.95), None, 1210.0),  # asphalt
        (HeatSurface(0.6, 0.93, inside=10.0), None, None),  # steady
    ],
    ids=["steel", "iron", "asphalt", "steady"],
)
def test_all_parts_together_are_what_the_disc_adds(surface: HeatSurface, sheet: Any, inertia: Any, hour: float) -> None:
    """Level ground: the whole balance with the disc less that without; linear parts are within a tenth, or 0.4 K."""
    day = day_until(hour)
    lit, dark = (temperature_now(surface, sheet, inertia, under(sunlight_on(LEVEL, day, b))) for b in (True, False))
    path, found = parts(surface, sheet, inertia, day)
    facing = np.maximum(path.towards @ LEVEL, 0.0)
    assert float(found @ facing) == pytest.approx(lit - dark, rel=0.12, abs=0.4)
    if hour == 12.0:
        assert lit - dark > 10.0


def test_the_shadow_of_an_hour_is_that_of_a_slab() -> None:
    """Asphalt, half past three: a deep slab under the whole balance, day after day in the sun, in shade for the last hour,
    and in shade until then."""
    conductivity, density, heat = 0.75, 2100.0, 930.0
    day, surface = day_until(15.5), HeatSurface(0.92, 0.95)
    level = sunlight_on(LEVEL, day)
    dark = sunlight_on(LEVEL, day, is_lit=False)
    ago = np.arange(COUNT)[::-1] * 0.25
    cases = {"lit": level, "hour": np.where(ago <= 1.0, dark, level), "before": np.where(ago > 1.0, dark, level)}
    dz, dt = 0.01, 60.0
    ends = {}
    for name, last in cases.items():
        kelvin = np.full(60, float(steady_temperature(surface, replace(WEATHER, sunlight=float(last.mean())))))
        for step in range(8 * 1440):
            into = float(net_flux(kelvin[0], surface, replace(WEATHER, sunlight=float(last[step % 1440 // 15]))))
            bend = np.empty_like(kelvin)
            bend[1:-1] = kelvin[2:] - 2 * kelvin[1:-1] + kelvin[:-2]
            bend[0] = 2 * (kelvin[1] - kelvin[0]) + 2 * into * dz / conductivity
            bend[-1] = kelvin[-2] - kelvin[-1]
            kelvin = kelvin + conductivity / (density * heat) * dt / dz**2 * bend
        ends[name] = kelvin[0]
    path, found = parts(surface, None, np.sqrt(conductivity * density * heat), day)
    taken = found * np.maximum(path.towards @ LEVEL, 0.0)
    assert ends["lit"] - ends["hour"] == pytest.approx(taken[:2].sum(), abs=1.5)
    assert ends["lit"] - ends["before"] == pytest.approx(taken[2:].sum(), abs=2.0)
    assert ends["lit"] - ends["hour"] > 5.0


def test_sheets_have_the_present_alone_and_night_has_the_past() -> None:
    _, steel = parts(HeatSurface(0.9, 0.9), 2889.0, None, day_until(12.0))
    assert steel[0] > 20.0 and not steel[1:].any()
    _, road = parts(HeatSurface(0.92, 0.95), None, 1210.0, day_until(23.0))
    assert road[0] == 0.0 and road[3:].min() > 0.5
    _, dry = parts(HeatSurface(0.75, 0.95), None, 900.0, day_until(12.0))
    _, wet = parts(HeatSurface(0.75, 0.95, evaporation=0.5), None, 900.0, day_until(12.0))
    assert (0.4 * dry < wet).all() and (wet < 0.85 * dry)[:4].all()  # half the gain, and half the loss by radiation


def test_what_comes_and_goes_is_known() -> None:
    assert {kind for kind in kinds() if moves(kind)} >= {"cow", "person", "driven_car", "dog"}
    assert not any(moves(kind) for kind in ("heated_building", "parked_car", "mug_of_tea", "parked_car_footprint"))
