"""UsdLux lights as Mitsuba emitters (units: `photometry`).

Sphere, rect, disk and cylinder lights are emitting shapes that cast no shadow of their own. The others have no shape: a
shaped light (cone, focus) is a cluster of spots over its surface, a distant light one of directions over its disc.
"""

from __future__ import annotations

from typing import Any

import mitsuba as mi
import numpy as np
from jaxtyping import Float64

from engine.render.dome import active_domes, environment
from engine.render.mitsuba_spots import cluster
from engine.render.mitsuba_textures import TextureStore
from engine.render.photometry import LEAST_RADIUS, emitted, is_shaped, rigid, world_radius
from engine.stage.scene import Light, SceneSnapshot, Texture

PARALLEL = np.radians(0.1)  # angular diameter below which a distant light casts hard shadows
SUN_SAMPLES = 16
GOLDEN_ANGLE = np.pi * (3.0 - np.sqrt(5.0))

Described = dict[str, Any]


def local_lights(scene: SceneSnapshot) -> list[Light]:
    """Return the lights other than domes that emit."""
    return [light for light in scene.lights if light.kind != "dome" and light.intensity > 0 and max(light.color) > 0]


def has_shape(light: Light) -> bool:
    """Tell whether a light is an emitting shape, which a camera could see."""
    return light.kind not in ("distant", "dome") and not is_shaped(light) and not _is_point(light)


def emitters(scene: SceneSnapshot, textures: TextureStore) -> list[Any]:
    """Build the emitters of a stage: local lights, then one environment for all domes."""
    described = [one for light in local_lights(scene) for one in _describe(light, textures)]
    if active_domes(scene):
        described.append(_environment(scene))
    return [mi.load_dict(one) for one in described]


def _describe(light: Light, textures: TextureStore) -> list[Described]:
    if light.kind == "distant":
        return _distant(light)
    if _is_point(light):
        power = emitted(light) * np.pi * world_radius(light) ** 2 * light.diffuse
        return [{"type": "point", "position": light.world_from_light[:3, 3].tolist(), "intensity": _rgb(power)}]
    if is_shaped(light):
        return cluster(light)
    return [_SHAPES[light.kind](light) | {"emitter": _area(light, textures), "bsdf": {"type": "null"}}]


def _rgb(value: Float64[np.ndarray, "3"]) -> Described:
    return {"type": "rgb", "value": [float(v) for v in value]}


def _is_point(light: Light) -> bool:
    """Tell whether a normalized sphere light is too small to be more than a point."""
    return light.kind == "sphere" and light.normalize and not is_shaped(light) and world_radius(light) <= LEAST_RADIUS


def _area(light: Light, textures: TextureStore) -> Described:
    value = emitted(light) * light.diffuse
    if light.texture is None or light.kind != "rect":
        return {"type": "area", "radiance": _rgb(value)}
    plain = light.texture
    scale = tuple(float(s * v) for s, v in zip(plain.scale[:3], value, strict=True))
    tinted = Texture(plain.path, plain.color_space, scale=(*scale, 1.0), wrap=("clamp", "clamp"))  # type: ignore[arg-type]
    return {"type": "area", "radiance": textures.get(tinted, "color")}


def _distant(light: Light) -> list[Described]:
    """A cluster of directions over the light's disc whose irradiances at normal incidence add up to its own."""
    axes = rigid(light)[:3, :3]
    value = emitted(light) * light.diffuse
    count = 1 if light.angle < PARALLEL else SUN_SAMPLES
    half = min(light.angle / 2, np.pi / 2 - 1e-3) if count > 1 else 0.0
    order = np.arange(count)
    radius = np.sin(half) * np.sqrt((order + 0.5) / count)
    x, y = radius * np.cos(order * GOLDEN_ANGLE), radius * np.sin(order * GOLDEN_ANGLE)
    cosines = np.sqrt(1.0 - x * x - y * y)
    directions = np.stack([x, y, -cosines], 1) @ axes.T
    return [
        {
            "type": "directional",
            "direction": direction.tolist(),
            "irradiance": _rgb(value / cosines.sum()),
            "sampling_weight": 1.0 / count,
        }
        for direction in directions
    ]


def _sphere(light: Light) -> Described:
    center = light.world_from_light[:3, 3].tolist()
    return {"type": "sphere", "center": center, "radius": world_radius(light)}


def _flat(light: Light, shape: str, half: tuple[float, float]) -> Described:
    """A one-sided light that shines along -Z; Mitsuba's rectangle and disk face +Z, their u grows with x, v with y."""
    turn = np.diag([-half[0], half[1], -1.0, 1.0])
    return {"type": shape, "to_world": mi.ScalarTransform4f(light.world_from_light @ turn)}


def _rect(light: Light) -> Described:
    return _flat(light, "rectangle", (light.width / 2, light.height / 2))


def _disk(light: Light) -> Described:
    return _flat(light, "disk", (light.radius, light.radius))


def _cylinder(light: Light) -> Described:
    ends = np.array([[-light.length / 2, 0.0, 0.0, 1.0], [light.length / 2, 0.0, 0.0, 1.0]]) @ light.world_from_light.T
    return {
        "type": "cylinder",
        "p0": ends[0, :3].tolist(),
        "p1": ends[1, :3].tolist(),
        "radius": world_radius(light),
    }


_SHAPES = {"sphere": _sphere, "rect": _rect, "disk": _disk, "cylinder": _cylinder}


def _environment(scene: SceneSnapshot) -> Described:
    image, matrix = environment(scene)
    if image.shape[:2] == (1, 1):
        return {"type": "constant", "radiance": _rgb(image[0, 0].astype(np.float64))}
    return {
        "type": "envmap",
        "bitmap": mi.Bitmap(np.ascontiguousarray(image, dtype=np.float32)),
        "to_world": mi.ScalarTransform4f(matrix),
    }


def bounding_sphere(light: Light) -> tuple[Float64[np.ndarray, "3"], float]:
    """Return centre and radius, world metres, of a light's shape."""
    if light.kind == "sphere":
        return light.world_from_light[:3, 3], world_radius(light)
    size = {"rect": (light.width, light.height), "disk": (2 * light.radius, 2 * light.radius)}
    wide, high = size.get(light.kind, (light.length, 2 * light.radius))
    scales = np.linalg.norm(light.world_from_light[:3, :3], axis=0)
    depth = scales[2] * light.radius * 2 if light.kind == "cylinder" else 0.0
    return light.world_from_light[:3, 3], float(np.linalg.norm([wide * scales[0], high * scales[1], depth])) / 2
