"""A second source of what surfaces are made of: material files of ASAM OpenMATERIAL 3D.

A USD material refers to one by the attribute `asset ir:openmaterial` of `IrSurfaceAPI`: a material file (.xomp), or a
name map (.xomm) or an asset (.xoma) in which the material is looked up by its USD name. On a prim, an asset file counts
for all materials below, as it does for the model that it comes with.

Source: ASAM OpenMATERIAL 3D 1.1, schemas/{material,mapping,asset,material_optical,material_brdf}_schema.json.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from os.path import normpath
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenes.infrared.refraction import Smooth, smooth_surface
from scenes.infrared.scattering import reflectance_of_table
from sensors.bands import find_band
from sensors.checks import SensorError, check_fraction, check_temperature
from sensors.material_table import find_material, material_of_words
from sensors.materials import NEAR, THERMAL, Material

KINDS = (".xomp", ".xomm", ".xoma")
WIEN = 2897.8  # um K
ROUGHEST = 0.01  # m; what is higher is shape and no surface roughness
METALS_BELOW = 0.3  # emissivity that no other material has
RETRO_LEAST = 5.0  # cd lx^-1 m^-2; white paint has 0.3, road signs 70 and more


class OpenMaterialWarning(UserWarning):
    """A value of a material file cannot be used and is left out."""


@cache
def read_openmaterial(file: str, name: str) -> Material | None:
    """Return the material of a file.

    Args:
        file: .xomp, .xomm or .xoma.
        name: name of the material in maps.

    Returns:
        None where a map does not have the name.

    Raises:
        SensorError: if the file cannot be read or is not of the format, naming it and the key.
    """
    path = Path(file)
    if path.suffix not in KINDS:
        raise SensorError(f"{file}: is no OpenMATERIAL 3D file; expected a name that ends with {', '.join(KINDS)}")
    if path.suffix == ".xoma":
        content = _load(path)
        renamed = dict(_rows(content, "materialReplacements", 2, path))
        mapping = content.get("materialMappingUri")
        return read_openmaterial(str(path.parent / mapping), renamed.get(name, name)) if mapping else None
    if path.suffix == ".xomm":
        files = {row[0]: row[1] for row in _rows(_load(path), "materialMapping", 3, path)}
        return read_openmaterial(str(path.parent / files[name]), name) if name in files else None
    return _material(_load(path), path)


def files_named_by(path: Path) -> set[Path]:
    """List the files that an OpenMATERIAL 3D file names, directly or through others.

    Args:
        path: .xomp, .xomm or .xoma, or a table that one of them names.

    Returns:
        Paths, also of files that are not there; of a file that is not of the format none, and reading it says why.
    """
    found: set[Path] = set()
    left = [path]
    while left:
        new = {Path(normpath(path.parent / name)) for path in left for name in _names(path)} - found
        found |= new
        left = [path for path in new if path.suffix in KINDS]
    return found


def _names(path: Path) -> list[str]:
    try:
        content = _load(path)
        if path.suffix == ".xoma":
            names = [content.get("materialMappingUri")]
        elif path.suffix == ".xomm":
            names = [row[1] for row in _rows(content, "materialMapping", 3, path)]
        else:
            properties = _part(content, "materialProperties", path)
            names = [properties.get("opticalPropertiesUri"), *properties.get("brdfUris", ())]
    except (SensorError, TypeError):
        return []
    return [name for name in names if isinstance(name, str)]


def _material(content: Mapping[str, Any], path: Path) -> Material:
    metadata, properties = (_part(content, key, path) for key in ("metadata", "materialProperties"))
    named = material_of_words(str(metadata.get("name", "")).replace(" ", "_"))
    start = replace(named or find_material("none"), source=f"OpenMATERIAL 3D, {path.name}")
    optical = properties.get("opticalPropertiesUri")
    smooth = _smooth(path.parent / optical) if optical else {}
    material = _with_shape(start, smooth, level=named is None)
    if "emissivityData" in properties:
        data = _part(properties, "emissivityData", path)
        eps = check_fraction(_number(data, "emissivityCoefficient", path), f"{path}: emissivityCoefficient")
        material = _with_total(material, eps, _number(data, "temperature", path), named is None, smooth)
    if "surfaceRoughness" in properties:
        material = _with_roughness(material, _part(properties, "surfaceRoughness", path), path)
    material = _with_scattering(material, properties.get("brdfUris", ()), path)
    retro = properties.get("retroreflectivityData")
    if retro and _number(retro, "coefficientOfRetroreflection", path) >= RETRO_LEAST:
        material = replace(material, retroreflective=True)
    return material


def _smooth(path: Path) -> dict[str, Smooth]:
    """Return what a table of refractive indices says of each thermal band that it covers."""
    rows = np.array(list(_rows(_load(path), "opticalProperties", 4, path)), np.float64)
    if not len(rows):
        return {}
    known = {column: smooth_surface(_of_temperature(rows, 300.0), find_band(column)) for column in THERMAL}
    return {column: value for column, value in known.items() if value is not None}


def _of_temperature(rows: NDArray[np.float64], kelvin: float) -> NDArray[np.float64]:
    """Return (n, 3) wavelengths in um with n and k, of the temperature that is nearest; null is any temperature."""
    far = np.abs(np.nan_to_num(rows[:, 1], nan=kelvin) - kelvin)
    chosen = rows[far == far.min()]
    chosen = chosen[np.isfinite(chosen[:, [0, 2, 3]]).all(axis=1)]
    return chosen[np.argsort(chosen[:, 0])][:, [0, 2, 3]] * [1e6, 1.0, 1.0]


def _with_shape(material: Material, smooth: Mapping[str, Smooth], level: bool) -> Material:
    """Return a material with laws of angle, and where it has no emissivity of its own also those, of its indices."""
    if not smooth:
        return material
    is_metal = all(value.is_metal for value in smooth.values())
    emissivity = dict(material.emissivity)
    if level:
        emissivity |= {column: value.normal for column, value in smooth.items()}
    grazing = {} if is_metal else {column: value.grazing for column, value in smooth.items()}
    return replace(material, emissivity=emissivity, is_metal=is_metal, grazing=grazing)


def _with_total(material: Material, eps: float, kelvin: float, unnamed: bool, smooth: Mapping[str, Smooth]) -> Material:
    """Return a material whose hemispherical emissivity is a total one: in the band nearest to the peak of its
    temperature, and in both where nothing says what the other would be.
    """
    check_temperature(kelvin, f"{material.source}: emissivityData")
    nearest = min(THERMAL, key=lambda column: abs(np.log(WIEN / kelvin / find_band(column).center)))
    if unnamed and not smooth and eps < METALS_BELOW:
        material = replace(material, is_metal=True, lobe="g")
    for column in THERMAL:
        if column == nearest or (unnamed and column not in smooth):
            material = material.authored(material.source, emissivity={column: _normal(material, column, eps)})
    return material


def _with_scattering(material: Material, files: Sequence[str], path: Path) -> Material:
    """Return a material with near-infrared reflectances of the first table that has each."""
    found: dict[str, float] = {}
    for file in files:
        table = path.parent / file
        rows = np.array(list(_rows(_part(_load(table), "brdf", table), "lookupTable", 5, table)), np.float64)
        for column in NEAR if len(rows) else ():
            value = reflectance_of_table(rows, find_band(column).center)
            if value is not None and column not in found:
                found[column] = check_fraction(value, f"{table}: reflectance in {column}")
    return material.authored(material.source, reflectance=found) if found else material


def _normal(material: Material, column: str, hemispherical: float) -> float:
    """Return the emissivity along the normal of a material whose law of angle gives a hemispherical one."""
    normal = max(hemispherical, 1e-3)
    for _ in range(6):  # a metal's law depends on its level, a little
        level = replace(material, emissivity={**material.emissivity, column: normal}, transmittance={})
        normal = min(1.0, max(normal * hemispherical / level.hemispherical_emissivity(column), 1e-3))
    return normal


def _with_roughness(material: Material, data: Mapping[str, Any], path: Path) -> Material:
    """Return a material with a lobe from the heights of its surface.

    Below an eighth of the wavelength a surface is smooth and mirrors. Above, slopes of a Gaussian surface have the root
    mean square sqrt(2) h / l along any line, and the facets' alpha is sqrt(2) times that.

    Source: Beckmann and Spizzichino 1963; Walter et al., EGSR 2007, for alpha of slopes.
    """
    height, length = (_number(data, f"surface{key}", path) for key in ("HeightRms", "CorrelationLength"))
    if height > ROUGHEST:
        warnings.warn(
            f"{path}: surfaceHeightRms is {height:g} m and not used; expected metres, at most {ROUGHEST:g}",
            OpenMaterialWarning,
            stacklevel=3,
        )
        return material
    if height < find_band("lwir").center * 1e-6 / 8:
        return replace(material, lobe="s")
    alpha = min(1.0, 2.0 * height / length) if length > 0 else 1.0
    return replace(material, lobe="s", roughness=alpha) if alpha < 0.5 else replace(material, lobe="d", grazing={})


def _load(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text())
    except OSError as error:
        raise SensorError(f"{path}: cannot be read ({error.strerror}); expected an OpenMATERIAL 3D file") from None
    except ValueError as error:
        raise SensorError(f"{path}: is no JSON: {error}") from None
    if not isinstance(content, dict):
        raise SensorError(f"{path}: is a {type(content).__name__}; expected a JSON object")
    return content


def _part(content: Mapping[str, Any], key: str, path: Path) -> Mapping[str, Any]:
    part = content.get(key)
    if not isinstance(part, Mapping):
        raise SensorError(f"{path}: '{key}' is {part!r}; expected an object, as OpenMATERIAL 3D requires it")
    return part


def _number(content: Mapping[str, Any], key: str, path: Path) -> float:
    value = content.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SensorError(f"{path}: '{key}' is {value!r}; expected a number")
    return float(value)


def _rows(content: Mapping[str, Any], key: str, width: int, path: Path) -> Iterator[list[Any]]:
    for number, row in enumerate(content.get(key, ())):
        if not isinstance(row, list) or len(row) != width:
            raise SensorError(f"{path}: '{key}[{number}]' is {row!r}; expected {width} values")
        yield row
