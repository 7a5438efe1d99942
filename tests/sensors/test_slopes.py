"""Sunlight and sky on surfaces that lean, against formulas written down anew."""

from __future__ import annotations

import numpy as np
import pytest

from sensors.slopes import DOWN, LEVEL, SLOPES, SunDay, shares, sky_view, sunlight_on

SOUTH, NORTH, UP = (0.0, -1.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
HALF = np.sqrt(0.5)


def sun_in_the_south(degrees: float, direct: float = 800.0, diffuse: float = 100.0) -> SunDay:
    angle = np.radians(degrees)
    return SunDay(np.array([[0.0, -np.cos(angle), np.sin(angle)]]), np.array([direct]), np.array([diffuse]))


@pytest.mark.parametrize("degrees", [10.0, 30.0, 60.0, 90.0])
def test_level_ground_gets_direct_and_diffuse(degrees: float) -> None:
    found = sunlight_on(UP, sun_in_the_south(degrees))
    assert found[0] == pytest.approx(800.0 * np.sin(np.radians(degrees)) + 100.0)


@pytest.mark.parametrize("degrees", [10.0, 30.0, 60.0])
def test_walls_by_the_cosine_half_a_sky_and_the_ground(degrees: float) -> None:
    level = 800.0 * np.sin(np.radians(degrees)) + 100.0
    around = 50.0 + 0.5 * 0.2 * level
    assert sunlight_on(SOUTH, sun_in_the_south(degrees))[0] == pytest.approx(
        800.0 * np.cos(np.radians(degrees)) + around
    )
    assert sunlight_on(NORTH, sun_in_the_south(degrees))[0] == pytest.approx(around)


def test_a_roof_that_faces_the_sun_gets_all_of_the_disc() -> None:
    found = sunlight_on((0.0, -HALF, HALF), sun_in_the_south(45.0, diffuse=0.0))
    assert found[0] == pytest.approx(800.0 + (1 - 0.5 * (1 + HALF)) * 0.5 * 0.2 * 800.0 * HALF * 2)


def test_sky_views() -> None:
    assert sky_view(np.array([UP, SOUTH, (0, 0, -1), (0.0, -HALF, HALF)])) == pytest.approx(
        [1.0, 0.5, 0.0, 0.5 * (1 + HALF)]
    )


def test_the_slopes_are_directions() -> None:
    assert np.linalg.norm(SLOPES, axis=1) == pytest.approx(1.0)
    assert SLOPES[LEVEL] == pytest.approx(UP)
    assert SLOPES[DOWN] == pytest.approx((0, 0, -1))


def test_a_box_is_its_lid_and_four_walls() -> None:
    box = np.concatenate([np.eye(3), -np.eye(3)]) * [[2], [2], [1], [2], [2], [1]]
    found = dict(shares(box))
    assert found[LEVEL] == pytest.approx(1 / 9)
    assert sorted(found.values()) == pytest.approx([1 / 9] + [2 / 9] * 4)
    assert all(SLOPES[slope][2] == pytest.approx(0.0, abs=1e-12) for slope in found if slope != LEVEL)


def test_a_sheet_wound_the_other_way_lies_level() -> None:
    assert shares([(0.0, 0.0, -3.0)]) == ((LEVEL, 1.0),)
    assert shares([(0.0, 0.0, 3.0), (0.0, 0.0, -3.0)]) == ((LEVEL, 1.0),)


def test_small_parts_do_not_count() -> None:
    assert shares([(0.0, 0.0, 100.0), (3.0, 0.0, 0.0)]) == ((LEVEL, 1.0),)
