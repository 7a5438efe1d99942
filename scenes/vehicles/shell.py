"""The shell of a car as one closed grid of quads: stations along the car, rows around it.

x points ahead, y left, z up; the origin lies on the ground under the middle of the car. A station is a section; a row
runs from the sill over the flank, the belt line, the side window and the roof to the other side, then back underneath.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]

# Rows of half a section, from the sill up: how many quads each stretch has.
SILL, FLANK, GLASS, CROWN = 2, 14, 7, 9
BAYS = ("floor", "sill", "flank", "glass", "crown")


@dataclass(frozen=True)
class Model:
    """The measures of one kind of car, metres.

    Args:
        length, width, height: outside.
        clearance: from the ground to the floor.
        wheelbase: between the axles.
        front: from the front axle to the front end.
        wheel: radius of a tyre.
        top: (k, 2) outline of the roof line, x over z, from tail to nose.
        belt: (k, 2) height of the belt line along x.
        cowl, front_roof, rear_roof, deck: x of the lower and upper ends of windscreen and rear window.
        pillars: x of the middles of the pillars between the side windows.
        glass: (from, to) of the side windows along x, at the belt.
        roof_width: half width of the roof over half the width of the car.
        doors: x of the gaps of the doors.
    """

    length: float
    width: float
    height: float
    clearance: float
    wheelbase: float
    front: float
    wheel: float
    top: Floats
    belt: Floats
    cowl: float
    front_roof: float
    rear_roof: float
    deck: float
    pillars: tuple[float, ...]
    glass: tuple[float, float]
    roof_width: float = 0.70
    doors: tuple[float, ...] = ()

    @property
    def nose(self) -> float:
        """Return x of the front end."""
        return 0.5 * self.length

    @property
    def axles(self) -> tuple[float, float]:
        """Return x of the rear and the front axle."""
        front = self.nose - self.front
        return front - self.wheelbase, front


@dataclass(frozen=True)
class Shell:
    """A closed grid.

    Args:
        points: (stations, rows, 3) metres; rows close into rings.
        bay: (rows,) index into BAYS of the quad from each row to the next.
        caps: points of the two ends' middles (2, 3).
        model: measures.
    """

    points: Floats
    bay: Ints
    caps: Floats
    model: Model = field(repr=False)


def stations(model: Model) -> Floats:
    """Return x of the stations: even, with one at every edge of a window, crowded at both ends."""
    edges = [model.cowl, model.front_roof, model.rear_roof, model.deck, *model.glass]
    edges += [p + s for p in model.pillars for s in (-0.045, 0.045)]
    x = np.linspace(-model.nose + 0.02, model.nose - 0.02, round(model.length / 0.042))
    for edge in edges:  # move the nearest station to the edge
        x[int(np.abs(x - edge).argmin())] = edge
    ends = 0.02 * np.array([0.12, 0.45, 0.8])
    x = np.sort(np.concatenate([x, -model.nose + ends, model.nose - ends]))
    return np.asarray(x[np.concatenate([[True], np.diff(x) > 1e-4])])


def build_shell(model: Model) -> Shell:
    """Make the shell of a car."""
    x = stations(model)
    end = _end_shrink(x, model.nose)
    top = PchipInterpolator(*model.top.T)(x)
    belt = np.minimum(PchipInterpolator(*model.belt.T)(x), top - 0.035)
    half = 0.5 * model.width * _plan(x, model)
    rows: list[Floats] = []
    bay: list[int] = []
    for station in range(len(x)):
        section, bay = _section(model, x[station], top[station], belt[station], half[station])
        rows.append(section)
    points = np.array(rows)
    middle = np.array([0.0, 0.5 * (model.clearance + 0.72)])
    points[..., 1] *= end[:, None]
    points[..., 2] = middle[1] + (points[..., 2] - middle[1]) * end[:, None]
    points[..., 0] -= _bow(points, x, model)
    points = _arches(points, model)
    caps = points[[0, -1]].mean(axis=1)
    return Shell(points, np.array(bay), caps, model)


def _end_shrink(x: Floats, nose: float) -> Floats:
    """Return the size of the sections, rounded off over the last centimetres."""
    past = np.clip((np.abs(x) - (nose - 0.02)) / 0.02, 0.0, 1.0)
    return 0.93 + 0.07 * np.sqrt(1.0 - past**2)


def _plan(x: Floats, model: Model) -> Floats:
    """Return the half width along x over the greatest: drawn in at both ends."""
    t = np.abs(x) / model.nose
    return np.asarray(1.0 - 0.10 * np.clip((t - 0.55) / 0.45, 0, 1) ** 2.2)


def _bow(points: Floats, x: Floats, model: Model) -> Floats:
    """Return how far points are drawn back from the ends: bumpers and windscreens are bowed in plan."""
    out = (points[..., 1] / (0.5 * model.width)) ** 2
    ahead = np.clip((x - (model.nose - 1.3)) / 1.3, 0, 1)[:, None]
    behind = np.clip((-x - (model.nose - 0.8)) / 0.8, 0, 1)[:, None]
    upper = np.clip((points[..., 2] - 0.75) / 0.5, 0, 1)
    screen = 0.10 * np.exp(-(((x - model.cowl) / 0.55) ** 2))[:, None] * upper
    return 0.20 * ahead**1.5 * out**1.6 + screen * out - 0.10 * behind**1.5 * out**1.6


def _section(model: Model, x: float, top: float, belt: float, half: float) -> tuple[Floats, list[int]]:
    """Return the ring (rows, 3) of one section and the bay of each of its quads."""
    low = model.clearance
    tall = max(top - belt, 0.03)
    cabin = np.clip((tall - 0.10) / 0.25, 0.0, 1.0)
    rail = top - (0.030 + 0.030 * cabin)
    roof = half * (model.roof_width + (1.0 - cabin) * (0.90 - model.roof_width))
    roof = min(roof, half * 0.97 - (rail - belt) * 0.30) if cabin > 0 else roof
    flank_z = np.linspace(low + 0.07, belt, FLANK + 1)
    t = (flank_z - low) / (belt - low)
    bulge = half * (0.945 + 0.055 * np.sin(np.pi * np.clip(t * 0.92 + 0.10, 0, 1)) ** 0.8)
    bulge -= 0.018 * np.exp(-(((t - 0.86) / 0.06) ** 2))  # a crease under the belt line
    side = np.column_stack([bulge, flank_z])
    sill = np.column_stack([[half * 0.90, half * 0.925], [low, low + 0.025]])
    u = np.linspace(0, 1, GLASS + 1)[1:]
    edge = side[-1]
    glass = edge + (np.array([roof, rail]) - edge) * np.column_stack([u + 0.10 * u * (1 - u), u])
    v = np.linspace(0, 1, CROWN + 1)[1:] * np.pi / 2
    crown = np.column_stack([roof * np.cos(v), rail + (top - rail) * np.sin(v) ** 0.8])
    right = np.vstack([sill, side, glass, crown])
    left = right[-2::-1] * [-1.0, 1.0]
    under = np.linspace(left[-1], right[0], 7)[1:-1]
    ring = np.vstack([right, left, under])
    one = [1] * SILL + [2] * FLANK + [3] * GLASS + [4] * CROWN
    return np.column_stack([np.full(len(ring), x), -ring[:, 0], ring[:, 1]]), [*one, *one[::-1], *([0] * 6)]


def _arches(points: Floats, model: Model) -> Floats:
    """Press the wheel arches into the flanks: points near the arch's circle move onto it, those inside go in."""
    radius, centre_z = model.wheel * 1.10, model.wheel
    out = points.copy()
    flank = np.abs(points[..., 1]) > 0.36 * model.width
    for axle in model.axles:
        dx, dz = points[..., 0] - axle, points[..., 2] - centre_z
        reach = np.hypot(dx, dz)
        near = flank & (np.abs(reach - radius) < 0.026) & (dz > -0.9 * radius)
        scale = np.where(near, radius / np.maximum(reach, 1e-6), 1.0)
        out[..., 0] = np.where(near, axle + dx * scale, out[..., 0])
        out[..., 2] = np.where(near, centre_z + dz * scale, out[..., 2])
        inside = flank & (reach <= radius - 0.026)
        out[..., 1] = np.where(inside, np.sign(points[..., 1]) * (0.5 * model.width - 0.30), out[..., 1])
    return out


def quads_of(shell: Shell) -> tuple[Floats, Ints, Ints, Ints]:
    """Return the shell as one mesh.

    Returns:
        Points (n, 3), quads (m, 4) counter-clockwise from outside, and of each quad its station and row; the fans of
        the end caps (quads with a doubled corner) have row -1.
    """
    count, rows = shell.points.shape[:2]
    station, row = np.divmod(np.arange((count - 1) * rows), rows)
    after = (row + 1) % rows
    quads = np.stack([station * rows + row, (station + 1) * rows + row, (station + 1) * rows + after,
                      station * rows + after], 1)  # fmt: skip
    points = np.concatenate([shell.points.reshape(-1, 3), shell.caps])
    ring = np.arange(rows)
    tail, nose = count * rows, count * rows + 1
    last = (count - 1) * rows
    caps = np.concatenate([
        np.stack([ring, (ring + 1) % rows, np.full(rows, tail), np.full(rows, tail)], 1),
        np.stack([last + (ring + 1) % rows, last + ring, np.full(rows, nose), np.full(rows, nose)], 1),
    ])  # fmt: skip
    quads = np.concatenate([quads, caps])
    ends = np.repeat([0, count - 1], rows)
    return points, quads, np.concatenate([station, ends]), np.concatenate([row, np.full(2 * rows, -1)])


MODELS: dict[str, Model] = {
    "hatchback": Model(
        4.05, 1.76, 1.47, 0.17, 2.54, 0.83, 0.31,
        np.array([(-2.03, 0.70), (-2.0, 0.86), (-1.93, 1.0), (-1.62, 1.36), (-1.35, 1.43), (-0.75, 1.47), (-0.2, 1.47),
                  (0.28, 1.42), (1.02, 1.00), (1.25, 0.945), (1.62, 0.86), (1.90, 0.74), (1.99, 0.64), (2.03, 0.52)]),
        np.array([(-2.03, 0.93), (-1.2, 0.955), (0.0, 0.93), (1.0, 0.90), (1.6, 0.82), (2.03, 0.60)]),
        1.02, 0.28, -1.50, -1.90, (-0.20, -1.16), (-1.58, 0.80), 0.70, (0.86, -0.20, -1.02)),
    "saloon": Model(
        4.70, 1.83, 1.45, 0.16, 2.80, 0.88, 0.325,
        np.array([(-2.35, 0.74), (-2.31, 0.93), (-2.2, 1.02), (-1.72, 1.05), (-1.10, 1.33), (-0.78, 1.42), (-0.2, 1.45),
                  (0.20, 1.43), (0.50, 1.36), (1.22, 0.98), (1.5, 0.93), (1.95, 0.84), (2.22, 0.72), (2.31, 0.62),
                  (2.35, 0.50)]),
        np.array([(-2.35, 0.94), (-1.3, 0.96), (0.0, 0.92), (1.2, 0.88), (1.9, 0.79), (2.35, 0.58)]),
        1.22, 0.46, -0.92, -1.68, (-0.12, -1.02), (-1.35, 0.98), 0.68, (1.02, -0.12, -1.0)),
    "estate": Model(
        4.65, 1.82, 1.49, 0.17, 2.78, 0.88, 0.325,
        np.array([(-2.33, 0.74), (-2.29, 0.94), (-2.22, 1.05), (-1.98, 1.38), (-1.7, 1.45), (-0.8, 1.49), (-0.2, 1.49),
                  (0.30, 1.45), (0.50, 1.39), (1.20, 1.00), (1.5, 0.95), (1.95, 0.85), (2.20, 0.73), (2.29, 0.62),
                  (2.33, 0.50)]),
        np.array([(-2.33, 0.98), (-1.3, 0.97), (0.0, 0.93), (1.2, 0.89), (1.9, 0.80), (2.33, 0.58)]),
        1.20, 0.44, -1.84, -2.18, (-0.12, -1.02), (-1.92, 0.96), 0.70, (1.02, -0.12, -1.0)),
    "suv": Model(
        4.45, 1.86, 1.66, 0.21, 2.66, 0.86, 0.355,
        np.array([(-2.23, 0.80), (-2.20, 1.02), (-2.12, 1.18), (-1.86, 1.55), (-1.5, 1.62), (-0.7, 1.66), (-0.1, 1.65),
                  (0.36, 1.59), (0.52, 1.54), (1.12, 1.14), (1.35, 1.09), (1.80, 1.02), (2.08, 0.88), (2.18, 0.76),
                  (2.23, 0.60)]),
        np.array([(-2.23, 1.10), (-1.2, 1.09), (0.0, 1.05), (1.1, 1.02), (1.8, 0.93), (2.23, 0.70)]),
        1.12, 0.46, -1.72, -2.06, (-0.12, -1.02), (-1.80, 0.92), 0.72, (0.98, -0.12, -1.0)),
    "van": Model(
        4.90, 1.92, 1.92, 0.18, 3.0, 0.90, 0.33,
        np.array([(-2.45, 0.9), (-2.44, 1.4), (-2.41, 1.74), (-2.30, 1.86), (-1.6, 1.91), (0.0, 1.92), (0.70, 1.88),
                  (0.90, 1.82), (1.55, 1.20), (1.75, 1.13), (2.05, 1.02), (2.30, 0.84), (2.41, 0.70), (2.45, 0.55)]),
        np.array([(-2.45, 1.18), (0.5, 1.12), (1.4, 1.06), (2.0, 0.95), (2.45, 0.66)]),
        1.56, 0.84, -2.36, -2.43, (0.30,), (-0.35, 1.34), 0.80, (1.36, 0.30, -0.62)),
}  # fmt: skip
