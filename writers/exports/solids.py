"""3D boxes seen from a camera: where they are, how they are turned, where their corners fall.

The camera frame is OpenCV's: x right, y down, z forward, metres.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
OPENCV_FROM_USD = np.diag([1.0, -1.0, -1.0])  # USD's camera looks along -z, y up
# corner k: bit 2 of k is x, bit 1 is y, bit 0 is z; 0 is the low side
CORNER_SIGNS = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])


@dataclass(frozen=True, eq=False)
class Solid:
    """A box in the camera frame.

    Attributes:
        rotation: (3, 3), columns are the box's axes, right-handed.
        center: (3,) metres.
        size: (3,) metres along its axes.
    """

    rotation: Array
    center: Array
    size: Array

    def corners(self) -> Array:
        """Return (8, 3) metres, in the order of `CORNER_SIGNS`."""
        return self.center + (CORNER_SIGNS * self.size) @ self.rotation.T


def intrinsics(key: str, camera: dict[str, Any]) -> Array:
    """Return the (3, 3) intrinsics, pixels.

    Raises:
        ValueError: if the camera is no pinhole, so that no matrix says how it projects.
    """
    if camera["model"] != "pinhole":
        raise ValueError(
            f"sample '{key}' was seen by a camera of model '{camera['model']}'; this format knows pinhole cameras only"
        )
    return np.asarray(camera["intrinsics"], np.float64)


def camera_from_world(camera: dict[str, Any]) -> tuple[Array, Array]:
    """Return rotation (3, 3) and translation (3,) metres from the world to OpenCV's camera frame."""
    matrix = np.asarray(camera["camera_from_world"], np.float64)
    scale = float(camera["meters_per_unit"])
    return OPENCV_FROM_USD @ matrix[:3, :3], OPENCV_FROM_USD @ matrix[:3, 3] * scale


def solid_of(box_3d: dict[str, Any], camera: dict[str, Any]) -> Solid:
    """Place an object's box in the camera frame.

    A scaled local frame scales the size. Of a sheared one the nearest rotation is taken, and of a mirrored one the x
    axis is turned round, which leaves the box as it is.

    Args:
        box_3d: min, max (stage units, local frame), world_from_local.
        camera: as `writers.camera.describe_camera` gives it.
    """
    rotation, translation = camera_from_world(camera)
    scale = float(camera["meters_per_unit"])
    local = np.asarray(box_3d["world_from_local"], np.float64)
    low, high = np.asarray(box_3d["min"], np.float64), np.asarray(box_3d["max"], np.float64)
    middle = local[:3, :3] @ ((low + high) / 2) + local[:3, 3]
    lengths = np.linalg.norm(local[:3, :3], axis=0)
    axes = rotation @ nearest_rotation(local[:3, :3] / np.where(lengths > 0, lengths, 1.0))
    return Solid(axes, rotation @ middle * scale + translation, (high - low) * lengths * scale)


def nearest_rotation(matrix: Array) -> Array:
    """Return the rotation nearest to a (3, 3) matrix of unit columns.

    Source: orthogonal polar factor by singular values (Higham, "Computing the polar decomposition", 1986).
    """
    left, _, right = np.linalg.svd(matrix)
    found = left @ right
    if np.linalg.det(found) < 0:
        found[:, 0] = -found[:, 0]
    return found


def project(points: Array, matrix: Array) -> tuple[Array, Array]:
    """Project camera-frame points.

    Args:
        points: (n, 3) metres.
        matrix: (3, 3) intrinsics, pixels.

    Returns:
        (n, 2) pixels, and (n,) depth in metres; a point that is not in front of the camera has pixels nan.
    """
    depth = points[:, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        image = points @ matrix.T
        pixels = image[:, :2] / image[:, 2:]
    return np.where(depth[:, None] > 0, pixels, np.nan), depth
