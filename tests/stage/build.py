"""Small prims for the tests."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import Sdf, Usd, UsdGeom, UsdSemantics, UsdShade

from engine.stage.scene import Instance, SceneSnapshot

SQUARE = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)]


def mesh(
    stage: Usd.Stage,
    path: str,
    points: Any = SQUARE,
    counts: Any = (4,),
    indices: Any = (0, 1, 2, 3),
    scheme: str = "none",
) -> UsdGeom.Mesh:
    made = UsdGeom.Mesh.Define(stage, path)
    made.CreatePointsAttr([tuple(map(float, p)) for p in points])
    made.CreateFaceVertexCountsAttr(list(counts))
    made.CreateFaceVertexIndicesAttr(list(indices))
    made.CreateSubdivisionSchemeAttr(scheme)
    return made


def primvar(made: Any, name: str, kind: Any, interpolation: str, values: Any, indices: Any = None) -> UsdGeom.Primvar:
    found = UsdGeom.PrimvarsAPI(made).CreatePrimvar(name, kind, interpolation)
    found.Set(values)
    if indices is not None:
        found.SetIndices(indices)
    return found


def label(prim: Any, **labels: Any) -> None:
    for kind, names in labels.items():
        api = UsdSemantics.LabelsAPI.Apply(prim.GetPrim(), kind)
        api.CreateLabelsAttr(list(names) if isinstance(names, list | tuple) else [names])


def preview(stage: Usd.Stage, path: str, **inputs: Any) -> UsdShade.Material:
    """A UsdPreviewSurface; an input given as (shader, output) is connected."""
    material = UsdShade.Material.Define(stage, path)
    shader = UsdShade.Shader.Define(stage, f"{path}/Surface")
    shader.CreateIdAttr("UsdPreviewSurface")
    for name, value in inputs.items():
        kind = Sdf.ValueTypeNames.Color3f if "olor" in name else Sdf.ValueTypeNames.Float
        if name == "normal":
            kind = Sdf.ValueTypeNames.Normal3f
        if name == "useSpecularWorkflow":
            kind = Sdf.ValueTypeNames.Int
        made = shader.CreateInput(name, kind)
        if isinstance(value, tuple) and isinstance(value[0], UsdShade.Shader):
            made.ConnectToSource(value[0].ConnectableAPI(), value[1])
        else:
            made.Set(value)
    material.CreateSurfaceOutput().ConnectToSource(shader.ConnectableAPI(), "surface")
    return material


def node(stage: Usd.Stage, path: str, kind: str, output: str, **inputs: Any) -> UsdShade.Shader:
    """A shading node with typed inputs: name=(type, value or (shader, output))."""
    shader = UsdShade.Shader.Define(stage, path)
    shader.CreateIdAttr(kind)
    shader.CreateOutput(output, Sdf.ValueTypeNames.Float3)
    for name, (type_name, value) in inputs.items():
        made = shader.CreateInput(name, type_name)
        if isinstance(value, tuple) and isinstance(value[0], UsdShade.Shader):
            made.ConnectToSource(value[0].ConnectableAPI(), value[1])
        else:
            made.Set(value)
    return shader


def mdl(stage: Usd.Stage, path: str, name: str = "OmniPBR", **inputs: Any) -> UsdShade.Material:
    """An MDL material; inputs are (type, value)."""
    material = UsdShade.Material.Define(stage, path)
    shader = UsdShade.Shader.Define(stage, f"{path}/Shader")
    shader.SetSourceAsset(Sdf.AssetPath(f"{name}.mdl"), "mdl")
    shader.SetSourceAssetSubIdentifier(name, "mdl")
    for key, (kind, value) in inputs.items():
        shader.CreateInput(key, kind).Set(value)
    material.CreateSurfaceOutput("mdl").ConnectToSource(shader.ConnectableAPI(), "out")
    return material


def bind(prim: Any, material: UsdShade.Material, **options: Any) -> None:
    UsdShade.MaterialBindingAPI.Apply(prim.GetPrim()).Bind(material, **options)


def only(scene: SceneSnapshot) -> Instance:
    assert len(scene.instances) == 1, [item.prim_path for item in scene.instances]
    return scene.instances[0]


def world_points(item: Instance) -> np.ndarray:
    matrix = item.world_from_local
    return item.mesh.points @ matrix[:3, :3].T + matrix[:3, 3]


def areas(item: Instance) -> np.ndarray:
    a, b, c = (item.mesh.points[item.mesh.triangles[:, i]].astype(np.float64) for i in range(3))
    return np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2


def area(item: Instance) -> float:
    return float(areas(item).sum())


def volume(item: Instance) -> float:
    """Signed volume inside a closed mesh: positive if it is seen counter-clockwise from outside."""
    a, b, c = (item.mesh.points[item.mesh.triangles[:, i]].astype(np.float64) for i in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)
