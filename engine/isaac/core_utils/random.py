"""isaacsim.core.utils.random: poses in front of a camera, drawn as Isaac Sim draws them: by Python's own generator."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
from pxr import Usd

from .rotations import euler_angles_to_quat
from .transformations import get_translation_from_target, get_world_pose_from_relative


def get_random_values_in_range(min_range: Any, max_range: Any, generator: Any = random) -> np.ndarray:
    """Return one number between each pair of limits (n,)."""
    return np.array([generator.uniform(low, high) for low, high in zip(min_range, max_range, strict=True)])


def get_random_translation_from_camera(
    min_distance: float,
    max_distance: float,
    fov_x: float,
    fov_y: float,
    fraction_to_screen_edge: float,
    generator: Any = random,
) -> np.ndarray:
    """Return a point (3,) in the camera's frame that is seen; fields of view in radians."""
    distance = generator.uniform(min_distance, max_distance)
    reach = [distance * math.tan(fraction_to_screen_edge * fov / 2.0) for fov in (fov_x, fov_y)]
    across, along = (generator.uniform(-limit, limit) for limit in reach)
    return np.array([across, along, -distance])


def get_random_world_pose_in_view(
    camera_prim: Usd.Prim,
    min_distance: float,
    max_distance: float,
    fov_x: float,
    fov_y: float,
    fraction_to_screen_edge: float,
    coord_prim: Usd.Prim,
    min_rotation_range: Any,
    max_rotation_range: Any,
    generator: Any = random,
) -> tuple[np.ndarray, np.ndarray]:
    """Return a world position (3,) that a camera sees and an orientation (4,).

    Args:
        camera_prim: the camera.
        min_distance: least distance along the camera's axis, stage units.
        max_distance: greatest distance.
        fov_x: horizontal field of view, radians.
        fov_y: vertical field of view, radians.
        fraction_to_screen_edge: 1 reaches the edge of the image.
        coord_prim: the frame of the rotation.
        min_rotation_range: least Euler angles (3,), degrees.
        max_rotation_range: greatest Euler angles (3,), degrees.
        generator: what draws; Python's own module by default.
    """
    seen = get_random_translation_from_camera(
        min_distance, max_distance, fov_x, fov_y, fraction_to_screen_edge, generator
    )
    place = get_translation_from_target(seen, camera_prim, coord_prim)
    angles = get_random_values_in_range(min_rotation_range, max_rotation_range, generator)
    return get_world_pose_from_relative(coord_prim, place, euler_angles_to_quat(angles, degrees=True))
