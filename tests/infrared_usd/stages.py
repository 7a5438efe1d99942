"""Small stages with what users author, and weather with answers from the reference."""

from __future__ import annotations

from typing import Any

from pxr import Sdf, Usd, UsdGeom, UsdShade

from scenes.infrared import Infrared
from scenes.infrared.settings import WeatherSettings
from scenes.labels import label
from tests.bands.stages import plane

FLOAT, TOKEN = Sdf.ValueTypeNames.Float, Sdf.ValueTypeNames.Token
NIGHT = WeatherSettings(air_temperature=283.15, relative_humidity=0.7, wind=2.0, cloud=0.0, hour=0.0)


def open_stage(up: str = "Z") -> Usd.Stage:
    """A stage in metres with a default prim and nothing else."""
    stage = Usd.Stage.CreateInMemory()
    UsdGeom.SetStageUpAxis(stage, up)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    stage.SetDefaultPrim(UsdGeom.Xform.Define(stage, "/World").GetPrim())
    return stage


def say(prim: Usd.Prim, **values: Any) -> Usd.Prim:
    """Author `ir:*` of a prim; "__" stands for ":"."""
    for name, value in values.items():
        kind = TOKEN if isinstance(value, str) else FLOAT
        prim.CreateAttribute("ir:" + name.replace("__", ":"), kind, True).Set(value)
    return prim


def made_of(stage: Usd.Stage, path: str, token: str, coating: str = "none", color: Any = None) -> UsdShade.Material:
    """A material with SimReady tokens and a preview surface."""
    material = UsdShade.Material.Define(stage, path)
    prim = material.GetPrim()
    prim.CreateAttribute("omni:simready:nonvisual:base", TOKEN).Set(token)
    prim.CreateAttribute("omni:simready:nonvisual:coating", TOKEN).Set(coating)
    shader = UsdShade.Shader.Define(stage, f"{path}/Shader")
    shader.CreateIdAttr("UsdPreviewSurface")
    shader.CreateInput("diffuseColor", Sdf.ValueTypeNames.Color3f).Set(color or (0.5, 0.5, 0.5))
    material.CreateSurfaceOutput().ConnectToSource(shader.ConnectableAPI(), "surface")
    return material


def bind(prim: Usd.Prim, material: UsdShade.Material) -> Usd.Prim:
    """Bind a material."""
    UsdShade.MaterialBindingAPI.Apply(prim).Bind(material)
    return prim


def thing(stage: Usd.Stage, path: str, name: str, *parts: str, at: float = 0.0) -> Usd.Prim:
    """A labelled Xform with squares for parts."""
    top = UsdGeom.Xform.Define(stage, path)
    UsdGeom.XformCommonAPI(top).SetTranslate((at, 0.0, 0.0))
    label(top.GetPrim(), name)
    for number, part in enumerate(parts):
        plane(stage, f"{path}/{part}", 1.0, height=0.1 * number)
    return top.GetPrim()


def infrared(*outputs: str, weather: WeatherSettings = NIGHT, **section: Any) -> Infrared:
    """A section with outputs, by default both thermal ones."""
    return Infrared(weather=weather, outputs=outputs or ("thermal_lwir", "thermal_mwir"), **section)


def session(stage: Usd.Stage) -> dict[str, Any]:
    """Everything that the session layer says, by property path."""
    layer, found = stage.GetSessionLayer(), {}

    def visit(path: Sdf.Path) -> None:
        if path.IsPropertyPath():
            value = layer.GetAttributeAtPath(path).default
            found[str(path)] = tuple(value) if hasattr(value, "__len__") else value

    layer.Traverse("/", visit)
    return found
