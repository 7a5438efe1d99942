"""Author meshes and preview-surface materials from arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade, Vt

from scenes.tokens import made_of

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]


def define_mesh(
    stage: Usd.Stage,
    path: str,
    points: Floats,
    triangles: Ints,
    *,
    normals: Floats | None = None,
    uvs: Floats | None = None,
    colors: Floats | None = None,
    double_sided: bool = False,
) -> UsdGeom.Mesh:
    """Author a triangle mesh.

    Args:
        stage: the stage.
        path: prim path.
        points: (n, 3) stage units.
        triangles: (m, 3) indices, counter-clockwise from outside.
        normals: (n, 3) unit vectors; None means flat shading.
        uvs: (n, 2) texture coordinates, v up.
        colors: (n, 3) or (1, 3) linear displayColor.
        double_sided: seen from both sides.
    """
    mesh = UsdGeom.Mesh.Define(stage, path)
    points = np.ascontiguousarray(points, np.float32)
    mesh.GetPointsAttr().Set(Vt.Vec3fArray.FromNumpy(points))
    mesh.GetFaceVertexCountsAttr().Set(Vt.IntArray.FromNumpy(np.full(len(triangles), 3, np.int32)))
    mesh.GetFaceVertexIndicesAttr().Set(Vt.IntArray.FromNumpy(np.ascontiguousarray(triangles, np.int32).ravel()))
    mesh.GetSubdivisionSchemeAttr().Set(UsdGeom.Tokens.none)
    mesh.GetExtentAttr().Set(Vt.Vec3fArray.FromNumpy(np.stack([points.min(axis=0), points.max(axis=0)])))
    if double_sided:
        mesh.GetDoubleSidedAttr().Set(True)
    if normals is not None:
        mesh.GetNormalsAttr().Set(Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(normals, np.float32)))
        mesh.SetNormalsInterpolation(UsdGeom.Tokens.vertex)
    api = UsdGeom.PrimvarsAPI(mesh)
    if uvs is not None:
        primvar = api.CreatePrimvar("st", Sdf.ValueTypeNames.TexCoord2fArray, UsdGeom.Tokens.vertex)
        primvar.Set(Vt.Vec2fArray.FromNumpy(np.ascontiguousarray(uvs, np.float32)))
    if colors is not None:
        kind = UsdGeom.Tokens.constant if len(colors) == 1 else UsdGeom.Tokens.vertex
        primvar = api.CreatePrimvar("displayColor", Sdf.ValueTypeNames.Color3fArray, kind)
        primvar.Set(Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(colors, np.float32)))
    return mesh


def define_material(
    stage: Usd.Stage,
    path: str,
    *,
    color: tuple[float, float, float] | None = None,
    texture: str | None = None,
    vertex_color: bool = False,
    roughness: float = 0.8,
    metallic: float = 0.0,
    substance: str = "",
) -> UsdShade.Material:
    """Author a UsdPreviewSurface, and beyond the visible what it is made of.

    Args:
        stage: the stage.
        path: material prim path.
        color: linear base colour.
        texture: sRGB base-colour image file, mapped by the primvar `st`.
        vertex_color: base colour comes from displayColor.
        roughness: 0 mirror .. 1 matte.
        metallic: 0 or 1.
        substance: SimReady base token, or token and coating as in "steel/paint"; "" does not say.
    """
    material = UsdShade.Material.Define(stage, path)
    shader = UsdShade.Shader.Define(stage, f"{path}/Surface")
    shader.CreateIdAttr("UsdPreviewSurface")
    shader.CreateInput("roughness", Sdf.ValueTypeNames.Float).Set(roughness)
    shader.CreateInput("metallic", Sdf.ValueTypeNames.Float).Set(metallic)
    base = shader.CreateInput("diffuseColor", Sdf.ValueTypeNames.Color3f)
    if color is not None:
        base.Set(Gf.Vec3f(*color))
    if texture is not None:
        base.ConnectToSource(_texture(stage, path, texture).ConnectableAPI(), "rgb")
    if vertex_color:
        reader = UsdShade.Shader.Define(stage, f"{path}/Color")
        reader.CreateIdAttr("UsdPrimvarReader_float3")
        reader.CreateInput("varname", Sdf.ValueTypeNames.String).Set("displayColor")
        reader.CreateOutput("result", Sdf.ValueTypeNames.Float3)
        base.ConnectToSource(reader.ConnectableAPI(), "result")
    shader.CreateOutput("surface", Sdf.ValueTypeNames.Token)
    material.CreateSurfaceOutput().ConnectToSource(shader.ConnectableAPI(), "surface")
    if substance:
        base, _, coating = substance.partition("/")
        made_of(material, base, coating or "none")
    return material


def _texture(stage: Usd.Stage, path: str, file: str) -> UsdShade.Shader:
    reader = UsdShade.Shader.Define(stage, f"{path}/Uv")
    reader.CreateIdAttr("UsdPrimvarReader_float2")
    reader.CreateInput("varname", Sdf.ValueTypeNames.String).Set("st")
    reader.CreateOutput("result", Sdf.ValueTypeNames.Float2)
    image = UsdShade.Shader.Define(stage, f"{path}/Texture")
    image.CreateIdAttr("UsdUVTexture")
    image.CreateInput("file", Sdf.ValueTypeNames.Asset).Set(file)
    image.CreateInput("sourceColorSpace", Sdf.ValueTypeNames.Token).Set("sRGB")
    for axis in ("wrapS", "wrapT"):
        image.CreateInput(axis, Sdf.ValueTypeNames.Token).Set("repeat")
    image.CreateInput("st", Sdf.ValueTypeNames.Float2).ConnectToSource(reader.ConnectableAPI(), "result")
    image.CreateOutput("rgb", Sdf.ValueTypeNames.Float3)
    return image


def bind(prim: Usd.Prim, material: UsdShade.Material) -> None:
    """Bind a material to a prim."""
    UsdShade.MaterialBindingAPI.Apply(prim).Bind(material)


def smooth_normals(points: Floats, triangles: Ints) -> Floats:
    """Average face normals, weighted by area, at each vertex.

    Args:
        points: (n, 3).
        triangles: (m, 3).

    Returns:
        (n, 3) unit vectors.
    """
    corners = points[triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total = np.zeros_like(points, dtype=np.float64)
    for corner in range(3):
        np.add.at(total, triangles[:, corner], faces)
    return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)


def grid_triangles(rows: int, columns: int, wrap: bool = False) -> Ints:
    """Triangulate a (rows, columns) vertex grid in row-major order; `wrap` closes the columns into a ring."""
    last = columns if wrap else columns - 1
    row, column = np.meshgrid(np.arange(rows - 1), np.arange(last), indexing="ij")
    a = (row * columns + column).ravel()
    b = (row * columns + (column + 1) % columns).ravel()
    return np.concatenate([np.stack([a, b, b + columns], 1), np.stack([a, b + columns, a + columns], 1)])
