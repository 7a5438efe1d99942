"""Where pixels of one camera lie in the picture of another."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float32

from engine.render.lenses import lens_of
from engine.stage.scene import Camera


def correspondence(
    camera: Camera,
    reference: Camera,
    hit: Bool[np.ndarray, "h w"],
    positions: Float32[np.ndarray, "h w 3"],
    seen: Bool[np.ndarray, "h w"],
) -> Float32[np.ndarray, "h w 4"]:
    """Return where each pixel's surface point lies in the reference picture.

    Args:
        camera, reference: the two views.
        hit: something is hit.
        positions: of what is hit, world metres.
        seen: nothing hides the point from the reference camera.

    Returns:
        dx, dy: reference less own position, both in widths or heights of their pictures, x to the right and y down;
        1 where the point is hidden from the reference, outside its picture, or nothing is hit; 1 where that was tested:
        the point is inside the reference picture. Source: Replicator documentation, cross_correspondence.
    """
    local = positions.reshape(-1, 3).astype(np.float64) @ reference.camera_from_world[:3, :3].T
    there, valid = lens_of(reference).pixels(reference, local + reference.camera_from_world[:3, 3])
    size = np.array([reference.width, reference.height])
    inside = valid & (there >= 0).all(axis=1) & (there < size).all(axis=1) & hit.ravel()
    rows, columns = np.mgrid[: camera.height, : camera.width]
    here = np.stack([(columns.ravel() + 0.5) / camera.width, (rows.ravel() + 0.5) / camera.height], axis=1)
    result = np.zeros((len(here), 4), np.float32)
    result[:, :2] = np.where((valid & hit.ravel())[:, None], there / size - here, 0.0)
    result[:, 2] = ~(inside & seen.ravel())
    result[:, 3] = inside
    return result.reshape(camera.height, camera.width, 4)
