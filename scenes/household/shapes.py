"""Household shapes in metres, standing on z = 0: surfaces of revolution and bevelled boxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenes.meshes import grid_triangles, smooth_normals

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Shape:
    """Points (n, 3), triangles (m, 3), normals (n, 3), uvs (n, 2)."""

    points: Floats
    triangles: NDArray[np.integer[Any]]
    normals: Floats
    uvs: Floats


# Outlines (radius, height) in metres, from the inside bottom outwards and up; real sizes of common objects.
OUTLINES: dict[str, list[tuple[float, float]]] = {
    "can": [(0, 0), (0.029, 0), (0.033, 0.004), (0.033, 0.112), (0.029, 0.118), (0.027, 0.118),
            (0.026, 0.114), (0, 0.114)],
    "bottle": [(0, 0), (0.034, 0), (0.037, 0.004), (0.037, 0.15), (0.034, 0.175), (0.018, 0.21), (0.0135, 0.225),
               (0.0135, 0.262), (0.0155, 0.263), (0.0155, 0.272), (0, 0.272)],
    "bowl": [(0, 0), (0.035, 0), (0.037, 0.006), (0.055, 0.022), (0.072, 0.05), (0.076, 0.07), (0.073, 0.07),
             (0.069, 0.05), (0.052, 0.026), (0.034, 0.012), (0, 0.010)],
    "plate": [(0, 0), (0.06, 0), (0.065, 0.004), (0.10, 0.012), (0.125, 0.02), (0.125, 0.022), (0.10, 0.015),
              (0.066, 0.007), (0, 0.006)],
    "cup": [(0, 0), (0.030, 0), (0.034, 0.004), (0.040, 0.095), (0.0365, 0.095), (0.031, 0.008), (0, 0.007)],
    "vase": [(0, 0), (0.035, 0), (0.040, 0.01), (0.060, 0.08), (0.055, 0.13), (0.028, 0.19), (0.026, 0.21),
             (0.038, 0.24), (0.035, 0.24), (0.022, 0.21), (0.022, 0.19), (0, 0.18)],
    "ball": [(0.035 * float(np.sin(t)), 0.035 - 0.035 * float(np.cos(t))) for t in np.linspace(0, np.pi, 25)],
    "apple": [(0, 0.006), (0.010, 0.0), (0.024, 0.006), (0.036, 0.028), (0.038, 0.045), (0.032, 0.062), (0.018, 0.071),
              (0.006, 0.068), (0, 0.060)],
}  # fmt: skip
BOXES: dict[str, tuple[float, float, float]] = {
    "cereal_box": (0.19, 0.06, 0.28),
    "carton": (0.09, 0.09, 0.20),
    "parcel": (0.22, 0.16, 0.12),
    "book": (0.15, 0.21, 0.03),
    "tea_box": (0.13, 0.07, 0.08),
}
CREASE = 0.5  # cosine below which a turn of the outline is an edge


def turned(kind: str, sides: int = 48) -> Shape:
    """Turn the outline of a kind about the vertical axis."""
    return revolve(np.array(OUTLINES[kind]), sides)


def revolve(outline: Floats, sides: int = 48) -> Shape:
    """Turn an outline (n, 2) of radius and height about the vertical axis; its sharp corners stay sharp."""
    step = np.diff(outline, axis=0)
    step /= np.linalg.norm(step, axis=1, keepdims=True)
    runs, run = [], [0]
    for corner in range(1, len(outline) - 1):
        run.append(corner)
        if float(step[corner - 1] @ step[corner]) < CREASE:
            runs.append(run)
            run = [corner]
    runs.append([*run, len(outline) - 1])
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(outline, axis=0), axis=1))])
    angle = np.linspace(0, 2 * np.pi, sides + 1)
    parts, start = [], 0
    for run in runs:
        radius, height = outline[run].T
        points = np.stack([radius[:, None] * np.cos(angle), radius[:, None] * np.sin(angle)], -1)
        points = np.concatenate([points, np.broadcast_to(height[:, None, None], (*points.shape[:2], 1))], -1)
        u, v = np.meshgrid(angle / (2 * np.pi), length[run] / length[-1])
        triangles = grid_triangles(len(run), sides + 1)
        parts.append((points.reshape(-1, 3), triangles + start, np.stack([u, v], -1).reshape(-1, 2)))
        start += points.shape[0] * points.shape[1]
    points, triangles, uvs = (np.concatenate([p[k] for p in parts]) for k in range(3))
    return Shape(points, triangles, _turned_normals(points, triangles, sides + 1), uvs)


def _turned_normals(points: Floats, triangles: NDArray[np.integer[Any]], columns: int) -> Floats:
    """Smooth normals with the seam's two copies averaged."""
    normals = smooth_normals(points, triangles).reshape(-1, columns, 3)
    seam = normals[:, 0] + normals[:, -1]
    length = np.maximum(np.linalg.norm(seam, axis=1, keepdims=True), 1e-9)
    normals[:, 0] = normals[:, -1] = seam / length
    return normals.reshape(-1, 3)


def box(size: tuple[float, float, float]) -> Shape:
    """Make a box standing on z = 0; each side has the whole texture, upright on the four walls."""
    half = np.array([size[0] / 2, size[1] / 2, size[2] / 2])
    points, normals, uvs, triangles = [], [], [], []
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float)
    frames = [((1, 0, 0), (0, 1, 0)), ((0, 1, 0), (-1, 0, 0)), ((-1, 0, 0), (0, -1, 0)), ((0, -1, 0), (1, 0, 0))]
    sides = [(n, a, (0, 0, 1)) for n, a in frames] + [
        ((0, 0, 1), (1, 0, 0), (0, 1, 0)),
        ((0, 0, -1), (1, 0, 0), (0, -1, 0)),
    ]
    for number, (normal, across, up) in enumerate(sides):
        corners = np.array(normal) + square[:, :1] * np.array(across) + square[:, 1:] * np.array(up)
        points.append(corners * half + [0, 0, half[2]])
        normals.append(np.broadcast_to(np.array(normal, float), (4, 3)))
        uvs.append(square / 2 + 0.5)
        triangles.append(np.array([[0, 1, 2], [0, 2, 3]]) + 4 * number)
    return Shape(*(np.concatenate(x) for x in (points, triangles, normals, uvs)))


def handle(height: float = 0.095, radius: float = 0.038) -> Shape:
    """Make a mug's handle: half a torus on the +X side."""
    turn = np.linspace(-0.5 * np.pi, 0.5 * np.pi, 17)[:, None]
    ring = np.linspace(0, 2 * np.pi, 13)[None]
    reach = 0.026 + 0.006 * np.cos(ring)
    x = radius - 0.003 + reach * np.cos(turn)
    z = height * 0.52 + reach * 1.15 * np.sin(turn)
    y = 0.006 * np.sin(ring) + 0 * turn
    points = np.stack([x, y, z], -1).reshape(-1, 3)
    triangles = grid_triangles(17, 13)
    uvs = np.zeros((len(points), 2))
    return Shape(points, triangles, smooth_normals(points, triangles), uvs)


def mug() -> Shape:
    """Make a cup with a handle."""
    body, grip = turned("cup"), handle()
    return Shape(
        np.concatenate([body.points, grip.points]),
        np.concatenate([body.triangles, grip.triangles + len(body.points)]),
        np.concatenate([body.normals, grip.normals]),
        np.concatenate([body.uvs, grip.uvs]),
    )


def shape_of(kind: str) -> Shape:
    """Make any household shape by name."""
    if kind in BOXES:
        return box(BOXES[kind])
    return mug() if kind == "mug" else turned(kind)


KINDS = (*OUTLINES, "mug", *BOXES)
