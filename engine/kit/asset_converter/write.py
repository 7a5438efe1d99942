"""Write a model as a USD file: meshes below `/World` and their materials below `/World/Looks`, as Kit does."""

from __future__ import annotations

import os
import re
from typing import Any

import numpy as np
from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade, Vt

from .model import Look, Model, Part

CENTIMETRE = 0.01


def write_usd(model: Model, target: str, context: Any) -> None:
    """Write a model.

    Args:
        model: what to write.
        target: path of the USD file.
        context: `ignore_materials`, `merge_all_meshes`, `use_meter_as_world_unit`, `convert_stage_up_z` and `_y`.
    """
    stage = Usd.Stage.CreateNew(target)
    root = UsdGeom.Xform.Define(stage, "/World")
    stage.SetDefaultPrim(root.GetPrim())
    up = "Z" if context.convert_stage_up_z else "Y" if context.convert_stage_up_y else model.up
    UsdGeom.SetStageUpAxis(stage, up)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0 if context.use_meter_as_world_unit else model.metres or CENTIMETRE)
    if up != model.up:
        root.AddRotateXYZOp().Set(Gf.Vec3f(90.0 if up == "Z" else -90.0, 0.0, 0.0))
    looks = {} if context.ignore_materials else _looks(stage, model, target)
    names: set[str] = set()
    for part in _merged(model.parts) if context.merge_all_meshes else model.parts:
        mesh = _mesh(stage, f"/World/{_free(part.name, names)}", part)
        if part.look in looks:
            UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(looks[part.look])
    stage.GetRootLayer().Save()


def _free(name: str, names: set[str]) -> str:
    """Return an identifier that no other prim has."""
    word = re.sub(r"\W", "_", name, flags=re.ASCII) or "Mesh"
    word = word if not word[0].isdigit() else f"_{word}"
    free, number = word, 0
    while free in names | {"Looks"}:
        number += 1
        free = f"{word}_{number:02d}"
    names.add(free)
    return free


def _merged(parts: list[Part]) -> list[Part]:
    """Join the meshes of each material."""
    joined: dict[str, list[Part]] = {}
    for part in parts:
        joined.setdefault(part.look, []).append(part)
    return [_join(group) for group in joined.values()]


def _join(parts: list[Part]) -> Part:
    first = np.cumsum([0] + [len(part.points) for part in parts[:-1]])
    normals = [part.normals for part in parts if part.normals is not None]
    uvs = [part.uvs for part in parts if part.uvs is not None]
    return Part(
        parts[0].name,
        np.concatenate([part.points for part in parts]),
        np.concatenate([part.counts for part in parts]),
        np.concatenate([part.indices + start for part, start in zip(parts, first, strict=True)]),
        np.concatenate(normals) if len(normals) == len(parts) else None,
        np.concatenate(uvs) if len(uvs) == len(parts) else None,
        parts[0].look,
    )


def _mesh(stage: Usd.Stage, path: str, part: Part) -> UsdGeom.Mesh:
    mesh = UsdGeom.Mesh.Define(stage, path)
    mesh.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(part.points.astype(np.float32)))
    mesh.CreateFaceVertexCountsAttr(Vt.IntArray.FromNumpy(part.counts.astype(np.int32)))
    mesh.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(part.indices.astype(np.int32)))
    mesh.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
    mesh.CreateExtentAttr(UsdGeom.Mesh.ComputeExtent(mesh.GetPointsAttr().Get()))
    if part.normals is not None:
        mesh.CreateNormalsAttr(Vt.Vec3fArray.FromNumpy(part.normals.astype(np.float32)))
        mesh.SetNormalsInterpolation(UsdGeom.Tokens.faceVarying)
    if part.uvs is not None:
        kind = Sdf.ValueTypeNames.TexCoord2fArray
        st = UsdGeom.PrimvarsAPI(mesh).CreatePrimvar("st", kind, UsdGeom.Tokens.faceVarying)
        st.Set(Vt.Vec2fArray.FromNumpy(part.uvs.astype(np.float32)))
    return mesh


def _looks(stage: Usd.Stage, model: Model, target: str) -> dict[str, UsdShade.Material]:
    if not model.looks:
        return {}
    UsdGeom.Scope.Define(stage, "/World/Looks")
    names: set[str] = set()
    return {
        name: _look(stage, f"/World/Looks/{_free(name, names)}", look, target) for name, look in model.looks.items()
    }


def _look(stage: Usd.Stage, path: str, look: Look, target: str) -> UsdShade.Material:
    """Author a UsdPreviewSurface, whose colour comes from a picture if there is one."""
    types = Sdf.ValueTypeNames
    material = UsdShade.Material.Define(stage, path)
    shader = UsdShade.Shader.Define(stage, f"{path}/Shader")
    shader.CreateIdAttr("UsdPreviewSurface")
    color = shader.CreateInput("diffuseColor", types.Color3f)
    color.Set(Gf.Vec3f(*look.color))
    shader.CreateInput("roughness", types.Float).Set(look.roughness)
    shader.CreateInput("metallic", types.Float).Set(look.metallic)
    shader.CreateInput("opacity", types.Float).Set(look.opacity)
    if any(look.emission):
        shader.CreateInput("emissiveColor", types.Color3f).Set(Gf.Vec3f(*look.emission))
    if look.texture:
        color.ConnectToSource(_picture(stage, path, _file(look, target), target))
    material.CreateSurfaceOutput().ConnectToSource(shader.ConnectableAPI(), "surface")
    return material


def _file(look: Look, target: str) -> str:
    """Return the path of a material's picture; one out of the model's own file is written to `textures/`."""
    if not look.picture:
        return look.texture
    path = os.path.join(os.path.dirname(os.path.abspath(target)), "textures", look.texture)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(look.picture)
    return path


def _picture(stage: Usd.Stage, path: str, texture: str, target: str) -> UsdShade.Output:
    types = Sdf.ValueTypeNames
    reader = UsdShade.Shader.Define(stage, f"{path}/Coordinates")
    reader.CreateIdAttr("UsdPrimvarReader_float2")
    reader.CreateInput("varname", types.String).Set("st")
    picture = UsdShade.Shader.Define(stage, f"{path}/Picture")
    picture.CreateIdAttr("UsdUVTexture")
    beside = os.path.relpath(texture, os.path.dirname(os.path.abspath(target)))
    picture.CreateInput("file", types.Asset).Set(Sdf.AssetPath(f"./{beside}" if not beside.startswith(".") else beside))
    picture.CreateInput("sourceColorSpace", types.Token).Set("sRGB")
    for side in ("wrapS", "wrapT"):
        picture.CreateInput(side, types.Token).Set("repeat")
    coordinates = reader.CreateOutput("result", types.Float2)
    picture.CreateInput("st", types.Float2).ConnectToSource(coordinates)
    return picture.CreateOutput("rgb", types.Float3)
