"""isaacsim.core.experimental.utils.prim: find prims, variants and attributes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
from pxr import Sdf, Usd

from ..core_utils.prims import matching_paths
from ..core_utils.stage import get_current_stage

Predicate = Callable[[Usd.Prim, str], bool]


def get_prim_at_path(path: Any) -> Usd.Prim:
    """Return the prim of a path, a prim or a schema object."""
    if isinstance(path, Usd.Prim):
        return path
    return path.GetPrim() if hasattr(path, "GetPrim") else get_current_stage().GetPrimAtPath(Sdf.Path(str(path)))


def get_prim_path(prim: Any) -> str:
    """Return the path of a prim, a schema object or a path."""
    return str(prim.GetPath()) if hasattr(prim, "GetPath") else str(prim)


def get_prim_variants(prim: str | Usd.Prim) -> list[tuple[str, str]]:
    """Return (variant set, choice) of every variant set."""
    sets = get_prim_at_path(prim).GetVariantSets()
    return [(name, sets.GetVariantSelection(name)) for name in sets.GetNames()]


def set_prim_variants(prim: str | Usd.Prim, *, variants: list[tuple[str, str]]) -> None:
    """Choose variants.

    Raises:
        ValueError: if the prim has no such variant set or choice.
    """
    sets = get_prim_at_path(prim).GetVariantSets()
    for name, choice in variants:
        if not sets.HasVariantSet(name) or choice not in sets.GetVariantSet(name).GetVariantNames():
            raise ValueError(f"prim '{get_prim_path(prim)}' has no variant '{choice}' in a set '{name}'")
        sets.SetSelection(name, choice)


def get_prim_variant_collection(prim: str | Usd.Prim) -> dict[str, list[str]]:
    """Return variant set to its choices."""
    sets = get_prim_at_path(prim).GetVariantSets()
    return {name: list(sets.GetVariantSet(name).GetVariantNames()) for name in sets.GetNames()}


def find_matching_prim_paths(path: str, *, traverse: bool = False) -> list[str]:
    """Return the paths that a regular expression matches: part by part, or (`traverse`) from the start of the path.

    A path that leads to a prim is that prim alone, or with `traverse` all prims from it on.
    """
    stage = get_current_stage()
    prim = stage.GetPrimAtPath(path) if Sdf.Path.IsValidPathString(path) else None
    if prim:
        return [str(part.GetPath()) for part in Usd.PrimRange(prim)] if traverse else [path]
    if not traverse:
        return matching_paths(path.strip("/").split("/"))
    pattern = re.compile(path)
    return [str(part.GetPath()) for part in stage.Traverse() if pattern.match(str(part.GetPath()))]


def get_all_matching_child_prims(
    prim: str | Usd.Prim, *, predicate: Predicate, include_self: bool = False, max_depth: int | None = None
) -> list[Usd.Prim]:
    """Return the prims below one that `predicate(prim, path)` takes."""
    root = get_prim_at_path(prim)
    base = root.GetPath().pathElementCount
    found = [part for part in Usd.PrimRange(root) if include_self or part != root]
    found = [part for part in found if max_depth is None or part.GetPath().pathElementCount - base <= max_depth]
    return [part for part in found if predicate(part, str(part.GetPath()))]


def get_first_matching_child_prim(
    prim: str | Usd.Prim, *, predicate: Predicate, include_self: bool = False
) -> Usd.Prim | None:
    """Return the first prim below one that `predicate(prim, path)` takes."""
    found = get_all_matching_child_prims(prim, predicate=predicate, include_self=include_self)
    return found[0] if found else None


def get_first_matching_parent_prim(
    prim: str | Usd.Prim, *, predicate: Predicate, include_self: bool = False
) -> Usd.Prim | None:
    """Return the nearest prim above one that `predicate(prim, path)` takes."""
    part = get_prim_at_path(prim)
    part = part if include_self else part.GetParent()
    while part and not part.IsPseudoRoot():
        if predicate(part, str(part.GetPath())):
            return part
        part = part.GetParent()
    return None


def has_api(prim: str | Usd.Prim, api: Any, *, test: str = "all") -> bool:
    """Tell whether a prim has applied schemas: "all", "any" or "none" of them.

    Raises:
        ValueError: if `test` is another word.
    """
    if test not in ("all", "any", "none"):
        raise ValueError(f"has_api(test='{test}'): expected 'all', 'any' or 'none'")
    target = get_prim_at_path(prim)
    names = [str(name) for name in target.GetPrimTypeInfo().GetAppliedAPISchemas()]
    wanted = api if isinstance(api, list) else [api]
    have = [item in names if isinstance(item, str) else target.HasAPI(item) for item in wanted]
    return {"all": all(have), "any": any(have), "none": not any(have)}[test]


def ensure_api(prim: str | Usd.Prim, api: type, *args: Any, **kwargs: Any) -> Any:
    """Apply a schema unless it is there, and return it."""
    target = get_prim_at_path(prim)
    return api(target, *args) if target.HasAPI(api, *args) else api.Apply(target, *args, **kwargs)  # type: ignore[attr-defined]


def create_prim_attribute(prim: str | Usd.Prim, *, name: str, type_name: Any, exist_ok: bool = True) -> Usd.Attribute:
    """Make an attribute.

    Raises:
        RuntimeError: if it is there and `exist_ok` is false.
    """
    target = get_prim_at_path(prim)
    if not exist_ok and target.HasAttribute(name):
        raise RuntimeError(f"prim '{get_prim_path(prim)}' already has an attribute '{name}'")
    return target.GetAttribute(name) if target.HasAttribute(name) else target.CreateAttribute(name, type_name)


def get_prim_attribute_value(prim: str | Usd.Prim, attribute_name: str) -> Any:
    """Return the value of an attribute."""
    return get_prim_at_path(prim).GetAttribute(attribute_name).Get()


def set_prim_attribute_value(prim: str | Usd.Prim, attribute_name: str, value: Any, **accepted: Any) -> None:
    """Set the value of an attribute; numbers are turned into the type that is there.

    Raises:
        ValueError: if there is no such attribute.
    """
    attribute = get_prim_at_path(prim).GetAttribute(attribute_name)
    if not attribute:
        raise ValueError(f"prim '{get_prim_path(prim)}' has no attribute '{attribute_name}'; make it first")
    default = attribute.GetTypeName().defaultValue
    plain = value.numpy() if hasattr(value, "numpy") else value
    is_vector = type(default).__module__.startswith("pxr.Gf") and isinstance(plain, list | tuple | np.ndarray)
    attribute.Set(type(default)(*[float(v) for v in np.ravel(plain)]) if is_vector else plain)


def delete_prim_attribute(prim: str | Usd.Prim, attribute_name: str | None = None, *, name: str | None = None) -> bool:
    """Remove an attribute and tell whether it was there."""
    return bool(get_prim_at_path(prim).RemoveProperty(attribute_name or name or ""))


def is_prim_valid(prim: Any) -> bool:
    """Tell whether a path, a prim or a schema object leads to a prim."""
    return bool(get_prim_at_path(prim))


def is_prim_non_root_articulation_link(prim: Any) -> bool:
    """Tell whether a prim is a link of a robot: never, robots are not simulated."""
    return False


def join_prim_paths(*paths: Any) -> str:
    """Return paths joined by single slashes."""
    parts = [get_prim_path(path).strip("/") for path in paths]
    head = "/" if get_prim_path(paths[0]).startswith("/") else ""
    return head + "/".join(part for part in parts if part)


def get_prim_attribute_names(prim: str | Usd.Prim) -> list[str]:
    """Return the attribute names."""
    return [attribute.GetName() for attribute in get_prim_at_path(prim).GetAttributes()]
