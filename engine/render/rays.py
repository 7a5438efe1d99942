"""Primary rays: one a pixel centre.

Directions of planar lenses (pinholes, orthographic) have length 1 along the optical axis, so a ray parameter is a
depth; those of the others are unit vectors, so it is a distance. Near and far are measured the same way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64

from engine.render.lenses import Lens, lens_of
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
    lens = lens_of(camera)
    return _planar(camera, lens) if lens.planar else _curved(camera, lens)


def _planar(camera: Camera, lens: Lens) -> Rays:
    """Add up what a column and a row contribute: the lens keeps straight lines."""
    rotation = camera.world_from_camera[:3, :3]
    column = np.stack([np.arange(camera.width) + 0.5, np.zeros(camera.width)], 1)
    row = np.stack([np.zeros(camera.height), np.arange(camera.height) + 0.5], 1)
    across, down = lens.directions(camera, column)[0], lens.directions(camera, row)[0]
    corner = lens.directions(camera, np.zeros((1, 2)))[0]
    rows, columns = down @ rotation.T, (across - corner) @ rotation.T
    directions = _sums(rows, columns)
    start_rows, start_columns = rows * camera.near + camera.world_from_camera[:3, 3], columns * camera.near
    length: Float64[np.ndarray, "n"] | float = 1.0
    if camera.orthographic:
        centre = np.array([camera.cx, camera.cy])
        start_rows += (row - centre) * ortho_scale(camera) @ rotation[:, :2].T
        start_columns += column * ortho_scale(camera) * (1, 0) @ rotation[:, :2].T
    else:
        length = np.sqrt((down[:, 1] ** 2 + 1.0)[:, None] + (across[:, 0] ** 2)[None]).ravel()
    return Rays(_sums(start_rows, start_columns), directions, camera.near, 1.0, length)


def _sums(rows: Float64[np.ndarray, "h 3"], columns: Float64[np.ndarray, "w 3"]) -> Float32[np.ndarray, "n 3"]:
    """Add the contributions of each pixel's row and column, a component at a time: NumPy is slow at inner axes of 3."""
    result = np.empty((len(rows), len(columns), 3), np.float32)
    for axis in range(3):
        np.add(rows[:, axis, None], columns[None, :, axis], out=result[..., axis], casting="same_kind")
    return result.reshape(-1, 3)


def ortho_scale(camera: Camera) -> Float64[np.ndarray, "2"]:
    """Return metres to the right and up for one pixel right and down, of an orthographic camera."""
    return np.array(camera.ortho_size) / (camera.width, camera.height) * (1, -1)


def _curved(camera: Camera, lens: Lens) -> Rays:
    local, valid = lens.directions(camera, pixel_centres(camera))
    directions = local @ camera.world_from_camera[:3, :3].T
    origins = directions * camera.near + camera.world_from_camera[:3, 3]
    reach = None if valid.all() else valid
    return Rays(_flat(origins), _flat(directions), camera.near, -local[:, 2], 1.0, reach)


def _flat(vectors: np.ndarray) -> Float32[np.ndarray, "n 3"]:
    return vectors.astype(np.float32).reshape(-1, 3)
