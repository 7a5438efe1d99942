"""Subdivision surfaces: meshes refined step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Int64
from pxr import Usd, UsdGeom
from scipy.sparse import csr_matrix, identity, vstack

from engine.stage.refinement_rules import Edges, Faces, edge_points, face_points, find_edges, matrix, vertex_points

if TYPE_CHECKING:
    from engine.stage.meshes import Cage


@dataclass(frozen=True, eq=False)
class Refined:
    """A refined mesh.

    Attributes:
        counts, indices: its faces.
        parents: face of the unrefined mesh each came from.
        from_points: (points, unrefined points) weights.
        from_corners: (corners, unrefined corners) weights, linear inside each face.
    """

    counts: Int64[np.ndarray, "f"]
    indices: Int64[np.ndarray, "c"]
    parents: Int64[np.ndarray, "f"]
    from_points: csr_matrix
    from_corners: csr_matrix


def refine(prim: Usd.Prim, cage: Cage, level: int, time: Usd.TimeCode) -> Refined:
    """Refine a mesh `level` times; Loop's scheme falls back to Catmull-Clark's where not all faces are triangles."""
    faces = _base(prim, cage, time)
    scheme = cage.scheme if cage.scheme != "loop" or (faces.counts == 3).all() else "catmullClark"
    from_points, from_corners = identity(faces.points, format="csr"), identity(len(faces.indices), format="csr")
    for _ in range(level):
        edges = find_edges(faces)
        split = _split_triangles if scheme == "loop" else _split_quads
        points = [vertex_points(faces, edges, scheme), edge_points(faces, edges, scheme)]
        if scheme != "loop":
            points.append(face_points(faces, edges))
        counts, indices, corners = split(faces, edges)
        from_points, from_corners = vstack(points, format="csr") @ from_points, corners @ from_corners
        parents = np.repeat(faces.parents, faces.counts if scheme != "loop" else 4)
        faces = _sharper(faces, edges, from_points.shape[0], counts, indices, parents)
    return Refined(faces.counts, faces.indices, faces.parents, from_points, from_corners)


def _base(prim: Usd.Prim, cage: Cage, time: Usd.TimeCode) -> Faces:
    """Read creases and corners; faces with fewer than three corners cannot be refined and are left out."""
    mesh = UsdGeom.Mesh(prim)
    kept = cage.counts >= 3
    indices = cage.indices[np.repeat(kept, cage.counts)].astype(np.int64)
    chains = np.asarray(mesh.GetCreaseIndicesAttr().Get(time) or (), dtype=np.int64)
    lengths = np.asarray(mesh.GetCreaseLengthsAttr().Get(time) or (), dtype=np.int64)
    values = np.asarray(mesh.GetCreaseSharpnessesAttr().Get(time) or (), dtype=np.float64)
    edges, sharpness = np.empty((0, 2), np.int64), np.empty(0)
    if len(lengths) and lengths.sum() == len(chains):
        crease = np.repeat(np.arange(len(lengths)), lengths)
        inside = crease[1:] == crease[:-1]
        edges = np.sort(np.stack([chains[:-1], chains[1:]], axis=1)[inside], axis=1)
        if len(values) == len(lengths):
            sharpness = values[crease[:-1][inside]]
        else:
            sharpness = values if len(values) == len(edges) else np.full(len(edges), values[0] if len(values) else 0.0)
    corner = np.zeros(len(cage.points))
    places = np.asarray(mesh.GetCornerIndicesAttr().Get(time) or (), dtype=np.int64)
    amounts = np.asarray(mesh.GetCornerSharpnessesAttr().Get(time) or (), dtype=np.float64)
    good = (places >= 0) & (places < len(corner)) if len(places) == len(amounts) else np.zeros(len(places), bool)
    corner[places[good]] = amounts[good[: len(amounts)]] if good.any() else 0.0
    sharp_ends = mesh.GetInterpolateBoundaryAttr().Get(time) in (None, UsdGeom.Tokens.edgeAndCorner)
    counts, parents = cage.counts[kept].astype(np.int64), np.flatnonzero(kept)
    return Faces(len(cage.points), counts, indices, parents, edges, sharpness, corner, sharp_ends)


def _sharper(
    faces: Faces, edges: Edges, points: int, counts: np.ndarray, indices: np.ndarray, parents: np.ndarray
) -> Faces:
    """Return the refined faces: creases lose 1 of their sharpness, both halves of an edge keep the rest."""
    rest = np.maximum(edges.sharpness - 1.0, 0.0)
    kept = np.flatnonzero((rest > 0) & (edges.uses == 2))
    middle = faces.points + kept
    halves = np.concatenate([np.stack([edges.ends[kept, side], middle], axis=1) for side in (0, 1)])
    corner = np.zeros(points)
    corner[: faces.points] = np.maximum(faces.corner_sharpness - 1.0, 0.0)
    sharpness = np.tile(rest[kept], 2)
    return Faces(points, counts, indices, parents, halves, sharpness, corner, faces.boundary_corners)


def _split_quads(faces: Faces, edges: Edges) -> tuple[np.ndarray, np.ndarray, csr_matrix]:
    """Make one quad a corner: the point, the next edge, the face, the edge before."""
    count = len(faces.indices)
    here = np.arange(count)
    before = np.empty(count, np.int64)
    before[edges.next_corner] = here
    middle, centre = faces.points + edges.of_corner, faces.points + len(edges.ends) + edges.face_of_corner
    indices = np.stack([faces.indices, middle, centre, middle[before]], axis=1).ravel()
    halfway = [np.concatenate([here, here]) * 4 + 1, np.concatenate([here, edges.next_corner])]
    back = [np.concatenate([here, here]) * 4 + 3, np.concatenate([here, before])]
    starts = np.cumsum(faces.counts) - faces.counts
    size = faces.counts[edges.face_of_corner]
    inside = np.repeat(here, size)
    place = np.arange(len(inside)) - np.repeat(np.cumsum(size) - size, size)
    members = starts[edges.face_of_corner[inside]] + place
    rows = np.concatenate([here * 4, halfway[0], inside * 4 + 2, back[0]])
    columns = np.concatenate([here, halfway[1], members, back[1]])
    values = np.concatenate(
        [np.ones(count), np.full(2 * count, 0.5), 1.0 / np.repeat(size, size), np.full(2 * count, 0.5)]
    )
    return np.full(count, 4, np.int64), indices, matrix(rows, columns, values, (4 * count, count))


def _split_triangles(faces: Faces, edges: Edges) -> tuple[np.ndarray, np.ndarray, csr_matrix]:
    """Make four triangles a triangle: three at its points, one in the middle."""
    count = len(faces.counts)
    corner = np.arange(3 * count).reshape(-1, 3)
    point = faces.indices.reshape(-1, 3)
    middle = (faces.points + edges.of_corner).reshape(-1, 3)
    indices = np.stack(
        [
            np.stack([point[:, 0], middle[:, 0], middle[:, 2]], axis=1),
            np.stack([middle[:, 0], point[:, 1], middle[:, 1]], axis=1),
            np.stack([middle[:, 2], middle[:, 1], point[:, 2]], axis=1),
            middle,
        ],
        axis=1,
    )
    a, b, c = corner.T
    ends = np.array([[0, 0], [0, 1], [2, 0], [0, 1], [1, 1], [1, 2], [2, 0], [1, 2], [2, 2], [0, 1], [1, 2], [2, 0]])
    columns = np.stack([a, b, c], axis=1)[:, ends].reshape(-1)
    rows = np.repeat(np.arange(12 * count), 2)
    return np.full(4 * count, 3, np.int64), indices.ravel(), matrix(rows, columns, 0.5, (12 * count, 3 * count))
