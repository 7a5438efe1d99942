"""Grass tufts, flowers, bushes and trees as plain triangles with vertex colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenes.meshes import grid_triangles, smooth_normals

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Geometry:
    """Points (n, 3), triangles (m, 3), unit normals (n, 3), linear colours (n, 3), one a triangle, their shade (n,)."""

    points: Floats
    triangles: Ints
    normals: Floats
    colors: Floats
    shade: Floats


def join(parts: list[Geometry]) -> Geometry:
    """Concatenate geometries."""
    offsets = np.cumsum([0] + [len(p.points) for p in parts[:-1]])
    return Geometry(
        np.concatenate([p.points for p in parts]),
        np.concatenate([p.triangles + o for p, o in zip(parts, offsets, strict=True)]),
        np.concatenate([p.normals for p in parts]),
        np.concatenate([p.colors for p in parts]),
        np.concatenate([p.shade for p in parts]),
    )


def blades(rng: np.random.Generator, feet: Floats, height: Floats, tone: Floats, width: Floats) -> Geometry:
    """Grow blades of grass, one triangle each, leaning any way.

    Args:
        rng: generator.
        feet: (n, 3) where they stand, metres, z up.
        height: (n,) length, metres.
        tone: (n, 3) linear colour.
        width: (n,) at the foot, metres.
    """
    count = len(feet)
    angle, lean, turn = rng.uniform(0, 2 * np.pi, count), rng.uniform(0.05, 0.75, count), rng.normal(0, 0.7, count)
    out = np.stack([np.cos(angle), np.sin(angle), np.zeros(count)], 1)
    side = np.stack([-np.sin(angle + turn), np.cos(angle + turn), np.zeros(count)], 1) * width[:, None] / 2
    tip = height[:, None] * (out * lean[:, None] + [0, 0, 1] * np.sqrt(1 - 0.8 * lean[:, None] ** 2))
    foot = feet - [0, 0, 0.01]
    points = np.stack([foot - side, foot + side, foot + tip], 1)
    normal = np.stack([-out[:, 0] * 0.3, -out[:, 1] * 0.3, np.ones(count)], 1)
    normal = (normal + rng.normal(0, 0.25, normal.shape)) / 1.1
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    normals, colors = np.repeat(normal, 3, axis=0), np.repeat(tone, 3, axis=0)
    shade = np.tile([0.6, 0.6, 1.2], count)
    return Geometry(points.reshape(-1, 3), np.arange(3 * count).reshape(-1, 3), normals, colors, shade)


def flowers(rng: np.random.Generator, roots: Floats, palette: Floats, radius: float = 0.014) -> Geometry:
    """Set small flower heads (hexagonal discs) on the ground at 4 to 12 cm."""
    count = len(roots)
    ring = np.arange(6) * np.pi / 3
    disc = np.concatenate([[[0.0, 0.0, 0.35]], np.stack([np.cos(ring), np.sin(ring), 0 * ring], 1)])
    scale = radius * rng.uniform(0.6, 1.3, count)
    points = roots[:, None, :] + disc[None] * scale[:, None, None]
    points[..., 2] += rng.uniform(0.04, 0.12, count)[:, None]
    fan = np.stack([np.zeros(6, int), np.arange(1, 7), np.roll(np.arange(1, 7), -1)], 1)
    triangles = (fan[None] + 7 * np.arange(count)[:, None, None]).reshape(-1, 3)
    color = palette[rng.integers(0, len(palette), count)]
    normals = np.broadcast_to([0.0, 0.0, 1.0], (count * 7, 3))
    shade = np.ones(count * 7)
    return Geometry(points.reshape(-1, 3), triangles, normals, np.repeat(color, 7, axis=0), shade)


def tube(path: Floats, radii: Floats, color: Floats, sides: int = 8) -> Geometry:
    """Sweep a circle along a path (n, 3) with radii (n,): trunks, branches, posts, wires."""
    tangent = np.gradient(path, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    helper = np.where(np.abs(tangent[:, 2:3]) > 0.9, [[1.0, 0.0, 0.0]], [[0.0, 0.0, 1.0]])
    first = np.cross(tangent, helper)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(tangent, first)
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    ring = np.cos(angle)[None, :, None] * first[:, None] + np.sin(angle)[None, :, None] * second[:, None]
    points = path[:, None] + ring * radii[:, None, None]
    triangles = grid_triangles(len(path), sides, wrap=True)
    caps = np.array([[k, (k + 1) % sides] for k in range(sides)])
    top = (len(path) - 1) * sides
    center = np.concatenate([path[:1], path[-1:]])
    last = len(path) * sides
    triangles = np.concatenate(
        [
            triangles,
            np.column_stack([np.full(sides, last), caps[:, ::-1]]),
            np.column_stack([np.full(sides, last + 1), caps + top]),
        ]
    )
    points = np.concatenate([points.reshape(-1, 3), center])
    normals = np.concatenate([ring.reshape(-1, 3), -tangent[:1], tangent[-1:]])
    return Geometry(points, triangles, normals, np.broadcast_to(color, points.shape).copy(), np.ones(len(points)))


def leaves(rng: np.random.Generator, centers: Floats, outward: Floats, size: float, tone: Floats) -> Geometry:
    """Scatter leaf quads: half face outwards, half any way; shading normals lean outwards for a soft crown."""
    count = len(centers)
    axis = outward + rng.normal(0, 0.8, (count, 3))
    axis /= np.linalg.norm(axis, axis=1, keepdims=True)
    side = np.cross(axis, rng.normal(size=(count, 3)))
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    other = np.cross(axis, side)
    half = size * rng.uniform(0.5, 1.1, (count, 1))
    corners = np.stack([side * half, other * half * 0.6, -side * half, -other * half * 0.6], 1)
    points = (centers[:, None] + corners).reshape(-1, 3)
    triangles = (np.array([[0, 1, 2], [0, 2, 3]], np.int32)[None] + 4 * np.arange(count)[:, None, None]).reshape(-1, 3)
    normal = 0.75 * outward + 0.35 * axis + [0, 0, 0.15]
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    color = np.clip(tone * rng.uniform(0.7, 1.3, (count, 1)), 0.005, 0.6)
    shade = np.ones(4 * count)
    return Geometry(points, triangles, np.repeat(normal, 4, axis=0), np.repeat(color, 4, axis=0), shade)


def crown(rng: np.random.Generator, blobs: Floats, radii: Floats, count: int, size: float, tone: Floats) -> Geometry:
    """Fill a union of balls (centres (k, 3), radii (k,)) with leaves, most of them near the surface, darker inside."""
    owner = rng.choice(len(blobs), count, p=radii**2 / (radii**2).sum())
    direction = rng.normal(size=(count, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    depth = rng.random(count) ** 0.35
    centers = blobs[owner] + direction * (radii[owner] * depth)[:, None]
    middle = blobs.mean(axis=0)
    outward = direction * 0.7 + (centers - middle) / (np.linalg.norm(centers - middle, axis=1, keepdims=True) + 1e-6)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    shade = (0.45 + 0.55 * depth)[:, None] * (0.85 + 0.25 * outward[:, 2:3])
    return leaves(rng, centers, outward, size, tone * shade)


BARK = np.array([0.085, 0.065, 0.050], np.float64)


def tree(rng: np.random.Generator, height: float, tone: Floats, leaf_count: int = 8000) -> Geometry:
    """Grow a broad-leaved tree: trunk, limbs, and a crown of leaf balls at their ends.

    Args:
        rng: generator.
        height: metres.
        tone: linear leaf colour.
        leaf_count: leaf quads in the crown.
    """
    bole = height * rng.uniform(0.14, 0.22)
    steps = np.linspace(0, 1, 7)
    sway = np.cumsum(rng.normal(0, 0.02 * height, (7, 2)), axis=0) * steps[:, None]
    trunk = np.column_stack([sway, steps * height * 0.74])
    girth = 0.028 * height
    parts = [tube(trunk, girth * (1 - 0.75 * steps) * (1 + 0.6 * np.exp(-steps * 14)), BARK, 10)]
    blobs, radii = [trunk[-1] + [0, 0, height * 0.06]], [height * 0.16]
    for limb in range(rng.integers(15, 20)):
        start = np.array([np.interp(rng.uniform(0.30, 0.98), steps, trunk[:, i]) for i in range(3)])
        level = np.clip((start[2] - bole) / (height * 0.74 - bole), 0.0, 1.0)
        angle = limb * 2.39996 + rng.normal(0, 0.3)
        reach = height * (0.29 - 0.16 * level) * rng.uniform(0.6, 1.15)
        rise = reach * rng.uniform(0.15, 0.7)
        t = np.linspace(0, 1, 5)[:, None]
        end = np.array([np.cos(angle) * reach, np.sin(angle) * reach, rise])
        path = start + end * t + np.array([0, 0, 0.08 * height]) * (t * (1 - t))
        parts.append(tube(path, girth * 0.42 * (1 - 0.8 * t[:, 0]), BARK, 6))
        blobs.append(path[-1])
        radii.append(height * rng.uniform(0.10, 0.155))
    parts.append(crown(rng, np.array(blobs), np.array(radii), leaf_count, height * 0.0132, tone))
    return join(parts)


def grove(rng: np.random.Generator, tones: Floats, trees: int = 8, spread: float = 9.0) -> Geometry:
    """Grow a clump of trees to be seen from far: crowns of few, larger leaves down to the ground.

    Args:
        rng: generator.
        tones: (k, 3) linear leaf colours to choose from.
        trees: how many.
        spread: half width of the clump, metres.
    """
    parts = []
    for _ in range(trees):
        height = rng.uniform(7.0, 13.0)
        place = np.array([*rng.normal(0, 0.6 * spread, 2), 0.0])
        count = 8
        levels = np.concatenate([[0.08, 0.12, 0.16], rng.uniform(0.25, 0.85, count - 3)])
        blobs = np.column_stack([rng.normal(0, 0.15 * height, (count, 2)), levels * height])
        radii = rng.uniform(0.14, 0.24, count) * height
        parts.append(crown(rng, blobs + place, radii, 800, 0.029 * height, tones[rng.integers(len(tones))]))
    return join(parts)


def bush(rng: np.random.Generator, height: float, tone: Floats, leaf_count: int = 2600) -> Geometry:
    """Grow a bush: a low heap of leaf balls."""
    count = int(rng.integers(4, 8))
    blobs = np.column_stack([rng.normal(0, 0.45 * height, (count, 2)), rng.uniform(0.25, 0.65, count) * height])
    return crown(rng, blobs, rng.uniform(0.25, 0.42, count) * height, leaf_count, height * 0.0266, tone)


def rock(rng: np.random.Generator, size: float, subdivisions: int = 24) -> Geometry:
    """Make a boulder: a sphere cut by random planes and roughened."""
    rows, columns = subdivisions, subdivisions * 2
    theta = np.linspace(0.001, np.pi - 0.001, rows)[:, None]
    phi = np.linspace(0, 2 * np.pi, columns, endpoint=False)[None]
    ball = np.stack([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta) + 0 * phi], -1)
    ball = ball.reshape(-1, 3)
    planes = rng.normal(size=(14, 3))
    planes /= np.linalg.norm(planes, axis=1, keepdims=True)
    cut = (ball @ planes.T) / rng.uniform(0.55, 0.95, 14)
    radius = 1.0 / np.maximum(cut.max(axis=1), 1.0)
    waves = sum(np.sin(ball @ rng.normal(0, f, 3) + rng.uniform(0, 6)) / f for f in (4, 7, 12, 20, 33))
    points = ball * (radius * (1 + 0.06 * waves))[:, None] * size * rng.uniform(0.7, 1.2, 3) * [1, 1, 0.7]
    triangles = grid_triangles(rows, columns, wrap=True)[:, ::-1]
    shade = np.clip(1.0 + 0.3 * waves + 0.15 * rng.normal(size=len(ball)), 0.4, 1.4)
    grey = np.broadcast_to(rng.uniform(0.13, 0.24) * np.array([1.0, 0.96, 0.88]), points.shape)
    return Geometry(points, triangles, smooth_normals(points, triangles), grey, shade)
