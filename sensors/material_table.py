"""Materials by name: SimReady tokens, older names, semantic labels; and which of several sources counts."""

from __future__ import annotations

import re
import warnings
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from sensors.checks import suggestion, unknown
from sensors.materials import COLUMNS, NEAR, THERMAL, Material

FILE = Path(__file__).with_name("materials.yaml")
ATTRIBUTES = ("none", "emissive", "retroreflective", "single_sided", "visually_transparent")
NOT_SAID = ("none", "default")  # tokens that say nothing
COATINGS = ("none", "paint", "clearcoat", "paint_clearcoat")


class UnknownMaterial(UserWarning):
    """A prim's material is not known; another source or the default is used."""


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return dict(yaml.safe_load(FILE.read_text()))


def tokens() -> tuple[str, ...]:
    """Return the 48 base tokens in NVIDIA's order: a token's place is its number in lidar material ids."""
    return tuple(_table()["materials"])


def aliases() -> tuple[str, ...]:
    """Return the other names that are understood, old lidar materials included."""
    return tuple(_table()["aliases"])


def labels() -> tuple[str, ...]:
    """Return the semantic labels that name a material."""
    return tuple(_table()["labels"])


@cache
def find_material(name: str, coating: str = "none", attributes: tuple[str, ...] = ()) -> Material:
    """Return a material; the same object for the same words.

    Args:
        name: SimReady base token, alias or old lidar name (with or without "Material" at its end); case is ignored.
        coating: none, paint, clearcoat, paint_clearcoat.
        attributes: any of the SimReady attributes.

    Raises:
        SensorError: unknown name, coating or attribute, with the nearest.
    """
    base, alias_coating, alias_attributes = _spell(name)
    coating = alias_coating if coating == "none" else coating
    if coating not in COATINGS:
        raise unknown("non-visual coating", coating, COATINGS)
    for attribute in attributes:
        if attribute not in ATTRIBUTES:
            raise unknown("non-visual attribute", attribute, ATTRIBUTES)
    material = _coated(_base(base), coating)
    flags = {*attributes, *alias_attributes}
    if "visually_transparent" in flags and not material.transmittance:
        material = _transparent(material)
    return replace(material, retroreflective="retroreflective" in flags)


def material_of_label(label: str) -> Material | None:
    """Return the material that a semantic label stands for, or None; a label may be a token itself: steel."""
    entry = _table()["labels"].get(label.lower())
    if entry is not None:
        return find_material(entry[0], entry[1] if len(entry) > 1 else "none")
    return find_material(label) if _plain(label) not in NOT_SAID and _is_known(label) else None


def material_of_words(name: str) -> Material | None:
    """Return the material that a prim's or material's name speaks of ("M_Old_Asphalt_02": asphalt), or None."""
    words = [w.lower() for w in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]
    phrases = ["_".join(words[i : i + n]) for n in (3, 2, 1) for i in range(len(words) - n + 1)]
    known = {n.lower(): n for n in (*tokens(), *aliases()) if n not in ("none", "Default")}
    for phrase in phrases:
        if phrase in known:
            return find_material(known[phrase])
    return None


def resolve(
    where: str,
    token: str = "",
    coating: str = "none",
    attributes: tuple[str, ...] = (),
    external: Material | None = None,
    label: str = "",
    name: str = "",
) -> tuple[Material, str]:
    """Choose a prim's material from what is known of it; one warning where only a guess is left.

    Args:
        where: prim path, for the warning.
        token: SimReady base token authored on its material, or "".
        coating: SimReady coating.
        attributes: SimReady attributes.
        external: a material from another source such as OpenMATERIAL 3D.
        label: semantic label.
        name: name of its visual material or of the prim.

    Returns:
        The material and which source gave it: "token", "external", "label", "name" or "default".

    Source: order of reference/infrared.md 3.5 (explicit ir:* values go on top, by `Material.authored`).
    """
    if token and token != "none":
        if _is_known(token):
            return find_material(token, coating, attributes), "token"
        warnings.warn(
            f"{where}: non-visual material '{token}' is unknown{suggestion(token, (*tokens(), *aliases()))}",
            UnknownMaterial,
            stacklevel=2,
        )
    if external is not None:
        return external, "external"
    found = material_of_label(label) if label else None
    if found is not None:
        return found, "label"
    found = material_of_words(name) if name else None
    if found is not None:
        warnings.warn(f"{where}: no material data; taken as '{found.token}' from the name '{name}'", UnknownMaterial, 2)
        return found, "name"
    warnings.warn(
        f"{where}: no material data; using emissivity 0.92 (token 'none'). "
        "Author omni:simready:nonvisual:base or ir:emissivity:lwir on its material",
        UnknownMaterial,
        stacklevel=2,
    )
    return find_material("none", coating), "default"


def _is_known(name: str) -> bool:
    return _plain(name) in _spellings()


def _plain(name: str) -> str:
    lower = name.lower()
    return lower.removesuffix("material") or lower


@lru_cache(maxsize=1)
def _spellings() -> dict[str, tuple[str, str, tuple[str, ...]]]:
    found: dict[str, tuple[str, str, tuple[str, ...]]] = {}
    for alias, entry in _table()["aliases"].items():
        found[_plain(alias)] = (entry[0], entry[1] if len(entry) > 1 else "none", tuple(entry[2:]))
    return found | {_plain(token): (token, "none", ()) for token in tokens()}


def _spell(name: str) -> tuple[str, str, tuple[str, ...]]:
    if not _is_known(name):
        raise unknown("non-visual material", name, (*tokens(), *aliases()))
    return _spellings()[_plain(name)]


def _base(token: str) -> Material:
    row = _table()["materials"][token]
    through = dict(zip(COLUMNS, row.get("tau", [0.0] * 4), strict=True))
    emitted = dict(zip(THERMAL, row["eps"] or (), strict=bool(row["eps"])))
    for column, reflected in zip(NEAR, row["rho"] or (), strict=bool(row["rho"])):
        emitted[column] = 1.0 - reflected - through[column]
    return Material(
        token=token,
        emissivity=emitted,
        transmittance={c: t for c, t in through.items() if t},
        lobe=row["lobe"],
        is_metal=row.get("metal", False),
        grazing={c: (float(r[0]), float(r[1])) for c, r in zip(THERMAL, row.get("grazing", ()), strict=False)},
        solar_absorptance=row["alpha"],
        sheet=row.get("sheet"),
        inertia=row.get("inertia"),
        inside=row["inside"],
        evaporation=row.get("wet", 0.0),
        source=row["from"],
    )


def _coated(material: Material, coating: str) -> Material:
    if coating == "none" or material.token == "calibration_lambertian":
        return material
    coat = _table()["coatings"][coating]
    emitted = dict(material.emissivity)
    for column, value in zip(THERMAL, coat["eps"], strict=True):
        bare = 0.0 if material.is_metal else emitted.get(column, 0.0)
        emitted[column] = max(value, bare)
    through = {c: t for c, t in material.transmittance.items() if c in NEAR}
    painted = "paint" in coating
    if painted:  # what is below the paint is not seen; its reflectance comes from the rule for paint
        emitted = {c: v for c, v in emitted.items() if c in THERMAL}
        through = {}
    return replace(
        material,
        emissivity=emitted,
        transmittance=through,
        lobe=coat["lobe"],
        is_metal=False,
        grazing={},
        coating=coating,
    )


def _transparent(material: Material) -> Material:
    emitted = dict(material.emissivity)
    for column in NEAR:
        emitted[column] = 0.05
    return replace(material, emissivity=emitted, transmittance=dict.fromkeys(NEAR, 0.87), is_metal=False)
