"""Points on surfaces and in volumes, and the search for places where prims do not collide. NumPy only.

All arrays are world space, stage units.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

MAX_TRIES = 10_000
Sampler = Callable[[np.random.Generator, int], Float[np.ndarray, "k 3"]]
RAY = np.array([0.5773, 0.4082, 0.7071]) / np.linalg.norm([0.5773, 0.4082, 0.7071])  # along no mesh axis


@dataclass(frozen=True)
class Boxes:
    """Axis-aligned boxes.

    Attributes:
        low, high: (n, 3) corners.
    """

    low: Float[np.ndarray, "n 3"]
    high: Float[np.ndarray, "n 3"]


def surface_sampler(triangles: Float[np.ndarray, "m 3 3"], offset: float) -> Sampler:
    """Return a sampler of points uniform in area.

    Args:
        triangles: corners.
        offset: distance to move points along the triangle's normal.

    Source: Osada et al. 2002, "Shape distributions", section 4.2 (square-root barycentric sampling).
    """
    edge_u, edge_v = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    normals = np.cross(edge_u, edge_v)
    areas = np.linalg.norm(normals, axis=1)
    weights = areas / areas.sum()
    unit = normals / np.maximum(areas, 1e-300)[:, None]

    def sample(generator: np.random.Generator, count: int) -> Float[np.ndarray, "k 3"]:
        index = generator.choice(len(triangles), size=count, p=weights)
        root, second = np.sqrt(generator.random((count, 1))), generator.random((count, 1))
        points = triangles[index, 0] + root * (1 - second) * edge_u[index] + root * second * edge_v[index]
        return points + offset * unit[index]

    return sample


def box_sampler(low: Float[np.ndarray, "3"], high: Float[np.ndarray, "3"]) -> Sampler:
    """Return a sampler of points uniform in a box."""
    return lambda generator, count: generator.uniform(low, high, size=(count, 3))


def inside(triangles: Float[np.ndarray, "m 3 3"], points: Float[np.ndarray, "k 3"]) -> Bool[np.ndarray, " k"]:
    """Tell which points lie in a watertight mesh: a ray from there crosses it an odd number of times.

    Source: Möller and Trumbore 1997, "Fast, minimum storage ray/triangle intersection".
    """
    edge_u, edge_v = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    across = np.cross(RAY, edge_v)
    det = np.einsum("mi,mi->m", edge_u, across)
    keep = np.abs(det) > 1e-15
    edge_u, edge_v, across, det = edge_u[keep], edge_v[keep], across[keep], det[keep]
    start = points[:, None] - triangles[None, keep, 0]
    u = np.einsum("kmi,mi->km", start, across) / det
    q = np.cross(start, edge_u[None])
    v = np.einsum("kmi,i->km", q, RAY) / det
    t = np.einsum("kmi,mi->km", q, edge_v) / det
    hits = (u >= 0) & (v >= 0) & (u + v <= 1) & (t > 0)
    return hits.sum(axis=1) % 2 == 1


def volume_of(triangles: Float[np.ndarray, "m 3 3"]) -> float:
    """Return a closed mesh's volume (divergence theorem)."""
    corner = np.cross(triangles[:, 1], triangles[:, 2])
    return float(abs(np.einsum("mi,mi->m", triangles[:, 0], corner).sum()) / 6)


def volume_sampler(
    volumes: Sequence[Float[np.ndarray, "_ 3 3"]], excluded: Sequence[Float[np.ndarray, "_ 3 3"]], union: bool
) -> Sampler:
    """Return a sampler of points uniform in closed meshes; points that fail the test come back as NaN.

    Args:
        volumes: meshes to fill.
        excluded: meshes to leave empty.
        union: overlapping volumes count once; otherwise overlaps are filled more densely.
    """
    weights = np.array([volume_of(v) for v in volumes])
    boxes = [(v.min((0, 1)), v.max((0, 1))) for v in volumes]

    def sample(generator: np.random.Generator, count: int) -> Float[np.ndarray, "k 3"]:
        index = generator.choice(len(volumes), size=count, p=weights / weights.sum())
        unit, keep = generator.random((count, 3)), generator.random(count)
        low, high = np.array([boxes[i][0] for i in index]), np.array([boxes[i][1] for i in index])
        points = low + unit * (high - low)
        members = np.stack([inside(v, points) for v in volumes])
        accept = members[index, np.arange(count)]
        if union:
            accept &= keep * members.sum(axis=0) < 1
        for mesh in excluded:
            accept &= ~inside(mesh, points)
        return np.where(accept[:, None], points, np.nan)

    return sample


def place_prims(
    sampler: Sampler,
    generator: np.random.Generator,
    prims: Boxes,
    bounds: tuple[Float[np.ndarray, "3"], Float[np.ndarray, "3"]],
    obstacles: Boxes,
    apart: bool,
) -> Float[np.ndarray, "n 3"]:
    """Draw a place for every prim.

    Args:
        sampler: draws candidates; NaN marks a bad one.
        generator: random stream.
        prims: each prim's box relative to its origin.
        bounds: lowest and highest coordinates allowed.
        obstacles: boxes to stay clear of.
        apart: prims also stay clear of one another.

    Raises:
        ValueError: if a prim finds no place in 10000 tries.
    """
    count = len(prims.low)
    low, high = list(obstacles.low), list(obstacles.high)
    places = np.empty((count, 3))
    pool = np.empty((0, 3))
    for i in range(count):
        tries = 0
        while True:
            if not len(pool):
                pool = sampler(generator, max(64, count))
            tries += 1
            if tries > MAX_TRIES:
                raise ValueError(
                    f"prim {i + 1} of {count} found no place in {MAX_TRIES} tries; expected a larger surface or "
                    "volume, wider min_samp and max_samp, or fewer prims to keep apart"
                )
            point, pool = pool[0], pool[1:]
            if not ((point >= bounds[0]) & (point <= bounds[1])).all():
                continue
            box = point + prims.low[i], point + prims.high[i]
            if low and ((box[1] > np.array(low)) & (box[0] < np.array(high))).all(axis=1).any():
                continue
            places[i] = point
            if apart:
                low.append(box[0])
                high.append(box[1])
            break
    return places
