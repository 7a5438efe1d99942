"""The inside of a car about its driver: seat, head rest, pillars, doors, roof, rear bench, as one USD file.

The origin lies on the floor under the driver's hips; x points ahead, y left (the driver sits on the left), z up.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenes.animals.shapes import Cone, Loft, Shape
from scenes.animals.skin import Skin
from scenes.animals.solids import Solid, rings
from scenes.asset_cache import asset_file
from scenes.farm.forms import joined
from scenes.household.shapes import Shape as Mesh
from scenes.parts import Look, Part, write_parts
from scenes.people.person import polygonise
from scenes.street.forms import box

Floats = NDArray[np.floating[Any]]
HIPS = 0.36  # height of the driver's hips over the floor, metres
RECLINE = 22.0  # degrees of the back rest
UP = np.array([-np.sin(np.radians(RECLINE)), 0.0, np.cos(np.radians(RECLINE))])
AHEAD = np.array([UP[2], 0.0, -UP[0]])
SEAT_TONES = np.array([[0.030, 0.030, 0.033], [0.12, 0.10, 0.08], [0.06, 0.062, 0.07]])


def _back(y: float, base: Floats) -> list[Shape]:
    """Return a back rest with bolsters about a hip point."""
    rows = np.array([[-0.08, 0, 0.05, 0.08, 0.25], [0.1, 0, 0.055, 0.09, 0.26], [0.3, 0, 0.055, 0.08, 0.255],
                     [0.48, 0, 0.05, 0.06, 0.22], [0.58, 0, 0.04, 0.05, 0.16]])  # fmt: skip
    middle = base + [0, y, 0] - 0.19 * AHEAD
    shapes: list[Shape] = [Loft(middle, UP, AHEAD, rows, "back", 0.03, 3.5, 0.03)]
    for side in (-1.0, 1.0):
        low = middle + [0, 0.215 * side, 0] + 0.06 * AHEAD
        shapes.append(Cone(low + 0.05 * UP, low + 0.40 * UP - [0, 0.02 * side, 0], 0.055, 0.045, "back", 0.05))
    return shapes


def _seat(y: float, base: Floats) -> list[Skin]:
    """Return back rest, cushion and head rest of a seat."""
    cushion = base + [0.10, y, -0.16]
    rows = np.array([[-0.28, 0, 0.08, 0.10, 0.24], [0.0, 0, 0.075, 0.10, 0.26], [0.28, 0.02, 0.09, 0.10, 0.25]])
    head = base + [0, y, 0] + 0.72 * UP - 0.165 * AHEAD
    rest = np.array([[-0.085, 0, 0.03, 0.04, 0.11], [0.0, 0, 0.05, 0.05, 0.135], [0.085, 0, 0.035, 0.035, 0.11]])
    flat = Loft(cushion, np.array([1.0, 0, 0]), np.array([0, 0, 1.0]), rows, "cushion", 0.03, 3.5, 0.04)
    support = Loft(head, UP, AHEAD, rest, "rest", 0.03, 3.0, 0.03)
    return [polygonise(_back(y, base), 0.016), polygonise([flat], 0.018), polygonise([support], 0.012)]


def wheel_rim(centre: Floats, radius: float, tilt: float) -> Solid:
    """Return a steering wheel's rim, hub and spokes, its face turned to the driver and tilted back by degrees."""
    a = np.radians(tilt)
    back, up, left = np.array([-np.cos(a), 0, np.sin(a)]), np.array([np.sin(a), 0, np.cos(a)]), np.array([0, 1.0, 0])
    turn, tube = np.linspace(0, 2 * np.pi, 49)[:-1], np.linspace(0, 2 * np.pi, 13)[:-1]
    out = np.cos(turn)[:, None] * left + np.sin(turn)[:, None] * up
    around = radius * out[:, None] + 0.0155 * (
        np.cos(tube)[None, :, None] * out[:, None] + np.sin(tube)[None, :, None] * back
    )
    first = np.arange(48)[:, None] * 12 + np.arange(12)
    step, ahead = np.arange(48)[:, None] * 12 + (np.arange(12) + 1) % 12, ((np.arange(48) + 1) % 48)[:, None] * 12
    third, fourth = ahead + (np.arange(12) + 1) % 12, ahead + np.arange(12)
    faces = np.stack([first, fourth, third, first, third, step], -1).reshape(-1, 3)
    solids = [Solid.of(around.reshape(-1, 3) + centre, faces)]
    disc = np.stack([np.cos(turn[::2])[:, None] * left + np.sin(turn[::2])[:, None] * up] * 3)
    size = np.array([0.075, 0.085, 0.06])[:, None, None]
    lift = np.array([-0.05, -0.02, 0.005])[:, None, None] * back
    solids.append(rings(centre + disc * size + lift))
    for angle in (0.05, np.pi - 0.05, -np.pi / 2):
        way = np.cos(angle) * left + np.sin(angle) * up
        wide = np.cross(back, way)
        ring = np.array([[-0.022, -0.006], [0.022, -0.006], [0.022, 0.006], [-0.022, 0.006]])
        bar = [centre + reach * way + ring[:, :1] * wide + (ring[:, 1:] - 0.012) * back for reach in (0.06, radius)]
        solids.append(rings(np.array(bar)))
    starts = np.cumsum([0] + [len(s.points) for s in solids[:-1]])
    return Solid(
        np.concatenate([s.points for s in solids]),
        np.concatenate([s.triangles + n for s, n in zip(solids, starts, strict=True)]),
        np.concatenate([s.normals for s in solids]),
    )


def _part(name: str, shape: Mesh, look: Look) -> Part:
    return Part(name, shape.points, shape.triangles, shape.normals, look)


def _skins(name: str, skins: list[Skin], look: Look) -> Part:
    starts = np.cumsum([0] + [len(s.points) for s in skins[:-1]])
    quads = np.concatenate([s.quads + n for s, n in zip(skins, starts, strict=True)])
    points, normals = (np.concatenate([getattr(s, key) for s in skins]) for key in ("points", "normals"))
    return Part(name, points, quads, normals, look)


def model_cabin(seed: int) -> list[Part]:
    """Return the parts of a cabin."""
    rng = np.random.default_rng([seed, *b"cabin"])
    red, green, blue = (SEAT_TONES[int(rng.integers(len(SEAT_TONES)))] * rng.uniform(0.8, 1.3)).tolist()
    stuff = Look("fabric" if rng.random() < 0.6 else "leather", color=(red, green, blue), roughness=0.75)
    base = np.array([0.0, 0.0, HIPS])
    seats = [*_seat(0.0, base), *_seat(-0.72, base)]
    bench = np.array([-0.95, -0.36, HIPS + 0.02])
    rows = np.array([[-0.15, 0, 0.06, 0.1, 0.66], [0.25, 0, 0.06, 0.09, 0.66], [0.5, 0, 0.05, 0.05, 0.62]])
    seats.append(polygonise([Loft(bench, UP, AHEAD, rows, "bench", 0.03, 4.0, 0.03)], 0.03))
    plastic = Look("plastic", color=(0.035, 0.035, 0.037), roughness=0.6)
    lining = Look("fabric", color=(0.42, 0.40, 0.37), roughness=0.95)
    low, belt, top = 0.0, 0.68, 1.17
    left, right = 0.40, -1.12
    pillars, doors = [], []
    for y, out in ((left, 1.0), (right, -1.0)):
        inner, outer = sorted((y, y + 0.07 * out))
        doors.append(box((-1.5, inner, low), (1.1, outer, belt)))
        pillars += [box((-0.42, inner, belt), (-0.27, outer, top)), box((-1.35, inner, belt), (-1.10, outer, top))]
        pillars.append(box((-1.5, inner, top - 0.05), (0.16, outer, top + 0.04)))
    roof = box((-1.4, right, top + 0.02), (0.16, left, top + 0.06))
    shelf = box((-1.75, right, 0.0), (-1.25, left, 0.74))
    floor = box((-1.6, right, -0.05), (1.2, left, 0.0))
    return [_skins("Seats", seats, stuff), _part("Pillars", joined(pillars), lining), _part("Roof", roof, lining),
            _part("Doors", joined([*doors, shelf, floor]), plastic)]  # fmt: skip


def _write(path: Path, seed: int) -> None:
    write_parts(path, "Cabin", model_cabin(seed), {"seed": float(seed)})


def cabin_asset(seed: int) -> Path:
    """Return the USD file of a cabin, made on first use."""
    return asset_file("cabin", {"seed": int(seed)}, partial(_write, seed=int(seed)))
