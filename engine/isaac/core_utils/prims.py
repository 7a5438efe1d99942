"""isaacsim.core.utils.prims: find, make, move and change prims."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from pxr import Gf, Sdf, Usd, UsdGeom

from .prim_kinds import (
    get_articulation_root_api_prim_path,
    get_prim_object_type,
    is_prim_ancestral,
    is_prim_hidden_in_stage,
    is_prim_no_delete,
    is_prim_non_root_articulation_link,
    query_parent_path,
    set_prim_hide_in_stage_window,
    set_prim_no_delete,
)
from .prims_create import create_prim
from .semantics import add_labels
from .stage import get_current_stage

__all__ = [
    "add_labels",
    "create_prim",
    "define_prim",
    "delete_prim",
    "find_matching_prim_paths",
    "get_all_matching_child_prims",
    "get_articulation_root_api_prim_path",
    "get_first_matching_child_prim",
    "get_first_matching_parent_prim",
    "get_prim_at_path",
    "get_prim_attribute_names",
    "get_prim_attribute_value",
    "get_prim_children",
    "get_prim_object_type",
    "get_prim_parent",
    "get_prim_path",
    "get_prim_property",
    "get_prim_type_name",
    "is_prim_ancestral",
    "is_prim_hidden_in_stage",
    "is_prim_no_delete",
    "is_prim_non_root_articulation_link",
    "is_prim_path_valid",
    "is_prim_root_path",
    "move_prim",
    "query_parent_path",
    "set_prim_attribute_value",
    "set_prim_hide_in_stage_window",
    "set_prim_no_delete",
    "set_prim_property",
    "set_prim_visibility",
    "set_targets",
]


def get_prim_at_path(prim_path: str, fabric: bool = False) -> Usd.Prim:
    """Return the prim at a path (invalid if there is none)."""
    return get_current_stage().GetPrimAtPath(str(prim_path))


def is_prim_path_valid(prim_path: str, fabric: bool = False) -> bool:
    """Tell whether a prim lies at a path."""
    return bool(get_prim_at_path(prim_path))


def define_prim(prim_path: str, prim_type: str = "Xform", fabric: bool = False) -> Usd.Prim:
    """Define a prim at a free path.

    Raises:
        RuntimeError: if a prim lies there already.
    """
    if is_prim_path_valid(prim_path):
        raise RuntimeError(f"a prim already exists at prim path: {prim_path}")
    return get_current_stage().DefinePrim(prim_path, prim_type)


def delete_prim(prim_path: str) -> None:
    """Remove a prim."""
    get_current_stage().RemovePrim(str(prim_path))


def move_prim(path_from: str, path_to: str) -> None:
    """Rename or reparent a prim."""
    editor = Usd.NamespaceEditor(get_current_stage())
    editor.MovePrimAtPath(Sdf.Path(str(path_from)), Sdf.Path(str(path_to)))
    editor.ApplyEdits()


def get_prim_type_name(prim_path: Any, fabric: bool = False) -> str:
    """Return the type name of the prim at a path.

    Raises:
        ValueError: if there is no prim.
    """
    return str(_required(prim_path).GetTypeName())


def get_prim_attribute_names(prim_path: str, fabric: bool = False) -> list[str]:
    """Return the attribute names of a prim."""
    return [attribute.GetName() for attribute in _required(prim_path).GetAttributes()]


def get_prim_attribute_value(prim_path: str, attribute_name: str, fabric: bool = False) -> Any:
    """Return the value of an attribute."""
    return _required(prim_path).GetAttribute(attribute_name).Get()


def set_prim_attribute_value(prim_path: str, attribute_name: str, value: Any, fabric: bool = False) -> None:
    """Set the value of an attribute."""
    _required(prim_path).GetAttribute(attribute_name).Set(value)


get_prim_property = get_prim_attribute_value


def set_prim_property(prim_path: str, property_name: str, property_value: Any) -> None:
    """Set the value of an attribute; a sequence is turned into the type that is there."""
    attribute = _required(prim_path).GetAttribute(property_name)
    kind = type(attribute.Get())
    is_vector = isinstance(property_value, Sequence) and not isinstance(property_value, str)
    attribute.Set(kind(*property_value) if is_vector and kind.__module__ == Gf.__name__ else property_value)


def _required(prim_path: Any) -> Usd.Prim:
    prim = get_prim_at_path(str(prim_path))
    if not prim:
        raise ValueError(f"no prim at path '{prim_path}'; expected the path of a prim of the open stage")
    return prim


def get_first_matching_child_prim(
    prim_path: str, predicate: Callable[[str], bool], fabric: bool = False
) -> Usd.Prim | None:
    """Return the first prim at or below a path whose path `predicate` takes, breadth first."""
    queue = [_required(prim_path)]
    while queue:
        prim = queue.pop(0)
        if predicate(str(prim.GetPath())):
            return prim
        queue.extend(prim.GetChildren())
    return None


def get_first_matching_parent_prim(prim_path: str, predicate: Callable[[str], bool]) -> Usd.Prim | None:
    """Return the nearest prim at or above a path whose path `predicate` takes."""
    prim = _required(prim_path)
    while prim and not prim.IsPseudoRoot():
        if predicate(str(prim.GetPath())):
            return prim
        prim = prim.GetParent()
    return None


def get_all_matching_child_prims(
    prim_path: str, predicate: Callable[[str], bool] = lambda path: True, depth: int | None = None
) -> list[Usd.Prim]:
    """Return every prim at or below a path whose path `predicate` takes, down to `depth` levels."""
    root = _required(prim_path)
    base = root.GetPath().pathElementCount
    found = [prim for prim in Usd.PrimRange(root) if predicate(str(prim.GetPath()))]
    return [prim for prim in found if depth is None or prim.GetPath().pathElementCount - base <= depth]


def find_matching_prim_paths(prim_path_regex: str, prim_type: str | None = None) -> list[str]:
    """Return the paths that a pattern matches, part by part between slashes; `*` and `.*` stand for any characters."""
    parts = [part.replace(".*", "*").replace("*", ".*") for part in str(prim_path_regex).strip("/").split("/")]
    found = matching_paths(parts)
    return [path for path in found if prim_type in (None, "", get_prim_at_path(path).GetTypeName())]


def matching_paths(parts: Sequence[str]) -> list[str]:
    """Return the paths whose names are matched wholly by regular expressions, one a level."""
    level = [get_current_stage().GetPseudoRoot()]
    for part in parts:
        pattern = re.compile(part)
        level = [child for prim in level for child in prim.GetChildren() if pattern.fullmatch(child.GetName())]
    return [str(prim.GetPath()) for prim in level]


def get_prim_children(prim: Usd.Prim) -> list[Usd.Prim]:
    """Return the children of a prim."""
    return list(prim.GetChildren())


def get_prim_parent(prim: Usd.Prim) -> Usd.Prim:
    """Return the parent of a prim."""
    return prim.GetParent()


def get_prim_path(prim: Usd.Prim) -> str:
    """Return the path of a prim."""
    return str(prim.GetPath())


def is_prim_root_path(prim_path: str) -> bool:
    """Tell whether a path is "/"."""
    return prim_path == "/"


def set_prim_visibility(prim: Usd.Prim, visible: bool) -> None:
    """Show or hide a prim."""
    imageable = UsdGeom.Imageable(prim)
    imageable.MakeVisible() if visible else imageable.MakeInvisible()


def set_targets(prim: Usd.Prim, attribute: str, target_prim_paths: list[Any]) -> None:
    """Set the targets of a relationship, made if it is not there."""
    relationship = prim.GetRelationship(attribute) or prim.CreateRelationship(attribute)
    relationship.SetTargets([Sdf.Path(str(path)) for path in target_prim_paths])
