"""UsdGeomBasisCurves as tubes: sampled, with a ring of corners at every sample.

Source: UsdGeomBasisCurves documentation: segments and their number by type, basis and wrap; widths are diameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float64
from pxr import Usd, UsdGeom

from engine.stage.gprims import Surface

SIDES = 8  # of a tube
PIECES = 8  # straight ones of a cubic segment
BASES = {
    "bezier": np.array([[-1, 3, -3, 1], [3, -6, 3, 0], [-3, 3, 0, 0], [1, 0, 0, 0]], np.float64),
    "bspline": np.array([[-1, 3, -3, 1], [3, -6, 3, 0], [-3, 0, 3, 0], [1, 4, 1, 0]], np.float64) / 6,
    "catmullRom": np.array([[-1, 3, -3, 1], [2, -5, 4, -1], [-1, 0, 1, 0], [0, 2, 0, 0]], np.float64) / 2,
}
Samples = Float64[np.ndarray, "n c"]


@dataclass(frozen=True)
class Kind:
    """How vertices make a curve: "linear" or the name of a cubic basis, and its wrap."""

    basis: str
    wrap: str

    @property
    def periodic(self) -> bool:
        """Tell whether the end joins the start."""
        return self.wrap == "periodic"

    def segments(self, count: int) -> int:
        """Return how many segments so many vertices make; 0 or less for none."""
        if self.basis == "linear":
            return count if self.periodic else count - 1
        if self.basis == "bezier":
            return count // 3 if self.periodic else (count - 1) // 3
        return count if self.periodic else count - 1 if self.wrap == "pinned" else count - 3


def read_curves(prim: Usd.Prim, time: Usd.TimeCode) -> tuple[Surface | None, str]:
    """Read curves as one surface of tubes.

    Returns:
        The surface, or None and what is wrong with the curves.
    """
    points = np.asarray(prim.GetAttribute("points").Get(time) or (), np.float64).reshape(-1, 3)
    counts = np.asarray(prim.GetAttribute("curveVertexCounts").Get(time) or (), np.int64)
    if not len(points) or counts.sum() != len(points) or not np.isfinite(points).all():
        return None, f"its curveVertexCounts add up to {counts.sum()} for {len(points)} points; expected finite points"
    linear = prim.GetAttribute("type").Get(time) == UsdGeom.Tokens.linear
    basis = "linear" if linear else str(prim.GetAttribute("basis").Get(time))
    kind = Kind(basis, str(prim.GetAttribute("wrap").Get(time)))
    if basis != "linear" and basis not in BASES:
        return None, f"its basis is '{basis}'; expected one of: {', '.join(BASES)}"
    widths = _widths(prim, time, counts, kind)
    if widths is None:
        return None, "its widths do not fit its interpolation; expected one, one a curve, a vertex or a segment end"
    starts = np.cumsum(counts) - counts
    tubes = []
    for start, count, width in zip(starts.tolist(), counts.tolist(), widths, strict=True):
        if kind.segments(count) > 0:
            line = sampled(points[start : start + count], kind)
            tubes.append(tube(line, _along(width, len(line), count, kind), kind.periodic))
    return (joined(tubes), "") if tubes else (None, "none of its curves has a segment")


def _widths(prim: Usd.Prim, time: Usd.TimeCode, counts: Any, kind: Kind) -> list[np.ndarray] | None:
    """Return each curve's diameters: one, or one a vertex or segment end; None where their number fits nothing."""
    curves = UsdGeom.BasisCurves(prim)
    found = UsdGeom.PrimvarsAPI(prim).GetPrimvar("widths")
    data = found.ComputeFlattened(time) if found and found.HasValue() else curves.GetWidthsAttr().Get(time)
    values = np.abs(np.asarray(data if data else (1.0,), np.float64))
    ends = [max(kind.segments(int(n)), 0) + (0 if kind.periodic else 1) for n in counts]
    if len(values) == 1:
        return [values] * len(counts)
    for sizes in ([1] * len(counts), counts.tolist(), ends):
        if sum(sizes) == len(values):
            return np.split(values, np.cumsum(sizes)[:-1])
    return None


def _along(width: np.ndarray, samples: int, count: int, kind: Kind) -> Float64[np.ndarray, "n"]:
    """Spread a curve's diameters over its samples."""
    if len(width) == 1:
        return np.full(samples, width[0])
    if len(width) == count and kind.basis != "linear":
        return sampled(width[:, None], kind)[:, 0]
    if kind.periodic:
        width = np.append(width, width[0])
    place = np.linspace(0, len(width) - 1, samples + (1 if kind.periodic else 0))[:samples]
    return np.interp(place, np.arange(len(width)), width)


def sampled(vertices: Samples, kind: Kind) -> Float64[np.ndarray, "m c"]:
    """Return points along a curve: its vertices if it is linear, `PIECES` a segment and the end if it is cubic.

    A periodic curve's first point is not repeated.
    """
    if kind.basis == "linear":
        return vertices
    segments, step = kind.segments(len(vertices)), 3 if kind.basis == "bezier" else 1
    if kind.wrap == "pinned" and step == 1:
        ends = 2 * vertices[:1] - vertices[1:2], 2 * vertices[-1:] - vertices[-2:-1]
        vertices = np.concatenate([ends[0], vertices, ends[1]])
    which = (np.arange(segments)[:, None] * step + np.arange(4)) % len(vertices)
    t = np.arange(PIECES) / PIECES
    weights = np.stack([t**3, t**2, t, np.ones_like(t)], axis=1) @ BASES[kind.basis]
    points = np.einsum("pk,skc->spc", weights, vertices[which]).reshape(-1, vertices.shape[1])
    if kind.periodic:
        return points
    end = np.ones(4) @ BASES[kind.basis] @ vertices[which[-1]]
    return np.concatenate([points, end[None]])


def tube(line: Samples, width: Float64[np.ndarray, "n"], closed: bool) -> Surface:
    """Return a tube round a line, with flat ends unless it is closed.

    Args:
        line: (n, 3) points.
        width: (n,) diameters.
        closed: the end joins the start.
    """
    count = len(line)
    following, before = np.roll(line, -1, axis=0), np.roll(line, 1, axis=0)
    if not closed:
        following[-1], before[0] = line[-1], line[0]
    along = following - before
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-30)
    across = _carried(along)
    angle = 2 * np.pi * np.arange(SIDES) / SIDES
    out = across[:, None] * np.cos(angle)[:, None] + np.cross(along, across)[:, None] * np.sin(angle)[:, None]
    rings = (line[:, None] + out * width[:, None, None] / 2).reshape(-1, 3)
    triangles, uvs = _walls(count, closed)
    normals = out.reshape(-1, 3)[triangles]
    if not closed:
        fan = np.stack([np.zeros(SIDES - 2, int), np.arange(1, SIDES - 1), np.arange(2, SIDES)], axis=1)
        ends = np.repeat(np.stack([-along[0], along[-1]]), SIDES - 2, axis=0)
        triangles = np.concatenate([triangles, fan[:, ::-1], fan + (count - 1) * SIDES])
        normals = np.concatenate([normals, np.repeat(ends[:, None], 3, axis=1)])
        uvs = np.concatenate([uvs, np.zeros((len(ends), 3, 2))])
    return _typed(rings, triangles, normals, uvs)


def _walls(count: int, closed: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the triangles between rings, and their texture coordinates: u round the tube, v along it."""
    ring, side = np.meshgrid(np.arange(count if closed else count - 1), np.arange(SIDES), indexing="ij")
    here, there = ring * SIDES, (ring + 1) % count * SIDES
    beside = (side + 1) % SIDES
    corners = [here + side, here + beside, there + beside, here + side, there + beside, there + side]
    triangles = np.stack(corners, axis=-1).reshape(-1, 3)
    v = np.linspace(0, 1, count + 1 if closed else count)
    u0, v0, v1 = side.ravel() / SIDES, v[ring.ravel()], v[ring.ravel() + 1]
    u1 = u0 + 1 / SIDES
    pairs = [(u0, v0), (u1, v0), (u1, v1), (u0, v0), (u1, v1), (u0, v1)]
    return triangles, np.stack([np.stack(pair, axis=-1) for pair in pairs], axis=1).reshape(-1, 3, 2)


def _carried(along: Samples) -> Samples:
    """Return a direction across each tangent, turned as little as possible from one to the next."""
    result = np.zeros_like(along)
    across = np.cross(along[0], np.eye(3)[np.abs(along[0]).argmin()])
    for number, tangent in enumerate(along):
        across = across - tangent * (across @ tangent)
        length = np.linalg.norm(across)
        across = np.cross(tangent, np.eye(3)[np.abs(tangent).argmin()]) if length < 1e-9 else across / length
        result[number] = across / np.linalg.norm(across)
    return result


def joined(parts: list[Surface]) -> Surface:
    """Put several surfaces together."""
    offsets = np.cumsum([0, *(len(part.points) for part in parts[:-1])])
    triangles = np.concatenate([part.triangles + offset for part, offset in zip(parts, offsets, strict=True)])
    arrays = (np.concatenate([getattr(part, name) for part in parts]) for name in ("corner_normals", "corner_uvs"))
    return _typed(np.concatenate([part.points for part in parts]), triangles, *arrays)


def _typed(points: np.ndarray, triangles: np.ndarray, normals: np.ndarray, uvs: np.ndarray) -> Surface:
    def plain(values: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(values, np.float32)

    return Surface(plain(points), np.ascontiguousarray(triangles, np.int32), plain(normals), plain(uvs))
