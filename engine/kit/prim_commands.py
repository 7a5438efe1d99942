"""The commands behind `omni.kit.commands.execute`: plain edits of the open stage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade

from ..usd_context import get_context
from .usd import get_stage_next_free_path


def _stage() -> Usd.Stage:
    return get_context().get_stage()


def create_prim(
    prim_type: str,
    prim_path: str | None = None,
    select_new_prim: bool = True,
    attributes: dict[str, Any] | None = None,
    create_default_xform: bool = True,
    **accepted: Any,
) -> str:
    """Define a prim at a path, or at the next free path of its type, and return the path."""
    path = prim_path or get_stage_next_free_path(_stage(), f"/{prim_type}")
    prim = _stage().DefinePrim(str(path), prim_type)
    for name, value in (attributes or {}).items():
        attribute = prim.GetAttribute(str(name))
        if attribute:
            attribute.Set(value)
    return str(path)


def delete_prims(paths: Sequence[Any], destructive: bool = True, **accepted: Any) -> None:
    """Remove prims; one that another layer defines is made inactive."""
    for path in paths:
        _stage().RemovePrim(Sdf.Path(str(path)))
        prim = _stage().GetPrimAtPath(Sdf.Path(str(path)))
        if prim:
            prim.SetActive(False)


def move_prim(path_from: Any, path_to: Any, keep_world_transform: bool = True, **accepted: Any) -> None:
    """Rename or reparent a prim."""
    editor = Usd.NamespaceEditor(_stage())
    editor.MovePrimAtPath(Sdf.Path(str(path_from)), Sdf.Path(str(path_to)))
    editor.ApplyEdits()


def copy_prim(path_from: Any, path_to: Any = None, duplicate_layers: bool = False, **accepted: Any) -> str:
    """Copy a prim and return the path of the copy."""
    target = str(path_to or get_stage_next_free_path(_stage(), str(path_from)))
    layer = _stage().GetEditTarget().GetLayer()
    for spec in _stage().GetPrimAtPath(str(path_from)).GetPrimStack():
        Sdf.CreatePrimInLayer(layer, Sdf.Path(target))
        Sdf.CopySpec(spec.layer, spec.path, layer, Sdf.Path(target))
        break
    return target


def change_property(prop_path: Any, value: Any, prev: Any = None, **accepted: Any) -> None:
    """Set an attribute; made with the type of the value's USD schema if it is not there."""
    path = Sdf.Path(str(prop_path))
    attribute = _stage().GetAttributeAtPath(path)
    if not attribute:
        kind = accepted.get("type_to_create_if_not_exist") or Sdf.GetValueTypeNameForValue(value)
        attribute = _stage().GetPrimAtPath(path.GetPrimPath()).CreateAttribute(path.name, kind)
    attribute.Set(value)


def transform_prim(path: Any, new_transform_matrix: Gf.Matrix4d, **accepted: Any) -> None:
    """Replace the local transform of a prim by one matrix (row vectors)."""
    xformable = UsdGeom.Xformable(_stage().GetPrimAtPath(Sdf.Path(str(path))))
    xformable.ClearXformOpOrder()
    xformable.MakeMatrixXform().Set(Gf.Matrix4d(new_transform_matrix))


def transform_prim_srt(
    path: Any,
    new_translation: Any = (0, 0, 0),
    new_rotation_euler: Any = (0, 0, 0),
    new_scale: Any = (1, 1, 1),
    **accepted: Any,
) -> None:
    """Set translation, Euler angles XYZ (degrees) and scale of a prim."""
    api = UsdGeom.XformCommonAPI(_stage().GetPrimAtPath(Sdf.Path(str(path))))
    api.SetXformVectors(
        Gf.Vec3d(*new_translation),
        Gf.Vec3f(*new_rotation_euler),
        Gf.Vec3f(*new_scale),
        Gf.Vec3f(0),
        UsdGeom.XformCommonAPI.RotationOrderXYZ,
        Usd.TimeCode.Default(),
    )


def create_reference(path_to: Any, asset_path: str, instanceable: bool = True, **accepted: Any) -> None:
    """Define an Xform that references a file."""
    prim = _stage().DefinePrim(Sdf.Path(str(path_to)), "Xform")
    prim.GetReferences().AddReference(asset_path)
    prim.SetInstanceable(instanceable)


def bind_material(
    prim_path: Any, material_path: Any, strength: str = UsdShade.Tokens.weakerThanDescendants, **accepted: Any
) -> None:
    """Bind a material to one prim or to several."""
    paths = prim_path if isinstance(prim_path, list | tuple) else [prim_path]
    material = UsdShade.Material(_stage().GetPrimAtPath(Sdf.Path(str(material_path))))
    for path in paths:
        UsdShade.MaterialBindingAPI.Apply(_stage().GetPrimAtPath(Sdf.Path(str(path)))).Bind(material, strength)


def create_mdl_material(
    mtl_url: str, mtl_name: str, mtl_path: str, select_new_prim: bool = False, **accepted: Any
) -> None:
    """Define a material whose surface is one MDL module's material."""
    material = UsdShade.Material.Define(_stage(), mtl_path)
    shader = UsdShade.Shader.Define(_stage(), f"{mtl_path}/Shader")
    shader.SetSourceAsset(Sdf.AssetPath(mtl_url), "mdl")
    shader.SetSourceAssetSubIdentifier(mtl_name, "mdl")
    for output in (material.CreateSurfaceOutput("mdl"), material.CreateVolumeOutput("mdl")):
        output.ConnectToSource(shader.ConnectableAPI(), "out")


def toggle_visibility(selected_paths: Sequence[Any], **accepted: Any) -> None:
    """Hide what is shown and show what is hidden."""
    for path in selected_paths:
        imageable = UsdGeom.Imageable(_stage().GetPrimAtPath(Sdf.Path(str(path))))
        hidden = imageable.ComputeVisibility() == UsdGeom.Tokens.invisible
        imageable.MakeVisible() if hidden else imageable.MakeInvisible()


COMMANDS: dict[str, Callable[..., Any]] = {
    "BindMaterial": bind_material,
    "ChangeProperty": change_property,
    "CopyPrim": copy_prim,
    "CreateMdlMaterialPrim": create_mdl_material,
    "CreatePrim": create_prim,
    "CreatePrimWithDefaultXform": create_prim,
    "CreateReference": create_reference,
    "DeletePrims": delete_prims,
    "MovePrim": move_prim,
    "ToggleVisibilitySelectedPrims": toggle_visibility,
    "TransformPrim": transform_prim,
    "TransformPrimSRT": transform_prim_srt,
}
