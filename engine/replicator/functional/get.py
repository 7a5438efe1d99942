"""rep.functional.get: the prims of a stage at once, by path, type and semantics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pxr import Usd

from engine.graph.graph import current_stage
from engine.graph.node import resolve_paths
from engine.graph.sources import find_prims
from engine.replicator.arguments import fail
from engine.replicator.get import TYPES, checked_query
from engine.replicator.missing import refuse


def prims(
    stage: Usd.Stage | None = None,
    path_pattern: str | None = None,
    path_match: str | None = None,
    path_pattern_exclusion: str | None = None,
    prim_types: Any = None,
    prim_types_exclusion: Any = None,
    semantics: Any = None,
    semantics_exclusion: Any = None,
    ignore_case: bool = False,
) -> list[Usd.Prim]:
    """Search a stage.

    Args:
        stage: stage; the open one if None.
        path_pattern, path_pattern_exclusion: regular expressions searched in the full path.
        path_match: text the path contains.
        prim_types, prim_types_exclusion: type name or names.
        semantics, semantics_exclusion: labels; any of them is enough.
        ignore_case: compare paths without case.

    Returns:
        The prims in traversal order.

    Raises:
        TypeError: if `stage` is no stage, or another argument has the wrong type.
    """
    where = "functional.get.prims"
    if stage is not None and not isinstance(stage, Usd.Stage):
        raise fail(where, "stage", stage, "a Usd.Stage, or None for the open one", TypeError)
    query = checked_query(
        where,
        path_pattern=path_pattern,
        path_match=path_match,
        path_pattern_exclusion=path_pattern_exclusion,
        prim_types=prim_types,
        prim_types_exclusion=prim_types_exclusion,
        semantics=semantics,
        semantics_exclusion=semantics_exclusion,
        ignore_case=ignore_case,
    )
    return find_prims(stage or current_stage(), **query)


def prim_at_path(path: Any, stage: Usd.Stage | None = None) -> list[Usd.Prim]:
    """Return the prims at a path, or at each of a list; paths without a prim are left out."""
    found = [(stage or current_stage()).GetPrimAtPath(text) for text in resolve_paths(path)]
    return [prim for prim in found if prim]


def _typed(kind: str) -> Callable[..., list[Usd.Prim]]:
    def search(
        stage: Usd.Stage | None = None,
        path_pattern: str | None = None,
        path_pattern_exclusion: str | None = None,
        semantics: Any = None,
        semantics_exclusion: Any = None,
        path_match: str | None = None,
        ignore_case: bool = False,
    ) -> list[Usd.Prim]:
        return prims(
            stage,
            path_pattern=path_pattern,
            path_match=path_match,
            path_pattern_exclusion=path_pattern_exclusion,
            prim_types=TYPES[kind],
            semantics=semantics,
            semantics_exclusion=semantics_exclusion,
            ignore_case=ignore_case,
        )

    search.__name__ = search.__qualname__ = kind
    search.__doc__ = f"Search a stage for prims of kind {kind} ({', '.join(TYPES[kind])}); arguments as `prims`."
    return search


camera = _typed("camera")
curve = _typed("curve")
geomsubset = _typed("geomsubset")
graph = _typed("graph")
light = _typed("light")
listener = _typed("listener")
material = _typed("material")
mesh = _typed("mesh")
physics = _typed("physics")
renderproduct = _typed("renderproduct")
rendervar = _typed("rendervar")
scope = _typed("scope")
shader = _typed("shader")
shape = _typed("shape")
skelanimation = _typed("skelanimation")
skeleton = _typed("skeleton")
sound = _typed("sound")
xform = _typed("xform")

__all__ = [*TYPES, "prim_at_path", "prims"]
__getattr__ = refuse("omni.replicator.core.functional.get")
