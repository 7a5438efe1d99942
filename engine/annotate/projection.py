"""Where points fall in the image: the extents of prims, clipped at the near and far planes."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64

from engine.stage.scene import Camera, Instance

EDGES = np.array([[0, 1], [1, 2], [2, 0]])
Rectangle = tuple[float, float, float, float]


def pixels_of(camera: Camera, local: Float64[np.ndarray, "n 3"]) -> Float64[np.ndarray, "n 2"]:
    """Project points to pixels; (0.5, 0.5) is the centre of the top left pixel.

    Args:
        camera: pinhole or orthographic.
        local: (n, 3) points in the camera's frame, metres, in front of it.
    """
    if camera.orthographic:
        width, height = camera.ortho_size
        x = camera.cx + local[:, 0] * camera.width / width
        return np.stack([x, camera.cy - local[:, 1] * camera.height / height], 1)
    depth = -local[:, 2]
    return np.stack([camera.cx + camera.fx * local[:, 0] / depth, camera.cy - camera.fy * local[:, 1] / depth], 1)


def projected_extent(item: Instance, camera: Camera) -> Rectangle | None:
    """Bound an instance in the image: (x0, y0, x1, y1) pixels, maybe outside it; None if nothing lies near to far."""
    matrix = camera.camera_from_world @ item.world_from_local
    local = item.mesh.points.astype(np.float64) @ matrix[:3, :3].T + matrix[:3, 3]
    depth = -local[:, 2]
    inside = (depth >= camera.near) & (depth <= camera.far)
    if not inside.all():
        local = np.concatenate([local[inside], *(_crossings(item, local, at) for at in (camera.near, camera.far))])
    if len(local) == 0:
        return None
    pixels = pixels_of(camera, local)
    low, high = pixels.min(axis=0), pixels.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _crossings(item: Instance, local: np.ndarray, at: float) -> np.ndarray:
    """Return the points where triangle edges pass a depth."""
    edges = item.mesh.triangles[:, EDGES].reshape(-1, 2)
    start, end = local[edges[:, 0]], local[edges[:, 1]]
    before, after = -start[:, 2] - at, -end[:, 2] - at
    cross = (before < 0) != (after < 0)
    share = before[cross] / (before[cross] - after[cross])
    return start[cross] + (end[cross] - start[cross]) * share[:, None]


def union(rectangles: list[Rectangle | None]) -> Rectangle | None:
    """Bound several rectangles; None where there are none."""
    found = np.array([r for r in rectangles if r is not None])
    if len(found) == 0:
        return None
    low, high = found[:, :2].min(axis=0), found[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def touches(rectangle: Rectangle | None, camera: Camera) -> bool:
    """Tell whether a rectangle reaches into the image."""
    if rectangle is None:
        return False
    x0, y0, x1, y1 = rectangle
    return x1 > 0 and y1 > 0 and x0 < camera.width and y0 < camera.height
