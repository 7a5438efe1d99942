"""omni.usd: the context and small questions about prims."""

from __future__ import annotations

import enum
from typing import Any

from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade

from ..usd_context import Selection, StageEventType, UsdContext, get_context
from .usd_references import (
    check_ancestral,
    create_material_input,
    get_composed_payloads_from_prim,
    get_composed_references_from_prim,
    get_local_transform_SRT,
    get_prop_at_path,
    get_prop_val,
    get_url_from_prim,
    handle_exception,
    is_usd_readable_filetype,
    set_prop_val,
)

__all__ = [
    "Selection",
    "StageEventType",
    "StageRenderingEventType",
    "UsdContext",
    "UsdContextInitialLoadSet",
    "check_ancestral",
    "create_material_input",
    "duplicate_prim",
    "get_all_child_prims",
    "get_composed_payloads_from_prim",
    "get_composed_references_from_prim",
    "get_context",
    "get_context_from_stage_id",
    "get_local_transform_SRT",
    "get_local_transform_matrix",
    "get_prim_at_path",
    "get_prop_at_path",
    "get_prop_val",
    "get_shader_from_material",
    "get_stage_next_free_path",
    "get_url_from_prim",
    "get_world_transform_matrix",
    "handle_exception",
    "is_path_valid",
    "is_usd_readable_filetype",
    "make_path_relative_to_current_edit_target",
    "set_prop_val",
]

NOW = Usd.TimeCode.Default()


class StageRenderingEventType(enum.IntEnum):
    """What the renderer tells."""

    NEW_FRAME = 0
    HYDRA_ENGINE_FRAMES_ADDED = 1
    HYDRA_ENGINE_FRAMES_COMPLETE = 2


class UsdContextInitialLoadSet(enum.IntEnum):
    """Whether payloads are loaded on opening."""

    LOAD_NONE = 0
    LOAD_ALL = 1


def get_context_from_stage_id(stage_id: int) -> UsdContext:
    """Return the one context."""
    return get_context()


def get_world_transform_matrix(prim: Usd.Prim, time_code: Any = NOW) -> Gf.Matrix4d:
    """Return local to world, row vectors, of a prim (identity if it cannot be placed)."""
    xformable = UsdGeom.Xformable(prim)
    return xformable.ComputeLocalToWorldTransform(_time(time_code)) if xformable else Gf.Matrix4d(1.0)


def get_local_transform_matrix(prim: Usd.Prim, time_code: Any = NOW) -> Gf.Matrix4d:
    """Return local to parent, row vectors, of a prim (identity if it cannot be placed)."""
    xformable = UsdGeom.Xformable(prim)
    return xformable.GetLocalTransformation(_time(time_code)) if xformable else Gf.Matrix4d(1.0)


def _time(time_code: Any) -> Usd.TimeCode:
    return time_code if isinstance(time_code, Usd.TimeCode) else Usd.TimeCode(float(time_code))


def get_stage_next_free_path(stage: Usd.Stage, path: str, prepend_default_prim: bool = True) -> str:
    """Return `path`, or the first of `path_01`, `path_02` ... that holds no prim yet.

    Args:
        stage: where to look.
        path: wanted prim path.
        prepend_default_prim: put the default prim, if there is one, in front of a path outside of it.
    """
    wanted = Sdf.Path(path).MakeAbsolutePath(Sdf.Path.absoluteRootPath)
    if prepend_default_prim and stage.HasDefaultPrim():
        root = stage.GetDefaultPrim().GetPath()
        wanted = wanted if wanted.HasPrefix(root) else wanted.ReplacePrefix(Sdf.Path.absoluteRootPath, root)
    free, number = wanted, 0
    while stage.GetPrimAtPath(free):
        number += 1
        free = wanted.ReplaceName(f"{_stem(wanted.name)}_{number:02d}")
    return str(free)


def _stem(name: str) -> str:
    head, _, tail = name.rpartition("_")
    return head if head and tail.isdigit() else name


def get_prim_at_path(path: Any, usd_context_name: str = "") -> Usd.Prim:
    """Return the prim of a path on the open stage."""
    return get_context().get_stage().GetPrimAtPath(Sdf.Path(str(path)))  # type: ignore[union-attr]


def is_path_valid(path: Any, context_name: str = "") -> bool:
    """Tell whether a prim lies at a path of the open stage."""
    return bool(get_prim_at_path(path))


def get_all_child_prims(prim: Usd.Prim) -> list[Usd.Prim]:
    """Return every descendant, depth first."""
    return list(Usd.PrimRange(prim))[1:]


def duplicate_prim(stage: Usd.Stage, prim_path: str, path_to: str, duplicate_layers: bool = True) -> bool:
    """Copy a prim within the edit target (from the layer that defines it)."""
    target = stage.GetEditTarget().GetLayer()
    for spec in stage.GetPrimAtPath(prim_path).GetPrimStack():
        if Sdf.CreatePrimInLayer(target, Sdf.Path(path_to).GetParentPath()) or True:
            return bool(Sdf.CopySpec(spec.layer, spec.path, target, Sdf.Path(path_to)))
    return False


def get_shader_from_material(prim: Usd.Prim | UsdShade.Material, get_prim: bool = False) -> Any:
    """Return the surface shader of a material, given as prim or as schema, or None."""
    prim = prim.GetPrim() if isinstance(prim, Usd.SchemaBase) else prim
    if not prim or not prim.IsA(UsdShade.Material):
        return None
    output = UsdShade.Material(prim).ComputeSurfaceSource("mdl") or UsdShade.Material(prim).ComputeSurfaceSource()
    shader = output[0] if isinstance(output, tuple) else output
    if not shader:
        return None
    return shader.GetPrim() if get_prim else shader


def make_path_relative_to_current_edit_target(url: str) -> str:
    """Return the address unchanged; the engine's stages have no folder of their own."""
    return url
