"""Read what is authored about bands of radiation beyond the visible: `band:*` attributes.

`<default prim>/Bands/<name>` or `/Bands/<name>` holds a band; materials, and prims that override them, hold surfaces as
`band:<name>:<property>`; prims hold `band:temperature` and `band:temperatureOffset`, which reach everything below them,
and lights `band:<name>:power`. These are plain attributes, no primvars: instances that differ in warmth alone go on
sharing their geometry. `band:sunWarmth` is what the suns of the band's `sun:path` add, in kelvin, where nothing is in
their way; prims with `band:shadePasses` above 0 are in the way of the first alone. What varies over a mesh is
`primvars:band:temperatureOffset`, or an image on a prim or material: `band:temperatureOffset:file`, whose red texels as
raw data times `:scale` plus `:bias` are added, in kelvin.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from math import radians
from typing import Any

import numpy as np
from pxr import Sdf, Usd

from engine.stage.band_data import NO_SURFACES, Band, BandLight, BandSurface, Surfaces
from engine.stage.changes import Change
from engine.stage.complaints import Complaints
from engine.stage.nodes import Node, Warm
from engine.stage.scene import Texture
from engine.stage.textures import image_file

PREFIX = "band:"
FOLDER = "Bands"
TEMPERATURE, OFFSET = "band:temperature", "band:temperatureOffset"
SUNS, PASSES = "band:sunWarmth", "band:shadePasses"
FILE, SCALE, BIAS = (f"{OFFSET}:{name}" for name in ("file", "scale", "bias"))
LISTS = ("luminance", "emissivities")
SURFACE_FIELDS = frozenset(f.name for f in fields(BandSurface))
TABLES = {
    "temperatures": "temperatures",
    "radiances": "radiances",
    "sky:cosines": "sky_cosines",
    "sky:radiances": "sky_radiances",
    "air:weights": "air_weights",
    "air:coefficients": "air_coefficients",
}
NUMBERS = {
    "ambient": "ambient",
    "ground:radiance": "ground",
    "sun:irradiance": "sun_irradiance",
    "air:radiance": "air_radiance",
}
PAIRS = (("temperatures", "radiances"), ("sky_cosines", "sky_radiances"), ("air_weights", "air_coefficients"))


def authored(prim: Usd.Prim, time: Usd.TimeCode) -> dict[str, Any]:
    """Return the authored `band:` values of a prim by name without the prefix."""
    found = {}
    for attribute in prim.GetAuthoredPropertiesInNamespace(PREFIX[:-1]):
        if isinstance(attribute, Usd.Attribute) and (value := attribute.Get(time)) is not None:
            found[attribute.GetName().removeprefix(PREFIX)] = value
    return found


def read_surfaces(prim: Usd.Prim, time: Usd.TimeCode, complaints: Complaints) -> Surfaces:
    """Return how a material, or a prim, behaves in each band that it says something about.

    Numbers that leave nothing of eps + rho + tau = 1 are named in a warning and clipped.
    """
    values: dict[str, dict[str, Any]] = {}
    for name, value in authored(prim, time).items():
        band, _, key = name.rpartition(":")
        if band and key in SURFACE_FIELDS:
            values.setdefault(band, {})[key] = tuple(map(float, value)) if key in LISTS else float(value)
    return {
        band: _checked(BandSurface(**given), f"{prim.GetPath()}: band '{band}'", complaints)
        for band, given in values.items()
    }


def _checked(surface: BandSurface, where: str, complaints: Complaints) -> BandSurface:
    total = surface.transmittance + (surface.emissivity if surface.reflectance is None else surface.reflectance)
    curve = surface.emissivities or ()
    parts = (surface.emissivity, surface.transmittance, surface.reflectance or 0.0, surface.specular, *curve)
    if total <= 1.0 + 1e-6 and all(0.0 <= part <= 1.0 for part in parts):
        return surface
    complaints.warn(
        f"{where}: emissivity {surface.emissivity}, reflectance {surface.reflectance}, transmittance "
        f"{surface.transmittance}, specular {surface.specular} are clipped; expected 0 to 1 and no more than 1 in all"
    )
    through = float(np.clip(surface.transmittance, 0.0, 1.0))
    rest = 1.0 - through
    reflected = None if surface.reflectance is None else float(np.clip(surface.reflectance, 0.0, rest))
    return replace(
        surface,
        emissivity=float(np.clip(surface.emissivity, 0.0, rest)),
        transmittance=through,
        reflectance=reflected,
        specular=float(np.clip(surface.specular, 0.0, 1.0)),
    )


def read_texture(prim: Usd.Prim, time: Usd.TimeCode, complaints: Complaints) -> Texture | None:
    """Return the image that a prim or material adds to temperatures; None without one, or one that is missing.

    Its texels are raw data: 0..1 of 8-bit and 16-bit images, floating-point ones as they are.
    """
    attribute = prim.GetAttribute(FILE)
    asset = attribute.Get(time) if attribute else None
    path = image_file(prim, asset, complaints) if isinstance(asset, Sdf.AssetPath) else None
    if path is None:
        return None
    scale, bias = _number(prim, SCALE, time), _number(prim, BIAS, time)
    scale, bias = 1.0 if scale is None else scale, bias or 0.0
    return Texture(path, "raw", "r", (scale,) * 4, (bias,) * 4)


def read_light(prim: Usd.Prim, time: Usd.TimeCode) -> dict[str, BandLight]:
    """Return what a light radiates by band."""
    values = authored(prim, time)
    found = {}
    for name, value in values.items():
        band, _, key = name.rpartition(":")
        if band and key == "power" and value > 0:
            half, view = values.get(f"{band}:halfAngle"), values.get(f"{band}:fieldOfView")
            found[band] = BandLight(
                float(value),
                None if half is None else radians(float(half)),
                None if view is None else (radians(float(view[0])), radians(float(view[1]))),
            )
    return found


def read_bands(stage: Usd.Stage, time: Usd.TimeCode, complaints: Complaints) -> tuple[Band, ...]:
    """Return the bands of a stage in order of name; none where none is authored."""
    tops = [stage.GetPseudoRoot()] + ([stage.GetDefaultPrim()] if stage.HasDefaultPrim() else [])
    folders = [prim for top in tops if (prim := top.GetChild(FOLDER))]
    found = [band for folder in folders for prim in folder.GetChildren() if (band := _band(prim, time, complaints))]
    return tuple(sorted(found, key=lambda band: band.name))


def _band(prim: Usd.Prim, time: Usd.TimeCode, complaints: Complaints) -> Band | None:
    values = authored(prim, time)
    given: dict[str, Any] = {
        own: np.asarray(values[name], np.float64) for name, own in TABLES.items() if name in values
    }
    given |= {own: float(values[name]) for name, own in NUMBERS.items() if name in values}
    if "sun:direction" in values:
        sun = np.asarray(values["sun:direction"], np.float64)
        given["sun_direction"] = tuple((sun / max(float(np.linalg.norm(sun)), 1e-12)).tolist())
    if "sun:path" in values:
        path = np.asarray(values["sun:path"], np.float64)
        given["sun_path"] = path[: len(path) // 3 * 3].reshape(-1, 3)
    for one, other in PAIRS:
        lengths = tuple(len(given[name]) if name in given else 0 for name in (one, other))
        if lengths[0] != lengths[1] or (0 in lengths and {one, other} & set(given)):
            complaints.warn(
                f"{prim.GetPath()}: the band is left out: its tables {one} and {other} have {lengths[0]} and "
                f"{lengths[1]} values; expected equal numbers, one at least"
            )
            return None
    return Band(str(prim.GetName()), **given)


NOTHING = Warm(None, 0.0, NO_SURFACES)


def spread_warmth(nodes: Iterable[Node], time: Usd.TimeCode, retimed: bool, complaints: Complaints) -> None:
    """Bring `node.warm` up to date, parents first; a node that says nothing shares its parent's."""
    for node in nodes:
        if node.warm is not None and not node.change & Change.WARMED and not retimed:
            continue
        above = (node.up.warm if node.up is not None else None) or NOTHING
        warm = _warm_of(node.prim, above, time, complaints)
        if node.warm is None or not _alike(node.warm, warm):
            node.warm = warm


def _warm_of(prim: Usd.Prim, above: Warm, time: Usd.TimeCode, complaints: Complaints) -> Warm:
    """Return what a prim says over what is said above it; that itself where it says nothing."""
    names = {attribute.GetName() for attribute in prim.GetAuthoredPropertiesInNamespace(PREFIX[:-1])}
    if not names:
        return above
    own = read_surfaces(prim, time, complaints)
    temperature, offset, passes = (
        _number(prim, name, time) if name in names else None for name in (TEMPERATURE, OFFSET, PASSES)
    )
    suns = read_suns(prim, time) if SUNS in names else None
    texture = read_texture(prim, time, complaints) if FILE in names else None
    if not own and all(each is None for each in (temperature, offset, texture, suns, passes)):
        return above
    return Warm(
        above.temperature if temperature is None else temperature,
        above.offset if offset is None else offset,
        {**above.surfaces, **own},
        texture or above.texture,
        above.suns if suns is None else suns,
        above.is_passing if passes is None else passes > 0,
    )


def read_suns(prim: Usd.Prim, time: Usd.TimeCode) -> tuple[float, ...] | None:
    """Return the kelvin that suns add to a prim or to what a material covers; None where it does not say."""
    attribute = prim.GetAttribute(SUNS)
    value = attribute.Get(time) if attribute else None
    return None if value is None else tuple(float(kelvin) for kelvin in value)


def _number(prim: Usd.Prim, name: str, time: Usd.TimeCode) -> float | None:
    attribute = prim.GetAttribute(name)
    value = attribute.Get(time) if attribute else None
    return None if value is None else float(value)


def _alike(one: Warm, other: Warm) -> bool:
    numbers = (one.temperature, one.offset) == (other.temperature, other.offset)
    suns = (one.suns, one.is_passing) == (other.suns, other.is_passing)
    return numbers and suns and one.texture == other.texture and one.surfaces == other.surfaces
