"""Sun and sky: a dome light with a painted sky and a distant light for the sun."""

from __future__ import annotations

import numpy as np
from pxr import Gf, Sdf, Usd, UsdGeom, UsdLux

from scenes.landscape.daylight import SUN_ANGLE, known_presets


def build(stage: Usd.Stage, path: str, rng: np.random.Generator, *, sky: str = "noon") -> None:
    """Light the stage with one named sky; the randomizer `daylight` changes it.

    Args:
        stage: the stage, z up.
        path: prim path of the group; `<path>/Dome` and `<path>/Sun` are the lights.
        rng: unused; each sky has clouds of its own.
        sky: name of the sky at first.

    Raises:
        ValueError: if there is no such sky.
    """
    known = known_presets()
    if sky not in known:
        raise ValueError(f"sky '{sky}' is unknown; choose from {', '.join(known)}")
    preset = known[sky]
    UsdGeom.Xform.Define(stage, path)
    dome = UsdLux.DomeLight.Define(stage, f"{path}/Dome")
    dome.CreateTextureFileAttr(Sdf.AssetPath(preset.texture))
    dome.CreateTextureFormatAttr(UsdLux.Tokens.latlong)
    dome.CreateIntensityAttr(preset.dome_intensity)
    sun = UsdLux.DistantLight.Define(stage, f"{path}/Sun")
    sun.CreateAngleAttr(SUN_ANGLE)
    sun.CreateIntensityAttr(preset.sun_intensity)
    sun.CreateColorAttr(Gf.Vec3f(*preset.sun_color))
    UsdGeom.XformCommonAPI(sun).SetRotate(Gf.Vec3f(*preset.sun_rotation))
