"""Near infrared: how much surfaces reflect, keyed by what they are made of and, within a class, by their texture."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import ArrayLike, NDArray

from sensors.bands import Band, surface_column
from sensors.checks import SensorError
from sensors.materials import NEAR, Material

FILE = Path(__file__).with_name("near_infrared.yaml")
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])  # of linear Rec. 709
DARKEST, BRIGHTEST = 0.02, 0.95
RETRO_WIDTH = np.radians(0.5)  # standard deviation of the lobe that retroreflective sheeting sends back
SUNLIGHT = {"nir850": 0.982, "nir940": 0.373}  # W m^-2 nm^-1, AM1.5G, means over 835-865 and 925-955 nm


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return dict(yaml.safe_load(FILE.read_text()))


def luminance(linear_rgb: ArrayLike) -> NDArray[np.floating]:
    """Return the visible luminance (...,) of linear Rec. 709 albedo (..., 3)."""
    rgb = np.asarray(linear_rgb)
    return rgb @ LUMINANCE.astype(rgb.dtype if rgb.dtype.kind == "f" else np.float64)


def rule_of(material: Material, column: str = "") -> str:
    """Return the class of the rule for a material's texture, or "" where its reflectance is constant.

    Args:
        material: what it is made of.
        column: "nir850" or "nir940": what a scene has authored for it is constant.
    """
    if column in material.given:
        return ""
    if "paint" in material.coating:
        return "paint"
    return str(_table()["tokens"].get(material.token, ""))


def reflectance(material: Material, band: Band, visible: ArrayLike | None = None) -> NDArray[np.float64]:
    """Return the reflectance in a near-infrared band.

    Args:
        material: what it is made of; colour alone never says (green paint is not a leaf).
        band: nir850 or nir940.
        visible: luminance of the albedo, any shape; None for the class's usual value.

    Returns:
        0.02..0.95, the shape of `visible`.

    Source: rho = a + b Y, by class: root mean square error 0.036 where the best single line has 0.064.
    """
    column = surface_column(band)
    if column not in NEAR:
        raise SensorError(f"band '{band.name}': is not near infrared; expected one of {', '.join(NEAR)}")
    rule = rule_of(material, column)
    if visible is None or not rule:
        if column in material.emissivity:
            value: Any = float(material.reflectance_at(column, 1.0))
        else:
            value = _line(rule or "paint", column, _usual_luminance(rule))
        shape = () if visible is None else np.shape(visible)
        return np.full(shape, np.clip(value, 0.0, 1.0))
    through = material.transmittance.get(column, 0.0)
    return np.clip(_line(rule, column, visible), DARKEST, min(BRIGHTEST, 1.0 - through))


def line_of(material: Material, column: str) -> tuple[float, float] | None:
    """Return (a, b) of the rule rho = a + b Y for a material, or None where its reflectance is constant."""
    rule = rule_of(material, column)
    return _coefficients(rule, column) if rule else None


def _line(rule: str, column: str, visible: ArrayLike) -> NDArray[np.float64]:
    a, b = _coefficients(rule, column)
    return a + b * np.asarray(visible, np.float64)


def _coefficients(rule: str, column: str) -> tuple[float, float]:
    row = _table()["rules"][rule]
    first = 2 * NEAR.index(column)
    return float(row[first]), float(row[first + 1])


def _usual_luminance(rule: str) -> float:
    return float(_table()["medians"].get(rule, _table()["medians"]["paint"])[0])


def medians() -> dict[str, tuple[float, ...]]:
    """Return measured reflectances by class: at 550, 670, 850 and 940 nm."""
    return {name: tuple(row) for name, row in _table()["medians"].items()}


def reflected_radiance(rho: ArrayLike, irradiance: ArrayLike, tau: ArrayLike = 1.0) -> NDArray[np.floating]:
    """Return the radiance (W m^-2 sr^-1) of a Lambertian surface: rho E / pi, through air of transmittance tau."""
    return np.asarray(rho) * np.asarray(irradiance) * np.asarray(tau) / np.pi


def retro_gain(phase_angle: ArrayLike, gain: float = 300.0) -> NDArray[np.floating]:
    """Return how much brighter than Lambert's retroreflective sheeting is.

    Args:
        phase_angle: between the directions to the light and to the camera, radians.
        gain: at 0; 100..1000 for road signs.

    Returns:
        1 + gain exp(-(angle / 0.5 degrees)^2 / 2): an estimate of the lobe's shape.
    """
    angle = np.asarray(phase_angle)
    return 1.0 + gain * np.exp(-0.5 * (angle / RETRO_WIDTH) ** 2)
