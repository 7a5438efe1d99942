"""Acceptance 13: surface temperatures against the steady states of the reference; storage; samplers."""

import numpy as np
import pytest

from sensors.bands import BANDS
from sensors.checks import SensorError
from sensors.heat_balance import (
    HeatSurface,
    Weather,
    convection,
    net_flux,
    painted_absorptance,
    steady_temperature,
)
from sensors.heat_memory import material_temperature_now
from sensors.heat_storage import (
    daily_temperatures,
    periodic_swing,
    shadow_scar,
    thermal_inertia,
    time_constant,
    transient_temperatures,
)
from sensors.material_table import find_material, tokens
from sensors.temperatures import clothing_temperature, kinds, sample_temperatures

WINDS = (0.5, 2.0, 6.0)
SURFACES = {  # absorptance, emissivity, inside: day and night at three winds, overcast day and night at 2 m/s
    "black paint": ((0.94, 0.90, 0), (341.4, 328.3, 314.5), (277.8, 279.5, 281.0), 300.1, 282.6),
    "white paint": ((0.25, 0.90, 0), (303.2, 300.2, 297.3), (277.8, 279.5, 281.0), 294.6, 282.6),
    "asphalt": ((0.92, 0.95, 8), (323.4, 317.3, 309.7), (281.8, 282.1, 282.4), 297.9, 284.3),
    "concrete": ((0.62, 0.93, 10), (311.3, 307.8, 303.3), (282.4, 282.5, 282.7), 296.0, 284.5),
    "dry grass": ((0.75, 0.95, 5), (321.1, 314.8, 307.4), (280.7, 281.3, 281.9), 297.4, 283.8),
    "bare aluminium": ((0.15, 0.09, 0), (307.0, 301.3, 297.4), (282.3, 282.7, 282.9), 294.7, 283.1),
    "dull galvanised": ((0.70, 0.30, 0), (347.6, 328.1, 312.3), (280.8, 281.7, 282.4), 299.9, 282.9),
}


def day(wind: float, cloud: float = 0.0) -> Weather:
    return Weather(293.15, 0.5, wind, cloud, 150.0 if cloud else 800.0)


def night(wind: float, cloud: float = 0.0) -> Weather:
    return Weather(283.15, 0.7, wind, cloud, inside_temperature=288.15)


@pytest.mark.parametrize("surface", SURFACES)
def test_steady_states_are_those_of_the_reference(surface: str) -> None:
    values, by_day, by_night, grey_day, grey_night = SURFACES[surface]
    for wind, warm, cold in zip(WINDS, by_day, by_night, strict=True):
        assert steady_temperature(HeatSurface(*values), day(wind)) == pytest.approx(warm, abs=0.05)
        assert steady_temperature(HeatSurface(*values), night(wind)) == pytest.approx(cold, abs=0.05)
    assert steady_temperature(HeatSurface(*values), day(2.0, 1.0)) == pytest.approx(grey_day, abs=0.05)
    assert steady_temperature(HeatSurface(*values), night(2.0, 1.0)) == pytest.approx(grey_night, abs=0.05)


@pytest.mark.parametrize("token", [t for t in tokens() if t != "calibration_lambertian"])
def test_nothing_drives_nothing(token: str) -> None:
    for wind in (0.0, 3.0, 12.0):
        still = Weather(290.0, wind=wind, sky_emissivity=1.0)
        assert material_temperature_now(find_material(token), still, sky_view=0.7) == pytest.approx(290.0, abs=1e-3)


def test_a_night_roof_reads_colder_than_it_is() -> None:
    """279.5 K, eps 0.9, under the US 76 sky overhead (8-14 um): 275.44 K apparent."""
    band = BANDS["lwir"]
    assert band.temperature(0.9 * band.radiance(279.5) + 0.1 * 12.168) == pytest.approx(275.44, abs=0.02)


def test_order_by_day_and_colour_blindness_by_night() -> None:
    sunny = [
        float(steady_temperature(HeatSurface(*SURFACES[s][0]), day(2.0)))
        for s in ("black paint", "asphalt", "concrete", "white paint")
    ]
    assert sunny == sorted(sunny, reverse=True)
    dark = [float(steady_temperature(HeatSurface(*SURFACES[s][0]), night(2.0))) for s in ("black paint", "white paint")]
    assert dark[0] == dark[1]


def test_the_balance_is_closed_and_arrays_broadcast() -> None:
    absorptance = np.linspace(0.1, 0.9, 5)[:, None]
    surface = HeatSurface(absorptance, np.array([0.1, 0.9]), sky_view=0.6, extra=30.0)
    found = steady_temperature(surface, day(1.0))
    assert found.shape == (5, 2)
    assert np.max(np.abs(net_flux(found, surface, day(1.0)))) < 1e-6
    steep = HeatSurface(0.5, 0.9, facing=2.0)
    assert steady_temperature(steep, day(1.0)) == steady_temperature(HeatSurface(1.0, 0.9), day(1.0))


def test_plants_that_have_water_stay_cool_in_the_sun() -> None:
    """Evaporation takes its part of the net radiation by day and none at night: solved by bisection, written again."""
    wet, dry = HeatSurface(0.75, 0.96, 5.0, evaporation=0.65), HeatSurface(0.75, 0.96, 5.0)
    noon, dark = day(2.0), night(2.0)
    sky, air = noon.sky_flux, noon.air_temperature

    def gained(kelvin: float) -> float:
        radiation = 0.75 * noon.sunlight + 0.96 * (sky - 5.670374419e-8 * kelvin**4)
        return 0.35 * radiation - (5.7 + 3.8 * 2.0) * (kelvin - air) - 5.0 * (kelvin - noon.inside)

    low, high = 280.0, 350.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if gained(middle) > 0 else (low, middle)
    assert float(steady_temperature(wet, noon)) == pytest.approx(low, abs=1e-6)
    assert float(steady_temperature(wet, dark)) == float(steady_temperature(dry, dark))
    assert 3.0 < material_temperature_now(find_material("leaf_grass"), noon) - air < 10.0
    assert material_temperature_now(find_material("dead_leaf_grass"), noon) - air > 15.0


def test_convection_and_paint() -> None:
    assert convection([0.0, 2.0, 6.0]) == pytest.approx([5.7, 13.3, 26.17], abs=0.01)
    assert painted_absorptance([0.04, 0.80]) == pytest.approx([0.94, 0.25])


def test_thin_steel_follows_in_minutes() -> None:
    assert time_constant(2889.0, 13.3 + 4 * 0.9 * 5.670374e-8 * 293.15**3) == pytest.approx(157.0, abs=1.0)
    black = HeatSurface(0.94, 0.90)
    history = transient_temperatures(283.15, black, 2889.0, [day(2.0)] * 400, 10.0)
    assert history.shape == (401,)
    assert history[-1] == pytest.approx(328.3, abs=0.1)
    coarse = transient_temperatures(283.15, black, 2889.0, [day(2.0)] * 4, 1000.0)
    assert coarse[-1] == pytest.approx(328.3, abs=0.2)  # stable at any step
    fine = transient_temperatures(283.15, black, 2889.0, [day(2.0)] * 1500, 0.1)
    assert history[15] == pytest.approx(fine[-1], abs=0.3)


@pytest.mark.parametrize(("inertia", "swing", "hours"), [(607, 19.8, 0.6), (1210, 16.6, 1.05), (1660, 14.7, 1.3), (2480, 12.2, 1.6), (400, 21.1, 0.4)])  # fmt: skip
def test_thick_bodies_lag(inertia: float, swing: float, hours: float) -> None:
    """450 W/m2 at 2 m/s: dry sand, asphalt, concrete, granite, wood."""
    found = periodic_swing(450.0, inertia, 13.3 + 5.5)
    assert abs(found) == pytest.approx(swing, abs=0.1)
    assert -np.angle(found) / (2 * np.pi) * 24 == pytest.approx(hours, abs=0.05)


def test_a_day_of_a_thick_body_agrees_with_solving_the_slab() -> None:
    """Explicit finite differences of a deep slab, three days of spin-up: a second solution of the same equation."""
    k, rho, c, loss = 1.4, 2200.0, 880.0, 18.8
    times = np.arange(96) / 96 * 86400.0
    flux = 450.0 * np.maximum(np.cos(2 * np.pi * (times / 86400.0 - 0.5)), 0.0)
    analytic = daily_temperatures(flux, 290.0, thermal_inertia(k, rho, c), loss)
    depth = np.full(60, 0.0)
    dz, dt = 0.02, 90.0
    mean = 290.0 - flux.mean() / loss
    found = []
    for step in range(int(12 * 86400 / dt)):
        q = np.interp((step * dt) % 86400.0, np.append(times, 86400.0), np.append(flux, flux[0]))
        into = q - flux.mean() - loss * depth[0]
        bend = np.empty_like(depth)
        bend[1:-1] = depth[2:] - 2 * depth[1:-1] + depth[:-2]
        bend[0] = 2 * (depth[1] - depth[0]) + 2 * into * dz / k
        bend[-1] = depth[-2] - depth[-1]
        depth = depth + k / (rho * c) * dt / dz**2 * bend
        if step * dt >= 11 * 86400.0 - 1 and step % 10 == 9:
            found.append(depth[0] + 290.0)
    assert mean < 290.0
    assert np.max(np.abs(np.array(found) - np.roll(analytic, -1))) < 0.5


def test_a_scar_fades() -> None:
    left = shadow_scar(-6.0, [0.0, 60.0, 600.0, 3600.0], 800.0, 18.0)
    assert left[0] == -6.0
    assert np.all(np.diff(left) > 0) and left[-1] < 0


def test_clothes() -> None:
    skin_to_coat = Weather(273.15, wind=2.0, sky_emissivity=1.0)
    assert clothing_temperature(2.0, skin_to_coat) == pytest.approx(277.5, abs=1.0)
    indoors = Weather(293.15, wind=0.0, sky_emissivity=1.0)
    assert clothing_temperature(0.6, indoors) == pytest.approx(298.9, abs=1.0)


@pytest.mark.parametrize("kind", kinds())
def test_samples_are_plausible_and_repeatable(kind: str) -> None:
    weather = Weather(283.15, 0.7)
    first = sample_temperatures(kind, weather, np.random.default_rng(5))
    assert first == sample_temperatures(kind, weather, np.random.default_rng(5))
    assert first != sample_temperatures(kind, weather, np.random.default_rng(6)) or kind == "parked_car"
    assert all(250.0 < kelvin < 640.0 for kelvin in first.values())


def test_a_person_is_warm_where_the_skin_is_bare() -> None:
    drawn = sample_temperatures("person", Weather(275.0), np.random.default_rng(0))
    assert 306 <= drawn["face"] <= 308
    assert drawn["clothing"] < 284


def test_bad_input() -> None:
    with pytest.raises(SensorError, match=r"kind of temperatures 'persn' is unknown; did you mean 'person'\?"):
        sample_temperatures("persn", Weather(290.0), np.random.default_rng(0))
    with pytest.raises(SensorError, match=r"weather: air_temperature: temperature is 15 K; .* give 288.15"):
        Weather(15.0)
    with pytest.raises(SensorError, match=r"weather: wind: is -2.0; expected 0 or more"):
        Weather(290.0, wind=-2.0)
    with pytest.raises(SensorError, match=r"weather: sunlight: is nan; expected 0 or more"):
        Weather(290.0, sunlight=float("nan"))
    with pytest.raises(SensorError, match=r"capacity: is 0 J m\^-2 K\^-1; expected more than 0"):
        transient_temperatures(290.0, HeatSurface(0.5, 0.9), 0.0, [day(1.0)], 1.0)
    from sensors import temperatures

    with pytest.raises(SensorError, match=r"temperatures.yaml: x.y: is \{'warm': 3\}; expected kelvin, above_air"):
        temperatures._temperature({"warm": 3}, 0.5, Weather(290.0), "temperatures.yaml: x.y")
