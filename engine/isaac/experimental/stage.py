"""isaacsim.core.experimental.utils.stage: open, make, save and look at the stage."""

from __future__ import annotations

from typing import Any

from pxr import Sdf, Usd, UsdGeom, UsdPhysics, UsdUtils

from ...kit.stage_templates import furnish
from ...kit.usd import get_stage_next_free_path
from ...usd_context import get_context
from ..core_utils.stage import add_reference_to_stage as _add_reference
from ..core_utils.stage import (
    close_stage,
    get_stage_up_axis,
    is_stage_loading,
    save_stage,
    use_stage,
)
from ..core_utils.stage import get_current_stage as _current

__all__ = [
    "add_reference_to_stage",
    "close_stage",
    "create_new_stage",
    "create_new_stage_async",
    "define_prim",
    "delete_prim",
    "generate_next_free_path",
    "generate_stage_representation",
    "get_current_stage",
    "get_stage_id",
    "get_stage_time_code",
    "get_stage_units",
    "get_stage_up_axis",
    "is_stage_loading",
    "is_stage_set",
    "move_prim",
    "open_stage",
    "open_stage_async",
    "save_stage",
    "set_stage_time_code",
    "set_stage_units",
    "set_stage_up_axis",
    "use_stage",
]


def is_stage_set() -> bool:
    """Tell whether there is a stage."""
    return _current() is not None


def get_current_stage(*, backend: str | None = None) -> Usd.Stage:
    """Return the open stage.

    Raises:
        ValueError: if a Fabric backend is asked for.
    """
    if backend not in (None, "usd"):
        raise ValueError(f"get_current_stage(backend='{backend}'): the embedded engine has only the 'usd' backend")
    return _current()


def get_stage_id(stage: Usd.Stage) -> int:
    """Return the id of a stage in the USD stage cache."""
    return int(UsdUtils.StageCache.Get().Insert(stage).ToLongInt())


def generate_stage_representation(mode: str = "tree") -> str:
    """Return the prims as text: a line of path and type each ("list"), or names and types indented ("tree").

    Raises:
        ValueError: if the mode is another word.
    """
    if mode not in ("list", "tree"):
        raise ValueError(f"generate_stage_representation(mode='{mode}'): expected 'list' or 'tree'")
    if mode == "list":
        return "\n".join(f"{prim.GetPath()} ({prim.GetTypeName()})" for prim in _current().Traverse())
    lines = []
    for prim in [_current().GetPseudoRoot(), *_current().Traverse()]:
        depth = prim.GetPath().pathElementCount
        lines.append(f"{'   ' * (depth - 1)}{'- ' if depth else ''}{prim.GetPath().name} ({prim.GetTypeName()})")
    return "\n".join(lines)


def create_new_stage(*, template: str | None = None) -> Usd.Stage:
    """Replace the stage by an empty one ("sunlight" and "default stage" add a light) and return it."""
    get_context().new_stage()
    return _furnish(template)


async def create_new_stage_async(*, template: str | None = None) -> Usd.Stage:
    """Replace the stage by an empty one, wait one app frame and return it."""
    await get_context().new_stage_async()
    return _furnish(template)


def _furnish(template: str | None) -> Usd.Stage:
    furnish(get_context().get_stage(), template or "empty")
    return get_context().get_stage()  # type: ignore[return-value]


def open_stage(usd_path: str) -> tuple[bool, Usd.Stage | None]:
    """Open a USD file and return (success, stage).

    Raises:
        FileNotFoundError: if USD cannot open it.
    """
    return (get_context().open_stage(str(usd_path)), get_context().get_stage())


async def open_stage_async(usd_path: str) -> tuple[bool, Usd.Stage | None]:
    """Open a USD file, wait one app frame and return (success, stage)."""
    opened, _ = await get_context().open_stage_async(str(usd_path))
    return (opened, get_context().get_stage())


def add_reference_to_stage(
    usd_path: str, path: str, *, prim_type: str = "Xform", variants: list[tuple[str, str]] | None = None
) -> Usd.Prim:
    """Reference a USD file at a path, choose variants and return its prim."""
    prim = _add_reference(usd_path, path, prim_type)
    for name, choice in variants or []:
        prim.GetVariantSet(name).SetVariantSelection(choice)
    return prim


def get_stage_units() -> tuple[float, float]:
    """Return (metres a unit, kilograms a unit)."""
    return (UsdGeom.GetStageMetersPerUnit(_current()), UsdPhysics.GetStageKilogramsPerUnit(_current()))


def set_stage_units(*, meters_per_unit: float | None = None, kilograms_per_unit: float | None = None) -> None:
    """Set metres and kilograms a unit."""
    if meters_per_unit is not None:
        UsdGeom.SetStageMetersPerUnit(_current(), meters_per_unit)
    if kilograms_per_unit is not None:
        UsdPhysics.SetStageKilogramsPerUnit(_current(), kilograms_per_unit)


def set_stage_up_axis(up_axis: str) -> None:
    """Set the up axis, "Y" or "Z"."""
    UsdGeom.SetStageUpAxis(_current(), up_axis)


def get_stage_time_code() -> tuple[float, float, float]:
    """Return (first time code, last time code, time codes a second)."""
    stage = _current()
    return (stage.GetStartTimeCode(), stage.GetEndTimeCode(), stage.GetTimeCodesPerSecond())


def set_stage_time_code(
    *,
    start_time_code: float | None = None,
    end_time_code: float | None = None,
    time_codes_per_second: float | None = None,
) -> None:
    """Set the first and last time code and the rate."""
    stage = _current()
    if start_time_code is not None:
        stage.SetStartTimeCode(start_time_code)
    if end_time_code is not None:
        stage.SetEndTimeCode(end_time_code)
    if time_codes_per_second is not None:
        stage.SetTimeCodesPerSecond(time_codes_per_second)


def define_prim(path: str, type_name: str = "Xform") -> Usd.Prim:
    """Define a prim, or return the one that is there with this type.

    Raises:
        ValueError: if the path is not absolute or a prim of another type lies there.
    """
    if not (str(path).startswith("/") and Sdf.Path.IsValidPathString(str(path))):
        raise ValueError(f"define_prim('{path}'): expected an absolute prim path such as /World/Cube")
    prim = _current().GetPrimAtPath(str(path))
    if prim and prim.GetTypeName() not in ("", type_name):
        raise ValueError(f"define_prim('{path}', '{type_name}'): a {prim.GetTypeName()} lies there already")
    return _current().DefinePrim(str(path), type_name)


def delete_prim(prim: str | Usd.Prim) -> bool:
    """Remove a prim and tell whether it was there."""
    path = prim if isinstance(prim, str) else str(prim.GetPath())
    return bool(_current().RemovePrim(path))


def move_prim(target: str | Usd.Prim, destination: str | Usd.Prim) -> tuple[bool, str]:
    """Rename or reparent a prim and return (success, new path)."""
    source, end = (Sdf.Path(str(p if isinstance(p, str) else p.GetPath())) for p in (target, destination))
    editor: Any = Usd.NamespaceEditor(_current())
    moved = editor.MovePrimAtPath(source, end) and editor.ApplyEdits()
    return (bool(moved), str(end))


def generate_next_free_path(path: str | None = None, *, prepend_default_prim: bool = True) -> str:
    """Return the first path of this name that holds no prim yet."""
    return get_stage_next_free_path(_current(), path or "/Prim", prepend_default_prim)
