"""Stages with bands, and what must come out: formulas of their own, none of the project's."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade, Vt

from engine.render.buffers import Aov, RenderSettings
from engine.render.frame import FrameRenderer
from engine.stage.reader import StageReader

LIMITS = {"lwir": (8.0, 14.0), "lwir_7_13": (7.5, 13.5), "lwir_8_12": (8.0, 12.0), "mwir": (3.0, 5.0)}  # micrometres
C1, C2 = 1.191042972e8, 14387.768775  # W um^4 m^-2 sr^-1, um K (CODATA)
KELVIN = np.arange(180.0, 420.25, 0.25)


def planck(kelvin: float, band: str = "lwir") -> float:
    """In-band radiance by plain quadrature, W m-2 sr-1."""
    wave = np.linspace(*LIMITS[band], 4001)
    return float(np.trapezoid(C1 / (wave**5 * np.expm1(C2 / (wave * kelvin))), wave))


def apparent(radiance: np.ndarray | float, band: str = "lwir") -> np.ndarray:
    """Kelvin of a black body with a radiance."""
    kelvin = np.arange(150.0, 500.0, 0.5)
    return np.interp(radiance, [planck(k, band) for k in kelvin], kelvin)


def new_stage(**bands: dict[str, Any]) -> Usd.Stage:
    """A stage in metres, Z up, with bands: sky (number or table), ground, air (weights, coefficients, kelvin), sun."""
    stage = Usd.Stage.CreateInMemory()
    UsdGeom.SetStageUpAxis(stage, "Z")
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    stage.SetDefaultPrim(UsdGeom.Xform.Define(stage, "/World").GetPrim())
    for name, given in bands.items():
        prim = stage.DefinePrim(f"/World/Bands/{name}")
        table = [planck(k, name) if name in LIMITS else 0.0 for k in KELVIN]
        sky = given.get("sky", 0.0)
        cosines, radiances = sky if isinstance(sky, tuple) else ([0.0, 1.0], [sky, sky])
        floats(prim, "band:temperatures", KELVIN)
        floats(prim, "band:radiances", table)
        floats(prim, "band:sky:cosines", cosines)
        floats(prim, "band:sky:radiances", radiances)
        number(prim, "band:ground:radiance", given.get("ground", sky if not isinstance(sky, tuple) else 0.0))
        number(prim, "band:ambient", given.get("ambient", 300.0))
        if "air" in given:
            weights, coefficients, kelvin = given["air"]
            floats(prim, "band:air:weights", weights)
            floats(prim, "band:air:coefficients", coefficients)
            number(prim, "band:air:radiance", planck(kelvin, name))
        if "sun" in given:
            direction, irradiance = given["sun"]
            prim.CreateAttribute("band:sun:direction", Sdf.ValueTypeNames.Float3).Set(Gf.Vec3f(*direction))
            number(prim, "band:sun:irradiance", irradiance)
    return stage


def number(prim: Usd.Prim, name: str, value: float) -> None:
    prim.CreateAttribute(name, Sdf.ValueTypeNames.Float).Set(float(value))


def floats(prim: Usd.Prim, name: str, values: Any) -> None:
    prim.CreateAttribute(name, Sdf.ValueTypeNames.FloatArray).Set(Vt.FloatArray([float(v) for v in values]))


def mesh(stage: Usd.Stage, path: str, points: Any, faces: Any, kelvin: float | None = None, **band: Any) -> Usd.Prim:
    """A mesh; `lwir=dict(emissivity=0.5)` and so on are authored on it."""
    made = UsdGeom.Mesh.Define(stage, path)
    made.CreatePointsAttr([Gf.Vec3f(*map(float, p)) for p in points])
    made.CreateFaceVertexCountsAttr([len(face) for face in faces])
    made.CreateFaceVertexIndicesAttr([n for face in faces for n in face])
    made.CreateSubdivisionSchemeAttr("none")
    surface(made.GetPrim(), kelvin, **band)
    return made.GetPrim()


def surface(prim: Usd.Prim, kelvin: float | None = None, **bands: dict[str, Any]) -> None:
    if kelvin is not None:
        number(prim, "band:temperature", kelvin)
    for name, values in bands.items():
        for key, value in values.items():
            if isinstance(value, list | tuple):
                floats(prim, f"band:{name}:{key}", value)
            else:
                number(prim, f"band:{name}:{key}", value)


def plane(
    stage: Usd.Stage, path: str, size: float, height: float = 0.0, kelvin: float | None = None, **band: Any
) -> Usd.Prim:
    """A square in x and y about the origin."""
    s = size / 2
    return mesh(
        stage,
        path,
        [(-s, -s, height), (s, -s, height), (s, s, height), (-s, s, height)],
        [(0, 1, 2, 3)],
        kelvin,
        **band,
    )


def box(stage: Usd.Stage, path: str, size: float, kelvin: float | None = None, **band: Any) -> Usd.Prim:
    """A closed cube about the origin."""
    s = size / 2
    points = [(x, y, z) for z in (-s, s) for y in (-s, s) for x in (-s, s)]
    faces = [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5)]
    return mesh(stage, path, points, faces, kelvin, **band)


def disc(stage: Usd.Stage, path: str, radius: float, height: float, kelvin: float, **band: Any) -> Usd.Prim:
    """A horizontal disc of 256 corners."""
    turn = np.arange(256) / 256 * 2 * np.pi
    points = [(radius * np.cos(t), radius * np.sin(t), height) for t in turn]
    return mesh(stage, path, points, [tuple(range(256))], kelvin, **band)


def material(stage: Usd.Stage, path: str, **bands: dict[str, Any]) -> UsdShade.Material:
    made = UsdShade.Material.Define(stage, path)
    surface(made.GetPrim(), None, **bands)
    return made


def camera(stage: Usd.Stage, position: Any, target: Any, up: Any = (0, 0, 1), degrees: float = 30.0) -> str:
    """A square camera; returns its path."""
    path = "/World/Camera"
    made = UsdGeom.Camera.Define(stage, path)
    matrix = Gf.Matrix4d().SetLookAt(Gf.Vec3d(*position), Gf.Vec3d(*target), Gf.Vec3d(*up)).GetInverse()
    made.ClearXformOpOrder()
    made.AddTransformOp().Set(matrix)
    made.CreateHorizontalApertureAttr(20.0)
    made.CreateVerticalApertureAttr(20.0)
    made.CreateFocalLengthAttr(10.0 / np.tan(np.radians(degrees) / 2))
    made.CreateClippingRangeAttr(Gf.Vec2f(0.01, 100000.0))
    return path


def render(
    stage: Usd.Stage, path: str, aov: Aov = Aov.BAND_RADIANCE, size: int = 16, seed: int = 1, **settings: Any
) -> np.ndarray:
    """One buffer through the whole engine: stage, snapshot, renderer."""
    reader = StageReader(stage)
    scene = reader.snapshot()
    view = reader.camera(path, size, size)
    chosen = RenderSettings(**{"band_samples": 64, "band_bounces": 4, **settings})
    return FrameRenderer().render(scene, view, frozenset({aov}), seed, chosen)[aov]
