"""Write an animal as a USD file: one Xform, its meshes, their materials and the coat's texture beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade, Vt

from scenes.animals.shapes import Array
from scenes.animals.skin import Ints, Skin
from scenes.animals.solids import Solid
from scenes.tokens import made_of, warm_vertices

Colour = tuple[float, float, float]
# SimReady tokens by part; a wet eye is dark in near infrared as water is, horn and hooves are nearest to leather.
SUBSTANCES = {"Coat": "fur_hair", "Eyes": "water", "Hooves": "leather", "Horns": "leather", "Teats": "skin"}


@dataclass(frozen=True)
class Model:
    """Everything a file holds.

    Args:
        name: of the root prim.
        skin: the body.
        st: texture coordinates (m, 4, 2) of its quads.
        coats: images (h, w, 3) uint8, sRGB; variants of the file.
        solids: further meshes by name, with linear colour and roughness.
        facts: written as `replicant:<key>` attributes of the root.
        warmth: (n,) K by which the skin's points are warmer than the coat, or None.
    """

    name: str
    skin: Skin
    st: Array
    coats: Sequence[Array]
    solids: dict[str, tuple[Solid, Colour, float]] = field(default_factory=dict)
    facts: dict[str, str | float | int] = field(default_factory=dict)
    warmth: Array | None = None


def _mesh(stage: Usd.Stage, path: str, points: Array, faces: Ints, normals: Array) -> UsdGeom.Mesh:
    """Author one polygon mesh."""
    mesh = UsdGeom.Mesh.Define(stage, path)
    points = points.astype(np.float32)
    mesh.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(points))
    mesh.CreateFaceVertexCountsAttr(Vt.IntArray.FromNumpy(np.full(len(faces), faces.shape[1], np.int32)))
    mesh.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(faces.astype(np.int32).ravel()))
    mesh.CreateNormalsAttr(Vt.Vec3fArray.FromNumpy(normals.astype(np.float32)))
    mesh.SetNormalsInterpolation(UsdGeom.Tokens.vertex)
    mesh.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
    mesh.CreateExtentAttr(Vt.Vec3fArray.FromNumpy(np.stack([points.min(0), points.max(0)])))
    return mesh


def _material(stage: Usd.Stage, path: str, roughness: float) -> tuple[UsdShade.Material, UsdShade.Shader]:
    """Author a material with a preview surface of a roughness."""
    material = UsdShade.Material.Define(stage, path)
    surface = UsdShade.Shader.Define(stage, f"{path}/Surface")
    surface.CreateIdAttr("UsdPreviewSurface")
    surface.CreateInput("roughness", Sdf.ValueTypeNames.Float).Set(roughness)
    surface.CreateInput("metallic", Sdf.ValueTypeNames.Float).Set(0.0)
    material.CreateSurfaceOutput().ConnectToSource(surface.ConnectableAPI(), "surface")
    made_of(material, SUBSTANCES[path.rpartition("/")[2]])
    return material, surface


def _textured(stage: Usd.Stage, path: str, image: str, roughness: float) -> UsdShade.Material:
    """Author a material that takes its colour from an image."""
    material, surface = _material(stage, path, roughness)
    reader = UsdShade.Shader.Define(stage, f"{path}/Coordinates")
    reader.CreateIdAttr("UsdPrimvarReader_float2")
    reader.CreateInput("varname", Sdf.ValueTypeNames.String).Set("st")
    texture = UsdShade.Shader.Define(stage, f"{path}/Texture")
    texture.CreateIdAttr("UsdUVTexture")
    texture.CreateInput("file", Sdf.ValueTypeNames.Asset).Set(Sdf.AssetPath(image))
    texture.CreateInput("sourceColorSpace", Sdf.ValueTypeNames.Token).Set("sRGB")
    texture.CreateInput("wrapS", Sdf.ValueTypeNames.Token).Set("clamp")
    texture.CreateInput("wrapT", Sdf.ValueTypeNames.Token).Set("clamp")
    coordinates = reader.CreateOutput("result", Sdf.ValueTypeNames.Float2)
    texture.CreateInput("st", Sdf.ValueTypeNames.Float2).ConnectToSource(coordinates)
    colour = texture.CreateOutput("rgb", Sdf.ValueTypeNames.Float3)
    surface.CreateInput("diffuseColor", Sdf.ValueTypeNames.Color3f).ConnectToSource(colour)
    return material


def _coat_variants(stage: Usd.Stage, root: Usd.Prim, count: int) -> None:
    """Author the variant set `coat`: coat_0, coat_1 ... each reads its own image."""
    image = stage.GetPrimAtPath(f"{root.GetPath()}/Looks/Coat/Texture").GetAttribute("inputs:file")
    image.Clear()
    variants = root.GetVariantSets().AddVariantSet("coat")
    for number in range(count):
        variants.AddVariant(f"coat_{number}")
        variants.SetVariantSelection(f"coat_{number}")
        with variants.GetVariantEditContext():
            image.Set(Sdf.AssetPath(f"./coat_{number}.png"))
    variants.SetVariantSelection("coat_0")


def write_model(model: Model, path: Path) -> None:
    """Write a model to a USD file with its textures, `coat_<n>.png`, beside it; variant set `coat` chooses one."""
    stage = Usd.Stage.CreateNew(str(path))
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.z)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    root = UsdGeom.Xform.Define(stage, f"/{model.name}")
    stage.SetDefaultPrim(root.GetPrim())
    for key, value in model.facts.items():
        kind = Sdf.ValueTypeNames.String if isinstance(value, str) else Sdf.ValueTypeNames.Double
        root.GetPrim().CreateAttribute(f"replicant:{key}", kind, True).Set(value)
    for number, image in enumerate(model.coats):
        cv2.imwrite(str(path.parent / f"coat_{number}.png"), image[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 1])
    body = _mesh(stage, f"/{model.name}/Body", model.skin.points, model.skin.quads, model.skin.normals)
    if model.warmth is not None:
        warm_vertices(body, model.warmth)
    st = UsdGeom.PrimvarsAPI(body).CreatePrimvar("st", Sdf.ValueTypeNames.TexCoord2fArray, UsdGeom.Tokens.faceVarying)
    st.Set(Vt.Vec2fArray.FromNumpy(model.st.reshape(-1, 2).astype(np.float32)))
    coat = _textured(stage, f"/{model.name}/Looks/Coat", "./coat_0.png", 0.66)
    UsdShade.MaterialBindingAPI.Apply(body.GetPrim()).Bind(coat)
    if len(model.coats) > 1:
        _coat_variants(stage, root.GetPrim(), len(model.coats))
    for name, (solid, colour, roughness) in model.solids.items():
        mesh = _mesh(stage, f"/{model.name}/{name}", solid.points, solid.triangles, solid.normals)
        material, surface = _material(stage, f"/{model.name}/Looks/{name}", roughness)
        surface.CreateInput("diffuseColor", Sdf.ValueTypeNames.Color3f).Set(Gf.Vec3f(*colour))
        UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(material)
    stage.GetRootLayer().Save()
