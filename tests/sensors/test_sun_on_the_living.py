"""Animals, people and driven cars in the sun: no colder than what lies beside them, and as before by night."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sensors.heat_balance import Weather, convection
from sensors.heat_memory import material_temperature_now
from sensors.material_table import find_material
from sensors.planck import SIGMA
from sensors.temperatures import clothing_temperature, sample_temperatures, sun_warmth

NIGHT = Weather(283.15, 0.7, 2.0, 0.1)
NOON = replace(
    NIGHT,
    sunlight=900.0,
    day=tuple(900.0 * max(0.0, np.sin(np.pi * (h - 6) / 12)) for h in (*range(13, 25), *range(1, 13))),
)


def drawn(kind: str, weather: Weather, seed: int) -> dict[str, float]:
    return sample_temperatures(kind, weather, np.random.default_rng(seed))


@pytest.mark.parametrize("kind", ["cow", "sheep", "horse", "dog"])
def test_an_animal_in_the_sun_is_no_colder_than_green_grass(kind: str) -> None:
    grass = material_temperature_now(find_material("leaf_grass"), NOON)
    for seed in range(20):
        coat = drawn(kind, NOON, seed)["coat"]
        assert grass - 3.0 < coat < grass + 25.0
        assert coat > drawn(kind, NIGHT, seed)["coat"] + 5.0


def test_by_night_nothing_is_added() -> None:
    for seed in range(20):
        assert 2.0 <= drawn("cow", NIGHT, seed)["coat"] - 283.15 <= 8.0
        assert 10.0 <= drawn("driven_car", NIGHT, seed)["bonnet"] - 283.15 <= 35.0
    assert sun_warmth("fur_hair", NIGHT) == 0.0


def test_what_the_sun_adds_is_what_is_absorbed_over_what_is_lost() -> None:
    fur = find_material("fur_hair")
    weather = replace(NIGHT, sunlight=10.0)  # so little that the balance is linear
    without = material_temperature_now(fur, NIGHT)
    loss = 4 * fur.emissivity["lwir"] * SIGMA * without**3 + float(convection(2.0)) + fur.inside
    assert sun_warmth("fur_hair", weather) == pytest.approx(fur.solar_absorptance * 10.0 / loss, rel=2e-3)


def test_the_bonnet_of_a_driven_car_is_the_warmest_of_its_skin_by_day_too() -> None:
    body = material_temperature_now(find_material("steel", "paint"), NOON)
    assert all(drawn("driven_car", NOON, seed)["bonnet"] > body + 5.0 for seed in range(20))


def test_clothes_in_the_sun_are_as_warm_as_a_body_and_not_as_warm_as_a_level_sheet() -> None:
    worn = clothing_temperature(1.0, NOON)
    assert clothing_temperature(1.0, NIGHT) + 5.0 < worn < 306.0
