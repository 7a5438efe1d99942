"""Primary rays: one a pixel centre.

Directions of planar lenses (pinholes, orthographic) have length 1 along the optical axis, so a ray parameter is a
depth; those of the others are unit vectors, so it is a distance. Near and far are measured the same way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64

from engine.render.lenses import lens_of
from engine.stage.scene import Camera


@dataclass(frozen=True, eq=False)
class Rays:
    """Rays of an image in row-major order.

    Attributes:
        origins: (n, 3) world metres, where the near plane (or near sphere) is.
        directions: (n, 3) world.
        start: ray parameter of the origins as seen from the camera's centre.
        depth_rate: (n,) or scalar: metres along the optical axis for one unit of ray parameter.
        length: (n,) or scalar: metres of one unit of ray parameter.
        valid: (n,) pixels that the lens images at all; None means all.
    """

    origins: Float32[np.ndarray, "n 3"]
    directions: Float32[np.ndarray, "n 3"]
    start: float
    depth_rate: Float64[np.ndarray, "n"] | float
    length: Float64[np.ndarray, "n"] | float
    valid: Bool[np.ndarray, "n"] | None = None


def pixel_centres(camera: Camera) -> Float64[np.ndarray, "n 2"]:
    """Return x and y of the pixel centres in row-major order, pixels, origin top left."""
    x, y = np.meshgrid(np.arange(camera.width) + 0.5, np.arange(camera.height) + 0.5)
    return np.stack([x.ravel(), y.ravel()], 1)


def primary_rays(camera: Camera) -> Rays:
    """Make the rays of a camera.

    Raises:
        ValueError: if the camera's lens model is not one of `lenses.LENSES`.
    """
    lens, pixels = lens_of(camera), pixel_centres(camera)
    local, valid = lens.directions(camera, pixels)
    rotation, centre = camera.world_from_camera[:3, :3], camera.world_from_camera[:3, 3]
    directions = local @ rotation.T
    origins = centre + directions * camera.near
    if camera.orthographic:
        size = np.array(camera.ortho_size) / (camera.width, camera.height)
        offset = (pixels - (camera.cx, camera.cy)) * size * (1, -1)
        origins = origins + offset @ rotation[:, :2].T
    length = np.linalg.norm(local, axis=1) if lens.planar and not camera.orthographic else 1.0
    return Rays(
        origins.astype(np.float32),
        np.ascontiguousarray(directions, np.float32),
        camera.near,
        1.0 if lens.planar else -local[:, 2],
        length,
        None if valid.all() else valid,
    )
