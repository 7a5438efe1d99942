"""Shaped lights (UsdLuxShapingAPI) as clusters of point-like spots spread over the light's surface.

Each spot carries the light's intensity profile over angle as a projected image; a cone too wide for one projection is
split over the faces of a cube.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import mitsuba as mi
import numpy as np
from jaxtyping import Float32, Float64

from engine.render.photometry import axis_scales, emitted, rigid, shaping, world_area, world_radius
from engine.stage.scene import Light

POINTS = 12
WIDE_POINTS = 4
ONE_PROJECTION = np.radians(65.0)
CUBE_CORNER = np.arccos(1 / np.sqrt(3.0))
RESOLUTION = 192
GOLDEN_ANGLE = np.pi * (3.0 - np.sqrt(5.0))


def cluster(light: Light) -> list[dict[str, Any]]:
    """Describe a shaped light."""
    flat = light.kind in ("rect", "disk")
    reach = min(light.cone_angle, np.pi / 2 if flat else np.pi)
    wide = reach > ONE_PROJECTION
    count = WIDE_POINTS if wide else POINTS
    total = emitted(light) * _facing_area(light) * light.diffuse
    pose = rigid(light)
    described = []
    for face, cutoff, image in _projections(light, reach, flat):
        texture = mi.load_dict(
            {"type": "bitmap", "bitmap": mi.Bitmap(image), "raw": True, "filter_type": "bilinear", "wrap_mode": "clamp"}
        )
        turn: np.ndarray = np.eye(4)
        turn[:3, :3] = pose[:3, :3] @ face
        for place in _places(light, count):
            turn[:3, 3] = (light.world_from_light @ place)[:3]
            described.append(
                {
                    "type": "spot",
                    "to_world": mi.ScalarTransform4f(turn),
                    "intensity": {"type": "rgb", "value": [float(v) / count for v in total]},
                    "cutoff_angle": float(np.degrees(cutoff)),
                    "beam_width": float(np.degrees(cutoff)) * (1 - 1e-4),
                    "texture": texture,
                    "sampling_weight": 1.0 / count,
                }
            )
    return described


def _facing_area(light: Light) -> float:
    """Return the area the light shows along its axis: radiance times it is intensity."""
    if light.kind == "sphere":
        return float(np.pi * world_radius(light) ** 2)
    if light.kind == "cylinder":
        return float(2 * world_radius(light) * light.length * axis_scales(light)[0])
    return world_area(light)


def _places(light: Light, count: int) -> Float64[np.ndarray, "n 4"]:
    """Spread points over the light's face, in its own frame."""
    order = np.arange(count)
    radius, angle = np.sqrt((order + 0.5) / count), order * GOLDEN_ANGLE
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    if light.kind == "rect":
        x, y = ((order + 0.5) / count - 0.5) * light.width, ((order * 0.618034) % 1.0 - 0.5) * light.height
    elif light.kind == "cylinder":
        x, y = ((order + 0.5) / count - 0.5) * light.length, np.zeros(count)
    else:
        x, y = x * light.radius, y * light.radius
    return np.stack([x, y, np.zeros(count), np.ones(count)], 1)


def _projections(
    light: Light, reach: float, flat: bool
) -> Iterator[tuple[Float64[np.ndarray, "3 3"], float, Float32[np.ndarray, "h w 1"]]]:
    """Yield rotation (light from spot; a spot looks along +Z), cutoff and profile of each projection."""
    if reach <= ONE_PROJECTION:
        yield np.diag([-1.0, 1.0, -1.0]), reach, _profile(light, np.diag([-1.0, 1.0, -1.0]), reach, flat, False)
        return
    for forward in ((0, 0, -1), (1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1)):
        axis = np.array(forward, np.float64)
        side = np.array([0.0, 1.0, 0.0]) if forward[1] == 0 else np.array([1.0, 0.0, 0.0])
        face = np.stack([np.cross(side, axis), side, axis], axis=1)
        image = _profile(light, face, CUBE_CORNER, flat, True)
        if image.max() > 0:
            yield face, CUBE_CORNER, image


def _profile(
    light: Light, face: Float64[np.ndarray, "3 3"], cutoff: float, flat: bool, square: bool
) -> Float32[np.ndarray, "h w 1"]:
    """Draw relative intensity over a spot's image: shaping, times the cosine for flat lights, within a cube's face."""
    line = ((np.arange(RESOLUTION) + 0.5) / RESOLUTION * 2 - 1) * np.tan(cutoff)
    x, y = np.meshgrid(line, line)
    local = np.stack([x, y, np.ones_like(x)], -1)
    local /= np.linalg.norm(local, axis=-1, keepdims=True)
    cosine = np.clip(-(local @ face.T)[..., 2], -1.0, 1.0)
    value = shaping(light, np.arccos(cosine))
    if flat:
        value = value * np.maximum(cosine, 0.0)
    if square:
        step = 2 * np.tan(cutoff) / RESOLUTION
        value = value * np.clip((1 - np.abs(x)) / step + 0.5, 0, 1) * np.clip((1 - np.abs(y)) / step + 0.5, 0, 1)
    return value[..., None].astype(np.float32)
