"""Head, hair and hands of a person as shapes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from scenes.animals.shapes import Array, Cone, Loft, Shape
from scenes.animals.solids import Solid, ball, join
from scenes.people.figure import SIDES, Build, Joints, turned

HEAD = 0.130  # height of the head over the stature
HAIRCUTS = ("short", "bob", "long", "bun", "bald", "beanie", "cap")
# Rows of the skull: height over the chin, centre, front, back, half width; shares of the head's height.
SKULL = np.array(
    [
        [0.015, 0.270, 0.085, 0.10, 0.105],
        [0.06, 0.235, 0.150, 0.17, 0.155],
        [0.14, 0.160, 0.245, 0.22, 0.205],
        [0.26, 0.070, 0.345, 0.28, 0.255],
        [0.38, 0.030, 0.395, 0.36, 0.305],
        [0.50, 0.015, 0.415, 0.40, 0.318],
        [0.62, 0.010, 0.420, 0.425, 0.330],
        [0.74, 0.000, 0.415, 0.425, 0.330],
        [0.86, -0.01, 0.350, 0.375, 0.285],
        [0.94, -0.015, 0.250, 0.28, 0.200],
        [0.985, -0.02, 0.130, 0.15, 0.105],
    ]
)
Point = tuple[float, float, float]


@dataclass(frozen=True)
class Face:
    """The frame and the features of one head.

    Args:
        origin: below the middle of the head, at the height of the chin (3,).
        axes: rows ahead, left, up (3, 3).
        size: height of the head, metres.
        nose, jaw, brow, lips: sizes of the features, 1 is usual.
    """

    origin: Array
    axes: Array
    size: float
    nose: float = 1.0
    jaw: float = 1.0
    brow: float = 1.0
    lips: float = 1.0

    def at(self, ahead: float, left: float, up: float) -> Array:
        """Return a point (3,) from shares of the head's height."""
        return self.origin + self.size * (np.array([ahead, left, up]) @ self.axes)

    def local(self, points: Array) -> Array:
        """Return points (n, 3) as shares of the head's height ahead, left and up."""
        return (points - self.origin) @ self.axes.T / self.size


def face_of(build: Build, joints: Joints, rng: np.random.Generator, female: bool) -> Face:
    """Return the face of a person with its features drawn."""
    ahead, up = joints["head_ahead"], joints["head_up"]
    size = HEAD * build.height * (0.97 if female else 1.0)
    axes = np.stack([ahead, np.cross(up, ahead), up])
    origin = joints["head"] - 0.18 * size * up + 0.03 * size * ahead
    spread = rng.normal(1.0, 0.08, 4)
    jaw = spread[1] * (0.92 if female else 1.03)
    return Face(origin, axes, size, spread[0] * (0.9 if female else 1.05), jaw, spread[2] * (0.5 if female else 1.1),
                spread[3] * (1.15 if female else 0.95))  # fmt: skip


def skull(face: Face, thick: float = 0.0, lowest: float = 0.0) -> Loft:
    """Return the skull, thicker by a share of the head's height and from a height on."""
    rows = SKULL[SKULL[:, 0] >= lowest].copy()
    rows[:, 2:4] += thick
    rows[:, 4] += thick
    rows[rows[:, 0] < 0.3, 4] *= face.jaw
    rows[-2:, 0] += [0.6 * thick, thick]
    rows *= face.size
    return Loft(face.origin, face.axes[2], face.axes[0], rows, "head", 0.02 * face.size, 2.25, 0.045 * face.size)


def head_shapes(face: Face, build: Build, joints: Joints) -> list[Shape]:
    """Return head and neck."""
    s, left = face.size, face.axes[1]

    def cone(a: Point, b: Point, r: float, r2: float, blend: float = 0.03, aspect: float = 1.0, part: str = "head",
             carve: bool = False, side: Array = left) -> Cone:  # fmt: skip
        return Cone(face.at(*a), face.at(*b), r * s, r2 * s, part, blend * s, aspect, side, carve)

    neck = joints["neck"] - 0.03 * build.height * joints["spine_up"]
    out: list[Shape] = [skull(face)]
    thick = (0.235 if build.girth < 1.05 else 0.27) * s * (0.9 if build.bust else 1.0)
    out.append(Cone(neck, face.at(-0.07, 0, 0.28), thick * 1.08, thick * 0.95, "neck", 0.12 * s, 1.0))
    out.append(cone((0.10, 0, 0.06), (0.33, 0, 0.075), 0.12, 0.075 * face.jaw, 0.10, 1.25))  # floor of the mouth, chin
    for y in (1.0, -1.0):
        out.append(cone((0.03, 0.195 * y, 0.20), (0.24, 0.115 * y, 0.085), 0.06, 0.055, 0.10))  # jaw
        out.append(cone((0.30, 0.175 * y, 0.38), (0.20, 0.22 * y, 0.42), 0.085, 0.07, 0.10))  # cheek bone
        out.append(cone((0.455, 0.135 * y, 0.485), (0.44, 0.16 * y, 0.48), 0.070, 0.062, 0.06, carve=True))  # socket
        out.append(cone((0.405, 0.06 * y, 0.555), (0.36, 0.20 * y, 0.56), 0.030 * face.brow, 0.024 * face.brow, 0.06))
        out += _lids(cone, y)
        out += _ear(cone, y)
    n = face.nose
    out += [
        cone((0.415, 0, 0.50), (0.505 * (0.9 + 0.1 * n), 0, 0.355), 0.032, 0.043 * n, 0.045, 0.95, "nose"),
        cone((0.500, 0, 0.345), (0.525, 0, 0.345), 0.045 * n, 0.036 * n, 0.03, 1.0, "nose"),
        cone((0.455, 0.052 * n, 0.325), (0.43, 0.062 * n, 0.33), 0.032 * n, 0.03, 0.025, 1.0, "nose"),
        cone((0.455, -0.052 * n, 0.325), (0.43, -0.062 * n, 0.33), 0.032 * n, 0.03, 0.025, 1.0, "nose"),
        cone((0.40, 0, 0.235), (0.385, 0, 0.16), 0.085, 0.08, 0.07),  # the mouth's barrel
        cone((0.475, 0.02, 0.302), (0.46, 0.024, 0.315), 0.011, 0.009, 0.012, carve=True),
        cone((0.475, -0.02, 0.302), (0.46, -0.024, 0.315), 0.011, 0.009, 0.012, carve=True),
    ]
    for y in (1.0, -1.0):
        out.append(cone((0.470, 0.0, 0.232), (0.425, 0.10 * y, 0.215), 0.020 * face.lips, 0.008, 0.014, 1.0, "lips"))
        out.append(cone((0.462, 0.0, 0.188), (0.425, 0.095 * y, 0.205), 0.026 * face.lips, 0.008, 0.014, 1.0, "lips"))
        out.append(cone((0.492, 0, 0.210), (0.435, 0.105 * y, 0.210), 0.006, 0.005, 0.010, carve=True))
    return out


def _lids(make: Callable[..., Cone], y: float) -> list[Shape]:
    """Return the lids of one eye, two arcs over the eyeball."""
    upper = [(0.405, 0.075, 0.485), (0.428, 0.113, 0.521), (0.424, 0.157, 0.522), (0.385, 0.205, 0.485)]
    lower = [(0.405, 0.075, 0.482), (0.424, 0.12, 0.450), (0.419, 0.16, 0.451), (0.385, 0.205, 0.482)]
    out: list[Shape] = []
    for line, thick in ((upper, 0.017), (lower, 0.013)):
        for a, b in pairwise(line):
            out.append(make((a[0], a[1] * y, a[2]), (b[0], b[1] * y, b[2]), thick, thick, 0.022))
    return out


def _ear(make: Callable[..., Cone], y: float) -> list[Shape]:
    """Return one ear: a rim, a lobe and a hollow."""
    rim = [(0.02, 0.315, 0.50), (-0.02, 0.345, 0.555), (-0.08, 0.365, 0.55), (-0.105, 0.37, 0.48), (-0.07, 0.35, 0.40),
           (0.0, 0.315, 0.335)]  # fmt: skip
    out: list[Shape] = [make((-0.02, 0.31 * y, 0.47), (-0.03, 0.32 * y, 0.42), 0.07, 0.045, 0.04, 0.42, "ear")]
    for a, b in pairwise(rim):
        out.append(make((a[0], a[1] * y, a[2]), (b[0], b[1] * y, b[2]), 0.019, 0.019, 0.02, 1.0, "ear"))
    return out


def eyeballs(face: Face) -> tuple[Solid, Solid, Solid]:
    """Return the whites of the eyes, their irises and their pupils."""
    whites, irises, pupils = [], [], []
    for y in (1.0, -1.0):
        centre = face.at(0.362, 0.135 * y, 0.484)
        whites.append(ball(centre, 0.062 * face.size, 20))
        irises.append(ball(centre + 0.038 * face.size * face.axes[0], 0.0295 * face.size, 14))
        pupils.append(ball(centre + 0.0575 * face.size * face.axes[0], 0.0135 * face.size, 10))
    return join(whites), join(irises), join(pupils)


def hair_shapes(face: Face, cut: str) -> list[Shape]:
    """Return hair or headgear of a cut.

    Raises:
        ValueError: for an unknown cut, and for "bald", which has none.
    """
    if cut not in HAIRCUTS or cut == "bald":
        raise ValueError(f"hair '{cut}' is unknown; choose from {', '.join(c for c in HAIRCUTS if c != 'bald')}")
    s = face.size

    def cone(a: Point, b: Point, r: float, r2: float, blend: float = 0.05, aspect: float = 1.0,
             carve: bool = False) -> Cone:  # fmt: skip
        return Cone(face.at(*a), face.at(*b), r * s, r2 * s, "hair", blend * s, aspect, face.axes[1], carve)

    thick = {"short": 0.035, "bob": 0.06, "long": 0.06, "bun": 0.035, "beanie": 0.05, "cap": 0.045}[cut]
    out: list[Shape] = [skull(face, thick, 0.60 if cut in ("beanie", "cap") else 0.36)]
    if cut in ("beanie", "cap"):
        if cut == "cap":
            out.append(cone((0.38, 0, 0.68), (0.66, 0, 0.63), 0.035, 0.025, 0.04, 8.0))
        return out
    out.append(cone((-0.22, 0, 0.42), (-0.20, 0, 0.22), 0.24, 0.20, 0.1, 1.15))  # the nape
    if cut in ("bob", "long"):
        low = -0.42 if cut == "long" else 0.05
        out.append(cone((-0.24, 0, 0.3), (-0.20, 0, low), 0.22, 0.17, 0.1, 1.45))
        for y in (1.0, -1.0):
            out.append(cone((0.0, 0.27 * y, 0.66), (0.05, 0.31 * y, 0.30), 0.11, 0.085, 0.08))
            out.append(cone((0.05, 0.31 * y, 0.30), (-0.02, 0.29 * y, max(low, -0.30)), 0.085, 0.06, 0.08))
    if cut == "bun":
        out.append(cone((-0.46, 0, 0.72), (-0.50, 0, 0.72), 0.15, 0.14, 0.05))
    wide, deep = (0.92, 0.60) if cut in ("bob", "long") else (0.80, 0.565)
    out.append(cone((wide, 0, 0.36), (wide, 0, 0.40), deep, deep, 0.03, 0.93 if cut in ("bob", "long") else 1.12, True))
    return out


def hand_shapes(build: Build, joints: Joints, side: str, curl: float) -> list[Shape]:
    """Return one hand: palm, four fingers of three bones, thumb."""
    h = build.height * (0.94 if build.bust else 1.0)
    wrist, along, palm = (joints[f"{name}_{side}"] for name in ("wrist", "fingers", "palm"))
    across = SIDES[side] * np.cross(palm, along)  # towards the thumb
    k = h / 1.75
    knuckles = wrist + 0.085 * k * along
    out: list[Shape] = [
        Cone(wrist - 0.05 * k * along, wrist + 0.02 * k * along, 0.025 * k, 0.025 * k, "palm", 0.02, 0.75, palm),
        Cone(wrist + 0.03 * k * along, knuckles - 0.008 * k * along, 0.033 * k, 0.039 * k, "palm", 0.03, 0.40, palm),
    ]
    for number, (offset, length) in enumerate(((0.030, 0.92), (0.010, 1.0), (-0.010, 0.95), (-0.029, 0.78))):
        at, direction = knuckles + offset * k * across, along
        for bone, radius in ((0.044, 0.0095), (0.028, 0.0085), (0.023, 0.0078)):
            direction = turned(direction, np.cross(direction, palm), curl * (1.0 + 0.06 * number))
            end = at + bone * length * k * direction
            out.append(Cone(at, end, radius * k, (radius - 0.0008) * k, "finger", 0.006 * k))
            at = end
    at = wrist + 0.028 * k * along + 0.024 * k * across
    direction = along + 0.75 * across + 0.25 * palm
    for bone, radius in ((0.042, 0.0125), (0.034, 0.0105), (0.026, 0.0092)):
        direction = direction / np.linalg.norm(direction)
        end = at + bone * k * direction
        out.append(Cone(at, end, radius * k, (radius - 0.001) * k, "finger", 0.012 * k))
        at, direction = end, direction + 0.35 * along + 0.012 * curl * palm
    return out
