"""Which pixels a thing can cover: the rectangle of its projected bounds."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numpy as np
from jaxtyping import Float64, Int64

from engine.render.lenses import lens_of
from engine.stage.scene import Camera, Instance

CORNERS = np.array([[i >> 2 & 1, i >> 1 & 1, i & 1] for i in range(8)])
Box = tuple[int, int, int, int]


_known: WeakKeyDictionary[Camera, WeakKeyDictionary[Instance, tuple[Box | None, float]]] = WeakKeyDictionary()


def projected_rectangle(item: Instance, camera: Camera) -> Box | None:
    """Bound an instance's pixels: (x0, y0, x1, y1), ends excluded; None where none lie in the image near to far.

    Lenses that bend straight lines give the whole image.
    """
    return _bounds(item, camera)[0]


def farthest(item: Instance, camera: Camera) -> float:
    """Return the ray parameter that no point of an instance's bounds exceeds: depth, or distance for bent lenses."""
    return _bounds(item, camera)[1]


def _bounds(item: Instance, camera: Camera) -> tuple[Box | None, float]:
    """Work out an instance's rectangle and reach once a view."""
    view = _known.setdefault(camera, WeakKeyDictionary())
    if item not in view:
        low, high = item.mesh.extent.astype(np.float64)
        matrix = camera.camera_from_world @ item.world_from_local
        local = (low + CORNERS * (high - low)) @ matrix[:3, :3].T + matrix[:3, 3]
        reach = -local[:, 2] if lens_of(camera).planar else np.linalg.norm(local, axis=1)
        view[item] = _rectangle(local, camera), float(reach.max()) - camera.near
    return view[item]


def _rectangle(local: Float64[np.ndarray, "8 3"], camera: Camera) -> Box | None:
    lens = lens_of(camera)
    if not lens.planar:
        return 0, 0, camera.width, camera.height
    local = clip(clip(local, -camera.near, below=True), -camera.far, below=False)
    if len(local) == 0:
        return None
    pixels, _ = lens.pixels(camera, local)
    x0, y0 = np.maximum(np.floor(pixels.min(axis=0)) - 1, 0)
    x1, y1 = np.minimum(np.ceil(pixels.max(axis=0)) + 1, (camera.width, camera.height))
    return (int(x0), int(y0), int(x1), int(y1)) if x0 < x1 and y0 < y1 else None


def clip(points: Float64[np.ndarray, "n 3"], z: float, below: bool) -> Float64[np.ndarray, "m 3"]:
    """Keep the part of a convex hull on one side of a plane of constant z.

    Args:
        points: corners of the hull.
        z: where the plane is.
        below: keep smaller z, else larger z.

    Returns:
        The corners kept, and every crossing of a segment between corners on both sides.
    """
    inside = points[:, 2] <= z if below else points[:, 2] >= z
    if inside.all():
        return points
    kept, lost = points[inside][:, None], points[~inside][None]
    share = (z - kept[..., 2:]) / (lost[..., 2:] - kept[..., 2:])
    return np.concatenate([points[inside], (kept + (lost - kept) * share).reshape(-1, 3)])


def pixels_inside(boxes: Sequence[Box | None], camera: Camera, pixels: np.ndarray | None) -> Int64[np.ndarray, "m"]:
    """List which pixels lie in any of some rectangles.

    Args:
        boxes: the rectangles; None has no pixels.
        camera: whose image it is.
        pixels: (n,) row-major pixel numbers to choose from; None means the whole image.

    Returns:
        Positions in `pixels`, or row-major pixel numbers.
    """
    inside = np.zeros((camera.height, camera.width), bool)
    for box in boxes:
        if box is not None:
            x0, y0, x1, y1 = box
            inside[y0:y1, x0:x1] = True
    return np.flatnonzero(inside if pixels is None else inside.ravel()[pixels])
