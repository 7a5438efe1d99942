"""Who is labelled what: labelled prims, their merged labels and their ids, from the snapshot alone.

Ids count labelled prims and classes in order of first appearance on the stage, so a camera that turns changes no id.
Boxes count from 0 and masks from 2 (0 is background, 1 unlabelled): the mask id of a box is its `bboxIds` + 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from jaxtyping import Int64

from engine.annotate.semantic_filter import SemanticFilter, filter_of
from engine.stage.scene import Instance, LabelledPrim, Matrix, SceneSnapshot

FIRST_ID = 2
BACKGROUND, UNLABELLED = "BACKGROUND", "UNLABELLED"
FILTER_DEFAULTS: Mapping[str, Any] = {
    "semanticTypes": None,
    "semanticFilter": "*:*",
    "perSubsetSegmentation": False,
}


@dataclass(frozen=True, eq=False)
class Labelling:
    """The labels of a snapshot behind one filter.

    Attributes:
        paths: labelled prims in order of first appearance, parents before children.
        worlds: world_from_local of each.
        semantics: type to comma-joined labels of each, its own labels before its ancestors'.
        class_of: index in `classes` of each labelled prim.
        classes: distinct semantics in order of first appearance: what drawables show, then what only boxes around
            several of them have.
        levels: one array a depth, (instances + 1,): the labelled prim that covers each instance, nearest first, -1 for
            none; the last element stands for "no instance", so that an image of indices can be looked up directly.
        members: indices of the instances that each labelled prim covers.
    """

    paths: tuple[str, ...]
    worlds: tuple[Matrix, ...]
    semantics: tuple[dict[str, str], ...]
    class_of: Int64[np.ndarray, "p"]
    classes: tuple[dict[str, str], ...]
    levels: tuple[Int64[np.ndarray, "n"], ...]
    members: tuple[Int64[np.ndarray, "_"], ...]

    @property
    def innermost(self) -> Int64[np.ndarray, "n"]:
        """The nearest labelled prim of each instance, -1 for none; the last element stands for "no instance"."""
        return self.levels[0]


_known: WeakKeyDictionary[SceneSnapshot, dict[Any, Labelling]] = WeakKeyDictionary()


def labelling(scene: SceneSnapshot, params: Mapping[str, Any]) -> Labelling:
    """Return the labels of a snapshot; the same snapshot and filter are worked out once.

    Args:
        scene: the snapshot.
        params: init_params with `semanticTypes`, `semanticFilter`, `perSubsetSegmentation`.
    """
    chosen, subsets = filter_of(params), bool(params.get("perSubsetSegmentation", False))
    known = _known.setdefault(scene, {})
    if (chosen, subsets) not in known:
        known[chosen, subsets] = _build(scene, chosen, subsets)
    return known[chosen, subsets]


class _Builder:
    """Collect labelled prims while the instances go by."""

    def __init__(self, chosen: SemanticFilter) -> None:
        self.filter = chosen
        self.index: dict[str, int] = {}
        self.worlds: list[Matrix] = []
        self.semantics: list[dict[str, str]] = []

    def chain(self, item: Instance, subsets: bool) -> tuple[int, ...]:
        """Return the indices of the labelled prims over an instance, nearest first."""
        passed: list[tuple[LabelledPrim, dict[str, tuple[str, ...]]]] = []
        for prim in item.labels:
            if item.subset_path and prim.path == item.subset_path and not subsets:
                continue
            labels = self.filter.matching(prim.labels)
            if labels:
                passed.append((prim, labels))
        numbers = []
        for depth in range(len(passed) - 1, -1, -1):
            prim = passed[depth][0]
            if prim.path not in self.index:
                self._add(prim, merge([labels for _, labels in passed[depth:]]))
            numbers.append(self.index[prim.path])
        return tuple(reversed(numbers))

    def _add(self, prim: LabelledPrim, merged: dict[str, str]) -> None:
        self.index[prim.path] = len(self.index)
        self.worlds.append(prim.world_from_local)
        self.semantics.append(merged)


def merge(labels: list[dict[str, tuple[str, ...]]]) -> dict[str, str]:
    """Join the labels of prims, nearest first, by type: {"class": "rectangle,cube"}; a label is named once."""
    found: dict[str, dict[str, None]] = {}
    for each in labels:
        for kind, names in each.items():
            found.setdefault(kind, {}).update(dict.fromkeys(names))
    return {kind: ",".join(found[kind]) for kind in sorted(found)}


def _build(scene: SceneSnapshot, chosen: SemanticFilter, subsets: bool) -> Labelling:
    builder = _Builder(chosen)
    known: dict[tuple[int, str], tuple[int, ...]] = {}
    chains = []
    for item in scene.instances:
        key = (id(item.labels), item.subset_path)
        if key not in known:
            known[key] = builder.chain(item, subsets)
        chains.append(known[key])
    innermost = [chain[0] for chain in chains if chain]
    classes: dict[tuple[tuple[str, str], ...], int] = {}
    for prim in [*innermost, *range(len(builder.semantics))]:
        classes.setdefault(tuple(builder.semantics[prim].items()), len(classes))
    depth = max([len(chain) for chain in chains], default=0)
    levels = np.full((max(depth, 1), len(chains) + 1), -1, np.int64)
    members: list[list[int]] = [[] for _ in builder.worlds]
    for number, chain in enumerate(chains):
        levels[: len(chain), number] = chain
        for prim in chain:
            members[prim].append(number)
    return Labelling(
        tuple(builder.index),
        tuple(builder.worlds),
        tuple(builder.semantics),
        np.array([classes[tuple(merged.items())] for merged in builder.semantics], np.int64),
        tuple(dict(items) for items in classes),
        tuple(levels),
        tuple(np.array(listed, np.int64) for listed in members),
    )
