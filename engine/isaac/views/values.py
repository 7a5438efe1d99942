"""Rows, flags and words for many prims out of whatever a script gives: a number, a list, an array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

from ..arrays import to_host


def selected(indices: Any, count: int) -> Int[np.ndarray, "n"]:
    """Return which of `count` prims are meant: all of them where `indices` is None.

    Raises:
        IndexError: if an index is not in 0 ... count - 1.
    """
    if indices is None:
        return np.arange(count)
    chosen = np.atleast_1d(to_host(indices)).astype(np.int64).ravel()
    if chosen.size and (chosen.min() < -count or chosen.max() >= count):
        raise IndexError(f"indices {chosen.tolist()} were given; expected numbers from 0 to {count - 1}")
    return chosen % count if count else chosen


def rows(values: Any, count: int, width: int, name: str) -> Float[np.ndarray, "count width"]:
    """Return (count, width) numbers; one row is used for every prim.

    Raises:
        ValueError: if the values are neither one row nor `count` rows.
    """
    array = to_host(values)
    if array.size % width or array.size // width not in (1, count):
        raise ValueError(
            f"{name}: values of shape {array.shape} were given; expected {width} numbers or {count} rows of {width}"
        )
    return np.broadcast_to(array.reshape(-1, width), (count, width))


def flags(values: Any, count: int, name: str) -> Bool[np.ndarray, "count"]:
    """Return (count,) booleans; one is used for every prim."""
    return rows(values, count, 1, name)[:, 0].astype(bool)


def weak_flags(weaker: Any, count: int) -> Bool[np.ndarray, "count"]:
    """Return which bindings give way to those below: none where None is given."""
    return flags(False if weaker is None else weaker, count, "weaker_than_descendants")


def words(values: str | Sequence[Any], count: int, name: str) -> list[Any]:
    """Return `count` words; one is used for every prim.

    Raises:
        ValueError: if there are neither one nor `count`.
    """
    given = [values] if isinstance(values, str) else list(values)
    if len(given) not in (1, count):
        raise ValueError(f"{name}: {len(given)} values were given; expected 1 or {count}")
    return given * count if len(given) == 1 else given


def inverted(values: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """Return one over numbers, 0 where they are 0."""
    return np.divide(1.0, values, out=np.zeros_like(values), where=values != 0)
