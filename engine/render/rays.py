"""Primary rays: one a pixel centre, one function a camera model.

Directions of `pinhole` and `orthographic` rays have length 1 along the optical axis, so a ray parameter is a depth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64

from engine.stage.scene import Camera


@dataclass(frozen=True, eq=False)
class Rays:
    """Rays of an image in row-major order.

    Attributes:
        origins: (n, 3) world metres, on the near plane (or near sphere for lenses beyond 180 degrees).
        directions: (n, 3) world; a step of 1 in the ray parameter is one unit of `start`'s measure.
        start: ray parameter of the origins as seen from the camera's centre.
        depth_rate: (n,) or scalar: metres along the optical axis for one unit of ray parameter.
        length: (n,) or scalar: metres of one unit of ray parameter.
        valid: (n,) pixels that the lens images at all.
    """

    origins: Float32[np.ndarray, "n 3"]
    directions: Float32[np.ndarray, "n 3"]
    start: float
    depth_rate: Float64[np.ndarray, "n"] | float
    length: Float64[np.ndarray, "n"]
    valid: np.ndarray | None = None


def pixel_grid(camera: Camera) -> tuple[Float64[np.ndarray, "h w"], Float64[np.ndarray, "h w"]]:
    """Return x and y of the pixel centres in pixels, origin top left."""
    x, y = np.meshgrid(np.arange(camera.width) + 0.5, np.arange(camera.height) + 0.5)
    return x, y


def pinhole(camera: Camera) -> Rays:
    """Make rays of an ideal pinhole: direction ((x - cx) / fx, (cy - y) / fy, -1) in the camera's frame."""
    x, y = pixel_grid(camera)
    local = np.stack([(x - camera.cx) / camera.fx, (camera.cy - y) / camera.fy, np.full_like(x, -1.0)], -1).reshape(
        -1, 3
    )
    directions = local @ camera.world_from_camera[:3, :3].T
    origins = camera.world_from_camera[:3, 3] + directions * camera.near
    return Rays(
        origins.astype(np.float32), directions.astype(np.float32), camera.near, 1.0, np.linalg.norm(local, axis=1)
    )


def orthographic(camera: Camera) -> Rays:
    """Make parallel rays across `ortho_size` metres."""
    x, y = pixel_grid(camera)
    width, height = camera.ortho_size
    offset = np.stack(
        [
            (x - camera.cx) / camera.width * width,
            (camera.cy - y) / camera.height * height,
            np.full_like(x, -camera.near),
        ],
        -1,
    ).reshape(-1, 3)
    rotation = camera.world_from_camera[:3, :3]
    origins = camera.world_from_camera[:3, 3] + offset @ rotation.T
    directions = np.broadcast_to(-rotation[:, 2], origins.shape)
    ones = np.ones(len(origins))
    return Rays(origins.astype(np.float32), directions.astype(np.float32), camera.near, 1.0, ones)


def lens_rays(camera: Camera, local: Float64[np.ndarray, "n 3"], valid: np.ndarray | None = None) -> Rays:
    """Make rays from unit directions in the camera's frame; near is a distance for angles beyond 90 degrees."""
    directions = local @ camera.world_from_camera[:3, :3].T
    origins = camera.world_from_camera[:3, 3] + directions * camera.near
    return Rays(
        origins.astype(np.float32), directions.astype(np.float32), camera.near, -local[:, 2], np.ones(len(local)), valid
    )


def primary_rays(camera: Camera) -> Rays:
    """Make the rays of any camera; models without a function of their own are imaged as pinholes."""
    return orthographic(camera) if camera.orthographic else pinhole(camera)
