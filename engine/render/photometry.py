"""What UsdLux numbers mean: radiance and size of each light, in the renderer's unit of 1000 nits.

Source: OpenUSD UsdLux overview, "Quantities and Units"; UsdLuxLightAPI, `inputs:normalize`. A distant light is the
exception: RTX reads its intensity as lux whatever `normalize` and its angle say (A. Langlands, light_comparison), and
so does this engine.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64

from engine.stage.scene import Light

UNIT_NITS = 1000.0
RADIANCE_SCALE = 1.0 / UNIT_NITS
LEAST_RADIUS = 1e-4


def axis_scales(light: Light) -> Float64[np.ndarray, "3"]:
    """Return the lengths of the light's axes in world metres."""
    return np.linalg.norm(light.world_from_light[:3, :3], axis=0)


def rigid(light: Light) -> Float64[np.ndarray, "4 4"]:
    """Return the light's pose without its scale."""
    matrix = light.world_from_light.copy()
    matrix[:3, :3] /= np.maximum(axis_scales(light), 1e-20)
    return matrix


def world_radius(light: Light) -> float:
    """Return a round light's radius, metres: of the sphere's mean scale, or across a cylinder's axis (X)."""
    scales = axis_scales(light)
    across = scales.mean() if light.kind == "sphere" else scales[1:].mean()
    return max(float(light.radius * across), LEAST_RADIUS)


def world_area(light: Light) -> float:
    """Return the emitting surface in square metres; 1 for lights that have none (dome, distant)."""
    x, y = light.world_from_light[:3, 0], light.world_from_light[:3, 1]
    if light.kind == "rect":
        return float(light.width * light.height * np.linalg.norm(np.cross(x, y)))
    if light.kind == "disk":
        return float(np.pi * light.radius**2 * np.linalg.norm(np.cross(x, y)))
    if light.kind == "sphere":
        return float(4 * np.pi * world_radius(light) ** 2)
    if light.kind == "cylinder":
        return float(2 * np.pi * world_radius(light) * light.length * axis_scales(light)[0])
    return 1.0


def emitted(light: Light) -> Float64[np.ndarray, "3"]:
    """Return linear radiance (a distant light's irradiance at normal incidence) in thousands of nits (of lux)."""
    value = np.asarray(light.color, np.float64) * light.intensity * RADIANCE_SCALE
    if light.normalize and light.kind not in ("dome", "distant"):
        value = value / max(world_area(light), 1e-12)
    return value


def shaping(light: Light, angle: Float64[np.ndarray, "..."]) -> Float64[np.ndarray, "..."]:
    """Return the factor of the light's cone and focus at angles off its axis (-Z).

    Args:
        light: its `cone_angle`, `cone_softness` and `focus`.
        angle: radians.

    Source: OpenUSD UsdLuxShapingAPI: cos^focus times 1 - smoothstep from lerp(softness, cutoff, 0) to the cutoff.
    """
    cutoff = light.cone_angle
    start = cutoff * (1.0 - float(np.clip(light.cone_softness, 0.0, 1.0)))
    ramp = np.clip((angle - start) / max(cutoff - start, 1e-9), 0.0, 1.0)
    inside = np.where(angle > cutoff, 0.0, 1.0 - ramp * ramp * (3.0 - 2.0 * ramp))
    return inside * np.abs(np.cos(angle)) ** light.focus


def is_shaped(light: Light) -> bool:
    """Tell whether a cone or focus narrows the light."""
    half_space = np.pi if light.kind in ("sphere", "cylinder") else np.pi / 2
    return bool(light.focus > 0 or light.cone_angle < half_space - 1e-3)
