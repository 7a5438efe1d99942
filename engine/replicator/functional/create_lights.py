"""Lights: the calls that make several at once (rep.functional.create_batch)."""

from __future__ import annotations

from typing import Any

from pxr import Sdf, Usd, UsdLux

from engine.graph.graph import current_stage
from engine.replicator.functional.authoring import define_light
from engine.replicator.functional.building import build, split
from engine.replicator.functional.values import each, numbers

INPUTS = {
    "intensity": "intensity",
    "exposure": "exposure",
    "diffuse": "diffuse",
    "specular": "specular",
    "color_temperature": "colorTemperature",
    "radius": "radius",
    "height": "height",
    "width": "width",
    "length": "length",
    "angle": "angle",
    "shaping_cone_angle": "shaping:cone:angle",
    "shaping_cone_softness": "shaping:cone:softness",
}
COLORS = {"color": "color", "shaping_focus_tint": "shaping:focusTint"}


def _lights(kind: str, arguments: dict[str, Any]) -> list[Usd.Prim]:
    """Author the lights of one call; values None are left to UsdLux."""
    shared, own = split(arguments)
    where, stage = f"functional.create.{kind}_light", current_stage()
    prims = build(where, f"{kind.capitalize()}Light", lambda path: define_light(stage, path, kind), **shared)
    count = len(prims)
    if "shaping_cone_angle" in own:
        for prim in prims:
            UsdLux.ShapingAPI.Apply(prim)
    for names, width, type_name in ((INPUTS, 1, Sdf.ValueTypeNames.Float), (COLORS, 3, Sdf.ValueTypeNames.Color3f)):
        for argument, name in names.items():
            rows = numbers(where, argument, own.get(argument), count, width)
            for prim, row in zip(prims, () if rows is None else rows, strict=False):
                value = row.tolist()
                _input(prim, name, type_name).Set(value[0] if width == 1 else tuple(value))
    for prim, flag in zip(
        prims, each(where, "enable_color_temperature", own["enable_color_temperature"], count), strict=True
    ):
        _input(prim, "enableColorTemperature", Sdf.ValueTypeNames.Bool).Set(bool(flag))
    for prim, file in zip(prims, each(where, "texture", own.get("texture"), count), strict=True):
        if file is not None:
            _input(prim, "texture:file", Sdf.ValueTypeNames.Asset).Set(Sdf.AssetPath(str(file)))
    if own.get("texture_format") is not None:
        for prim in prims:
            _input(prim, "texture:format", Sdf.ValueTypeNames.Token).Set(str(own["texture_format"]))
    return prims


def _input(prim: Usd.Prim, name: str, type_name: Sdf.ValueTypeName) -> Usd.Attribute:
    return prim.CreateAttribute(f"inputs:{name}", type_name, False)


def dome_light(
    color: Any = (1.0, 1.0, 1.0),
    texture: Any = None,
    texture_format: str = "latlong",
    intensity: Any = 1000.0,
    exposure: Any = 1.0,
    diffuse: Any = 1.0,
    specular: Any = 1.0,
    color_temperature: Any = 6500.0,
    enable_color_temperature: Any = False,
    position: Any = None,
    scale: Any = None,
    rotation: Any = None,
    look_at: Any = None,
    look_at_up_axis: Any = None,
    name: Any = None,
    parent: Any = None,
    visible: Any = True,
    *,
    count: int = 1,
) -> list[Usd.Prim]:
    """Create lights at infinity from all directions.

    Args:
        color: linear RGB.
        texture: environment image.
        texture_format: layout of the image, e.g. "latlong".
        intensity, exposure: brightness, and stops added to it.
        diffuse, specular: multipliers of the light's effects.
        color_temperature: kelvin, used if `enable_color_temperature`.
        enable_color_temperature: tint by the temperature.
        position, scale, rotation, look_at, look_at_up_axis, name, parent, visible, count: as for the shapes.
    """
    return _lights("dome", locals())


def sphere_light(
    color: Any = (1.0, 1.0, 1.0),
    intensity: Any = 30000.0,
    exposure: Any = None,
    color_temperature: Any = 6500.0,
    enable_color_temperature: Any = False,
    diffuse: Any = 1.0,
    specular: Any = 1.0,
    shaping_cone_angle: Any = 180.0,
    shaping_cone_softness: Any = 0.0,
    shaping_focus_tint: Any = (1.0, 1.0, 1.0),
    radius: Any = 1.0,
    position: Any = None,
    scale: Any = None,
    rotation: Any = None,
    look_at: Any = None,
    look_at_up_axis: Any = None,
    name: Any = None,
    parent: Any = None,
    relative_to: Any = None,
    visible: Any = True,
    *,
    count: int = 1,
) -> list[Usd.Prim]:
    """Create spheres that shine.

    Args:
        color, intensity, exposure, color_temperature, enable_color_temperature, diffuse, specular: as for the dome.
        shaping_cone_angle: degrees from the axis beyond which nothing is lit.
        shaping_cone_softness: 0 cuts the cone sharply.
        shaping_focus_tint: linear RGB away from the axis.
        radius: stage units.
        position, scale, rotation, look_at, look_at_up_axis, relative_to, name, parent, visible, count: as for shapes.
    """
    return _lights("sphere", locals())


def disk_light(
    color: Any = (1.0, 1.0, 1.0),
    intensity: Any = 30000.0,
    exposure: Any = None,
    color_temperature: Any = 6500.0,
    enable_color_temperature: Any = False,
    diffuse: Any = 1.0,
    specular: Any = 1.0,
    shaping_cone_angle: Any = 180.0,
    shaping_cone_softness: Any = 0.0,
    shaping_focus_tint: Any = (1.0, 1.0, 1.0),
    radius: Any = 1.0,
    position: Any = None,
    scale: Any = None,
    rotation: Any = None,
    look_at: Any = None,
    look_at_up_axis: Any = None,
    name: Any = None,
    parent: Any = None,
    relative_to: Any = None,
    visible: Any = True,
    *,
    count: int = 1,
) -> list[Usd.Prim]:
    """Create disks that shine along -Z (arguments as for the sphere light)."""
    return _lights("disk", locals())


def rect_light(
    color: Any = (1.0, 1.0, 1.0),
    intensity: Any = 30000.0,
    exposure: Any = None,
    color_temperature: Any = 6500.0,
    enable_color_temperature: Any = False,
    diffuse: Any = 1.0,
    specular: Any = 1.0,
    shaping_cone_angle: Any = 180.0,
    shaping_cone_softness: Any = 0.0,
    shaping_focus_tint: Any = (1.0, 1.0, 1.0),
    height: Any = 1.0,
    width: Any = 1.0,
    position: Any = None,
    scale: Any = None,
    rotation: Any = None,
    look_at: Any = None,
    look_at_up_axis: Any = None,
    name: Any = None,
    parent: Any = None,
    relative_to: Any = None,
    texture: Any = None,
    visible: Any = True,
    *,
    count: int = 1,
) -> list[Usd.Prim]:
    """Create rectangles that shine along -Z; `width` along X and `height` along Y (others as for the sphere light)."""
    return _lights("rect", locals())


def cylinder_light(
    color: Any = (1.0, 1.0, 1.0),
    intensity: Any = 30000.0,
    exposure: Any = None,
    color_temperature: Any = 6500.0,
    enable_color_temperature: Any = False,
    diffuse: Any = 1.0,
    specular: Any = 1.0,
    shaping_cone_angle: Any = 180.0,
    shaping_cone_softness: Any = 0.0,
    shaping_focus_tint: Any = (1.0, 1.0, 1.0),
    radius: Any = 1.0,
    length: Any = 1.0,
    position: Any = None,
    scale: Any = None,
    rotation: Any = None,
    look_at: Any = None,
    look_at_up_axis: Any = None,
    name: Any = None,
    parent: Any = None,
    relative_to: Any = None,
    visible: Any = True,
    *,
    count: int = 1,
) -> list[Usd.Prim]:
    """Create cylinders along X that shine (arguments as for the sphere light)."""
    return _lights("cylinder", locals())


def distant_light(
    color: Any = (1.0, 1.0, 1.0),
    intensity: Any = 30000.0,
    exposure: Any = None,
    color_temperature: Any = 6500.0,
    enable_color_temperature: Any = False,
    diffuse: Any = 1.0,
    specular: Any = 1.0,
    angle: Any = 1.0,
    position: Any = None,
    scale: Any = None,
    rotation: Any = None,
    look_at: Any = None,
    look_at_up_axis: Any = None,
    name: Any = None,
    parent: Any = None,
    relative_to: Any = None,
    visible: Any = True,
    *,
    count: int = 1,
) -> list[Usd.Prim]:
    """Create suns that shine along -Z, `angle` degrees across (other arguments as for the sphere light)."""
    return _lights("distant", locals())
