"""One step of subdivision as matrices: Catmull-Clark, Loop and bilinear, with boundaries, creases and corners.

Sources: Catmull & Clark (1978); Loop (1987); for semi-sharp creases DeRose, Kass & Truong, "Subdivision surfaces in
character animation" (1998); for boundaries UsdGeomMesh, interpolateBoundary edgeAndCorner and edgeOnly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64
from scipy.sparse import coo_matrix, csr_matrix

INFINITELY_SHARP = 10.0


@dataclass(frozen=True, eq=False)
class Faces:
    """A polygon mesh without positions.

    Attributes:
        points: how many.
        counts: (f,) corners a face.
        indices: (c,) point of each corner.
        parents: (f,) face of the unrefined mesh.
        edges: sharp edges as (k, 2) points, lower first, with their sharpness in `edge_sharpness`.
        corner_sharpness: (points,) sharpness of points.
        boundary_corners: points with one face at a boundary are sharp.
    """

    points: int
    counts: Int64[np.ndarray, "f"]
    indices: Int64[np.ndarray, "c"]
    parents: Int64[np.ndarray, "f"]
    edges: Int64[np.ndarray, "k 2"]
    edge_sharpness: Float64[np.ndarray, "k"]
    corner_sharpness: Float64[np.ndarray, "n"]
    boundary_corners: bool = True


@dataclass(frozen=True, eq=False)
class Edges:
    """The edges of a mesh.

    Attributes:
        ends: (e, 2) points, lower first.
        of_corner: (c,) edge from each corner to the next of its face.
        next_corner: (c,) that next corner.
        face_of_corner: (c,)
        uses: (e,) how many faces have it.
        sharpness: (e,) crease sharpness; boundaries are infinitely sharp.
    """

    ends: Int64[np.ndarray, "e 2"]
    of_corner: Int64[np.ndarray, "c"]
    next_corner: Int64[np.ndarray, "c"]
    face_of_corner: Int64[np.ndarray, "c"]
    uses: Int64[np.ndarray, "e"]
    sharpness: Float64[np.ndarray, "e"]


def find_edges(faces: Faces) -> Edges:
    """List the edges of a mesh once each."""
    starts = np.cumsum(faces.counts) - faces.counts
    face = np.repeat(np.arange(len(faces.counts)), faces.counts)
    place = np.arange(len(faces.indices)) - starts[face]
    following = starts[face] + (place + 1) % faces.counts[face]
    pairs = np.sort(np.stack([faces.indices, faces.indices[following]], axis=1), axis=1)
    code = pairs[:, 0] * faces.points + pairs[:, 1]
    unique, inverse, uses = np.unique(code, return_inverse=True, return_counts=True)
    ends = np.stack([unique // faces.points, unique % faces.points], axis=1)
    sharpness = np.where(uses == 2, 0.0, INFINITELY_SHARP)
    if len(faces.edges):
        wanted = faces.edges[:, 0] * faces.points + faces.edges[:, 1]
        at = np.clip(np.searchsorted(unique, wanted), 0, len(unique) - 1)
        there = unique[at] == wanted
        np.maximum.at(sharpness, at[there], faces.edge_sharpness[there])
    return Edges(ends, inverse.ravel(), following, face, uses, sharpness)


def matrix(rows: np.ndarray, columns: np.ndarray, values: np.ndarray | float, shape: tuple[int, int]) -> csr_matrix:
    """Make a sparse matrix; entries at one place add up."""
    full = np.broadcast_to(np.asarray(values, dtype=np.float64), rows.shape)
    return coo_matrix((full, (rows, columns)), shape=shape).tocsr()


def face_points(faces: Faces, edges: Edges) -> csr_matrix:
    """Return the mean of each face's points."""
    weights = 1.0 / faces.counts[edges.face_of_corner]
    return matrix(edges.face_of_corner, faces.indices, weights, (len(faces.counts), faces.points))


def midpoints(faces: Faces, edges: Edges) -> csr_matrix:
    """Return the middle of each edge."""
    rows = np.repeat(np.arange(len(edges.ends)), 2)
    return matrix(rows, edges.ends.ravel(), 0.5, (len(edges.ends), faces.points))


def _scaled(weights: Float64[np.ndarray, "n"], rows: csr_matrix) -> csr_matrix:
    return rows.multiply(weights[:, None]).tocsr()


def edge_points(faces: Faces, edges: Edges, scheme: str) -> csr_matrix:
    """Return new points on edges: smooth ones where the edge is not sharp, midpoints where it is."""
    middle = midpoints(faces, edges)
    if scheme == "bilinear":
        return middle
    smooth = np.clip(1.0 - edges.sharpness, 0.0, 1.0)
    smooth[edges.uses != 2] = 0.0
    count = len(edges.ends)
    if scheme == "loop":
        across = edges.next_corner[edges.next_corner]
        opposite = matrix(edges.of_corner, faces.indices[across], 0.125, (count, faces.points))
        soft = 0.75 * middle + opposite
    else:
        to_faces = matrix(edges.of_corner, edges.face_of_corner, 0.25, (count, len(faces.counts)))
        soft = 0.5 * middle + to_faces @ face_points(faces, edges)
    return _scaled(smooth, soft) + _scaled(1.0 - smooth, middle)


def vertex_points(faces: Faces, edges: Edges, scheme: str) -> csr_matrix:
    """Return where the old points go: smooth, along a crease, or nowhere."""
    count = faces.points
    stay = matrix(np.arange(count), np.arange(count), 1.0, (count, count))
    if scheme == "bilinear":
        return stay
    sharp = edges.sharpness > 0
    ends = edges.ends[sharp]
    many = np.bincount(ends.ravel(), minlength=count)
    total = np.bincount(ends.ravel(), np.repeat(edges.sharpness[sharp], 2), minlength=count)
    mean = np.divide(total, many, out=np.zeros(count), where=many > 0)
    crease = matrix(ends.ravel(), ends[:, ::-1].ravel(), 0.125, (count, count)) + 0.75 * stay
    corner = faces.corner_sharpness.copy()
    corner[many > 2] = np.maximum(corner[many > 2], mean[many > 2])
    if faces.boundary_corners:
        used = np.bincount(faces.indices, minlength=count)
        open_ends = np.bincount(edges.ends[edges.uses == 1].ravel(), minlength=count)
        corner[(used == 1) & (open_ends == 2)] = INFINITELY_SHARP
    fixed = np.clip(corner, 0.0, 1.0)
    fixed[np.bincount(faces.indices, minlength=count) == 0] = 1.0  # points that no face uses
    creased = np.where(many == 2, np.clip(mean, 0.0, 1.0), 0.0) * (1.0 - fixed)
    soft = _smooth_vertices(faces, edges, scheme, stay)
    return _scaled(fixed, stay) + _scaled(creased, crease) + _scaled(1.0 - fixed - creased, soft)


def _smooth_vertices(faces: Faces, edges: Edges, scheme: str, stay: csr_matrix) -> csr_matrix:
    count = faces.points
    flat = edges.ends.ravel()
    valence = np.maximum(np.bincount(flat, minlength=count), 1).astype(np.float64)
    around = matrix(flat, edges.ends[:, ::-1].ravel(), 1.0, (count, count))
    if scheme == "loop":
        beta = (5 / 8 - (3 / 8 + np.cos(2 * np.pi / valence) / 4) ** 2) / valence
        return _scaled(beta, around) + _scaled(1.0 - valence * beta, stay)
    used = np.maximum(np.bincount(faces.indices, minlength=count), 1)
    to_faces = matrix(faces.indices, edges.face_of_corner, 1.0, (count, len(faces.counts)))
    inside = _scaled(1.0 / used, (to_faces @ face_points(faces, edges)).tocsr())
    middles = 0.5 * (_scaled(1.0 / valence, around) + stay)
    return _scaled(1.0 / valence, inside) + _scaled(2.0 / valence, middles) + _scaled((valence - 3) / valence, stay)
