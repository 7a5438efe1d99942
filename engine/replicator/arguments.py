"""Checks of arguments, with one wording: function, argument, value given, what is expected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from engine.graph.node import Node, node_of
from engine.graph.sampling import ValueNode


def fail(where: str, argument: str, value: Any, expected: str, error: type[Exception] = ValueError) -> Exception:
    """Return the error for a bad argument."""
    return error(f"{where}: {argument}={value!r} was given; expected {expected}")


def source(value: Any) -> Any:
    """Return the node behind an item, or the value itself."""
    node = node_of(value)
    return value if node is None else node


def is_item(value: Any) -> bool:
    """Tell whether a value is a graph item or node."""
    return isinstance(node_of(value), Node)


def number(where: str, argument: str, value: Any, low: float | None = None, whole: bool = False) -> Any:
    """Check a scalar number, not below `low`.

    Raises:
        TypeError: if it is no number (or no whole number).
        ValueError: if it is below `low` or not finite.
    """
    kinds = int | np.integer if whole else int | float | np.number
    if isinstance(value, bool) or not isinstance(value, kinds):
        raise fail(where, argument, value, "a whole number" if whole else "a number", TypeError)
    if not np.isfinite(value) or (low is not None and value < low):
        raise fail(where, argument, value, f"a number not below {low}" if low is not None else "a finite number")
    return value


def vector(where: str, argument: str, value: Any, sizes: Iterable[int] = (1, 3)) -> Any:
    """Check a number, vector, list of vectors, or a distribution, and return it or its node; None passes.

    Raises:
        TypeError: if it holds something else than numbers.
        ValueError: if its length is none of `sizes`.
    """
    if value is None:
        return None
    sizes = tuple(sizes)
    if is_item(value):
        if not isinstance(source(value), ValueNode):
            raise fail(where, argument, value, "numbers or a distribution", TypeError)
        return source(value)
    try:
        rows = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise fail(where, argument, value, f"{_sizes(sizes)}, or a distribution", TypeError) from error
    width = 1 if rows.ndim == 0 else rows.shape[-1]
    if rows.ndim > 2 or rows.size == 0 or width not in sizes:
        raise fail(where, argument, value, f"{_sizes(sizes)}, or a distribution")
    return rows if rows.ndim else float(rows)


def _sizes(sizes: tuple[int, ...]) -> str:
    return " or ".join("a number" if s == 1 else f"{s} numbers" for s in sizes)


def exclusive(where: str, **given: Any) -> None:
    """Refuse two arguments that cannot be given together.

    Raises:
        ValueError: if more than one is not None.
    """
    named = [name for name, value in given.items() if value is not None]
    if len(named) > 1:
        raise ValueError(f"{where}: {' and '.join(named)} were given together; expected only one of them")


def one_of(where: str, argument: str, value: Any, allowed: Iterable[str]) -> str:
    """Check a word against those allowed.

    Raises:
        ValueError: if it is another word.
    """
    allowed = list(allowed)
    if value not in allowed:
        raise fail(where, argument, value, f"one of: {', '.join(allowed)}")
    return value


def semantic_labels(where: str, semantics: Any) -> dict[str, Any]:
    """Return labels by type from a dict or the older list of pairs.

    Args:
        where: calling function.
        semantics: None, {"class": "x" | ["x", "y"]}, or [("class", "x"), ...]; values may be distributions.

    Raises:
        TypeError: if it is something else.
    """
    if semantics is None:
        return {}
    if isinstance(semantics, Mapping):
        return {str(kind): source(labels) for kind, labels in semantics.items()}
    if isinstance(semantics, tuple) and len(semantics) == 2 and isinstance(semantics[0], str):
        semantics = [semantics]
    pairs = isinstance(semantics, list | tuple) and all(isinstance(p, list | tuple) and len(p) == 2 for p in semantics)
    if not pairs:
        raise fail(where, "semantics", semantics, "{'class': 'name'} or [('class', 'name')]", TypeError)
    labels: dict[str, Any] = {}
    for kind, value in semantics:
        node = source(value)
        if kind in labels and not isinstance(node, Node):
            labels[str(kind)] = [*labels[str(kind)], str(value)]
        else:
            labels[str(kind)] = node if isinstance(node, Node) else [str(value)]
    return labels


def label_pairs(where: str, semantics: Any) -> list[tuple[str, str]]:
    """Return labels as (type, label) pairs for a search."""
    found = semantic_labels(where, semantics).items()
    return [(kind, str(label)) for kind, v in found for label in ([v] if isinstance(v, str) else v)]


def count_of(where: str, count: Any) -> int:
    """Check a count of prims (at least 1)."""
    return int(number(where, "count", count, low=1, whole=True))


def seed_of(where: str, seed: Any) -> int | None:
    """Check a seed: None or a whole number."""
    return None if seed is None else int(number(where, "seed", seed, whole=True))
