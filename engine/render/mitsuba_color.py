"""The colour renderer: Mitsuba 3's path tracer on the CPU.

The film has a box filter, so pixels do not mix and the same seed gives the same bytes whatever the number of threads.
Lights are hidden from the camera; the dome is composited behind the geometry.
"""

from __future__ import annotations

from typing import Any

import mitsuba as mi
import numpy as np
from jaxtyping import Float32

from engine.render.buffers import RenderSettings
from engine.stage.scene import Camera, SceneSnapshot

if mi.variant() is None:
    mi.set_variant("scalar_rgb")

from engine.render.mitsuba_lights import background, emitters
from engine.render.mitsuba_meshes import MeshStore
from engine.render.rays import primary_rays
from engine.render.tracer import is_seen

CAMERA_FLIP = np.diag([-1.0, 1.0, -1.0, 1.0])  # Mitsuba looks along +Z with +X to the left


class ColorRenderer:
    """Render linear colour; keeps built geometry between calls."""

    def __init__(self) -> None:
        self._store = MeshStore()

    def radiance(
        self, scene: SceneSnapshot, camera: Camera, seed: int, settings: RenderSettings
    ) -> Float32[np.ndarray, "h w 4"]:
        """Path-trace a view.

        Returns:
            Linear radiance in thousands of nits, dome included; alpha is the share of samples that hit geometry.
        """
        description: dict[str, Any] = {
            "type": "scene",
            "integrator": {"type": "path", "max_depth": settings.max_bounces + 1, "hide_emitters": True},
            "sensor": sensor(camera),
            **emitters(scene),
            **self._store.describe([item for item in scene.instances if is_seen(item)]),
        }
        image = mi.render(mi.load_dict(description), spp=settings.samples, seed=seed % 2**32)
        pixels = np.nan_to_num(np.array(image, dtype=np.float32), nan=0.0, posinf=0.0, neginf=0.0)
        return composite(pixels, scene, camera)


def composite(
    pixels: Float32[np.ndarray, "h w 4"], scene: SceneSnapshot, camera: Camera
) -> Float32[np.ndarray, "h w 4"]:
    """Put the dome behind what was hit."""
    alpha = np.clip(pixels[..., 3:], 0.0, 1.0)
    rays = primary_rays(camera)
    directions = rays.directions / np.linalg.norm(rays.directions, axis=1, keepdims=True)
    behind = background(scene, directions).reshape(*pixels.shape[:2], 3)
    return np.concatenate([pixels[..., :3] + behind * (1.0 - alpha), alpha], axis=2)


def sensor(camera: Camera) -> dict[str, Any]:
    """Describe the camera: film of the image's size, box filter, principal point, lens."""
    film = {
        "type": "hdrfilm",
        "width": camera.width,
        "height": camera.height,
        "pixel_format": "rgba",
        "component_format": "float32",
        "rfilter": {"type": "box"},
    }
    described: dict[str, Any] = {
        "near_clip": camera.near,
        "far_clip": camera.far,
        "film": film,
        "sampler": {"type": "independent"},
    }
    matrix = camera.world_from_camera @ CAMERA_FLIP
    if camera.orthographic:
        half = np.diag([camera.ortho_size[0] / 2, camera.ortho_size[0] / 2, 1.0, 1.0])
        return described | {"type": "orthographic", "to_world": mi.ScalarTransform4f(matrix @ half)}
    described |= {
        "type": "perspective",
        "to_world": mi.ScalarTransform4f(matrix),
        "fov_axis": "x",
        "fov": float(np.degrees(2 * np.arctan(camera.width / 2 / camera.fx))),
        "principal_point_offset_x": (camera.cx - camera.width / 2) / camera.width,
        "principal_point_offset_y": (camera.cy - camera.height / 2) / camera.height,
    }
    if camera.f_stop > 0 and camera.focus_distance > 0:
        radius = camera.focal_length / (2 * camera.f_stop)
        described |= {"type": "thinlens", "aperture_radius": radius, "focus_distance": camera.focus_distance}
    return described
