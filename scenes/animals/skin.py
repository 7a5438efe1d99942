"""Turn a field into a closed skin of quads: surface nets on a rectilinear grid, relaxed and drawn onto the surface."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, sparse

from scenes.animals.shapes import Array

Ints = NDArray[np.integer]
CORNERS = np.array(list(product((0, 1), repeat=3)))


@dataclass(frozen=True)
class Skin:
    """A closed quad mesh.

    Args:
        points: (n, 3), metres.
        quads: (m, 4) indices of points, counter-clockwise seen from outside.
        normals: (n, 3) unit.
    """

    points: Array
    quads: Ints
    normals: Array


def grid_axis(low: float, high: float, spacing: Sequence[tuple[float, float, float]], coarse: float) -> Array:
    """Return increasing grid coordinates that cover low..high, finer inside some spans.

    Args:
        low, high: range to cover, metres.
        spacing: spans (from, to, step), metres; the finest wins where they overlap.
        coarse: step elsewhere, metres.
    """
    fine = np.linspace(low, high, 4000)
    step = np.full(fine.shape, coarse)
    for start, stop, size in spacing:
        step = np.where((fine > start) & (fine < stop), np.minimum(step, size), step)
    step = ndimage.gaussian_filter1d(step, 0.04 / (fine[1] - fine[0]), mode="nearest")
    index = np.concatenate([[0.0], np.cumsum((fine[1:] - fine[:-1]) / step[1:])])
    return np.interp(np.arange(int(np.ceil(index[-1])) + 1), index, fine)


@cache
def _awkward_cells() -> NDArray[np.bool_]:
    """Mark the cell patterns (256) whose inside or outside corners do not hang together along edges."""
    apart = np.abs(CORNERS[:, None] - CORNERS[None]).sum(-1)
    neighbours = apart == 1
    marks = np.zeros(256, bool)
    for code in range(256):
        inside = (code >> np.arange(8)) & 1 == 1
        for chosen in (inside, ~inside):
            if chosen.any():
                linked = sparse.csr_matrix(neighbours[np.ix_(chosen, chosen)])
                marks[code] |= sparse.csgraph.connected_components(linked)[0] > 1
    return marks


def _cell_codes(inside: NDArray[np.bool_]) -> Ints:
    """Return the corner pattern of each cell as a number 0..255."""
    nx, ny, nz = (n - 1 for n in inside.shape)
    codes = np.zeros((nx, ny, nz), np.int64)
    for bit, (i, j, k) in enumerate(CORNERS):
        codes |= inside[i : nx + i, j : ny + j, k : nz + k].astype(np.int64) << bit
    return codes


def _tidy(value: Array) -> Array:
    """Keep the largest body, close its hollows and fill corners until every cell is cut by at most one sheet."""
    labels, count = ndimage.label(value < 0)
    if count > 1:
        sizes = np.bincount(labels.ravel())[1:]
        value = np.where((labels > 0) & (labels != 1 + int(sizes.argmax())), 1e-3, value)
    hollow, count = ndimage.label(value >= 0)
    if count > 1:
        value = np.where((hollow > 0) & (hollow != hollow[0, 0, -1]), -1e-3, value)
    value = np.where(np.abs(value) < 1e-6, 1e-6, value)
    for _ in range(50):
        cells = np.argwhere(_awkward_cells()[_cell_codes(value < 0)])
        if not len(cells):
            break
        corners = (cells[:, None] + CORNERS[None]).reshape(-1, 3)
        flat = np.unique(np.ravel_multi_index(tuple(corners.T), value.shape))
        block = value.ravel()
        block[flat] = np.minimum(block[flat], -1e-3)
        value = block.reshape(value.shape)
    return value


def surface_nets(value: Array, axes: Sequence[Array]) -> tuple[Array, Ints]:
    """Return the points and quads of the surface where a field on a grid changes sign.

    Source: S. Gibson, "Constrained elastic surface nets", 1998 (the naive form: one point a cell, the mean of its
    edge crossings).
    """
    value = _tidy(value)
    inside = value < 0
    codes = _cell_codes(inside)
    cells = np.argwhere((codes > 0) & (codes < 255))
    number = np.full(codes.shape, -1)
    number[tuple(cells.T)] = np.arange(len(cells))
    total, hits = np.zeros((len(cells), 3)), np.zeros(len(cells))
    quads = []
    for axis in range(3):
        start = [slice(None)] * 3
        start[axis] = slice(0, -1)
        stop = [slice(None)] * 3
        stop[axis] = slice(1, None)
        before, after = value[tuple(start)], value[tuple(stop)]
        edges = np.argwhere((before < 0) != (after < 0))
        a, b = before[tuple(edges.T)], after[tuple(edges.T)]
        place = edges.astype(float)
        place[:, axis] += a / (a - b)
        one, two = (axis + 1) % 3, (axis + 2) % 3
        ring = []
        for d_one, d_two in ((0, 0), (-1, 0), (-1, -1), (0, -1)):
            cell = edges.copy()
            cell[:, one] += d_one
            cell[:, two] += d_two
            index = number[tuple(cell.T)]
            np.add.at(total, index, place)
            np.add.at(hits, index, 1.0)
            ring.append(index)
        quad = np.stack(ring, -1)
        quads.append(np.where((a < 0)[:, None], quad, quad[:, ::-1]))
    grid = total / hits[:, None]
    points = np.stack([np.interp(grid[:, i], np.arange(len(axes[i])), axes[i]) for i in range(3)], -1)
    return points, np.concatenate(quads)


def vertex_normals(points: Array, quads: Ints) -> Array:
    """Return area-weighted unit normals (n, 3) of a quad mesh."""
    corner = points[quads]
    area = np.cross(corner[:, 2] - corner[:, 0], corner[:, 3] - corner[:, 1])
    total = np.stack([np.bincount(quads.ravel(), np.repeat(area[:, i], 4), len(points)) for i in range(3)], -1)
    return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)


def _averaging(count: int, quads: Ints) -> sparse.csr_matrix:
    """Return the matrix (n, n) that replaces each point by the mean of its edge neighbours."""
    a, b = quads.ravel(), np.roll(quads, -1, 1).ravel()
    link = sparse.coo_matrix((np.ones(2 * len(a)), (np.r_[a, b], np.r_[b, a])), (count, count)).tocsr()
    link.data[:] = 1.0
    return sparse.diags(1.0 / np.maximum(np.asarray(link.sum(1)).ravel(), 1.0)) @ link


def _stray(points: Array, quads: Ints, residual: Array, tolerance: float) -> Ints:
    """Return the points that are off the surface or belong to a folded quad."""
    corner = points[quads]
    area = np.cross(corner[:, 2] - corner[:, 0], corner[:, 3] - corner[:, 1])
    folded = np.einsum("ij,ij->i", area, vertex_normals(points, quads)[quads].sum(1)) <= 0.0
    marks = np.abs(residual) > tolerance
    marks[quads[folded].ravel()] = True
    return np.flatnonzero(marks)


def gradient(at: Callable[[Array], Array], points: Array, step: float = 1e-3) -> Array:
    """Return the unit gradient (n, 3) of a field at points (n, 3) by central differences."""
    shifts = step * np.concatenate([np.eye(3), -np.eye(3)])
    value = at((points + shifts[:, None]).reshape(-1, 3)).reshape(6, -1)
    slope = (value[:3] - value[3:]).T
    return slope / np.maximum(np.linalg.norm(slope, axis=1, keepdims=True), 1e-12)


def _repair(points: Array, quads: Ints, at: Callable[[Array], Array], mean: sparse.csr_matrix) -> Array:
    """Bring stray points back: to the middle of their neighbours, then along the gradient to the surface."""
    residual = at(points)
    for _ in range(6):
        stray = _stray(points, quads, residual, 1e-3)
        if not len(stray):
            break
        place = (mean @ points)[stray]
        for _ in range(2):
            place = place - np.clip(at(place), -0.01, 0.01)[:, None] * gradient(at, place)
        points[stray] = place
        residual[stray] = at(place)
    return points


def make_skin(on_grid: Array, at: Callable[[Array], Array], axes: Sequence[Array], rounds: int = 3) -> Skin:
    """Polygonise a field, even the points out and draw them onto the surface.

    Args:
        on_grid: the field (nx, ny, nz) on the grid.
        at: the field (n,) at points (n, 3).
        axes: the grid's coordinates.
        rounds: how often to relax and draw back.
    """
    points, quads = surface_nets(on_grid, axes)
    mean = _averaging(len(points), quads)
    for turn in range(rounds):
        points = 0.5 * points + 0.5 * (mean @ points)
        for _ in range(1 + (turn == rounds - 1)):
            step = np.clip(at(points), -0.012, 0.012)
            points = points - step[:, None] * vertex_normals(points, quads)
    points = _repair(points, quads, at, mean)
    return Skin(points, quads, vertex_normals(points, quads))
