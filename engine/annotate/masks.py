"""From ids to what a segmentation annotator returns: mapped or not, coloured or not, with its dictionaries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import UInt32

from engine.annotate.id_table import IdTable
from engine.annotate.labelling import BACKGROUND, FILTER_DEFAULTS, UNLABELLED
from engine.annotate.palette import colours_of_ids

MASK_DEFAULTS: Mapping[str, Any] = {**FILTER_DEFAULTS, "colorize": False}


@dataclass(frozen=True, eq=False)
class IdImage:
    """An image of ids and which of them are in it: (h, w) ids, and ids in it in growing order."""

    ids: UInt32[np.ndarray, "h w"]
    present: tuple[int, ...]


def id_image(instances: np.ndarray, id_of_instance: np.ndarray) -> IdImage:
    """Look an image of instance indices up.

    Args:
        instances: (h, w) indices, -1 for none.
        id_of_instance: (instances + 1,) ids; the last stands for "no instance".
    """
    table = id_of_instance.astype(np.uint32)
    seen = np.bincount(instances.ravel() + 1, minlength=len(table)) > 0  # "no instance" first
    present = np.unique(table[np.flatnonzero(seen) - 1])
    return IdImage(table.take(instances, mode="wrap"), tuple(int(i) for i in present))


def coloured(image: IdImage) -> np.ndarray:
    """Return the image in the palette's colours: uint8 (h, w, 4)."""
    return colours_of_ids(np.arange(max(image.present, default=0) + 1))[image.ids]


def table(values: Mapping[int, Any], colorize: bool, legacy: bool) -> IdTable:
    """Return a dictionary keyed as Replicator keys it.

    Args:
        values: by id.
        colorize: keys are colours.
        legacy: keys are strings, as the annotators without `_fast` have them.
    """
    keys: list[Any] = list(values)
    if colorize:
        keys = [tuple(int(v) for v in colour) for colour in colours_of_ids(np.array(keys, np.int64))]
    return IdTable(zip((str(key) if legacy else key for key in keys), values.values(), strict=True))


def mask(image: IdImage, params: Mapping[str, Any]) -> np.ndarray:
    """Return the data array: ids (h, w) uint32, or colours (h, w, 4) uint8 where `colorize` is set."""
    return coloured(image) if params.get("colorize") else image.ids


def parse_mapping(given: Any) -> dict[str, Any]:
    """Return a mapping of lower-case "type:label" to id or RGBA.

    Args:
        given: JSON text or a dict, as `init_params["mapping"]` holds it.

    Raises:
        ValueError: if it is neither, or a value is no id and no colour.
    """
    try:
        found = json.loads(given) if isinstance(given, str) else dict(given)
    except (json.JSONDecodeError, TypeError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise ValueError(f"mapping {given!r} was given; expected a JSON object such as '{{\"class:cow\": 5}}'")
    for key, value in found.items():
        colour = isinstance(value, list | tuple) and len(value) in (3, 4)
        if not colour and not isinstance(value, int):
            raise ValueError(f"mapping['{key}'] = {value!r} was given; expected an id or a colour [r, g, b, a]")
    return {str(key).lower(): value for key, value in found.items()}


def mapped_value(semantics: Mapping[str, str], mapping: Mapping[str, Any]) -> Any:
    """Return what a mapping says of merged labels such as {"class": "rectangle,cube"}, or None."""
    for kind, joined in semantics.items():
        for name in (joined, *joined.split(",")):
            for key in (f"{kind}:{name}".lower(), name.lower()):
                if key in mapping:
                    return mapping[key]
    return None


def reserved() -> dict[int, dict[str, str]]:
    """Return the semantics of ids 0 and 1."""
    return {0: {"class": BACKGROUND}, 1: {"class": UNLABELLED}}
