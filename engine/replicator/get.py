"""rep.get: prims of the stage as graph items, by path, type and semantics."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Any

from pxr import Sdf

from engine.assets import stand_ins_allowed
from engine.graph.graph import current_stage, get_graph
from engine.graph.node import resolve_paths
from engine.graph.sources import LIGHT_TYPES, FindPrims, FixedPrims
from engine.replicator import arguments as check
from engine.replicator.utils.items import ReplicatorWrapper, register_into

SHAPES = ("capsule", "cone", "cube", "cylinder", "plane", "sphere")
CURVES = ("basiscurves", "hermitecurves", "nurbscurves")
PHYSICS = ("physicsscene", "physicsjoint", "physicsfixedjoint", "physicsrevolutejoint", "physicsprismaticjoint")
TYPES: dict[str, tuple[str, ...]] = {
    "camera": ("camera",),
    "curve": CURVES,
    "geomsubset": ("geomsubset",),
    "graph": ("omnigraph",),
    "light": LIGHT_TYPES,
    "listener": ("listener",),
    "material": ("material",),
    "mesh": ("mesh",),
    "physics": PHYSICS,
    "renderproduct": ("renderproduct",),
    "rendervar": ("rendervar",),
    "scope": ("scope",),
    "shader": ("shader",),
    "shape": SHAPES,
    "sound": ("spatialaudio", "omnisound"),
    "xform": ("xform",),
    "skelanimation": ("skelanimation",),
    "skeleton": ("skeleton",),
}


def _pattern(where: str, argument: str, value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str | Sdf.Path):
        raise check.fail(where, argument, value, "a regular expression", TypeError)
    try:
        re.compile(str(value))
    except re.error as error:
        raise check.fail(where, argument, value, f"a regular expression ({error})") from error
    return str(value)


def _types(where: str, argument: str, value: Any) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else list(value or [])
    for name in names:
        if not isinstance(name, str):
            raise check.fail(where, argument, value, "names of USD prim types", TypeError)
    return tuple(name.lower() for name in names)


def checked_query(where: str, **query: Any) -> dict[str, Any]:
    """Check the arguments of a search and return them as `find_prims` takes them.

    Raises:
        TypeError: if one of them is of the wrong type.
        ValueError: if a pattern is no regular expression.
    """
    match = query["path_match"]
    if match is not None and not isinstance(match, str):
        raise check.fail(where, "path_match", match, "text", TypeError)
    return {
        "path_match": match,
        **{key: _pattern(where, key, query[key]) for key in ("path_pattern", "path_pattern_exclusion")},
        **{key: _types(where, key, query[key]) for key in ("prim_types", "prim_types_exclusion")},
        **{key: check.label_pairs(where, query[key]) for key in ("semantics", "semantics_exclusion")},
        "ignore_case": bool(query["ignore_case"]),
    }


@ReplicatorWrapper
def prims(
    path_pattern: str | None = None,
    path_match: str | None = None,
    path_pattern_exclusion: str | None = None,
    prim_types: Any = None,
    prim_types_exclusion: Any = None,
    semantics: Any = None,
    semantics_exclusion: Any = None,
    cache_result: bool = True,
    ignore_case: bool = True,
    name: str | None = None,
) -> Any:
    """Search the stage.

    Args:
        path_pattern, path_pattern_exclusion: regular expressions searched in the full path.
        path_match: text the path contains.
        prim_types, prim_types_exclusion: type name or names.
        semantics, semantics_exclusion: labels; any of them is enough.
        cache_result: keep the first non-empty result; False searches in every evaluation.
        ignore_case: compare paths without case.
        name: name of the node.
    """
    query = checked_query(
        "get.prims",
        path_pattern=path_pattern,
        path_match=path_match,
        path_pattern_exclusion=path_pattern_exclusion,
        prim_types=prim_types,
        prim_types_exclusion=prim_types_exclusion,
        semantics=semantics,
        semantics_exclusion=semantics_exclusion,
        ignore_case=ignore_case,
    )
    return FindPrims(get_graph(), name, bool(cache_result), **query)


@ReplicatorWrapper
def prim_at_path(path: Any, name: str | None = None) -> Any:
    """Return prims by path: a path, a list of paths, or an item."""
    if path is None or (not check.is_item(path) and not isinstance(path, str | Sdf.Path | list | tuple)):
        raise check.fail("get.prim_at_path", "path", path, "a prim path, a list of paths, or an item", TypeError)
    paths = resolve_paths(path)
    if stand_ins_allowed():
        from engine.stand_in_prims import offer_prim

        for wanted in paths:
            offer_prim(current_stage(), wanted)
    return FixedPrims(get_graph(), name, paths)


def _typed(kind: str) -> Callable[..., Any]:
    def search(
        path_pattern: str | None = None,
        path_pattern_exclusion: str | None = None,
        semantics: Any = None,
        semantics_exclusion: Any = None,
        cache_result: bool = True,
        name: str | None = None,
        path_match: str | None = None,
    ) -> Any:
        options = {"semantics": semantics, "semantics_exclusion": semantics_exclusion, "path_match": path_match}
        options |= {"path_pattern": path_pattern, "path_pattern_exclusion": path_pattern_exclusion}
        return prims(prim_types=TYPES[kind], cache_result=cache_result, name=name, **options)

    search.__name__ = kind
    search.__doc__ = f"Search the stage for prims of kind {kind} ({', '.join(TYPES[kind])}); arguments as `prims`."
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
sound = _typed("sound")
xform = _typed("xform")
skelanimation = _typed("skelanimation")
skeleton = _typed("skeleton")


def register(fn: Callable[..., Any], override: bool = True, fn_name: str | None = None) -> None:
    """Add `fn` as `rep.get.<name>`."""
    register_into(sys.modules[__name__], fn, override, fn_name)
