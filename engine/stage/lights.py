"""UsdLux lights."""

from __future__ import annotations

from math import pi, radians
from typing import Any, Literal, cast

import numpy as np
from pxr import Sdf, Usd, UsdGeom, UsdLux

from engine.stage.bands import read_light as read_band_light
from engine.stage.complaints import Complaints
from engine.stage.scene import Light, Matrix, Rgb, Texture
from engine.stage.textures import color_space, image_file

KINDS = {
    "DistantLight": "distant",
    "DomeLight": "dome",
    "DomeLight_1": "dome",
    "SphereLight": "sphere",
    "RectLight": "rect",
    "PortalLight": "",
    "DiskLight": "disk",
    "CylinderLight": "cylinder",
}
Z_FROM_Y = np.array([[1.0, 0, 0, 0], [0, 0, -1.0, 0], [0, 1.0, 0, 0], [0, 0, 0, 1.0]])  # turns +Y to +Z


class LightInputs:
    """The inputs of one light, with or without the prefix `inputs:` (UsdLux before and after 2021)."""

    def __init__(self, prim: Usd.Prim, time: Usd.TimeCode) -> None:
        self.prim, self.time = prim, time
        self.varies = False

    def value(self, name: str, default: Any) -> Any:
        """Return an input: the authored one, else the schema's fallback, else the default."""
        for full in (f"inputs:{name}", name):
            attribute = self.prim.GetAttribute(full)
            if attribute and attribute.HasAuthoredValue():
                self.varies |= attribute.ValueMightBeTimeVarying()
                found = attribute.Get(self.time)
                return default if found is None else found
        attribute = self.prim.GetAttribute(f"inputs:{name}")
        found = attribute.Get() if attribute else None
        return default if found is None else found

    def number(self, name: str, default: float) -> float:
        """Return a number."""
        return float(self.value(name, default))


def read_light(prim: Usd.Prim, time: Usd.TimeCode, world: Matrix, complaints: Complaints) -> tuple[Light | None, bool]:
    """Read a light.

    Args:
        prim: a UsdLux light.
        time: when.
        world: its world_from_local.
        complaints: where warnings go.

    Returns:
        The light (None for kinds that light nothing themselves), and whether it may vary over time.
    """
    kind = KINDS.get(str(prim.GetTypeName()))
    if not kind:
        complaints.warn(f"{prim.GetPath()}: lights of type {prim.GetTypeName()} are not used; expected {_known()}")
        return None, False
    inputs = LightInputs(prim, time)
    pointlike = bool(prim.GetAttribute("treatAsPoint").Get(time)) if kind == "sphere" else False
    pointlike |= bool(prim.GetAttribute("treatAsLine").Get(time)) if kind == "cylinder" else False
    light = Light(
        str(prim.GetPath()),
        cast(Literal["distant", "dome", "sphere", "rect", "disk", "cylinder"], kind),
        _posed(prim, world) if kind == "dome" else world,
        light_color(inputs),
        max(inputs.number("intensity", 1.0), 0.0) * 2.0 ** inputs.number("exposure", 0.0),  # none takes light away
        bool(inputs.value("normalize", False)),
        inputs.number("diffuse", 1.0),
        inputs.number("specular", 1.0),
        radius=inputs.number("radius", 0.5),
        width=inputs.number("width", 1.0),
        height=inputs.number("height", 1.0),
        length=inputs.number("length", 1.0),
        angle=radians(inputs.number("angle", 0.53)) if kind == "distant" else 0.0,
        cone_angle=_cone(inputs),
        cone_softness=inputs.number("shaping:cone:softness", 0.0),
        focus=inputs.number("shaping:focus", 0.0),
        texture=_texture(inputs, complaints) if kind in ("dome", "rect") else None,
        texture_format=str(inputs.value("texture:format", "automatic")),
        camera_visible=_camera_visible(prim, kind, time),
        pointlike=pointlike,
        bands=read_band_light(prim, time),
    )
    return light, inputs.varies


def _known() -> str:
    return ", ".join(name for name, kind in KINDS.items() if kind)


def light_color(inputs: LightInputs) -> Rgb:
    """Return the linear colour times that of its temperature.

    Source: UsdLuxLightAPI, enableColorTemperature; UsdLux.BlackbodyTemperatureAsRgb, which is white at 6504 K and has
    luminance 1 at every temperature.
    """
    color = inputs.value("color", (1.0, 1.0, 1.0))
    tint = (1.0, 1.0, 1.0)
    if inputs.value("enableColorTemperature", False):
        tint = UsdLux.BlackbodyTemperatureAsRgb(inputs.number("colorTemperature", 6500.0))
    return (float(color[0] * tint[0]), float(color[1] * tint[1]), float(color[2] * tint[2]))


def _cone(inputs: LightInputs) -> float:
    """Return the half angle of the cone; the fallback of 90 degrees and anything wider than 180 is no cone."""
    shaped = any(
        attribute and attribute.HasAuthoredValue()
        for name in ("inputs:shaping:cone:angle", "shaping:cone:angle")
        if (attribute := inputs.prim.GetAttribute(name))
    )
    angle = inputs.number("shaping:cone:angle", 180.0) if shaped else 180.0
    return pi if angle >= 180.0 else radians(max(angle, 0.0))


def _texture(inputs: LightInputs, complaints: Complaints) -> Texture | None:
    asset = inputs.value("texture:file", None)
    if isinstance(asset, str):
        asset = Sdf.AssetPath(asset)
    file = image_file(inputs.prim, asset, complaints)
    if file is None:
        return None
    attribute = inputs.prim.GetAttribute("inputs:texture:file")
    authored = attribute.GetColorSpace() if attribute and attribute.HasColorSpace() else "auto"
    return Texture(file, color_space(authored), wrap=("repeat", "clamp"))


def _posed(prim: Usd.Prim, world: Matrix) -> Matrix:
    """Return a dome's pose such that its pole is the stage's up axis before the pose is applied.

    A DomeLight_1 whose `poleAxis` is not the stage's up axis is turned accordingly.
    Source: UsdLuxDomeLight_1, poleAxis.
    """
    pole = prim.GetAttribute("poleAxis")
    axis = str(pole.Get()) if pole and pole.Get() else "scene"
    up = str(UsdGeom.GetStageUpAxis(prim.GetStage()))
    if axis in ("scene", up):
        return world
    return world @ (Z_FROM_Y if axis == "Z" else Z_FROM_Y.T)


def _camera_visible(prim: Usd.Prim, kind: str, time: Usd.TimeCode) -> bool:
    attribute = prim.GetAttribute("visibleInPrimaryRay")
    if attribute and attribute.HasAuthoredValue():
        return bool(attribute.Get(time))
    return kind == "dome"
