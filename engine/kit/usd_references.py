"""More of omni.usd: references and payloads of prims, single properties, material inputs, transforms in parts."""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import Callable
from typing import Any

from pxr import Gf, Pcp, Sdf, Usd, UsdGeom, UsdShade

from ..usd_context import get_context

READABLE = (".usd", ".usda", ".usdc", ".usdz")


def _composed(prim: Usd.Prim, field: str) -> list[tuple[Any, Sdf.Layer]]:
    found = []
    for spec in prim.GetPrimStack():
        found += [(item, spec.layer) for item in getattr(spec, field).GetAddedOrExplicitItems()]
    return found


def get_composed_references_from_prim(
    prim: Usd.Prim, fix_slashes: bool = True
) -> list[tuple[Sdf.Reference, Sdf.Layer]]:
    """Return the references of a prim, each with the layer that holds it."""
    return _composed(prim, "referenceList")


def get_composed_payloads_from_prim(prim: Usd.Prim, fix_slashes: bool = True) -> list[tuple[Sdf.Payload, Sdf.Layer]]:
    """Return the payloads of a prim, each with the layer that holds it."""
    return _composed(prim, "payloadList")


def check_ancestral(prim: Usd.Prim) -> bool:
    """Tell whether a prim comes with a file that a prim above references."""
    root = prim.GetPrimIndex().rootNode if prim else None
    if root is None:
        return False
    kinds = (Pcp.ArcTypeReference, Pcp.ArcTypePayload)
    return any(node.arcType in kinds and node.IsDueToAncestor() for node in root.children)


def get_url_from_prim(prim: Usd.Prim) -> str | None:
    """Return the file that a prim references or loads, None where there is none."""
    for item, layer in (*get_composed_references_from_prim(prim), *get_composed_payloads_from_prim(prim)):
        if item.assetPath:
            return str(layer.ComputeAbsolutePath(item.assetPath))
    return None


def is_usd_readable_filetype(filepath: str) -> bool:
    """Tell whether a file name ends as USD files do."""
    return os.path.splitext(filepath)[1].lower() in READABLE


def get_prop_val(attr: Usd.Attribute, value_at: Any = None) -> Any:
    """Return the value of an attribute."""
    return attr.Get(Usd.TimeCode.Default() if value_at is None else value_at)


def set_prop_val(attr: Usd.Attribute, value: Any, auto_target_layer: bool = True) -> bool:
    """Set the value of an attribute and tell whether that went well."""
    return bool(attr.Set(value))


def get_prop_at_path(path: Any, usd_context_name: str = "") -> Any:
    """Return the property of a path on the open stage, None where there is none."""
    stage = get_context().get_stage()
    return stage.GetPropertyAtPath(Sdf.Path(str(path))) if stage else None


def create_material_input(
    prim: Usd.Prim, name: str, value: Any, vtype: Sdf.ValueTypeName, **accepted: Any
) -> UsdShade.Input | None:
    """Set an input of the surface shader of a material, made if it is not there."""
    from .usd import get_shader_from_material

    shader = get_shader_from_material(prim)
    if shader is None:
        return None
    made = UsdShade.Shader(shader.GetPrim()).CreateInput(name, vtype)
    made.Set(value)
    return made


def get_local_transform_SRT(
    prim: Usd.Prim, time: Usd.TimeCode | None = None
) -> tuple[Gf.Vec3d, Gf.Vec3d, Gf.Vec3i, Gf.Vec3d]:
    """Return scale, Euler angles x, y, z (degrees), their order (0, 1, 2) and translation, in the parent's frame."""
    matrix = UsdGeom.Xformable(prim).GetLocalTransformation(time or Usd.TimeCode.Default())
    parts = Gf.Transform(matrix)
    z, y, x = parts.GetRotation().Decompose(Gf.Vec3d.ZAxis(), Gf.Vec3d.YAxis(), Gf.Vec3d.XAxis())
    return parts.GetScale(), Gf.Vec3d(x, y, z), Gf.Vec3i(0, 1, 2), parts.GetTranslation()


def handle_exception(func: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a coroutine function so that being cancelled is quiet; errors are raised."""

    @functools.wraps(func)
    async def wrapper(*arguments: Any, **named: Any) -> Any:
        try:
            return await func(*arguments, **named)
        except asyncio.CancelledError:
            return None

    return wrapper
