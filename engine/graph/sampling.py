"""Distributions: value nodes that draw what Replicator draws, from NumPy streams of their own.

Source: reference of `omni.replicator.core.distribution`: every sampling node owns
`numpy.random.default_rng(SeedSequence(entropy))` with entropy (global seed, node id), or (seed, 0) for an explicit
seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from engine.carb.settings import get_settings
from engine.graph.graph import Graph, Moment
from engine.graph.handle import resolved
from engine.graph.node import Node, ValueNode, node_of, resolve_paths

GLOBAL_SEED_KEY = "/omni/replicator/globalSeed"


def global_seed() -> int:
    """Return the global seed, choosing and storing a random one below 2**31 where none is set."""
    settings = get_settings()
    seed = settings.get(GLOBAL_SEED_KEY)
    if seed is None:
        seed = int(np.random.SeedSequence().generate_state(1)[0] & 0x7FFFFFFF)
        settings.set(GLOBAL_SEED_KEY, seed)
    return int(seed)


def stream(seed: int | None, node_id: int = 0) -> np.random.Generator:
    """Return a node's random stream.

    Args:
        seed: explicit seed; None or a negative number uses the global seed and `node_id`.
        node_id: number of the node in its graph.
    """
    entropy = (global_seed(), node_id) if seed is None or seed < 0 else (int(seed), 0)
    return np.random.default_rng(np.random.SeedSequence(entropy))


class SeededNode(Node):
    """A node with a random stream, restarted by `reset` and by a change of its own seed or of the global seed."""

    has_seed = True
    node_id = 0
    _generator: tuple[tuple[int | None, int], np.random.Generator] | None = None

    def reset(self) -> None:
        """Restart the stream."""
        super().reset()
        self._generator = None

    @property
    def generator(self) -> np.random.Generator:
        """The node's stream, at the place its draws so far have left it."""
        seed = self.inputs.get("seed")
        key = (seed, global_seed())
        if self._generator is None or self._generator[0] != key:
            self._generator = (key, stream(seed, self.node_id))
        return self._generator[1]


def vector(value: Any) -> Float[np.ndarray, " k"]:
    """Return a scalar or sequence as a flat float array."""
    return np.atleast_1d(np.asarray(value, dtype=np.float64)).ravel()


class Bounded(SeededNode, ValueNode):
    """A distribution of vectors with two parameters."""

    def bound(self, name: str, moment: Moment) -> Float[np.ndarray, " k"]:
        """Return a parameter, which may be connected to another node."""
        return vector(resolved(self.inputs[name], moment))


def between(
    generator: np.random.Generator, lower: Float[np.ndarray, " k"], upper: Float[np.ndarray, " k"], count: int
) -> Float[np.ndarray, "n k"]:
    """Draw rows between two bounds, in whichever order an axis has them.

    Source: generator.uniform(lower, upper, size=(n, k)), which is lower + (upper - lower) * u. NumPy up to 1.21, which
    Replicator's first versions and their scripts had, drew so for bounds in reverse too; later ones refuse them.
    """
    if (lower <= upper).all():
        return generator.uniform(lower, upper, size=(count, len(lower)))
    return lower + (upper - lower) * generator.random((count, len(lower)))


class Uniform(Bounded):
    """generator.uniform(lower, upper, size=(n, len))."""

    type_name = "omni.replicator.core.OgnSampleUniform"
    needs = ("lower", "upper")

    def sample(self, moment: Moment, count: int) -> Float[np.ndarray, "n k"]:
        """Draw `count` rows."""
        lower, upper = np.broadcast_arrays(self.bound("lower", moment), self.bound("upper", moment))
        return between(self.generator, lower, upper, count)


class LogUniform(Bounded):
    """exp of a uniform draw between log(lower) and log(upper)."""

    type_name = "omni.replicator.core.OgnSampleLogUniform"
    needs = ("lower", "upper")

    def sample(self, moment: Moment, count: int) -> Float[np.ndarray, "n k"]:
        """Draw `count` rows."""
        lower, upper = np.broadcast_arrays(self.bound("lower", moment), self.bound("upper", moment))
        return np.exp(between(self.generator, np.log(lower), np.log(upper), count))


class Normal(Bounded):
    """generator.normal(mean, std, size=(n, len))."""

    type_name = "omni.replicator.core.OgnSampleNormal"
    needs = ("mean", "std")

    def sample(self, moment: Moment, count: int) -> Float[np.ndarray, "n k"]:
        """Draw `count` rows."""
        mean, std = np.broadcast_arrays(self.bound("mean", moment), self.bound("std", moment))
        return self.generator.normal(mean, std, size=(count, len(mean)))


def pick(items: Sequence[Any], indices: Any) -> Any:
    """Return the chosen items: an array for numbers and vectors, else a list of the objects."""
    chosen = [items[i] for i in indices]
    if chosen and isinstance(np.asarray(chosen[0], dtype=object).ravel()[0], bool | int | float | np.number):
        return np.asarray(chosen).reshape(len(chosen), -1)
    return [resolve_paths(c)[0] if node_of(c) is not None else c for c in chosen]


class Choice(SeededNode, ValueNode):
    """generator.choice(choices, axis=0, size=n, p=weights, replace=with_replacements)."""

    type_name = "omni.replicator.core.OgnSampleChoice"
    needs = ("choices",)

    def sample(self, moment: Moment, count: int) -> Any:
        """Draw `count` items."""
        items, weights = self.inputs["choices"], self.inputs.get("weights")
        if not len(items):
            return []
        p = None if weights is None else np.asarray(weights, dtype=np.float64) / np.sum(weights)
        replace = bool(self.inputs.get("withReplacements", True))
        return pick(items, self.generator.choice(len(items), size=count, p=p, replace=replace))


def entries(node: ValueNode) -> list[Any]:
    """Return what a choice or sequence takes its values from; an empty list for other distributions."""
    return list(node.inputs.get("choices") or node.inputs.get("items") or ())


class Sequential(SeededNode, ValueNode):
    """Items in order, or shuffled once a round; each draw starts `stride` items after the last."""

    type_name = "omni.replicator.core.OgnSampleSequence"
    needs = ("items",)

    def __init__(self, graph: Graph, name: str | None = None, **inputs: Any) -> None:
        self._next = 0
        self._order: list[int] = []
        super().__init__(graph, name, **inputs)

    def reset(self) -> None:
        """Go back to the first item."""
        super().reset()
        self._next, self._order = 0, []

    def sample(self, moment: Moment, count: int) -> Any:
        """Take `count` items."""
        items = self.inputs["items"]
        if not len(items):
            return []
        if self.inputs.get("ordered", True):
            start = self._next
            self._next = (start + (self.inputs.get("stride") or count)) % len(items)
            return pick(items, [(start + i) % len(items) for i in range(count)])
        while len(self._order) < count:
            self._order += self.generator.permutation(len(items)).tolist()
        taken, self._order = self._order[:count], self._order[count:]
        return pick(items, taken)

    def items_are_rows(self) -> bool:
        """Tell whether one item is itself a list (one entry for each consuming prim)."""
        return isinstance(self.inputs["items"][0], list | tuple | np.ndarray)


class Combine(ValueNode):
    """Columns of several distributions and constants, side by side."""

    type_name = "omni.replicator.core.OgnCombineSamples"

    def __init__(self, graph: Graph, name: str | None = None, parts: Sequence[Any] = ()) -> None:
        super().__init__(graph, name)
        for index, part in enumerate(parts):
            self.connect(f"part{index}", part)

    def sample(self, moment: Moment, count: int) -> Float[np.ndarray, "n k"]:
        """Draw `count` rows of every part."""
        columns = [values(part, moment, count) for part in self.inputs.values()]
        return np.concatenate([np.resize(c, (count, c.shape[1])) for c in columns], axis=1)


def values(source: Any, moment: Moment, count: int) -> Float[np.ndarray, "n k"]:
    """Return an input's numbers, one row a prim.

    Args:
        source: constant scalar, vector, list of vectors, or a value node.
        moment: the firing being evaluated.
        count: rows wanted; a constant may return a single row.
    """
    if isinstance(source, ValueNode):
        rows = np.asarray(source.draw(moment, count), dtype=np.float64)
        return rows.reshape(len(rows), -1)
    rows = np.asarray(source, dtype=np.float64)
    return rows.reshape(1, -1) if rows.ndim < 2 else rows


def objects(source: Any, moment: Moment, count: int) -> list[Any]:
    """Return an input's values one a prim, as they are (numbers as plain rows); none where there is nothing to draw."""
    drawn = source.draw(moment, count) if isinstance(source, ValueNode) else [source]
    return [drawn[i % len(drawn)] for i in range(count if len(drawn) else 0)]
