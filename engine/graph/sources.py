"""Prim sources: fixed prims, groups, and searches over the stage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pxr import Usd, UsdSemantics

from engine.graph.graph import Graph, Moment, current_stage
from engine.graph.node import PrimSource, resolve_paths

LIGHT_TYPES = ("cylinderlight", "disklight", "distantlight", "domelight", "rectlight", "spherelight")
Labels = list[tuple[str, str]]


class FixedPrims(PrimSource):
    """Prims known when the node was made."""

    type_name = "omni.replicator.core.OgnGetPrimAtPath"

    def __init__(self, graph: Graph, name: str | None = None, paths: Sequence[str] = ()) -> None:
        super().__init__(graph, name, prims=list(paths))
        self.outputs["prims"] = list(paths)


class Group(PrimSource):
    """The prims of several items, in order."""

    type_name = "omni.replicator.core.OgnGroup"

    def __init__(self, graph: Graph, name: str | None = None, items: Sequence[Any] = ()) -> None:
        super().__init__(graph, name, prims=[getattr(i, "node", None) or i for i in items])

    def paths(self, moment: Moment | None = None) -> list[str]:
        """Return each prim once."""
        return list(dict.fromkeys(resolve_paths(self.inputs["prims"], moment)))


class FindPrims(PrimSource):
    """rep.get.*: a search of the stage by path, type and semantics."""

    type_name = "omni.replicator.core.OgnGetPrims"

    def __init__(self, graph: Graph, name: str | None = None, cache_result: bool = True, **query: Any) -> None:
        self._found: list[str] = []
        self._serial = -1
        self.query = query
        self.cache_result = cache_result
        super().__init__(graph, name)

    def reset(self) -> None:
        """Search again, unless the first result is to be kept."""
        if not self.cache_result:
            self._found = []

    def paths(self, moment: Moment | None = None) -> list[str]:
        """Return the prims found; the first non-empty result is kept if `cache_result`."""
        serial = moment.serial if moment else -1
        if not self._found or (not self.cache_result and serial != self._serial):
            self._serial = serial
            if moment is not None:
                moment.edits.flush()
            self._found = [str(p.GetPath()) for p in find_prims(current_stage(), **self.query)]
            self.outputs["prims"] = list(self._found)
        return self._found


def find_prims(
    stage: Usd.Stage,
    path_pattern: str | None = None,
    path_match: str | None = None,
    path_pattern_exclusion: str | None = None,
    prim_types: Iterable[str] = (),
    prim_types_exclusion: Iterable[str] = (),
    semantics: Labels = (),  # type: ignore[assignment]
    semantics_exclusion: Labels = (),  # type: ignore[assignment]
    ignore_case: bool = True,
) -> list[Usd.Prim]:
    """Search a stage.

    Args:
        stage: stage to search, instance proxies left out.
        path_pattern, path_pattern_exclusion: regular expressions searched in the full path.
        path_match: text the path must contain.
        prim_types, prim_types_exclusion: lower-case schema type names, compared exactly.
        semantics, semantics_exclusion: (type, label) pairs; any of them is enough.
        ignore_case: paths are compared without case.

    Returns:
        Matching prims in traversal order.
    """
    flags = re.IGNORECASE if ignore_case else 0
    wanted = re.compile(path_pattern, flags) if path_pattern else None
    unwanted = re.compile(path_pattern_exclusion, flags) if path_pattern_exclusion else None
    fold = str.lower if ignore_case else str
    types, no_types = set(prim_types), set(prim_types_exclusion)

    def matches(prim: Usd.Prim) -> bool:
        path, kind = str(prim.GetPath()), str(prim.GetTypeName()).lower()
        return (
            (wanted is None or wanted.search(path) is not None)
            and (unwanted is None or unwanted.search(path) is None)
            and (not path_match or fold(path_match) in fold(path))
            and (not types or kind in types)
            and kind not in no_types
            and (not semantics or has_any_label(prim, semantics))
            and not (semantics_exclusion and has_any_label(prim, semantics_exclusion))
        )

    return [prim for prim in stage.TraverseAll() if prim.IsDefined() and prim.IsActive() and matches(prim)]


def has_any_label(prim: Usd.Prim, wanted: Labels) -> bool:
    """Tell whether a prim itself carries one of the (type, label) pairs, in either schema."""
    labels = labels_of(prim)
    return any(label in labels.get(kind, ()) for kind, label in wanted)


def labels_of(prim: Usd.Prim) -> Mapping[str, list[str]]:
    """Return the labels a prim carries itself, by type, from UsdSemantics and the legacy schema."""
    found: dict[str, list[str]] = {}
    for name in prim.GetAppliedSchemas():
        kind = name.partition(":")[2]
        if name.startswith("SemanticsLabelsAPI:"):
            found.setdefault(kind, []).extend(UsdSemantics.LabelsAPI(prim, kind).GetLabelsAttr().Get() or [])
    for attribute in prim.GetAuthoredPropertiesInNamespace("semantic"):
        name = attribute.GetName()
        if name.endswith(":params:semanticType"):
            data = prim.GetAttribute(name.removesuffix("semanticType") + "semanticData").Get()
            if data:
                found.setdefault(str(attribute.Get()), []).extend(part.strip() for part in str(data).split(","))
    return found
