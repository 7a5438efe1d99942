"""UsdGeomMesh to triangles: checked, cut up, with normals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32, Int32
from pxr import Usd, UsdGeom

from engine.stage.complaints import Complaints
from engine.stage.geometry import Geometry
from engine.stage.gprims import Surface, read_gprim
from engine.stage.primvars import Topology, Values, Weights, read_primvar, to_corners
from engine.stage.refinement_level import refinement_level
from engine.stage.subsets import read_parts
from engine.stage.triangulate import triangulate

if TYPE_CHECKING:
    from engine.stage.subdivide import Refined

SMOOTH_SCHEMES = ("catmullClark", "loop")
CURVE_ATTRIBUTES = ("points", "curveVertexCounts", "widths", "primvars:widths", "type", "basis", "wrap")


@dataclass(frozen=True, eq=False)
class Cage:
    """A mesh as authored.

    Attributes:
        points: (n, 3) local stage units.
        counts: (f,) corners a face.
        indices: (c,) point of each corner.
        holes: faces that are not drawn.
        scheme: subdivision scheme token.
    """

    points: Float32[np.ndarray, "n 3"]
    counts: Int32[np.ndarray, "f"]
    indices: Int32[np.ndarray, "c"]
    holes: Int32[np.ndarray, "h"]
    scheme: str


def read_cage(prim: Usd.Prim, time: Usd.TimeCode) -> tuple[Cage | None, str]:
    """Read and check a mesh.

    Returns:
        The mesh, or None and what is wrong with it.
    """
    mesh = UsdGeom.Mesh(prim)
    points = np.asarray(mesh.GetPointsAttr().Get(time) or (), dtype=np.float32).reshape(-1, 3)
    counts = np.asarray(mesh.GetFaceVertexCountsAttr().Get(time) or (), dtype=np.int32)
    indices = np.asarray(mesh.GetFaceVertexIndicesAttr().Get(time) or (), dtype=np.int32)
    holes = np.asarray(mesh.GetHoleIndicesAttr().Get(time) or (), dtype=np.int32)
    wrong = _wrong(points, counts, indices)
    if wrong:
        return None, wrong
    holes = holes[(holes >= 0) & (holes < len(counts))]
    return Cage(points, counts, indices, holes, str(mesh.GetSubdivisionSchemeAttr().Get())), ""


def _wrong(points: np.ndarray, counts: np.ndarray, indices: np.ndarray) -> str:
    if not len(points):
        return "it has no points"
    if not len(counts):
        return "it has no faces"
    bad = int((~np.isfinite(points).all(axis=1)).sum())
    if bad:
        return f"{bad} of its {len(points)} points are NaN or infinite; expected finite numbers"
    if counts.min() < 0 or int(counts.sum()) != len(indices):
        return (
            f"its faceVertexCounts add up to {int(counts.sum())} and there are {len(indices)} faceVertexIndices; "
            "expected equal numbers"
        )
    if indices.min() < 0 or indices.max() >= len(points):
        return f"its faceVertexIndices reach from {indices.min()} to {indices.max()}; expected 0 to {len(points) - 1}"
    return "" if (counts >= 3).any() else "none of its faces has three corners"


def read_geometry(prim: Usd.Prim, time: Usd.TimeCode, complaints: Complaints) -> Geometry | None:
    """Read a drawable prim; None, with a warning naming it, if it cannot be drawn."""
    if not prim.IsA(UsdGeom.Mesh):
        return _intrinsic(prim, time, complaints)
    cage, wrong = read_cage(prim, time)
    if cage is None:
        complaints.warn(f"{prim.GetPath()}: the mesh is left out: {wrong}")
        return None
    level = refinement_level(prim, cage.scheme, time)
    if level == 0:
        return triangles_of(prim, cage, None, time, complaints)
    from engine.stage.subdivide import refine  # loads SciPy

    return triangles_of(prim, cage, refine(prim, cage, level, time), time, complaints)


def triangles_of(
    prim: Usd.Prim, cage: Cage, refined: Refined | None, time: Usd.TimeCode, complaints: Complaints
) -> Geometry:
    """Cut a mesh into triangles, as it is or refined."""
    mesh = UsdGeom.Mesh(prim)
    points, topology = _topology(cage, refined)
    if mesh.GetOrientationAttr().Get(time) == UsdGeom.Tokens.leftHanded:
        triangles, corners = (np.ascontiguousarray(a[:, ::-1]) for a in (topology.triangles, topology.corners))
        topology = replace(topology, triangles=triangles, corners=corners)
    normals, normals_vary = (None, False) if refined else read_normals(prim, cage, topology, time, complaints)
    smooth = normals is None and (refined is not None or cage.scheme in SMOOTH_SCHEMES)
    if smooth:
        normals = smooth_normals(points, topology.triangles)[topology.triangles]
    parts, parts_vary = read_parts(prim, len(cage.counts), time, complaints)
    varies = normals_vary or parts_vary or _might_vary(prim)
    sided = bool(mesh.GetDoubleSidedAttr().Get(time))
    return Geometry(prim, time, varies, points, topology, normals, None, sided, parts, complaints, smooth)


def _topology(cage: Cage, refined: Refined | None) -> tuple[Float32[np.ndarray, "n 3"], Topology]:
    sizes = (len(cage.points), len(cage.counts), len(cage.indices))
    skipped = np.zeros(len(cage.counts), bool)
    skipped[cage.holes] = True
    if refined is None:
        corners, faces = triangulate(cage.points, cage.counts, cage.indices, skipped)
        return cage.points, Topology(*sizes, cage.indices[corners].astype(np.int32), corners, faces)
    points = (refined.from_points @ cage.points.astype(np.float64)).astype(np.float32)
    corners, faces = triangulate(points, refined.counts, refined.indices, skipped[refined.parents])
    triangles, parents = refined.indices[corners].astype(np.int32), refined.parents[faces].astype(np.int32)
    weights = Weights(refined.from_points, refined.from_corners, cage.indices[np.repeat(cage.counts >= 3, cage.counts)])
    return points, Topology(*sizes, triangles, corners, parents, weights)


def _might_vary(prim: Usd.Prim) -> bool:
    names = ("points", "faceVertexCounts", "faceVertexIndices", "doubleSided", "orientation")
    return any(prim.GetAttribute(name).ValueMightBeTimeVarying() for name in names)


def read_normals(
    prim: Usd.Prim, cage: Cage, topology: Topology, time: Usd.TimeCode, complaints: Complaints
) -> tuple[Float32[np.ndarray, "m 3 3"] | None, bool]:
    """Return authored unit normals per triangle corner, and whether they may vary over time.

    `primvars:normals` wins over `normals`. Without either (None), subdivision surfaces are shaded smoothly and
    polygonal meshes flat. Source: UsdGeomMesh, "Normals".
    """
    found = read_primvar(prim, "normals", time, complaints) or _plain_normals(prim, time)
    spread = to_corners(found, topology, prim, complaints) if found is not None and found.values.ndim == 2 else None
    if spread is not None:
        return unit(spread, cage.points, topology.triangles), bool(found and found.varies)
    return None, False


def _plain_normals(prim: Usd.Prim, time: Usd.TimeCode) -> Values | None:
    mesh = UsdGeom.Mesh(prim)
    data = mesh.GetNormalsAttr().Get(time)
    if data is None or not len(data):
        return None
    values = np.asarray(data, dtype=np.float32)
    varies = mesh.GetNormalsAttr().ValueMightBeTimeVarying()
    return Values("normals", str(mesh.GetNormalsInterpolation()), values, varies)


def unit(
    normals: Float32[np.ndarray, "m 3 3"], points: Float32[np.ndarray, "n 3"], triangles: Int32[np.ndarray, "m 3"]
) -> Float32[np.ndarray, "m 3 3"]:
    """Scale normals to length 1; zero and broken ones become the face's own."""
    length = np.linalg.norm(normals, axis=2, keepdims=True)
    good = np.isfinite(length[..., 0]) & (length[..., 0] > 1e-12)
    if not good.all():
        facing = _facing(points, triangles)
        facing /= np.maximum(np.linalg.norm(facing, axis=1, keepdims=True), 1e-30)
        normals = np.where(good[..., None], normals, facing[:, None])
        length = np.where(good[..., None], length, 1.0)
    return (normals / length).astype(np.float32)


def _facing(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    a, b, c = (points[triangles[:, i]] for i in range(3))
    return np.cross(b - a, c - a)


def smooth_normals(
    points: Float32[np.ndarray, "n 3"], triangles: Int32[np.ndarray, "m 3"]
) -> Float32[np.ndarray, "n 3"]:
    """Return unit normals of points: the mean of the faces round them, weighted by area."""
    facing = np.repeat(_facing(points.astype(np.float64), triangles), 3, axis=0)
    flat = triangles.ravel()
    total = np.stack([np.bincount(flat, facing[:, i], len(points)) for i in range(3)], axis=1)
    return (total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-30)).astype(np.float32)


def _curves(prim: Usd.Prim, time: Usd.TimeCode) -> tuple[Surface | None, str]:
    from engine.stage.curves import read_curves  # few stages have any

    return read_curves(prim, time)


def _intrinsic(prim: Usd.Prim, time: Usd.TimeCode, complaints: Complaints) -> Geometry | None:
    curved = prim.GetTypeName() == "BasisCurves"
    surface, wrong = (_curves if curved else read_gprim)(prim, time)
    if surface is None:
        complaints.warn(f"{prim.GetPath()}: the {prim.GetTypeName()} is left out: {wrong}")
        return None
    count = len(surface.triangles)
    corners = np.arange(3 * count, dtype=np.int32).reshape(-1, 3)
    topology = Topology(len(surface.points), 1, 3 * count, surface.triangles, corners, np.zeros(count, np.int32))
    names = ("size", "radius", "height", "axis", "width", "length", "radiusTop", "radiusBottom", *CURVE_ATTRIBUTES)
    varies = any(a.ValueMightBeTimeVarying() for a in map(prim.GetAttribute, names) if a)
    normals, uvs = surface.corner_normals, surface.corner_uvs
    return Geometry(
        prim,
        time,
        varies,
        surface.points,
        topology,
        normals,
        uvs,
        bool(UsdGeom.Gprim(prim).GetDoubleSidedAttr().Get(time)),
        read_parts(prim, 1, time, complaints)[0],
        complaints,
    )
