"""Temperatures that remember the day, against a slab and a sheet solved step by step with the whole balance."""

from dataclasses import replace

import numpy as np
import pytest

from sensors.checks import SensorError
from sensors.heat_balance import HeatSurface, Weather, heat_surface, net_flux
from sensors.heat_memory import material_temperature_now, temperature_now
from sensors.heat_storage import thermal_inertia
from sensors.material_table import find_material, tokens
from sensors.sun import clear_sky_irradiance, solar_elevation

WEATHER = Weather(288.15, 0.6, 2.0)
ASPHALT = (0.75, 2100.0, 930.0)  # W m^-1 K^-1, kg m^-3, J kg^-1 K^-1


def at(hour: float, count: int = 96) -> Weather:
    """A clear June day at 50 degrees north, at an hour."""
    hours = hour - 24.0 + 24.0 * (np.arange(count) + 1) / count
    day = tuple(float(v) for v in clear_sky_irradiance(solar_elevation(172.0, hours % 24.0, 50.0)))
    return replace(WEATHER, sunlight=day[-1], day=day)


def slab(surface: HeatSurface, hours: tuple[float, ...]) -> list[float]:
    """A deep slab under the whole, unlinearised balance; explicit differences, seven days of spin-up."""
    k, rho, c = ASPHALT
    dz, dt = 0.01, 60.0
    depth = np.full(90, 295.0)
    found = {}
    for step in range(8 * 1440):
        hour = step * dt / 3600.0 % 24.0
        light = float(clear_sky_irradiance(solar_elevation(172.0, hour, 50.0)))
        into = float(net_flux(depth[0], surface, replace(WEATHER, sunlight=light)))
        bend = np.empty_like(depth)
        bend[1:-1] = depth[2:] - 2 * depth[1:-1] + depth[:-2]
        bend[0] = 2 * (depth[1] - depth[0]) + 2 * into * dz / k
        bend[-1] = depth[-2] - depth[-1]
        depth = depth + k / (rho * c) * dt / dz**2 * bend
        if step >= 7 * 1440 and hour in hours:
            found[hour] = float(depth[0])
    return [found[hour] for hour in hours]


def test_a_road_through_a_day_is_that_of_a_slab() -> None:
    """Asphalt, clear midsummer day: the linear half-space is within 1.2 K of the whole balance at any hour."""
    surface = HeatSurface(0.92, 0.95)
    hours = (0.0, 5.0, 8.0, 12.0, 14.0, 18.0, 22.0)
    exact = slab(surface, hours)
    assert max(exact) - min(exact) > 20.0
    inertia = thermal_inertia(*ASPHALT)
    assert inertia == pytest.approx(1210.0, abs=5.0)  # asphalt's in materials.yaml
    found = [temperature_now(surface, None, inertia, at(h)) for h in hours]
    assert found == pytest.approx(exact, abs=1.2)


def test_a_road_is_warm_at_midnight_and_a_roof_is_cold() -> None:
    road, roof = find_material("asphalt"), find_material("steel", "paint")
    night = at(23.0)
    road_kelvin, roof_kelvin = (material_temperature_now(material, night) for material in (road, roof))
    assert roof_kelvin < night.air_temperature - 2.0
    assert road_kelvin > night.air_temperature + 2.0 > material_temperature_now(road, replace(night, day=())) + 2.0


def test_thin_things_are_nearly_steady_and_slow_ones_behind() -> None:
    surface = HeatSurface(0.94, 0.90)
    morning = at(8.0)
    steady = temperature_now(surface, None, None, morning)
    assert float(net_flux(steady, surface, morning)) == pytest.approx(0.0, abs=1e-6)
    assert temperature_now(surface, 60000.0, None, replace(morning, day=())) == steady
    lags = [steady - temperature_now(surface, capacity, None, morning) for capacity in (2889.0, 17500.0, 60000.0)]
    assert lags[0] == 0.0 < 0.7 < lags[1] < 2.0 < lags[2] < 12.0


@pytest.mark.parametrize("capacity", [2889.0, 17500.0, 60000.0])
def test_a_sheet_is_that_of_small_steps(capacity: float) -> None:
    surface, hour = HeatSurface(0.94, 0.90), 9.0
    kelvin, dt = 280.0, 20.0
    for step in range(int(48 * 3600 / dt)):
        moment = (hour + (step + 0.5) * dt / 3600.0) % 24.0
        weather = replace(WEATHER, sunlight=float(clear_sky_irradiance(solar_elevation(172.0, moment, 50.0))))
        kelvin += dt / capacity * float(net_flux(kelvin, surface, weather))
    assert temperature_now(surface, capacity, None, at(hour)) == pytest.approx(
        kelvin, abs=0.5 if capacity < 5000 else 0.25
    )


@pytest.mark.parametrize("token", [t for t in tokens() if t != "calibration_lambertian"])
def test_an_even_day_is_the_steady_state(token: str) -> None:
    """Without a swing there is nothing to remember; of thick things what is inside has come to the same warmth."""
    material = find_material(token)
    even = replace(WEATHER, sunlight=200.0, day=(200.0,) * 24)
    found = material_temperature_now(material, even)
    surface = heat_surface(material)
    surface = replace(surface, inside=0.0) if material.inertia is not None else surface
    assert float(net_flux(found, surface, even)) == pytest.approx(0.0, abs=1e-4)


def test_bad_input() -> None:
    with pytest.raises(SensorError, match=r"weather: day: has 2 values; expected the sunlight at 4 or more even times"):
        replace(WEATHER, day=(1.0, 2.0))
