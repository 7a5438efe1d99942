"""The inside of a car: seats, pillars, doors, roof, with a lamp that only near-infrared cameras see."""

from __future__ import annotations

import numpy as np
from pxr import Gf, Sdf, Usd, UsdGeom, UsdLux

from scenes.vehicles.cabin import cabin_asset


def build(
    stage: Usd.Stage,
    path: str,
    rng: np.random.Generator,
    *,
    flood: float = 5.0,
    half_angle: float = 40.0,
    band: str = "nir940",
    place: tuple[float, float, float] = (0.66, 0.02, 1.00),
    target: tuple[float, float, float] = (-0.14, 0.0, 0.93),
    glow: float = 0.0,
) -> None:
    """Reference a cabin at `path`; `<path>/Flood` is the infrared lamp, `<path>/Glow` the light of the instruments.

    Args:
        stage: the stage, metres, z up; the driver's hips are over the origin.
        path: prim path.
        rng: chooses the cabin.
        flood: radiated in the band, W.
        half_angle: off the lamp's axis, where its intensity is half, degrees.
        band: nir850 or nir940.
        place, target: where the lamp is and looks, metres.
        glow: UsdLux intensity of the instruments.

    Raises:
        ValueError: for an unknown band, or a number that is out of range.
    """
    if band not in ("nir850", "nir940"):
        raise ValueError(f"band '{band}' is unknown; choose nir850 or nir940")
    if flood < 0 or glow < 0 or not 0 < half_angle < 90:
        raise ValueError(f"flood is {flood}, glow {glow}, half_angle {half_angle}; expected 0 or more, 0 to 90 degrees")
    UsdGeom.Xform.Define(stage, path)
    body = stage.DefinePrim(f"{path}/Body", "Xform")
    body.GetReferences().AddReference(str(cabin_asset(int(rng.integers(1, 1000)))))
    lamp = UsdLux.SphereLight.Define(stage, f"{path}/Flood")
    lamp.CreateRadiusAttr(0.004)
    lamp.CreateIntensityAttr(0.0)
    lamp.GetPrim().CreateAttribute(f"band:{band}:power", Sdf.ValueTypeNames.Float).Set(flood)
    lamp.GetPrim().CreateAttribute(f"band:{band}:halfAngle", Sdf.ValueTypeNames.Float).Set(half_angle)
    matrix = Gf.Matrix4d().SetLookAt(Gf.Vec3d(*place), Gf.Vec3d(*target), Gf.Vec3d(0, 0, 1)).GetInverse()
    lamp.AddTransformOp().Set(matrix)
    light = UsdLux.RectLight.Define(stage, f"{path}/Glow")
    light.CreateWidthAttr(0.3)
    light.CreateHeightAttr(0.08)
    light.CreateIntensityAttr(glow)
    light.CreateColorAttr(Gf.Vec3f(0.75, 0.85, 1.0))
    light.AddTransformOp().Set(
        Gf.Matrix4d().SetLookAt(Gf.Vec3d(0.72, 0.0, 0.72), Gf.Vec3d(-0.12, 0, 0.8), Gf.Vec3d(0, 0, 1)).GetInverse()
    )
