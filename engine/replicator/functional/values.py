"""What the imperative calls accept: prims in any form, and values given once or once a prim."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float
from pxr import Sdf, Usd, UsdGeom

from engine.graph.graph import Clock, Moment, current_stage
from engine.graph.node import resolve_paths
from engine.replicator.arguments import fail


def prims_of(where: str, prims: Any, argument: str = "prims") -> list[Usd.Prim]:
    """Return the prims behind a prim, a path, a graph item, or a list of these.

    Raises:
        ValueError: if one of them is not on the stage.
    """
    if isinstance(prims, list | tuple | np.ndarray):
        return [prim for item in prims for prim in prims_of(where, item, argument)]
    if isinstance(prims, Usd.Prim):
        found = [prims]
    else:
        found = [_at_path(path) for path in resolve_paths(prims)]
    if not found or not all(prim and prim.IsValid() for prim in found):
        raise fail(where, argument, prims, "a prim on the stage, its path, or a list of these")
    return found


def _at_path(path: str) -> Usd.Prim | None:
    return current_stage().GetPrimAtPath(path) if Sdf.Path.IsValidPathString(path) and path else None


def one_prim(where: str, prim: Any, argument: str) -> Usd.Prim:
    """Return exactly one prim.

    Raises:
        ValueError: if there are none or several.
    """
    found = prims_of(where, prim, argument)
    if len(found) != 1:
        raise fail(where, argument, prim, "one prim")
    return found[0]


def numbers(where: str, argument: str, value: Any, count: int, width: int = 3) -> Float[np.ndarray, "n w"] | None:
    """Return a value as one row a prim.

    Args:
        where: calling function.
        argument: name of the argument.
        value: number, vector, one number or vector a prim, or None.
        count: prims.
        width: components of a row; a single number fills them all.

    Raises:
        TypeError: if it holds something else than numbers.
        ValueError: if it has another shape, or a number that is not finite.
    """
    if value is None:
        return None
    expected = f"a number, {width} numbers, or one of these for each of {count} prims"
    try:
        rows = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise fail(where, argument, value, expected, TypeError) from error
    if rows.ndim == 1 and len(rows) in (1, width):
        rows = rows[None]
    elif rows.ndim == 1 and len(rows) == count:
        rows = rows[:, None]
    elif rows.ndim == 0:
        rows = rows.reshape(1, 1)
    if rows.ndim != 2 or rows.shape[0] not in (1, count) or rows.shape[1] not in (1, width):
        raise fail(where, argument, value, expected)
    if not np.isfinite(rows).all():
        raise fail(where, argument, value, "finite numbers")
    return np.broadcast_to(rows, (count, width))


def each(where: str, argument: str, value: Any, count: int) -> list[Any]:
    """Return a value that is no vector (text, bool, prim, labels) once a prim.

    Raises:
        ValueError: if a list of another length was given.
    """
    if not isinstance(value, list | tuple | np.ndarray):
        return [value] * count
    items = list(value)
    if len(items) == 1:
        return items * count
    if len(items) != count:
        raise fail(where, argument, value, f"one value, or one for each of {count} prims")
    return items


def label_sets(where: str, semantics: Any, count: int) -> list[Any]:
    """Return labels once a prim, from one set of labels or a list of sets."""
    pairs = isinstance(semantics, list | tuple) and bool(semantics) and not _is_label_set(semantics[0])
    if semantics is None or hasattr(semantics, "items") or pairs or not len(semantics):
        return [semantics] * count
    return each(where, "semantics", semantics, count)


def _is_label_set(item: Any) -> bool:
    """Tell whether an item is a dict or a list of pairs, not a pair itself."""
    return hasattr(item, "items") or (isinstance(item, Sequence) and bool(item) and not isinstance(item[0], str))


def moment_of(prims: Sequence[Usd.Prim]) -> Moment:
    """Return a firing outside the graph, on the stage of the prims."""
    return Moment(prims[0].GetStage(), Clock(), -1)


def world_origin(prim: Usd.Prim) -> Float[np.ndarray, "3"]:
    """Return a prim's origin in world space, stage units."""
    matrix = UsdGeom.XformCache(Usd.TimeCode.Default()).GetLocalToWorldTransform(prim)
    return np.array(matrix.ExtractTranslation(), dtype=np.float64)
