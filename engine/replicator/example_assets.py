"""Small USD assets and MDL materials for rep.example, made by code on first use into the user's cache folder."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from pxr import Usd, UsdGeom

from engine.graph.authoring import shared

SHAPES = {
    "box": ("cube", (0.62, 0.45, 0.28)),
    "ball": ("sphere", (0.75, 0.16, 0.12)),
    "can": ("cylinder", (0.55, 0.57, 0.6)),
    "cone": ("cone", (0.9, 0.35, 0.05)),
    "ring": ("torus", (0.12, 0.3, 0.65)),
}
MATERIALS = {
    "Example_Clay": "diffuse_color_constant: color(0.55f, 0.25f, 0.15f), reflection_roughness_constant: 0.9f",
    "Example_Gold": "diffuse_color_constant: color(0.9f, 0.6f, 0.2f), metallic_constant: 1.0f,\n"
    "    reflection_roughness_constant: 0.25f",
    "Example_Plastic": "diffuse_color_constant: color(0.05f, 0.3f, 0.6f), reflection_roughness_constant: 0.35f",
    "Example_Rubber": "diffuse_color_constant: color(0.03f), reflection_roughness_constant: 0.8f",
}
MDL = """mdl 1.6;

import ::OmniPBR::OmniPBR;

export material {name}(*) = OmniPBR::OmniPBR(
    {parameters}
);
"""
MDL_JSON_EXAMPLE = {
    "name": "ExampleMaterial",
    "shaders": {
        "surface": {
            "mdl": "OmniPBR.mdl",
            "inputs": {
                "diffuse_color_constant": [0.1, 0.5, 0.3],
                "metallic_constant": 0.2,
                "reflection_roughness_constant": 0.4,
            },
        }
    },
    "surface": "surface",
}


def cached(folder: str, name: str, text: str) -> str:
    """Write a file of text into a folder of the cache, unless it is there, and return its path."""
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "replicant" / folder
    path = root / name
    if not path.exists():
        root.mkdir(parents=True, exist_ok=True)
        partial = root / f".{name}.{os.getpid()}"
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    return str(path)


def asset_text(name: str) -> str:
    """Return one asset as USD text: a shape of half a metre that stands on the ground, with a material."""
    kind, color = SHAPES[name]
    stage = Usd.Stage.CreateInMemory()
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.z)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    root = UsdGeom.Xform.Define(stage, f"/{name}")
    stage.SetDefaultPrim(root.GetPrim())
    shape = shared().define_shape(stage, kind, f"/{name}/{name}")
    form = UsdGeom.Xformable(shape)
    form.AddTranslateOp().Set((0.0, 0.0, 0.07 if kind == "torus" else 0.25))
    form.AddScaleOp().Set((0.5, 0.5, 0.5))
    UsdGeom.Scope.Define(stage, f"/{name}/Looks")
    look = shared().define_omnipbr(stage, f"/{name}/Looks/{name}", diffuse_color_constant=color)
    shared().bind_material(shape, look)
    return str(stage.GetRootLayer().ExportToString())


@cache
def assets() -> list[str]:
    """Return the paths of the USD assets."""
    return [cached("assets", f"{name}.usda", asset_text(name)) for name in SHAPES]


@cache
def materials() -> list[str]:
    """Return the paths of the MDL materials."""
    return [
        cached("materials", f"{name}.mdl", MDL.format(name=name, parameters=parameters))
        for name, parameters in MATERIALS.items()
    ]
