"""Colours and patterns of skin, hair and clothes, painted in space."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scenes.animals.noise import layered_noise, value_noise
from scenes.animals.shapes import Array
from scenes.landscape.noise import smoothstep
from scenes.people.figure import Build, Joints
from scenes.people.head import Face

Painter = Callable[[Array], Array]
# Linear albedos. Skin after measured reflectances of light to dark skin, broadband red, green, blue.
SKIN = np.array([[0.60, 0.36, 0.26], [0.52, 0.30, 0.20], [0.42, 0.22, 0.14], [0.30, 0.145, 0.085], [0.16, 0.075, 0.045],
                 [0.085, 0.042, 0.028]])  # fmt: skip
HAIR = np.array([[0.010, 0.008, 0.007], [0.030, 0.017, 0.010], [0.070, 0.036, 0.018], [0.22, 0.14, 0.065],
                 [0.28, 0.27, 0.26], [0.12, 0.045, 0.018]])  # fmt: skip
CLOTH = np.array([[0.018, 0.020, 0.026], [0.030, 0.045, 0.11], [0.13, 0.015, 0.018], [0.05, 0.075, 0.04],
                  [0.20, 0.165, 0.11], [0.36, 0.34, 0.31], [0.07, 0.072, 0.078], [0.33, 0.19, 0.03], [0.03, 0.12, 0.13],
                  [0.22, 0.045, 0.085], [0.62, 0.60, 0.56], [0.05, 0.03, 0.022]])  # fmt: skip
LEGS = np.array([[0.016, 0.017, 0.022], [0.028, 0.040, 0.080], [0.055, 0.080, 0.135], [0.15, 0.12, 0.075],
                 [0.065, 0.065, 0.068], [0.045, 0.032, 0.022], [0.030, 0.034, 0.024]])  # fmt: skip


def _mix(base: Array, other: ArrayLike, weight: Array) -> Array:
    return base + (np.asarray(other) - base) * np.clip(weight, 0.0, 1.0)[:, None]


def _near(points: Array, spot: tuple[float, float, float], low: float, high: float) -> Array:
    """Return 1 within `low` of a spot, 0 beyond `high`."""
    return 1.0 - smoothstep(low, high, np.linalg.norm(points - np.array(spot), axis=1))


def paint_head(points: Array, face: Face, tone: Array, hair: Array, stubble: float, rng: np.random.Generator) -> Array:
    """Return the linear albedo (n, 3) of skin: lips, cheeks, brows, lids, stubble or a shaved scalp."""
    p = face.local(points)
    colour = np.broadcast_to(tone, p.shape) * (1.0 + 0.05 * layered_noise(points, 35.0, 3, rng)[:, None])
    flush = tone * [1.12, 0.80, 0.78]
    for y in (1.0, -1.0):
        colour = _mix(colour, flush, 0.55 * _near(p, (0.32, 0.2 * y, 0.35), 0.05, 0.16))
        colour = _mix(colour, flush, 0.5 * _near(p, (-0.06, 0.38 * y, 0.46), 0.05, 0.15))
        shadow = np.hypot((p[:, 1] - 0.14 * y) / 1.6, p[:, 2] - 0.485)
        colour = _mix(colour, tone * [0.72, 0.62, 0.62], 0.55 * (1 - smoothstep(0.02, 0.06, shadow)) * (p[:, 0] > 0.3))
        arch = 0.558 + 0.028 * np.sin(np.clip((np.abs(p[:, 1]) - 0.05) / 0.17, 0, 1) * np.pi * 0.8)
        along = smoothstep(0.04, 0.07, p[:, 1] * y) * (1 - smoothstep(0.19, 0.23, p[:, 1] * y))
        brow = (1 - smoothstep(0.010, 0.024, np.abs(p[:, 2] - arch))) * along * (p[:, 0] > 0.25)
        colour = _mix(colour, np.minimum(hair, tone) * 0.8, 0.85 * brow)
        lash = np.abs(p[:, 2] - 0.4835 - 0.026 * np.cos((np.abs(p[:, 1]) - 0.14) / 0.075 * 1.57))
        span = 1 - smoothstep(0.055, 0.075, np.abs(p[:, 1] - 0.14 * y))
        colour = _mix(
            colour, [0.012, 0.009, 0.008], 0.8 * (1 - smoothstep(0.004, 0.012, lash)) * span * (p[:, 0] > 0.37)
        )
    colour = _mix(colour, flush, 0.4 * _near(p, (0.54, 0, 0.345), 0.03, 0.09))
    width = np.sqrt(np.clip(1.0 - (p[:, 1] / 0.115) ** 2, 0.0, 1.0))
    lips = (1 - smoothstep(0.030, 0.042, np.abs(p[:, 2] - 0.208) / (0.35 + 0.65 * width))) * (width > 0.05)
    lips = lips * smoothstep(0.40, 0.425, p[:, 0])
    colour = _mix(colour, tone * [0.80, 0.50, 0.52], 0.8 * lips)
    if stubble > 0:
        low = (1 - smoothstep(0.24, 0.34, p[:, 2] - 0.25 * np.abs(p[:, 1]))) * smoothstep(-0.02, 0.12, p[:, 0])
        low = low * (1 - lips) * smoothstep(-0.06, 0.02, p[:, 2])
        colour = _mix(colour, hair * 0.7 + tone * 0.1, stubble * low * (0.8 + 0.3 * value_noise(points, 300.0, rng)))
    return np.clip(colour, 0.004, 0.9)


def paint_skin(points: Array, tone: Array, rng: np.random.Generator) -> Array:
    """Return the albedo (n, 3) of hands."""
    return np.clip(tone * [1.0, 0.94, 0.92] * (1.0 + 0.06 * layered_noise(points, 60.0, 3, rng)[:, None]), 0.004, 0.9)


def paint_hair(points: Array, face: Face, tone: Array, rng: np.random.Generator) -> Array:
    """Return the albedo (n, 3) of hair: strands that run from the crown down."""
    p = face.local(points)
    around = np.arctan2(p[:, 1], p[:, 0] + 0.15)
    along = np.column_stack([around * 3.0, p[:, 2] * 0.35, 0 * around])
    strands = value_noise(along, (14.0, 3.0, 1.0), rng) + 0.6 * value_noise(along, (33.0, 4.0, 1.0), rng)
    return np.clip(tone * (1.0 + 0.35 * strands[:, None]), 0.003, 0.8)


def cloth_painter(kind: str, tone: Array, build: Build, joints: Joints, rng: np.random.Generator) -> Painter:
    """Return the painter of a garment: plain, striped, checked, or with a zip, by its kind and by chance."""
    origin, up, ahead, left = (joints[n] for n in ("pelvis", "spine_up", "chest_ahead", "chest_left"))
    pattern = (
        str(rng.choice(["plain", "plain", "stripes", "checks", "block"])) if kind in ("shirt", "jumper") else "plain"
    )
    other = CLOTH[int(rng.integers(len(CLOTH)))]
    seam = kind in ("jacket", "parka", "coat", "vest", "shirt")
    pitch = float(rng.uniform(0.045, 0.11))
    noise = np.random.default_rng(int(rng.integers(1 << 31)))

    def paint(points: Array) -> Array:
        p = points - origin
        z, y, x = p @ up, p @ left, p @ ahead
        colour = np.broadcast_to(tone, points.shape) * (1.0 + 0.10 * layered_noise(points, 9.0, 4, noise)[:, None])
        if pattern == "stripes":
            colour = _mix(colour, other, smoothstep(-0.05, 0.05, np.sin(2 * np.pi * z / pitch)))
        elif pattern == "checks":
            lines = (np.sin(2 * np.pi * z / pitch) > 0.55) * 0.5 + (np.sin(2 * np.pi * y / pitch) > 0.55) * 0.5
            colour = _mix(colour, other, 0.8 * lines)
        elif pattern == "block":
            colour = _mix(colour, other, 1.0 * (z > 0.30 * build.height / 1.75))
        if seam:
            colour = colour * (1.0 - 0.6 * ((np.abs(y) < 0.006) & (x > 0.03)))[:, None]
        return np.clip(colour, 0.006, 0.85)

    return paint


def leg_painter(kind: str, tone: Array, joints: Joints, rng: np.random.Generator) -> Painter:
    """Return the painter of trousers or a skirt; jeans are worn pale at the knees."""
    noise = np.random.default_rng(int(rng.integers(1 << 31)))

    def paint(points: Array) -> Array:
        colour = np.broadcast_to(tone, points.shape) * (1.0 + 0.12 * layered_noise(points, 10.0, 4, noise)[:, None])
        if kind == "jeans":
            for side in "lr":
                worn = joints[f"knee_{side}"] + [0.04, 0.0, 0.08]
                near = 1 - smoothstep(0.05, 0.22, np.linalg.norm((points - worn) * [1, 1, 0.6], axis=1))
                colour = _mix(colour, np.array([0.16, 0.20, 0.27]), 0.45 * near)
        return np.clip(colour, 0.006, 0.85)

    return paint


def pick(rng: np.random.Generator, table: NDArray[np.floating]) -> Array:
    """Return one colour of a table, a little lighter or darker."""
    return np.asarray(table[int(rng.integers(len(table)))] * rng.uniform(0.85, 1.18), float)
