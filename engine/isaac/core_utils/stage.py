"""isaacsim.core.utils.stage: open, make, save and look at the stage."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterable

from pxr import Sdf, Usd, UsdGeom

from ...app import get_app
from ...kit.usd import get_stage_next_free_path
from ...usd_context import get_context

_override: list[Usd.Stage] = []


@contextlib.contextmanager
def use_stage(stage: Usd.Stage) -> Generator[None, None, None]:
    """Make every function here work on another stage for a while."""
    _override.append(stage)
    try:
        yield
    finally:
        _override.pop()


def get_current_stage(fabric: bool = False) -> Usd.Stage:
    """Return the open stage (there is no Fabric; `fabric` is accepted)."""
    return _override[-1] if _override else get_context().get_stage()


def get_current_stage_id() -> int:
    """Return the id of the stage in the USD stage cache."""
    return get_context().get_stage_id()


def update_stage() -> None:
    """Run one app frame."""
    get_app().update()


async def update_stage_async() -> None:
    """Wait one app frame."""
    await get_app().next_update_async()


def set_stage_up_axis(axis: str = "z") -> None:
    """Set the up axis, "x", "y" or "z".

    Raises:
        ValueError: if the axis is another word.
    """
    if axis.lower() not in ("x", "y", "z"):
        raise ValueError(f"set_stage_up_axis('{axis}'): expected 'x', 'y' or 'z'")
    UsdGeom.SetStageUpAxis(get_current_stage(), axis.upper())


def get_stage_up_axis() -> str:
    """Return the up axis, "Y" or "Z"."""
    return str(UsdGeom.GetStageUpAxis(get_current_stage()))


def clear_stage(predicate: Callable[[str], bool] | None = None) -> None:
    """Remove every prim (or those whose path `predicate` takes) that scripts may remove."""
    for prim in list(get_current_stage().GetPseudoRoot().GetAllChildren()):
        path = str(prim.GetPath())
        if not path.startswith("/Omniverse") and (predicate is None or predicate(path)):
            get_current_stage().RemovePrim(prim.GetPath())


def print_stage_prim_paths(fabric: bool = False) -> None:
    """Print the path of every prim."""
    for prim in get_current_stage().Traverse():
        print(prim.GetPath())


def add_reference_to_stage(usd_path: str, prim_path: str, prim_type: str = "Xform") -> Usd.Prim:
    """Reference a USD file at a path and return its prim.

    Raises:
        FileNotFoundError: if USD cannot find the file.
    """
    stage = get_current_stage()
    if Sdf.Layer.FindOrOpen(str(usd_path)) is None:
        raise FileNotFoundError(f"add_reference_to_stage: the usd file at path {usd_path} provided wasn't found")
    prim = stage.GetPrimAtPath(prim_path) or stage.DefinePrim(prim_path, prim_type)
    prim.GetReferences().AddReference(str(usd_path))
    return prim


def create_new_stage() -> bool:
    """Replace the stage by an empty one."""
    return get_context().new_stage()


def create_new_stage_in_memory() -> Usd.Stage:
    """Return a new stage that is not the open one."""
    return Usd.Stage.CreateInMemory()


async def create_new_stage_async() -> None:
    """Replace the stage by an empty one and wait one app frame."""
    await get_context().new_stage_async()


def open_stage(usd_path: str) -> bool:
    """Open a USD file.

    Raises:
        FileNotFoundError: if USD cannot open it.
    """
    return get_context().open_stage(str(usd_path))


async def open_stage_async(usd_path: str) -> tuple[bool, str]:
    """Open a USD file and return (success, error)."""
    return await get_context().open_stage_async(str(usd_path))


def save_stage(usd_path: str, save_and_reload_in_place: bool = True) -> bool:
    """Write the stage to a file."""
    return bool(get_current_stage().GetRootLayer().Export(str(usd_path)))


def close_stage(callback_fn: Callable[..., None] | None = None) -> bool:
    """Drop the stage."""
    return get_context().close_stage()


def set_livesync_stage(usd_path: str, enable: bool) -> bool:
    """Tell that there is no live session."""
    return False


def traverse_stage(fabric: bool = False) -> Iterable[Usd.Prim]:
    """Return every prim."""
    return get_current_stage().Traverse()


def is_stage_loading() -> bool:
    """Tell whether files are still loading: never, USD loads before it returns."""
    return get_context().get_stage_loading_status()[2] > 0


def set_stage_units(stage_units_in_meters: float) -> None:
    """Set the metres a unit."""
    UsdGeom.SetStageMetersPerUnit(get_current_stage(), stage_units_in_meters)


def get_stage_units() -> float:
    """Return the metres a unit."""
    return float(UsdGeom.GetStageMetersPerUnit(get_current_stage()))


def get_next_free_path(path: str, parent: str | None = None) -> str:
    """Return the first path of this name, below `parent`, that holds no prim yet."""
    full = f"{parent.rstrip('/')}/{path.lstrip('/')}" if parent else path
    return get_stage_next_free_path(get_current_stage(), full, parent is None)


def remove_deleted_references() -> int:
    """Remove "deleted" reference list items of the root layer and return how many there were."""
    removed = 0

    def visit(path: Sdf.Path) -> None:
        nonlocal removed
        spec = layer.GetPrimAtPath(path) if path.IsPrimPath() else None
        if spec is not None and spec.referenceList.deletedItems:
            removed += len(spec.referenceList.deletedItems)
            spec.referenceList.deletedItems.clear()

    layer = get_current_stage().GetRootLayer()
    layer.Traverse(Sdf.Path.absoluteRootPath, visit)
    return removed
