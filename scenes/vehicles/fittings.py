"""What is fitted to a car's shell: lamps, grille, plates, door gaps laid on it; wheels, mirrors, exhaust."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenes.animals.solids import Solid, ball, join, rings, tube
from scenes.farm.forms import joined, lying, moved
from scenes.household.shapes import Shape
from scenes.vehicles.shell import Floats, Ints, Model


def hits(points: Floats, triangles: Ints, origins: Floats, direction: Floats) -> Floats:
    """Return the distance (n,) from origins (n, 3) along a direction to the first triangle, inf where there is none.

    Source: Moeller and Trumbore, "Fast, minimum storage ray/triangle intersection", 1997.
    """
    across = np.flatnonzero(np.abs(direction) < 0.5)
    low, high = origins[:, across].min(axis=0), origins[:, across].max(axis=0)
    flat = points[triangles][..., across]
    near = (flat.max(axis=1) >= low).all(axis=1) & (flat.min(axis=1) <= high).all(axis=1)
    a, b, c = (points[triangles[near, i]] for i in range(3))
    e1, e2 = b - a, c - a
    p = np.cross(direction, e2)
    det = np.einsum("ij,ij->i", e1, p)
    good = np.abs(det) > 1e-12
    a, e1, e2, p, det = a[good], e1[good], e2[good], p[good], det[good]
    found = np.full(len(origins), np.inf)
    for number, origin in enumerate(origins):
        t = origin - a
        u = np.einsum("ij,ij->i", t, p) / det
        q = np.cross(t, e1)
        v = q @ direction / det
        w = np.einsum("ij,ij->i", e2, q) / det
        inside = (u >= -1e-6) & (v >= -1e-6) & (u + v <= 1 + 1e-6) & (w > 0)
        if inside.any():
            found[number] = w[inside].min()
    return found


def laid(points: Floats, triangles: Ints, outline: Floats, direction: Floats, thick: float = 0.006,
         rows: int = 5) -> Solid:  # fmt: skip
    """Lay a plate with a rounded face on a surface: seen along `direction` it has an outline.

    Args:
        points, triangles: the surface.
        outline: (k, 3) points far outside the surface, round its outline.
        direction: towards the surface (3,), along an axis.
        thick: how far its middle stands out, metres.
        rows: rings from the rim to the middle.

    Raises:
        ValueError: where the outline lies beside the surface.
    """
    middle = outline.mean(axis=0)
    share = np.linspace(1.0, 0.12, rows)
    grid = middle + share[:, None, None] * (outline - middle)[None]
    distance = hits(points, triangles, grid.reshape(-1, 3), direction)
    if not np.isfinite(distance).all():
        raise ValueError(
            f"outline about {middle.round(2).tolist()} lies beside the surface; expected it on the surface"
        )
    lift = np.concatenate([[-0.012, thick * 0.7], np.full(rows - 1, thick)])
    grid = np.concatenate([grid[:1], grid])
    distance = np.concatenate([distance.reshape(rows, -1)[:1], distance.reshape(rows, -1)])
    surface = grid + (distance - lift[:, None])[..., None] * direction
    solid = rings(surface)
    corner = solid.points[solid.triangles]
    area = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    outside = float((area @ -direction).sum()) > 0 or float(area[len(area) // 2] @ -direction) > 0
    return solid if outside else Solid.of(solid.points, solid.triangles[:, ::-1])


def rounded(centre: tuple[float, float], half: tuple[float, float], power: float = 5.0, slant: float = 0.0,
            around: int = 28) -> Floats:  # fmt: skip
    """Return a rounded rectangle (around, 2); `slant` shears its height with its width."""
    t = np.linspace(0, 2 * np.pi, around, endpoint=False)
    c, s = np.cos(t), np.sin(t)
    a = np.sign(c) * np.abs(c) ** (2 / power) * half[0]
    b = np.sign(s) * np.abs(s) ** (2 / power) * half[1]
    return np.column_stack([centre[0] + a, centre[1] + b + slant * a])


def facing(outline: Floats, end: float) -> Floats:
    """Put an outline (k, 2) of y and z in front of an end of the car: +1 the nose, -1 the tail."""
    return np.column_stack([np.full(len(outline), 8.0 * end), outline])


def beside(outline: Floats, side: float) -> Floats:
    """Put an outline (k, 2) of x and z beside the car: +1 left, -1 right."""
    return np.column_stack([outline[:, 0], np.full(len(outline), 4.0 * side), outline[:, 1]])


def _spots(model: Model) -> list[tuple[float, float]]:
    """Return x and y of the wheels' outer faces, and so of all four wheels."""
    return [(axle, side * (0.5 * model.width - 0.025)) for axle in model.axles for side in (-1.0, 1.0)]


def _on_wheels(model: Model, one: Shape) -> Shape:
    """Put a shape made for the left side (outer face at y = 0) on all four wheels."""
    parts = []
    for x, y in _spots(model):
        flip = np.array([1.0, np.sign(y), 1.0])
        faces = one.triangles if y > 0 else one.triangles[:, ::-1]
        turned = Shape(one.points * flip, faces, one.normals * flip, one.uvs)
        parts.append(moved(turned, [x, y, model.wheel]))
    return joined(parts)


def tyres(model: Model) -> Shape:
    """Return four tyres."""
    r, w, rim = model.wheel, 0.205, 0.66 * model.wheel
    half = [(rim, -0.02), (rim + 0.02, 0.0), (0.5 * (rim + r), 0.006), (r - 0.02, -0.004), (r - 0.004, -0.018),
            (r, -0.035)]  # fmt: skip
    outline = [(q, -w - y) for q, y in half] + [(q, y) for q, y in reversed(half)]
    return _on_wheels(model, _closed(outline, 44))


def _closed(outline: list[tuple[float, float]], sides: int = 36) -> Shape:
    """Turn an outline that closes on itself about the y axis."""
    return lying(np.array([*outline, outline[0]], float), sides)


def rims(model: Model, spokes: int) -> Shape:
    """Return four rims with spokes."""
    r = 0.665 * model.wheel
    well = _closed([(r, -0.19), (r, -0.012), (r - 0.012, -0.004), (r - 0.03, -0.014), (r - 0.022, -0.19)])
    hub = _closed([(0.001, -0.10), (0.06, -0.10), (0.06, -0.035), (0.045, -0.026), (0.001, -0.026)], 20)
    bars = []
    for number in range(spokes):
        angle = 2 * np.pi * number / spokes
        rows = []
        for reach, wide, deep in ((0.035, 0.032, 0.035), (0.5 * r, 0.022, 0.022), (r - 0.015, 0.030, 0.016)):
            y, wall = -0.032 + 0.018 * reach / r, deep + 0.02
            rows.append([(reach, y, -wide), (reach, y - wall, -wide), (reach, y - wall, wide), (reach, y, wide)])
        turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
        solid = rings(np.array(rows)[:, ::-1] @ turn)
        bars.append(Shape(solid.points, solid.triangles, solid.normals, np.zeros((len(solid.points), 2))))
    return _on_wheels(model, joined([well, hub, *bars]))


def brakes(model: Model) -> Shape:
    """Return four brake discs, seen between the spokes."""
    r = 0.50 * model.wheel
    return _on_wheels(model, _closed([(0.05, -0.105), (r, -0.105), (r, -0.08), (0.05, -0.08)]))


def mirrors(model: Model) -> Solid:
    """Return two wing mirrors at the front of the side windows."""
    z = float(np.interp(model.glass[1], model.belt[:, 0], model.belt[:, 1])) + 0.06
    x, made = model.glass[1] - 0.12, []
    for side in (-1.0, 1.0):
        y = side * (0.5 * model.width + 0.055)
        solid = ball(np.zeros(3), 1.0, 18)
        points = solid.points * [0.065, 0.105, 0.072]
        points[:, 0] = np.maximum(points[:, 0], -0.035)
        made.append(Solid.of(points + [x, y, z], solid.triangles))
        foot = np.array([[x + 0.02, side * (0.5 * model.width - 0.10), z - 0.07], [x, y, z - 0.03]])
        made.append(tube(foot, np.array([0.022, 0.018]), 8))
    return join(made)


def exhaust(model: Model) -> Solid:
    """Return the tip of the exhaust, under the tail."""
    x, y, z = -model.nose + 0.02, 0.30 * model.width, model.clearance + 0.06
    line = np.array([[x + 0.35, y, z + 0.03], [x + 0.1, y, z], [x - 0.015, y, z], [x - 0.015, y, z], [x + 0.06, y, z]])
    return tube(line, np.array([0.028, 0.030, 0.030, 0.024, 0.022]), 16)


def box_on(centre: NDArray[np.floating[Any]], size: tuple[float, float, float]) -> Solid:
    """Return a box about a point (3,)."""
    half = np.asarray(size) / 2
    ring = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float)
    rows = [np.column_stack([ring * half[:2], np.full(4, z)]) for z in (-half[2], half[2])]
    return Solid.of(rings(np.array(rows)).points + centre, rings(np.array(rows)).triangles)
