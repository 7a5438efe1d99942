"""Authoring of single prims: shapes, cameras, lights, materials, labels and names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from pxr import Gf, Sdf, Usd, UsdGeom, UsdLux, UsdShade, Vt

from engine.graph.attributes import guess_type, typed
from engine.replicator.functional.authoring_labels import apply_semantics
from engine.replicator.functional.authoring_meshes import SHAPES, MeshArrays
from engine.replicator.functional.authoring_pose import set_pose, write_poses
from engine.replicator.functional.mdl_presets import read_preset

__all__ = ["apply_semantics", "bind_material", "define_camera", "define_light", "define_mdl", "define_omnipbr"]
__all__ += ["define_shape", "free_path", "free_paths", "set_pose", "write_poses"]

LIGHTS = {
    "cylinder": UsdLux.CylinderLight,
    "disk": UsdLux.DiskLight,
    "distant": UsdLux.DistantLight,
    "dome": UsdLux.DomeLight,
    "rect": UsdLux.RectLight,
    "sphere": UsdLux.SphereLight,
}
OMNIPBR_TYPES = {
    "diffuse_color_constant": Sdf.ValueTypeNames.Color3f,
    "emissive_color": Sdf.ValueTypeNames.Color3f,
    "project_uvw": Sdf.ValueTypeNames.Bool,
    "enable_emission": Sdf.ValueTypeNames.Bool,
    "texture_scale": Sdf.ValueTypeNames.Float2,
    "texture_translate": Sdf.ValueTypeNames.Float2,
}


def free_path(stage: Usd.Stage, parent: str, name: str) -> str:
    """Return `parent/name`, or the first of `parent/name_01`, ... at which there is no prim."""
    return free_paths(stage, parent, name, 1)[0]


def free_paths(stage: Usd.Stage, parent: str, name: str, count: int) -> list[str]:
    """Return `count` different paths below `parent` at which there is no prim: name, name_01, name_02 ..."""
    base, number = f"{parent.rstrip('/')}/{name}", 0
    paths: list[str] = []
    while len(paths) < count:
        path = f"{base}_{number:02d}" if number else base
        number += 1
        if not stage.GetPrimAtPath(path):
            paths.append(path)
    return paths


def define_shape(stage: Usd.Stage, kind: str, path: str, as_mesh: bool = True) -> Usd.Prim:
    """Author a primitive shape, one metre in size.

    Args:
        stage: stage to author on.
        kind: capsule, cone, cube, cylinder, disk, plane, sphere or torus.
        path: path of the new prim.
        as_mesh: author a Mesh instead of the UsdGeom primitive (always for disk, plane and torus).

    Raises:
        ValueError: if the kind is unknown.
    """
    if kind not in SHAPES:
        raise ValueError(f"define_shape: kind={kind!r} was given; expected one of: {', '.join(sorted(SHAPES))}")
    unit = 1.0 / UsdGeom.GetStageMetersPerUnit(stage)
    axis = str(UsdGeom.GetStageUpAxis(stage))
    if as_mesh or kind in ("disk", "plane", "torus"):
        return _define_mesh(stage, path, SHAPES[kind](), unit, axis)
    prim = stage.DefinePrim(path, kind.capitalize())
    half = 0.5 * unit
    if kind == "cube":
        UsdGeom.Cube(prim).CreateSizeAttr(unit)
    elif kind == "capsule":
        return _define_capsule(prim, half, axis)
    else:
        prim.GetAttribute("radius").Set(half)
    if kind in ("cylinder", "cone"):
        prim.GetAttribute("height").Set(unit)
        prim.GetAttribute("axis").Set(axis)
    prim.GetAttribute("extent").Set([Gf.Vec3f(-half), Gf.Vec3f(half)])
    return prim


def _define_capsule(prim: Usd.Prim, half: float, axis: str) -> Usd.Prim:
    """Author a capsule whose length is twice `half` and twice its width."""
    for name, value in (("radius", half / 2), ("height", half), ("axis", axis)):
        prim.GetAttribute(name).Set(value)
    reach = [half if side == axis else half / 2 for side in "XYZ"]
    prim.GetAttribute("extent").Set([Gf.Vec3f(*(-part for part in reach)), Gf.Vec3f(*reach)])
    return prim


def _define_mesh(stage: Usd.Stage, path: str, arrays: MeshArrays, unit: float, axis: str) -> Usd.Prim:
    order = [0, 1, 2] if axis == "Z" else [1, 2, 0]  # (x, y, z) -> (y, z, x) keeps the handedness
    points, normals = arrays.points[:, order] * unit, arrays.normals[:, order]
    mesh = UsdGeom.Mesh.Define(stage, path)
    mesh.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(points.astype(np.float32)))
    mesh.CreateFaceVertexCountsAttr(Vt.IntArray.FromNumpy(arrays.counts.astype(np.int32)))
    mesh.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(arrays.indices.astype(np.int32)))
    mesh.CreateNormalsAttr(Vt.Vec3fArray.FromNumpy(normals.astype(np.float32)))
    mesh.SetNormalsInterpolation(UsdGeom.Tokens.faceVarying)
    mesh.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
    mesh.CreateExtentAttr([Gf.Vec3f(*points.min(0).tolist()), Gf.Vec3f(*points.max(0).tolist())])
    uvs = UsdGeom.PrimvarsAPI(mesh).CreatePrimvar("st", Sdf.ValueTypeNames.TexCoord2fArray, "faceVarying")
    uvs.Set(Vt.Vec2fArray.FromNumpy(arrays.uvs.astype(np.float32)))
    return mesh.GetPrim()


def define_camera(stage: Usd.Stage, path: str, **attributes: Any) -> Usd.Prim:
    """Author a perspective camera and the attributes given by their USD names."""
    camera = UsdGeom.Camera.Define(stage, path)
    camera.CreateProjectionAttr(UsdGeom.Tokens.perspective)
    for name, value in attributes.items():
        camera.GetPrim().GetAttribute(name).Set(value)
    return camera.GetPrim()


def define_light(stage: Usd.Stage, path: str, light_type: str, **attributes: Any) -> Usd.Prim:
    """Author a light and the inputs given by their USD names without `inputs:`.

    Raises:
        ValueError: if the type is unknown.
    """
    kind = str(light_type).lower()
    if kind not in LIGHTS:
        raise ValueError(f"define_light: light_type={light_type!r} was given; expected one of: {', '.join(LIGHTS)}")
    prim = LIGHTS[kind].Define(stage, path).GetPrim()
    for name, value in attributes.items():
        prim.GetAttribute(f"inputs:{name}").Set(value)
    return prim


def define_mdl(stage: Usd.Stage, path: str, mdl: str, **inputs: Any) -> Usd.Prim:
    """Author a Material with an MDL shader.

    Args:
        stage: stage to author on.
        path: path of the new Material.
        mdl: MDL file, e.g. "OmniPBR.mdl"; the material in it bears the file's name. A local file that only sets
            parameters of another material is authored as that one.
        **inputs: inputs by their MDL names. Textures are files; the type of other inputs OmniPBR lacks is that of
            their value.
    """
    preset = read_preset(str(mdl))
    if preset is not None:
        mdl, inputs = f"{preset.base}.mdl", {**preset.inputs, **inputs}
    material = UsdShade.Material.Define(stage, path)
    shader = UsdShade.Shader.Define(stage, f"{path}/Shader")
    shader.SetSourceAsset(Sdf.AssetPath(str(mdl)), "mdl")
    shader.SetSourceAssetSubIdentifier(Path(str(mdl)).stem, "mdl")
    shader.CreateOutput("out", Sdf.ValueTypeNames.Token)
    for output in ("surface", "displacement", "volume"):
        material.CreateOutput(f"mdl:{output}", Sdf.ValueTypeNames.Token).ConnectToSource(shader.ConnectableAPI(), "out")
    for name, value in inputs.items():
        kind = input_type(name, value)
        shader.CreateInput(name, kind).Set(typed(value, str(kind)))
    return material.GetPrim()


def input_type(name: str, value: Any) -> Sdf.ValueTypeName:
    """Return the USD type of an MDL input: OmniPBR's where the name is one of its own, else that of the value."""
    if name in OMNIPBR_TYPES:
        return OMNIPBR_TYPES[name]
    if isinstance(value, Sdf.AssetPath) or name.endswith("texture"):
        return Sdf.ValueTypeNames.Asset
    kind = guess_type(value)
    if kind == Sdf.ValueTypeNames.Int and not name.endswith("index"):
        return Sdf.ValueTypeNames.Float
    return Sdf.ValueTypeNames.Color3f if kind == Sdf.ValueTypeNames.Float3 and "color" in name else kind


def define_omnipbr(stage: Usd.Stage, path: str, **inputs: Any) -> Usd.Prim:
    """Author an OmniPBR material: Material with an MDL shader, and the inputs given by their MDL names."""
    return define_mdl(stage, path, "OmniPBR.mdl", **inputs)


def bind_material(prim: Usd.Prim, material: Usd.Prim, stronger: bool = True) -> None:
    """Bind a material, by default stronger than the bindings of descendants."""
    strength = UsdShade.Tokens.strongerThanDescendants if stronger else UsdShade.Tokens.weakerThanDescendants
    UsdShade.MaterialBindingAPI.Apply(prim).Bind(UsdShade.Material(material), strength)
