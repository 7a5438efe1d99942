"""Write things that consist of parts, each a mesh with a look and a substance of its own, as USD."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pxr import Sdf, Usd, UsdGeom, UsdShade, Vt

from scenes.meshes import bind, define_material
from scenes.tokens import made_of, warm_vertices

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]
Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Look:
    """What a part looks like and is made of.

    Args:
        token, coating, attributes: SimReady non-visual names.
        color: linear base colour, where there is no image.
        image: (h, w, 3) uint8 sRGB, mapped by the part's `st`.
        roughness, metallic: of the preview surface.
    """

    token: str
    coating: str = "none"
    attributes: tuple[str, ...] = ("none",)
    color: Colour = (0.5, 0.5, 0.5)
    image: NDArray[np.uint8] | None = field(default=None, compare=False)
    roughness: float = 0.8
    metallic: float = 0.0


@dataclass(frozen=True)
class Part:
    """One mesh.

    Args:
        name: of its prim.
        points: (n, 3) metres.
        faces: (m, 3) or (m, 4) indices, counter-clockwise from outside.
        normals: (n, 3) unit.
        look: colour and substance.
        st: texture coordinates, (m, k, 2) of the faces' corners or (n, 2) of the points.
        warmth: (n,) K above the part's temperature, or None.
    """

    name: str
    points: Floats
    faces: Ints
    normals: Floats
    look: Look
    st: Floats | None = None
    warmth: Floats | None = None


def author_part(stage: Usd.Stage, root: str, part: Part, folder: Path) -> UsdGeom.Mesh:
    """Author one part at `<root>/<name>`, its material at `<root>/Looks/<name>`, its image in `folder`."""
    points = np.ascontiguousarray(part.points, np.float32)
    mesh = UsdGeom.Mesh.Define(stage, f"{root}/{part.name}")
    mesh.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(points))
    mesh.CreateFaceVertexCountsAttr(Vt.IntArray.FromNumpy(np.full(len(part.faces), part.faces.shape[1], np.int32)))
    mesh.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(np.ascontiguousarray(part.faces, np.int32).ravel()))
    mesh.CreateNormalsAttr(Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(part.normals, np.float32)))
    mesh.SetNormalsInterpolation(UsdGeom.Tokens.vertex)
    mesh.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
    mesh.CreateExtentAttr(Vt.Vec3fArray.FromNumpy(np.stack([points.min(0), points.max(0)])))
    mesh.CreateDoubleSidedAttr(True)
    if part.st is not None:
        kind = UsdGeom.Tokens.faceVarying if part.st.ndim == 3 else UsdGeom.Tokens.vertex
        st = UsdGeom.PrimvarsAPI(mesh).CreatePrimvar("st", Sdf.ValueTypeNames.TexCoord2fArray, kind)
        st.Set(Vt.Vec2fArray.FromNumpy(np.ascontiguousarray(part.st, np.float32).reshape(-1, 2)))
    if part.warmth is not None:
        warm_vertices(mesh, part.warmth)
    bind(mesh.GetPrim(), author_look(stage, f"{root}/Looks/{part.name}", part.look, folder))
    return mesh


def author_look(stage: Usd.Stage, path: str, look: Look, folder: Path) -> UsdShade.Material:
    """Author a material with its substance; an image is written to `folder`, in or below that of the stage's file."""
    texture = None
    if look.image is not None:
        name = f"{path.rpartition('/')[2].lower()}.png"
        cv2.imwrite(str(folder / name), look.image[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 3])
        texture = f"./{(folder / name).relative_to(Path(stage.GetRootLayer().realPath).parent)}"
    material = define_material(
        stage,
        path,
        color=None if texture else look.color,
        texture=texture,
        roughness=look.roughness,
        metallic=look.metallic,
    )
    made_of(material, look.token, look.coating, look.attributes)
    return material


def new_asset(path: Path, name: str, facts: Mapping[str, str | float]) -> Usd.Stage:
    """Begin an asset file: metres, z up, an Xform `/<name>` as its default prim with `replicant:<fact>` attributes."""
    stage = Usd.Stage.CreateNew(str(path))
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.z)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    root = UsdGeom.Xform.Define(stage, f"/{name}").GetPrim()
    stage.SetDefaultPrim(root)
    for key, value in facts.items():
        kind = Sdf.ValueTypeNames.String if isinstance(value, str) else Sdf.ValueTypeNames.Double
        root.CreateAttribute(f"replicant:{key}", kind, True).Set(value)
    return stage


def write_parts(path: Path, name: str, parts: Sequence[Part], facts: Mapping[str, str | float]) -> None:
    """Write a thing's file: `/<name>` with its parts, textures beside it."""
    stage = new_asset(path, name, facts)
    for part in parts:
        author_part(stage, f"/{name}", part, path.parent)
    stage.GetRootLayer().Save()
