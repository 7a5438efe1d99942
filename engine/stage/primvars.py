"""Primvars of a mesh, spread to the corners of its triangles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Float32, Int32
from pxr import Usd, UsdGeom

from engine.stage.complaints import Complaints

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

UV_NAMES = ("st", "st0", "st_0", "UVMap", "uv", "map1", "st1", "st_1")
UV_TYPES = ("texCoord2f[]", "texCoord2d[]", "texCoord2h[]", "float2[]", "double2[]", "half2[]")


@dataclass(frozen=True, eq=False)
class Weights:
    """How values of a mesh spread over its refinement.

    Attributes:
        from_points, from_corners: weights of the authored points and face corners.
        indices: authored point of each authored face corner.
    """

    from_points: csr_matrix
    from_corners: csr_matrix
    indices: Int32[np.ndarray, "c"]


@dataclass(frozen=True, eq=False)
class Topology:
    """Triangles and where they come from.

    Attributes:
        points: how many points are authored.
        face_count, corner_count: faces, and corners of all faces, as authored.
        triangles: (m, 3) points of each triangle.
        corners: (m, 3) face corners of each triangle.
        faces: (m,) authored face of each triangle.
        weights: of a refined mesh, whose `triangles` and `corners` count refined points and corners.
    """

    points: int
    face_count: int
    corner_count: int
    triangles: Int32[np.ndarray, "m 3"]
    corners: Int32[np.ndarray, "m 3"]
    faces: Int32[np.ndarray, "m"]
    weights: Weights | None = None


@dataclass(frozen=True, eq=False)
class Values:
    """A primvar with its indices applied.

    Attributes:
        name: attribute name.
        interpolation: UsdGeom token.
        values: (k, c) or (k,).
        varies: may vary over time.
    """

    name: str
    interpolation: str
    values: Float32[np.ndarray, "k ..."]
    varies: bool


def read_primvar(prim: Usd.Prim, name: str, time: Usd.TimeCode, complaints: Complaints) -> Values | None:
    """Read a primvar, own or inherited; None where there is none (or, with a warning, where its indices are wrong)."""
    primvar = UsdGeom.PrimvarsAPI(prim).FindPrimvarWithInheritance(name)
    if not primvar or not primvar.HasValue():
        return None
    data = primvar.Get(time)
    if data is None or isinstance(data, str):
        return None
    values = np.asarray(data, dtype=np.float32)
    indices = primvar.GetIndices(time) if primvar.IsIndexed() else None
    if indices is not None and len(indices):
        index = np.asarray(indices)
        if index.min() < 0 or index.max() >= len(values):
            complaints.warn(
                f"{prim.GetPath()}: primvar '{name}' is ignored: its indices reach from {index.min()} to "
                f"{index.max()}; expected 0 to {len(values) - 1}"
            )
            return None
        values = values[index]
    if values.ndim == 0 or (values.ndim == 1 and primvar.GetTypeName().isScalar):
        values = values[None]
    return Values(name, str(primvar.GetInterpolation()), values, primvar.ValueMightBeTimeVarying())


def uv_primvar(prim: Usd.Prim, wanted: str | None) -> str | None:
    """Choose the texture coordinates: the wanted set, else the usual names, else the first two-component primvar."""
    api = UsdGeom.PrimvarsAPI(prim)
    for name in (wanted, *UV_NAMES):
        if name and (found := api.FindPrimvarWithInheritance(name)) and found.HasValue():
            return name
    for primvar in api.GetPrimvarsWithValues():
        if str(primvar.GetTypeName()) in UV_TYPES:
            return str(primvar.GetPrimvarName())
    return None


def to_corners(
    found: Values, topology: Topology, prim: Usd.Prim, complaints: Complaints
) -> Float[np.ndarray, "m 3 ..."] | None:
    """Spread values to triangle corners; None, with a warning, if their number fits nothing.

    A number of values that does not fit the interpolation but fits another one is read as that other one.
    """
    sizes = {
        "faceVarying": topology.corner_count,
        "vertex": topology.points,
        "varying": topology.points,
        "uniform": topology.face_count,
        "constant": 1,
    }
    kind, count = found.interpolation, len(found.values)
    if sizes.get(kind) != count:
        fitting = next((k for k, size in sizes.items() if size == count), None)
        outcome = f"it is read as {fitting}" if fitting else "it is ignored"
        complaints.warn(
            f"{prim.GetPath()}: '{found.name}' has {count} values with interpolation '{kind}', expected "
            f"{sizes.get(kind)}; {outcome}"
        )
        kind = fitting or ""
    values, weights = found.values, topology.weights
    if weights is not None and kind == "varying":  # linear inside each face
        kind, values = "faceVarying", values[weights.indices]
    if kind == "faceVarying":
        return (values if weights is None else weights.from_corners @ values)[topology.corners]
    if kind in ("vertex", "varying"):
        return (values if weights is None else weights.from_points @ values)[topology.triangles]
    if kind == "uniform":
        return np.repeat(found.values[topology.faces][:, None], 3, axis=1)
    if kind == "constant":
        return np.broadcast_to(found.values[0], (*topology.triangles.shape, *found.values.shape[1:]))
    return None
