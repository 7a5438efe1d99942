"""rep.create.light."""

from __future__ import annotations

from typing import Any

from pxr import Sdf, UsdLux

from engine.carb.settings import get_settings
from engine.graph.authoring import shared
from engine.graph.graph import current_stage
from engine.replicator import arguments as check
from engine.replicator import modify
from engine.replicator.placing import item_of, new_xforms, place
from engine.replicator.utils.items import ReplicatorWrapper

LIGHT_TYPES = ("cylinder", "disk", "distant", "dome", "rect", "sphere")


@ReplicatorWrapper
def light(
    position: Any = None,
    scale: Any = None,
    rotation: Any = None,
    look_at: Any = None,
    look_at_up_axis: Any = None,
    light_type: str = "Distant",
    color: Any = (1.0, 1.0, 1.0),
    intensity: Any = 1000.0,
    exposure: Any = None,
    temperature: Any = 6500,
    texture: Any = None,
    count: int = 1,
    name: str | None = None,
    parent: Any = None,
) -> Any:
    """Create lights, each below an Xform; any value may be a distribution.

    Args:
        position, scale, rotation, look_at, look_at_up_axis: as for `rep.modify.pose`.
        light_type: cylinder, disk, distant, dome, rect or sphere, in any case.
        color: linear RGB.
        intensity: UsdLux intensity.
        exposure: stops added to the intensity.
        temperature: kelvin; None leaves colour temperature off.
        texture: image of a dome or rect light.
        count: lights to make.
        name: name of the lights.
        parent: prim to make them under.
    """
    where = "create.light"
    kind = check.one_of(where, "light_type", str(light_type).lower(), LIGHT_TYPES)
    inputs = {
        "color": check.vector(where, "color", color, (3,)),
        "intensity": check.vector(where, "intensity", intensity, (1,)),
        "exposure": check.vector(where, "exposure", exposure, (1,)),
        "colorTemperature": check.vector(where, "temperature", temperature, (1,)),
        "texture:file": _texture(where, kind, texture),
    }
    title = name or f"{kind.capitalize()}Light"
    xforms = new_xforms(where, f"{title}_Xform", count, parent)
    lights = [shared().define_light(current_stage(), f"{x.GetPath()}/{title}", kind) for x in xforms]
    for prim in lights:
        if temperature is not None:
            UsdLux.LightAPI(prim).CreateEnableColorTemperatureAttr(True)
    for key, value in inputs.items():
        _write(lights, key, value)
    pose = {"position": position, "scale": scale, "rotation": rotation, "look_at": look_at}
    place(where, xforms, look_at_up_axis=look_at_up_axis, **pose)
    return item_of(xforms)


def _texture(where: str, kind: str, texture: Any) -> Any:
    if texture is None:
        return None
    if kind not in ("dome", "rect"):
        raise check.fail(where, "texture", texture, f"None for a {kind} light; only dome and rect lights take one")
    if kind == "dome":  # a new environment needs a few subframes to settle in real-time mode
        settings = get_settings()
        settings.set("/omni/replicator/RTSubframes", max(3, int(settings.get("/omni/replicator/RTSubframes") or 1)))
    return check.source(texture)


def _write(lights: list[Any], key: str, value: Any) -> None:
    if value is None:
        return
    kinds = {"color": Sdf.ValueTypeNames.Color3f, "texture:file": Sdf.ValueTypeNames.Asset}
    for prim in lights:
        attribute = prim.CreateAttribute(f"inputs:{key}", kinds.get(key, Sdf.ValueTypeNames.Float), False)
        if not check.is_item(value):
            constant = Sdf.AssetPath(str(value)) if key == "texture:file" else value
            attribute.Set(tuple(constant.tolist()) if key == "color" else constant)
    if check.is_item(value):
        modify.attribute(f"inputs:{key}", value, input_prims=[str(prim.GetPath()) for prim in lights])
