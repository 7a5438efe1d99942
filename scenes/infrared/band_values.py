"""How a material behaves in one band, as the plain numbers that a band tracer reads: `band:<name>:<property>`."""

from __future__ import annotations

import numpy as np

from sensors.bands import Band, find_band, surface_column
from sensors.materials import NEAR, Material
from sensors.near_infrared import line_of, reflectance

STEPS = 129  # equal steps of the cosine, 0 to 1
RETRO_GAIN = 300.0
ROUGHNESS = {"d": 0.5, "g": 0.2, "s": 0.02}  # GGX alpha by lobe: estimates; infrared lobes are narrower than visible
FRESNEL = 0.04  # what the face of a dielectric mirrors along the normal; below it lies what has colour
MIRRORS = ("mirror", "one_way_mirror")

Value = float | tuple[float, ...]


def band_surface(material: Material, band: Band | str) -> dict[str, Value]:
    """Return the values of a material in a band by property name.

    Args:
        material: what it is made of.
        band: a band of `sensors.bands` or its name.

    Returns:
        `transmittance`, `specular`, `roughness` and: thermal, `emissivity` with `emissivities` at 129 equal steps of
        the cosine from 0 to 1 where it varies with the angle; near infrared, `emissivity` (what is absorbed) with
        `reflectance`, or `luminance` (a, b) of a + b Y where texture varies it, or `emissivities` of dark smooth
        surfaces such as water; `retro` where the material sends light back.

    Raises:
        SensorError: for an unknown band, with the nearest.

    Warns:
        MissingBandData: where the material has no value in the band, and where the band has no column.
    """
    column = surface_column(find_band(band) if isinstance(band, str) else band)
    values: dict[str, Value] = {
        "transmittance": material.transmittance.get(column, 0.0),
        "roughness": ROUGHNESS[material.lobe] if material.roughness is None else material.roughness,
    }
    return values | (_near(material, column) if column in NEAR else _thermal(material, column))


def _thermal(material: Material, column: str) -> dict[str, Value]:
    values: dict[str, Value] = {"specular": material.specular, "emissivity": material.normal_emissivity(column)}
    return values | _curve(material, column)


def _near(material: Material, column: str) -> dict[str, Value]:
    usual = float(reflectance(material, find_band(column)))
    values: dict[str, Value] = {"specular": _mirrored_share(material, column, usual)}
    if material.retroreflective:
        values["retro"] = RETRO_GAIN
    through = material.transmittance.get(column, 0.0)
    values["emissivity"] = max(0.0, 1.0 - usual - through)
    line = line_of(material, column)
    if line is not None:
        return values | {"luminance": line}
    curve = _curve(material, column) if not through and usual < 0.2 else {}
    return values | (curve or {"reflectance": usual})


def _curve(material: Material, column: str) -> dict[str, Value]:
    """Return emissivities by cosine, or nothing where they do not vary."""
    curve = material.emissivity_at(column, np.linspace(0.0, 1.0, STEPS))
    return {} if np.ptp(curve) < 1e-6 else {"emissivities": tuple(np.clip(curve, 0.0, 1.0).tolist())}


def _mirrored_share(material: Material, column: str, usual: float) -> float:
    """Return the mirror's part of the near-infrared reflection.

    Metals, mirrors and what light goes through reflect at their faces alone; other things mirror 4 % at the face and
    scatter the rest from below it, where the thermal bands end.
    """
    faces_alone = material.is_metal or material.token in MIRRORS or bool(material.transmittance.get(column))
    if faces_alone or material.specular == 0.0:
        return material.specular
    return min(1.0, FRESNEL / max(usual, 1e-3))
