"""UsdLux lights as Mitsuba emitters.

Units: a dome, sphere, rect, disk or cylinder light of intensity I has radiance I (divided by its area with `normalize`);
a distant light of intensity I gives irradiance I at normal incidence. Radiances are divided by 1000, so that a dome of
Replicator's default intensity is 1.
"""

from __future__ import annotations

from typing import Any

import mitsuba as mi
import numpy as np
from jaxtyping import Float32, Float64

from engine.render.mitsuba_meshes import RADIANCE_SCALE
from engine.render.textures import is_srgb, load_rgba, srgb_to_linear
from engine.stage.scene import Light, SceneSnapshot

Y_POLE_TO_Z = np.array([[1.0, 0, 0, 0], [0, 0, -1.0, 0], [0, 1.0, 0, 0], [0, 0, 0, 1.0]])


def emitters(scene: SceneSnapshot) -> dict[str, Any]:
    """Describe the stage's lights; domes beyond the first are added into one map."""
    found: dict[str, Any] = {}
    for number, light in enumerate(scene.lights):
        if light.kind != "dome" and light.intensity > 0 and max(light.color) > 0:
            found[f"light_{number}"] = _EMITTERS[light.kind](light)
    domes = [light for light in scene.lights if light.kind == "dome" and light.intensity > 0]
    if domes:
        found["dome"] = _environment(domes, scene.up_axis)
    return found


def _radiance(light: Light, area: float) -> dict[str, Any]:
    value = np.asarray(light.color) * light.intensity * RADIANCE_SCALE * light.diffuse
    if light.normalize and area > 0:
        value = value / area
    return {"type": "rgb", "value": [float(v) for v in value]}


def _scales(light: Light) -> Float64[np.ndarray, "3"]:
    return np.linalg.norm(light.world_from_light[:3, :3], axis=0)


def _distant(light: Light) -> dict[str, Any]:
    direction = light.world_from_light[:3, :3] @ np.array([0.0, 0.0, -1.0])
    direction /= np.linalg.norm(direction)
    value = np.asarray(light.color) * light.intensity * RADIANCE_SCALE * light.diffuse
    irradiance = {"type": "rgb", "value": [float(v) for v in value]}
    return {"type": "directional", "direction": direction.tolist(), "irradiance": irradiance}


def _sphere(light: Light) -> dict[str, Any]:
    radius = float(light.radius * _scales(light).mean())
    center = light.world_from_light[:3, 3].tolist()
    if light.cone_angle < np.pi / 2:
        return _spot(light, radius)
    area = _radiance(light, 4 * np.pi * radius**2)
    return {
        "type": "sphere",
        "center": center,
        "radius": max(radius, 1e-4),
        "emitter": {"type": "area", "radiance": area},
    }


def _spot(light: Light, radius: float) -> dict[str, Any]:
    """A shaped sphere light: a spot of the same intensity on its axis (radiance times projected area)."""
    value = np.asarray(light.color) * light.intensity * RADIANCE_SCALE * np.pi * max(radius, 1e-4) ** 2
    edge = float(np.degrees(light.cone_angle))
    return {
        "type": "spot",
        "to_world": mi.ScalarTransform4f(_rigid(light) @ np.diag([-1.0, 1.0, -1.0, 1.0])),
        "intensity": {"type": "rgb", "value": [float(v) for v in value]},
        "cutoff_angle": max(edge, 0.1),
        "beam_width": max(edge * (1.0 - float(np.clip(light.cone_softness, 0.0, 1.0))), 0.05),
    }


def _rigid(light: Light) -> Float64[np.ndarray, "4 4"]:
    matrix = light.world_from_light.copy()
    matrix[:3, :3] /= _scales(light)
    return matrix


def _flat(light: Light, shape: str, half: tuple[float, float], area: float) -> dict[str, Any]:
    """A one-sided light that shines along -Z; Mitsuba's rectangle and disk face +Z."""
    turn = np.diag([-half[0], half[1], -1.0, 1.0])
    return {
        "type": shape,
        "to_world": mi.ScalarTransform4f(light.world_from_light @ turn),
        "emitter": {"type": "area", "radiance": _radiance(light, area)},
    }


def _rect(light: Light) -> dict[str, Any]:
    scale = _scales(light)
    area = float(light.width * scale[0] * light.height * scale[1])
    return _flat(light, "rectangle", (light.width / 2, light.height / 2), area)


def _disk(light: Light) -> dict[str, Any]:
    scale = _scales(light)
    area = float(np.pi * light.radius**2 * scale[0] * scale[1])
    return _flat(light, "disk", (light.radius, light.radius), area)


def _cylinder(light: Light) -> dict[str, Any]:
    scale = _scales(light)
    area = float(2 * np.pi * light.radius * scale[1] * light.length * scale[0])
    ends = [[-light.length / 2, 0.0, 0.0, 1.0], [light.length / 2, 0.0, 0.0, 1.0]]
    first, second = (np.asarray(end) @ light.world_from_light.T for end in ends)
    return {
        "type": "cylinder",
        "p0": first[:3].tolist(),
        "p1": second[:3].tolist(),
        "radius": max(float(light.radius * scale[1]), 1e-4),
        "emitter": {"type": "area", "radiance": _radiance(light, area)},
    }


_EMITTERS = {"distant": _distant, "sphere": _sphere, "rect": _rect, "disk": _disk, "cylinder": _cylinder}


def dome_image(light: Light) -> Float32[np.ndarray, "h w 3"]:
    """Return a dome's linear radiance map, scaled; one pixel where it has no texture.

    Raises:
        FileNotFoundError: if its texture cannot be read.
    """
    tint = np.asarray(light.color) * light.intensity * RADIANCE_SCALE
    if light.texture is None:
        return np.broadcast_to(tint, (1, 1, 3)).astype(np.float32)
    image = load_rgba(light.texture.path)[..., :3]
    values = image.astype(np.float32) / (255.0 if image.dtype == np.uint8 else 1.0)
    return ((srgb_to_linear(values) if is_srgb(light.texture) else values) * tint).astype(np.float32)


def dome_matrix(light: Light, up_axis: str) -> Float64[np.ndarray, "4 4"]:
    """Turn the map's frame (pole +Y, centre +Z) to world: the pole follows the stage's up axis, then the light's pose."""
    rotation = _rigid(light)
    rotation[:3, 3] = 0.0
    return rotation @ Y_POLE_TO_Z if up_axis == "Z" else rotation


def _environment(domes: list[Light], up_axis: str) -> dict[str, Any]:
    plain = [light for light in domes if light.texture is None]
    textured = [light for light in domes if light.texture is not None]
    base = sum((dome_image(light)[0, 0] for light in plain), np.zeros(3, np.float32))
    if not textured:
        return {"type": "constant", "radiance": {"type": "rgb", "value": [float(v) for v in base]}}
    image = dome_image(textured[0]) + base
    bitmap = mi.Bitmap(np.ascontiguousarray(image, dtype=np.float32))
    return {"type": "envmap", "bitmap": bitmap, "to_world": mi.ScalarTransform4f(dome_matrix(textured[0], up_axis))}


def background(scene: SceneSnapshot, directions: Float32[np.ndarray, "n 3"]) -> Float32[np.ndarray, "n 3"]:
    """Return what the camera sees where it hits nothing: the domes' radiance along unit directions."""
    total = np.zeros((len(directions), 3), np.float32)
    textured_seen = False
    for light in scene.lights:
        if light.kind != "dome" or light.intensity <= 0 or (light.texture is not None and textured_seen):
            continue
        textured_seen = textured_seen or light.texture is not None
        image = dome_image(light)
        height, width = image.shape[:2]
        local = directions @ dome_matrix(light, scene.up_axis)[:3, :3]
        u = np.arctan2(local[:, 0], -local[:, 2]) / (2 * np.pi) % 1.0
        v = np.arccos(np.clip(local[:, 1], -1, 1)) / np.pi
        total += _bilinear(image, u * width - 0.5, v * height - 0.5)
    return total


def _bilinear(image: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    height, width = image.shape[:2]
    x0, y0 = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    fx, fy = (x - x0)[:, None], (y - y0)[:, None]
    left, right = x0 % width, (x0 + 1) % width
    top, bottom = np.clip(y0, 0, height - 1), np.clip(y0 + 1, 0, height - 1)
    upper = image[top, left] * (1 - fx) + image[top, right] * fx
    lower = image[bottom, left] * (1 - fx) + image[bottom, right] * fx
    return upper * (1 - fy) + lower * fy
