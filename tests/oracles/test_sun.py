"""Where the sun stands and how much comes down, beside pvlib (NREL's algorithm) at four latitudes and four seasons."""

from __future__ import annotations

import numpy as np
import pytest

from sensors import sun

from .conftest import Ask


def test_pvlib_s_sun(ask: Ask) -> None:
    places = ask("pvlib")["places"]
    assert len(places) == 4
    for latitude, found in places.items():
        assert len(found["day"]) == 16
        columns = ("day", "solar_hour", "elevation", "clear")
        for day, hour, elevation, clear in zip(*(found[k] for k in columns), strict=True):
            ours = float(sun.solar_elevation(day + hour / 24.0, hour, float(latitude)))
            if elevation > 0 or ours > 0:
                assert np.degrees(ours) == pytest.approx(elevation, abs=0.5)
            assert sun.clear_sky_irradiance(np.radians(elevation)) == pytest.approx(clear, rel=0.005, abs=0.5)


def test_pvlib_s_air_mass(ask: Ask) -> None:
    compared = 0
    for found in ask("pvlib")["places"].values():
        for elevation, mass in zip(found["elevation"], found["air_mass"], strict=True):
            if mass is not None and elevation > 0.5:
                ours = float(sun.slant_transmittance(0.8, np.radians(elevation)))
                assert np.log(ours) / np.log(0.8) == pytest.approx(mass, rel=0.01)
                compared += 1
    assert compared > 30
