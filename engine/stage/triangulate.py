"""Polygons to triangles: fans for convex faces, ear clipping for concave ones."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float, Float64, Int, Int32

Corners = Int32[np.ndarray, "m 3"]
FLAT = 1e-7  # a turn smaller than this part of the face's squared area counts as straight


def triangulate(
    points: Float[np.ndarray, "n 3"],
    counts: Int[np.ndarray, "f"],
    indices: Int[np.ndarray, "c"],
    skipped: Bool[np.ndarray, "f"] | None = None,
) -> tuple[Corners, Int32[np.ndarray, "m"]]:
    """Cut polygons into triangles, faces in order.

    Args:
        points: vertices, any unit.
        counts: corners of each face; faces with fewer than three are left out.
        indices: vertex of each corner.
        skipped: faces to leave out.

    Returns:
        (m, 3) numbers of face corners (positions in `indices`) and (m,) the face of each triangle.
    """
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]]) if len(counts) else np.empty(0, np.int64)
    kept = counts >= 3
    if skipped is not None:
        kept &= ~skipped
    corners, faces = [], []
    for size in np.unique(counts[kept]):
        chosen = np.flatnonzero(kept & (counts == size))
        ring = starts[chosen, None] + np.arange(size)
        cut = ring if size == 3 else _cut(points[indices[ring]].astype(np.float64), ring)
        corners.append(cut.reshape(-1, 3))
        faces.append(np.repeat(chosen, size - 2))
    if not corners:
        return np.empty((0, 3), np.int32), np.empty(0, np.int32)
    face = np.concatenate(faces)
    order = np.argsort(face, kind="stable")
    return np.concatenate(corners)[order].astype(np.int32), face[order].astype(np.int32)


def _cut(polygons: Float64[np.ndarray, "f k 3"], ring: Int[np.ndarray, "f k"]) -> Int[np.ndarray, "f t 3"]:
    """Cut polygons of one size; returns (f, k - 2, 3) corner numbers."""
    edges = np.roll(polygons, -1, axis=1) - polygons
    normals = face_normals(polygons)
    turns = np.einsum("fki,fi->fk", np.cross(np.roll(edges, 1, axis=1), edges), normals)
    reflex = turns < -FLAT * np.einsum("fi,fi->f", normals, normals)[:, None]
    concave = reflex.any(axis=1)
    if ring.shape[1] == 4:  # a concave quad has one reflex corner, and the fan from it is inside
        first = np.where(concave, reflex.argmax(axis=1), 0)
        ring = np.take_along_axis(ring, (first[:, None] + np.arange(4)) % 4, axis=1)
    cut = _fan(ring)
    if ring.shape[1] > 4:
        for number in np.flatnonzero(concave):
            cut[number] = ring[number][ear_clip(polygons[number], normals[number])]
    return cut


def face_normals(polygons: Float64[np.ndarray, "f k 3"]) -> Float64[np.ndarray, "f 3"]:
    """Return normals of length twice the area. Source: Newell's method (Sutherland, Sproull, Schumacker 1974)."""
    centred = polygons - polygons.mean(axis=1, keepdims=True)
    return np.cross(centred, np.roll(centred, -1, axis=1)).sum(axis=1)


def _fan(ring: Int[np.ndarray, "f k"]) -> Int[np.ndarray, "f t 3"]:
    first = np.broadcast_to(ring[:, :1], ring[:, 2:].shape)
    return np.stack([first, ring[:, 1:-1], ring[:, 2:]], axis=2)


def ear_clip(polygon: Float64[np.ndarray, "k 3"], normal: Float64[np.ndarray, "3"]) -> Int[np.ndarray, "t 3"]:
    """Cut one simple polygon, seen along its normal.

    Source: Meisters, "Polygons have ears" (1975): every simple polygon has a corner whose triangle lies inside.
    """
    flat = polygon @ _plane(normal)
    left = list(range(len(flat)))
    triangles = []
    while len(left) > 3:
        place = next((i for i in range(len(left)) if _is_ear(flat, left, i)), 0)
        before, after = left[place - 1], left[(place + 1) % len(left)]
        triangles.append((before, left[place], after))
        del left[place]
    return np.array([*triangles, tuple(left)])


def _plane(normal: Float64[np.ndarray, "3"]) -> Float64[np.ndarray, "3 2"]:
    unit = normal / max(float(np.linalg.norm(normal)), 1e-300)
    helper = np.eye(3)[np.abs(unit).argmin()]
    right = np.cross(helper, unit)
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(unit, right)], axis=1)


def _area(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> float:
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))


def _is_ear(flat: np.ndarray, left: list[int], place: int) -> bool:
    before, here, after = left[place - 1], left[place], left[(place + 1) % len(left)]
    a, b, c = flat[before], flat[here], flat[after]
    if _area(a, b, c) <= 0:
        return False
    others = flat[[i for i in left if i not in (before, here, after)]]
    inside = np.ones(len(others), bool)
    for p, q in ((a, b), (b, c), (c, a)):
        inside &= (q[0] - p[0]) * (others[:, 1] - p[1]) - (q[1] - p[1]) * (others[:, 0] - p[0]) >= 0
    same = (others[:, None] == np.stack([a, b, c])[None]).all(axis=2).any(axis=1)
    return not (inside & ~same).any()
