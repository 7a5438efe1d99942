"""rep.distribution: random and ordered values for other graph calls."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from engine.carb.logging import log_warn
from engine.graph import sampling
from engine.graph.graph import get_graph
from engine.graph.node import Node, resolve_paths
from engine.replicator.arguments import fail, is_item, number, seed_of, source
from engine.replicator.utils.items import ReplicatorWrapper, register_into


def _pair(where: str, names: tuple[str, str], first: Any, second: Any) -> tuple[Any, Any]:
    rows = []
    for name, value in zip(names, (first, second), strict=True):
        try:
            rows.append(np.atleast_1d(np.asarray(value, dtype=np.float64)))
        except (TypeError, ValueError) as error:
            raise fail(where, name, value, "a number or a vector of numbers", TypeError) from error
        if rows[-1].ndim != 1 or not np.isfinite(rows[-1]).all():
            raise fail(where, name, value, "a finite number or a flat vector of finite numbers")
    if len(rows[0]) != len(rows[1]) and 1 not in (len(rows[0]), len(rows[1])):
        raise ValueError(f"{where}: {names[0]}={first!r} and {names[1]}={second!r} were given; expected equal lengths")
    return rows[0], rows[1]


def _explicit(where: str, seed: Any) -> int | None:
    """Uniform and normal treat seed 0 as unset, as Replicator does."""
    return seed_of(where, seed) or None


@ReplicatorWrapper
def uniform(lower: Any, upper: Any, num_samples: int = 1, seed: int | None = None, name: str | None = None) -> Any:
    """Draw from the half-open box [lower, upper).

    Args:
        lower, upper: numbers or vectors of one length.
        num_samples: rows a draw where no prims drive it.
        seed: stream of its own; None and 0 follow the global seed.
        name: publish the draws under this name in `distribution_outputs`.
    """
    low, high = _pair("distribution.uniform", ("lower", "upper"), lower, upper)
    samples = number("distribution.uniform", "num_samples", num_samples, 1, whole=True)
    seed = _explicit("distribution.uniform", seed)
    return sampling.Uniform(get_graph(), name, lower=low, upper=high, numSamples=samples, seed=seed)


@ReplicatorWrapper
def normal(mean: Any, std: Any, num_samples: int = 1, seed: int | None = None, name: str | None = None) -> Any:
    """Draw from a normal distribution (see `uniform` for the other arguments).

    Args:
        mean, std: numbers or vectors of one length; std is not negative.
    """
    centre, spread = _pair("distribution.normal", ("mean", "std"), mean, std)
    if (spread < 0).any():
        raise fail("distribution.normal", "std", std, "numbers not below 0")
    samples = number("distribution.normal", "num_samples", num_samples, 1, whole=True)
    seed = _explicit("distribution.normal", seed)
    return sampling.Normal(get_graph(), name, mean=centre, std=spread, numSamples=samples, seed=seed)


@ReplicatorWrapper
def log_uniform(lower: Any, upper: Any, num_samples: int = 1, seed: int | None = None, name: str | None = None) -> Any:
    """Draw numbers whose logarithm is uniform (see `uniform`); both bounds are positive."""
    low, high = _pair("distribution.log_uniform", ("lower", "upper"), lower, upper)
    for label, row, given in (("lower", low, lower), ("upper", high, upper)):
        if (row <= 0).any():
            raise fail("distribution.log_uniform", label, given, "numbers above 0")
    samples = number("distribution.log_uniform", "num_samples", num_samples, 1, whole=True)
    seed = _explicit("distribution.log_uniform", seed)
    return sampling.LogUniform(get_graph(), name, lower=low, upper=high, numSamples=samples, seed=seed)


@ReplicatorWrapper
def choice(
    choices: Any,
    weights: list[float] | None = None,
    num_samples: int = 1,
    seed: int | None = -1,
    with_replacements: bool = True,
    name: str | None = None,
) -> Any:
    """Choose among items.

    Args:
        choices: numbers, vectors, strings or items; or one item, whose prims (or, if it is itself a choice or sequence,
            entries) are chosen from.
        weights: relative odds, one a choice; they need not sum to one. With another number of them all odds are equal.
        num_samples: choices a draw where no prims drive it.
        seed: stream of its own; None and -1 follow the global seed.
        with_replacements: False gives distinct items within one draw.
        name: publish the draws under this name in `distribution_outputs`.
    """
    items = _items("distribution.choice", "choices", choices)
    if weights is not None and np.shape(weights) != (len(items),):
        log_warn(
            f"distribution.choice: weights={weights!r} was given for {len(items)} choices; expected one a choice, "
            "all odds are equal now"
        )
        weights = None
    if weights is not None:
        odds = np.asarray(weights, dtype=np.float64)
        if odds.shape != (len(items),) or (odds < 0).any() or odds.sum() <= 0:
            raise fail("distribution.choice", "weights", weights, f"{len(items)} numbers not below 0, not all zero")
    samples = number("distribution.choice", "num_samples", num_samples, 1, whole=True)
    options = {"seed": seed_of("distribution.choice", seed), "withReplacements": bool(with_replacements)}
    return sampling.Choice(get_graph(), name, choices=items, weights=weights, numSamples=samples, **options)


@ReplicatorWrapper
def sequence(
    items: Any, ordered: bool = True, seed: int | None = -1, name: str | None = None, stride: int | None = None
) -> Any:
    """Step through items, one for each prim, going on where the last draw ended.

    Args:
        items: numbers, vectors, strings or items; or one item, as for `choice`.
        ordered: False goes through a new shuffle in every round.
        seed: stream of its own for the shuffles; None and -1 follow the global seed.
        name: publish the draws under this name in `distribution_outputs`.
        stride: items to advance a draw; None advances by the number drawn.
    """
    values = _items("distribution.sequence", "items", items)
    step = None if stride is None else number("distribution.sequence", "stride", stride, 0, whole=True)
    options = {"seed": seed_of("distribution.sequence", seed), "stride": step}
    return sampling.Sequential(get_graph(), name, items=values, ordered=bool(ordered), **options)


@ReplicatorWrapper
def combine(distributions: Any, name: str | None = None) -> Any:
    """Put the columns of several distributions and numbers side by side.

    Args:
        distributions: distributions and numbers.
        name: publish the draws under this name in `distribution_outputs`.
    """
    parts = [source(part) for part in _items("distribution.combine", "distributions", distributions)]
    for part in parts:
        if not isinstance(part, sampling.ValueNode | int | float | np.number | list | tuple):
            raise fail("distribution.combine", "distributions", part, "distributions and numbers", TypeError)
    return sampling.Combine(get_graph(), name, parts)


def _items(where: str, argument: str, values: Any) -> list[Any]:
    node = source(values)
    if isinstance(node, sampling.ValueNode):
        values = sampling.entries(node) or values
    elif isinstance(node, Node):
        found = resolve_paths(node)
        if not found:
            log_warn(f"{where}: {argument}={values!r} holds no prims; nothing is chosen, expected some")
        return list(found)
    if isinstance(values, str) or is_item(values) or not hasattr(values, "__iter__"):
        raise fail(where, argument, values, "a list", TypeError)
    items = list(values)
    if not items:
        raise fail(where, argument, values, "a list with at least one entry")
    return items


def register(fn: Callable[..., Any], override: bool = True, fn_name: str | None = None) -> None:
    """Add `fn` as `rep.distribution.<name>`."""
    register_into(sys.modules[__name__], fn, override, fn_name)
