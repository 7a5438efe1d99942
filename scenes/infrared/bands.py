"""Bands as data for the engine: tables of black bodies, sky, ground, sun and air below `<default prim>/Bands`."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scenes.infrared.weather import GROUND, Conditions
from sensors.atmosphere import TERMS, haze_coefficient
from sensors.bands import Band
from sensors.material_table import find_material
from sensors.near_infrared import reflectance
from sensors.sun import band_irradiance

FOLDER = "Bands"
KELVIN = np.concatenate([np.arange(100, 180, 1.0), np.arange(180, 420, 0.25), np.arange(420, 1501, 1.0)])
COSINES = np.linspace(0.0, 1.0, 65) ** 2  # close together at the horizon, where the sky changes most
Value = float | NDArray[np.float32] | tuple[float, ...]


def band_tables(band: Band, conditions: Conditions) -> dict[str, Value]:
    """Return what the engine has to know of a band, by attribute name without `band:`."""
    weights, coefficients = air_terms(band, conditions)
    found: dict[str, Value] = {
        "temperatures": _kelvin(),
        "radiances": _black_body(band),
        "ambient": conditions.settings.air_temperature,
        "sky:cosines": _cosines(),
        "air:weights": weights,
        "air:coefficients": coefficients,
        "air:radiance": float(band.radiance(conditions.settings.air_temperature)) if band.is_thermal else 0.0,
        "sun:direction": conditions.sun_direction,
    }
    return found | (_thermal(band, conditions) if band.is_thermal else _near(band, conditions))


def _thermal(band: Band, conditions: Conditions) -> dict[str, Value]:
    around = conditions.surroundings(band)
    return {
        "sky:radiances": around.sky.radiance(band, COSINES).astype(np.float32),
        "ground:radiance": around.ground_radiance(band),
        "sun:irradiance": band_irradiance(band, around.sun.transmittance) if around.sun else 0.0,
    }


def _near(band: Band, conditions: Conditions) -> dict[str, Value]:
    sunlight, skylight = conditions.near_sunlight(band)
    level = sunlight * max(np.sin(conditions.sun_elevation), 0.0) + skylight
    rho = float(reflectance(find_material(GROUND), band))
    return {
        "sky:radiances": np.full(len(COSINES), skylight / np.pi, np.float32),
        "ground:radiance": rho * level / np.pi,
        "sun:irradiance": sunlight,
    }


def air_terms(band: Band, conditions: Conditions) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return weights and coefficients (1/m) of the air's transmission, sum w exp(-k R); haze is in every k."""
    vapour, visibility = conditions.sky.vapour, conditions.settings.visibility
    haze = haze_coefficient(band.center, visibility) if visibility else 0.0
    weights = np.array([weight for weight, _ in TERMS[band.air]])
    rates = np.array([a + b * vapour + c * vapour**2 + haze for _, (a, b, c) in TERMS[band.air]])
    return (weights / weights.sum()).astype(np.float32), (rates * 1e-3).astype(np.float32)


@lru_cache(maxsize=16)
def _black_body(band: Band) -> NDArray[np.float32]:
    return band.radiance(KELVIN).astype(np.float32)


@lru_cache(maxsize=1)
def _kelvin() -> NDArray[np.float32]:
    return KELVIN.astype(np.float32)


@lru_cache(maxsize=1)
def _cosines() -> NDArray[np.float32]:
    return COSINES.astype(np.float32)
