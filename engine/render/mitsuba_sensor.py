"""Cameras as Mitsuba sensors: a box filter, so that pixels do not mix; principal point, thin lens, clipping range."""

from __future__ import annotations

from typing import Any

import mitsuba as mi
import numpy as np

from engine.stage.scene import Camera

CAMERA_FLIP = np.diag([-1.0, 1.0, -1.0, 1.0])  # Mitsuba looks along +Z with +X to the left


def sensor(camera: Camera) -> Any:
    """Build the sensor of a pinhole, thin-lens or orthographic camera."""
    described: dict[str, Any] = {
        "near_clip": max(camera.near, 1e-6),
        "far_clip": camera.far,
        "film": {
            "type": "hdrfilm",
            "width": camera.width,
            "height": camera.height,
            "pixel_format": "rgba",
            "component_format": "float32",
            "rfilter": {"type": "box"},
        },
        "sampler": {"type": "independent"},
    }
    matrix = camera.world_from_camera @ CAMERA_FLIP
    right, down = camera.cx - camera.width / 2, camera.cy - camera.height / 2
    if camera.orthographic:
        wide, high = camera.ortho_size
        matrix = matrix @ np.diag([wide / 2, wide / 2, 1.0, 1.0])
        offset = np.array([-right / camera.width * wide, down / camera.height * high, 0.0])
        matrix[:3, 3] += camera.world_from_camera[:3, :3] @ offset
        return mi.load_dict(described | {"type": "orthographic", "to_world": mi.ScalarTransform4f(matrix)})
    described |= {
        "type": "perspective",
        "to_world": mi.ScalarTransform4f(matrix),
        "fov_axis": "x",
        "fov": float(np.degrees(2 * np.arctan(camera.width / 2 / camera.fx))),
        "principal_point_offset_x": right / camera.width,
        "principal_point_offset_y": down / camera.height,
    }
    if camera.f_stop > 0 and camera.focus_distance > 0 and camera.focal_length > 0:
        radius = camera.focal_length / (2 * camera.f_stop)
        described |= {"type": "thinlens", "aperture_radius": radius, "focus_distance": camera.focus_distance}
    return mi.load_dict(described)
