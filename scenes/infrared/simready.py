"""Read what NVIDIA's assets say of a material beyond the visible: `omni:simready:nonvisual:*` and its older names."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pxr import Usd

from sensors.checks import SensorError, suggestion
from sensors.material_table import ATTRIBUTES, COATINGS, UnknownMaterial, aliases, find_material
from sensors.material_table import tokens as known_bases

# In order of strength. The prefix is Isaac Sim's setting /rtx/materialDb/nonVisualMaterialSemantics/prefix.
PREFIXES = ("omni:simready:nonvisual:", "inputs:nonvisual:", "nonvisual:")


@dataclass(frozen=True)
class Tokens:
    """What a material says it is.

    Args:
        base: material token as written, "" where there is none.
        coating: coating token.
        attributes: attribute tokens.
        where: path of the attribute that says so, for errors.
    """

    base: str
    coating: str = "none"
    attributes: tuple[str, ...] = ()
    where: str = ""


def read_tokens(prim: Usd.Prim, time: Usd.TimeCode) -> Tokens | None:
    """Return the tokens that a material carries, or None. Of several spellings the first of `PREFIXES` counts.

    Source: SimReady Foundation NVM.001-003; Isaac Sim 5.1 docs, "RTX sensor non-visual materials".
    """
    for prefix in PREFIXES:
        base = _words(prim, f"{prefix}base", time)
        if base:
            coating = _words(prim, f"{prefix}coating", time)
            attributes = _words(prim, f"{prefix}attributes", time)
            return Tokens(base[0], coating[0] if coating else "none", attributes, f"{prim.GetPath()}.{prefix}base")
    return None


def read_material(prim: Usd.Prim, time: Usd.TimeCode) -> Material | None:
    """Return what a material prim says it is made of, or None where it does not say, or says "none".

    Tokens that are unknown are named in a warning, with the nearest, and count as not authored: files of others may be
    newer or older than NVIDIA's list.
    """
    tokens = read_tokens(prim, time)
    if tokens is None:
        return None
    try:
        find_material(tokens.base)
    except SensorError:
        _warn("non-visual material", tokens.base, tokens.where, (*known_bases(), *aliases()))
        return None
    coating, attributes = tokens.coating, []
    if coating not in COATINGS:
        _warn("non-visual coating", coating, tokens.where.removesuffix("base") + "coating", COATINGS)
        coating = "none"
    for attribute in tokens.attributes:
        if attribute in ATTRIBUTES:
            attributes.append(attribute)
        else:
            _warn("non-visual attribute", attribute, tokens.where.removesuffix("base") + "attributes", ATTRIBUTES)
    found = find_material(tokens.base, coating, tuple(attributes))
    if not found.emissivity:  # a calibration target: what asks for its values must be able to name it
        found = replace(found, source=str(prim.GetPath()))
    return None if found.token == "none" else found


def _warn(kind: str, name: str, where: str, known: Sequence[str]) -> None:
    text = f"{where}: {kind} '{name}' is unknown and not used{suggestion(name, known)}"
    warnings.warn(text, UnknownMaterial, stacklevel=3)


def _words(prim: Usd.Prim, name: str, time: Usd.TimeCode) -> tuple[str, ...]:
    """Read a token, a string or an array of either; "a, b" and "a/b" in one string are two."""
    attribute = prim.GetAttribute(name)
    value = attribute.Get(time) if attribute and attribute.HasAuthoredValue() else None
    if value is None:
        return ()
    parts: Iterable[object] = (value,) if isinstance(value, str) else value
    texts = (text for part in parts for text in str(part).replace("/", ",").split(","))
    return tuple(text.strip() for text in texts if text.strip())


def split_token(text: str) -> tuple[str, str]:
    """Split "base" or "base/coating" into both."""
    base, _, coating = text.partition("/")
    return base.strip(), coating.strip() or "none"
