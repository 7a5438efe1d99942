"""diff: how two datasets differ, in plan, keys, members and pixels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from writers.inspection.opening import records_of, shard_samples
from writers.reader import Dataset, decode
from writers.shards.sample import Sample

VALUES, EQUAL = "values", "other bytes, equal values"
SHOWN = 10  # samples and keys named one by one


@dataclass
class MemberDifference:
    """How one member differs over all samples.

    Attributes:
        samples: in how many.
        kinds: in how many of them in which way.
        share, most: of arrays of one shape: in which share of values at most, by how much at most.
    """

    samples: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    share: float = 0.0
    most: float = 0.0

    def __str__(self) -> str:
        parts = [f"at most {self.share:.3%} of the values, by {self.most:g}"] if self.kinds[VALUES] else []
        parts += [f"{kind} in {count}" for kind, count in sorted(self.kinds.items()) if kind != VALUES]
        return f"in {self.samples} sample(s), {', '.join(parts)}"


@dataclass
class Comparison:
    """What two datasets have in common and where they differ.

    Attributes:
        plan: differences of the plans, one line each.
        same: samples that are equal.
        different: samples that are not.
        only: keys that only the first, only the second has: how many.
        members: differences a member.
        examples: lines that name the first of them.
    """

    plan: list[str] = field(default_factory=list)
    same: int = 0
    different: int = 0
    only: list[int] = field(default_factory=lambda: [0, 0])
    members: dict[str, MemberDifference] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)

    @property
    def samples_equal(self) -> bool:
        """Whether the samples are the same, byte by byte."""
        return not (self.different or any(self.only))

    def note(self, line: str) -> None:
        """Keep a line if there are few yet."""
        if len(self.examples) < SHOWN:
            self.examples.append(line)


def compare(first: Dataset, second: Dataset) -> Comparison:
    """Compare two datasets in one pass; shards with equal hashes are not read."""
    found = Comparison(plan=first.plan.differences(second.plan))
    for one, other in _pairs(first, second, found):
        if one is None or other is None:
            side = int(one is None)
            found.only[side] += 1
            found.note(f"{(one or other).key}: only in {'AB'[side]}")  # type: ignore[union-attr]
        elif one.members == other.members:
            found.same += 1
        else:
            found.different += 1
            found.note(f"{one.key}: {', '.join(_differences(one, other, found))}")
    return found


def _pairs(first: Dataset, second: Dataset, found: Comparison) -> Iterator[tuple[Sample | None, Sample | None]]:
    """Yield samples of equal key together, None for one that is missing."""
    plans = first.plan, second.plan
    if len({(plan.format, plan.start, plan.frames_per_shard) for plan in plans}) > 1:
        yield from _merged(first.samples(), second.samples())
        return
    ours, theirs = records_of(first), records_of(second)
    one, other = next(ours, None), next(theirs, None)
    while one or other:
        numbers = [record.number for record in (one, other) if record is not None]
        a = one if one is not None and one.number == min(numbers) else None
        b = other if other is not None and other.number == min(numbers) else None
        if a is not None and b is not None and a.sha256 == b.sha256:
            found.same += a.samples
        else:
            yield from _merged(
                iter(()) if a is None else shard_samples(first, a), iter(()) if b is None else shard_samples(second, b)
            )
        one, other = (next(ours, None) if a else one), (next(theirs, None) if b else other)


def _merged(ours: Iterator[Sample], theirs: Iterator[Sample]) -> Iterator[tuple[Sample | None, Sample | None]]:
    """Join two streams in the order of their keys."""
    one, other = next(ours, None), next(theirs, None)
    while one is not None or other is not None:
        key = min(sample.key for sample in (one, other) if sample is not None)
        a = one if one is not None and one.key == key else None
        b = other if other is not None and other.key == key else None
        yield a, b
        one, other = (next(ours, None) if a else one), (next(theirs, None) if b else other)


def _differences(one: Sample, other: Sample, found: Comparison) -> Iterator[str]:
    """Say how two samples of one key differ, and count it."""
    for name in sorted(one.members.keys() | other.members.keys()):
        if name not in one.members or name not in other.members:
            total, side = (
                found.members.setdefault(name, MemberDifference()),
                f"only {'A' if name in one.members else 'B'}",
            )
            total.samples += 1
            total.kinds[f"{side} has it"] += 1
            yield f"{name} {side.replace(' ', ' in ')}"
        elif one.members[name] != other.members[name]:
            total = found.members.setdefault(name, MemberDifference())
            total.samples += 1
            yield f"{name} {_change(name, one, other, total)}"


def _change(name: str, one: Sample, other: Sample, total: MemberDifference) -> str:
    """Say how a member of other bytes differs in what it means."""
    a, b = (decode(Sample(each.key, {name: each.members[name]}))[name] for each in (one, other))
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return _array_change(a, b, total)
    if name.endswith("json"):
        keys = list(_json_changes(a, b))
        shown = ", ".join(keys[:4]) + (f" and {len(keys) - 4} more" if len(keys) > 4 else "")
        total.kinds["other entries" if keys else EQUAL] += 1
        return f"differs at {shown}" if keys else f"has {EQUAL}"
    total.kinds["other bytes"] += 1
    return f"has {len(a)} and {len(b)} other bytes"


def _array_change(a: np.ndarray, b: np.ndarray, total: MemberDifference) -> str:
    """Say how two arrays differ."""
    if a.shape != b.shape or a.dtype != b.dtype:
        total.kinds["another shape or type"] += 1
        return f"is {a.dtype} {a.shape}, and {b.dtype} {b.shape}"
    unequal = ~((a == b) | ((a != a) & (b != b)))  # nan is equal to nan
    gap = np.abs(np.where(unequal, a.astype(np.float64) - b, 0.0))
    share, most = float(unequal.mean()), float(gap.max(initial=0.0))
    total.share, total.most = max(total.share, share), max(total.most, most)
    total.kinds[VALUES if share else EQUAL] += 1
    return f"differs in {share:.3%} of its values, by {most:g} at most" if share else f"has {EQUAL}"


def _json_changes(a: Any, b: Any, place: str = "") -> Iterator[str]:
    """Yield the places where two JSON values differ."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(a.keys() | b.keys()):
            inside = f"{place}.{key}" if place else key
            if key in a and key in b:
                yield from _json_changes(a[key], b[key], inside)
            else:
                yield inside
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for number, (left, right) in enumerate(zip(a, b, strict=True)):
            yield from _json_changes(left, right, f"{place}[{number}]")
    elif a != b:
        yield place or "its top"


def report(found: Comparison) -> Iterator[str]:
    """Say what was found, line by line."""
    if found.plan:
        yield "plans differ (first A, then B)"
        yield from (f"  {line}" for line in found.plan)
    if found.samples_equal:
        yield f"all {found.same} samples are the same"
        return
    ours, theirs = found.only
    yield f"samples: {found.same} the same, {found.different} different, {ours} only in A, {theirs} only in B"
    for name, each in sorted(found.members.items()):
        yield f"  {name:14} {each}"
    yield from (f"  {line}" for line in found.examples)
    more = found.different + sum(found.only) - len(found.examples)
    if more > 0:
        yield f"  ... and {more} more"
