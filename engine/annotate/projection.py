"""Where points fall in the image: the extents of prims, clipped at the near and far planes."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np

from engine.annotate.labelling import Labelling
from engine.render.lenses import lens_of
from engine.stage.scene import Camera, Instance, SceneSnapshot

EDGES = np.array([[0, 1], [1, 2], [2, 0]])
FINEST, COARSEST, POINTS = 128, 8, 8192  # pieces of an edge, and points in all, where the lens bends straight lines
Rectangle = tuple[float, float, float, float]


_known: WeakKeyDictionary[SceneSnapshot, WeakKeyDictionary[Camera, dict[int, Rectangle | None]]] = WeakKeyDictionary()


def prim_extents(scene: SceneSnapshot, camera: Camera, labels: Labelling) -> list[Rectangle | None]:
    """Bound each labelled prim in the image; the boxes of one view share the work.

    Returns:
        One a prim: (x0, y0, x1, y1) pixels, maybe outside the image; None if nothing of it lies near to far.
    """
    known = _known.setdefault(scene, WeakKeyDictionary()).setdefault(camera, {})
    for members in labels.members:
        for number in members.tolist():
            if number not in known:
                known[number] = projected_extent(scene.instances[number], camera)
    return [union([known[number] for number in members.tolist()]) for members in labels.members]


def projected_extent(item: Instance, camera: Camera) -> Rectangle | None:
    """Bound an instance in the image: (x0, y0, x1, y1) pixels, maybe outside it; None if nothing lies near to far."""
    matrix = camera.camera_from_world @ item.world_from_local
    local = item.mesh.points.astype(np.float64) @ matrix[:3, :3].T + matrix[:3, 3]
    lens = lens_of(camera)
    if not lens.planar:
        local = _along_edges(item, local)
    away = -local[:, 2] if lens.planar else np.linalg.norm(local, axis=1)
    inside = (away >= camera.near) & (away <= camera.far)
    if lens.planar and not inside.all():
        local = np.concatenate([local[inside], *(_crossings(item, local, at) for at in (camera.near, camera.far))])
    elif not lens.planar:
        local = local[inside]
    pixels, valid = lens.pixels(camera, local)
    if not valid.any():
        return None
    low, high = pixels[valid].min(axis=0), pixels[valid].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _crossings(item: Instance, local: np.ndarray, at: float) -> np.ndarray:
    """Return the points where triangle edges pass a depth."""
    edges = item.mesh.triangles[:, EDGES].reshape(-1, 2)
    start, end = local[edges[:, 0]], local[edges[:, 1]]
    before, after = -start[:, 2] - at, -end[:, 2] - at
    cross = (before < 0) != (after < 0)
    share = before[cross] / (before[cross] - after[cross])
    return start[cross] + (end[cross] - start[cross]) * share[:, None]


def _along_edges(item: Instance, local: np.ndarray) -> np.ndarray:
    """Return points along all triangle edges: what bounds a triangle where the lens bends straight lines."""
    edges = item.mesh.triangles[:, EDGES].reshape(-1, 2)
    steps = int(np.clip(POINTS // max(len(edges), 1), COARSEST, FINEST))
    share = np.linspace(0, 1, steps, endpoint=False)[:, None, None]
    return (local[edges[:, 0]] * (1 - share) + local[edges[:, 1]] * share).reshape(-1, 3)


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
