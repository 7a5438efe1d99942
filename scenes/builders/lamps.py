"""Room light: a soft dome and rectangular lamps under the ceiling."""

from __future__ import annotations

import numpy as np
from pxr import Gf, Usd, UsdGeom, UsdLux


def build(
    stage: Usd.Stage,
    path: str,
    rng: np.random.Generator,
    *,
    lamps: int = 2,
    height: float = 2.4,
    intensity: float = 6000.0,
    ambient: float = 120.0,
) -> None:
    """Hang `lamps` rectangular lights as `<path>/Lamp_<n>` and a dome `<path>/Ambient`.

    Args:
        stage: the stage, metres, z up.
        path: prim path.
        rng: places the lamps.
        lamps: how many.
        height: metres.
        intensity: UsdLux intensity of each lamp.
        ambient: UsdLux intensity of the dome.

    Raises:
        ValueError: if a number is negative.
    """
    if min(lamps, height, intensity, ambient) < 0:
        raise ValueError("lamps, height, intensity and ambient must be 0 or more")
    UsdGeom.Xform.Define(stage, path)
    UsdLux.DomeLight.Define(stage, f"{path}/Ambient").CreateIntensityAttr(ambient)
    for number in range(lamps):
        lamp = UsdLux.RectLight.Define(stage, f"{path}/Lamp_{number}")
        lamp.CreateWidthAttr(0.9)
        lamp.CreateHeightAttr(0.4)
        lamp.CreateIntensityAttr(intensity)
        angle = 2 * np.pi * number / max(lamps, 1) + float(rng.uniform(0, 1))
        place = Gf.Vec3d(1.1 * float(np.cos(angle)), 1.1 * float(np.sin(angle)), height)
        UsdGeom.XformCommonAPI(lamp).SetTranslate(place)
