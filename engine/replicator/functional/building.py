"""What every create call does: names, parents, poses, labels and visibility of new prims."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

from pxr import Sdf, Tf, Usd, UsdGeom

from engine.graph.graph import current_stage
from engine.replicator.arguments import count_of, fail
from engine.replicator.functional.authoring import apply_semantics, free_paths
from engine.replicator.functional.authoring_pose import STAGE_UP, write_poses
from engine.replicator.functional.values import each, label_sets, one_prim

POSE = ("position", "rotation", "scale", "pivot", "look_at", "look_at_up_axis", "relative_to")
SHARED = (*POSE, "semantics", "visible", "name", "parent", "count")


def split(arguments: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part a call's `locals()` into the arguments all create calls share and its own."""
    shared = {key: value for key, value in arguments.items() if key in SHARED}
    return shared, {key: value for key, value in arguments.items() if key not in SHARED}


def new_paths(where: str, title: str, count: int, name: Any, parent: Any) -> list[str]:
    """Return one free path for each new prim.

    Args:
        where: calling function.
        title: name where none is given.
        count: prims to make.
        name: name, or one a prim; taken names get the suffix _01, _02 ...
        parent: prim or path, or one a prim; None is the root of the stage.

    Raises:
        ValueError: if a name is no USD identifier or a parent no absolute prim path.
    """
    names = each(where, "name", title if name is None else name, count)
    parents = [_parent_path(where, item) for item in each(where, "parent", parent, count)]
    for item in names:
        if not Tf.IsValidIdentifier(str(item)):
            raise fail(where, "name", item, "letters, digits and underscores, no digit first")
    paths: list[str] = []
    taken: dict[tuple[str, str], list[str]] = {}
    pairs = list(zip(parents, map(str, names), strict=True))
    for pair in pairs:
        if pair not in taken:
            taken[pair] = free_paths(current_stage(), *pair, count=pairs.count(pair))[::-1]
        paths.append(taken[pair].pop())
    return paths


def _parent_path(where: str, parent: Any) -> str:
    if parent is None:
        return ""
    if not isinstance(parent, str | Sdf.Path):
        return str(one_prim(where, parent, "parent").GetPath())
    text = str(parent)
    if text in ("", "/"):
        return ""
    if not is_prim_path(text):
        raise fail(where, "parent", parent, "the absolute path of a prim, e.g. '/World'")
    return text


def is_prim_path(text: str) -> bool:
    """Tell whether a text is the absolute path of a prim."""
    valid = Sdf.Path.IsValidPathString(text) and Sdf.Path(text).IsAbsolutePath()
    return bool(valid and Sdf.Path(text).IsAbsoluteRootOrPrimPath())


def build(where: str, title: str, define: Callable[[str], Usd.Prim], **shared: Any) -> list[Usd.Prim]:
    """Author new prims.

    Args:
        where: calling function.
        title: name where none is given.
        define: authors one prim at a path.
        **shared: the arguments all create calls share, `count` among them.

    Returns:
        The prims, in order; after an error there are none.
    """
    count = count_of(where, shared.get("count", 1))
    paths = new_paths(where, title, count, shared.get("name"), shared.get("parent"))
    try:
        prims = [define(path) for path in paths]
        _dress(where, prims, shared)
    except (TypeError, ValueError):
        for path in paths:
            current_stage().RemovePrim(path)
        raise
    return prims


def _dress(where: str, prims: list[Usd.Prim], shared: dict[str, Any]) -> None:
    """Write pose, labels and visibility of new prims."""
    pose = {key: shared[key] for key in POSE if shared.get(key) is not None}
    if any(key in shared for key in POSE):
        pose.setdefault("position", (0.0, 0.0, 0.0))
        pose.setdefault("look_at_up_axis", STAGE_UP)
        write_poses(where, prims, **pose)
    label(where, prims, shared.get("semantics"))
    show(where, prims, shared.get("visible", True))


def label(where: str, prims: Sequence[Usd.Prim], semantics: Any, mode: str = "add") -> None:
    """Write one set of labels, or one a prim."""
    if semantics is None and mode == "add":
        return
    for prim, labels in zip(prims, label_sets(where, semantics, len(prims)), strict=True):
        apply_semantics(prim, labels, mode)


def show(where: str, prims: Sequence[Usd.Prim], visible: Any, always: bool = False) -> None:
    """Write visibility; prims that stay visible get no opinion unless `always`.

    Raises:
        TypeError: if a value is no bool.
        ValueError: if a prim has no visibility.
    """
    for prim, flag in zip(prims, each(where, "visible", visible, len(prims)), strict=True):
        if not hasattr(flag, "__bool__") or (not isinstance(flag, bool) and str(getattr(flag, "dtype", "")) != "bool"):
            raise fail(where, "visible", flag, "True or False", TypeError)
        if flag and not always:
            continue
        if not prim.IsA(UsdGeom.Imageable):
            raise fail(where, "prims", str(prim.GetPath()), "prims that can be seen (UsdGeom.Imageable)")
        token = UsdGeom.Tokens.inherited if flag else UsdGeom.Tokens.invisible
        UsdGeom.Imageable(prim).CreateVisibilityAttr().Set(token)


def single(batch: Callable[..., list[Usd.Prim]]) -> Callable[..., Usd.Prim]:
    """Return the create call that makes one prim, from the one that makes several: the same without `count`."""
    signature = inspect.signature(batch)
    kept = [p for p in signature.parameters.values() if p.name != "count"]
    signature = signature.replace(parameters=kept, return_annotation="Usd.Prim")

    @functools.wraps(batch)
    def create(*args: Any, **kwargs: Any) -> Usd.Prim:
        bound = signature.bind(*args, **kwargs)
        return batch(*bound.args, count=1, **bound.kwargs)[0]

    create.__signature__ = signature  # type: ignore[attr-defined]
    create.__doc__ = f"{batch.__doc__}\n\nMakes one prim and returns it."
    return create
