"""Clothes as shapes over a posed person: tops, coats, trousers, skirts, shoes, a bag."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from scenes.animals.shapes import Array, Cone, Loft, Shape, unit
from scenes.people.figure import ANKLE, FOOT, HIP, SIDES, Build, Joints

TOPS = ("shirt", "jumper", "jacket", "parka", "coat", "vest")
BOTTOMS = ("trousers", "jeans", "skirt")
# Rows of the trunk: height over the hips, front, back, half width; metres at 1.75 m.
TRUNK = np.array(
    [
        [-0.085, 0.085, 0.105, 0.160],
        [-0.02, 0.098, 0.118, 0.170],
        [0.06, 0.102, 0.110, 0.168],
        [0.14, 0.102, 0.092, 0.155],
        [0.21, 0.102, 0.088, 0.146],
        [0.30, 0.108, 0.100, 0.152],
        [0.39, 0.116, 0.110, 0.160],
        [0.45, 0.100, 0.108, 0.150],
        [0.50, 0.074, 0.092, 0.105],
        [0.535, 0.060, 0.078, 0.070],
    ]
)
LOOSE = {"shirt": 0.010, "jumper": 0.014, "jacket": 0.018, "parka": 0.030, "coat": 0.020, "vest": 0.016}
HEM = {"shirt": -0.05, "jumper": -0.05, "jacket": -0.07, "parka": -0.16, "coat": -0.42, "vest": -0.06}


def _trunk(build: Build, joints: Joints, loose: float, low: float, high: float, flare: float = 0.0) -> Loft:
    """Return the trunk between two heights over the hips (metres at 1.75 m), wider by `loose` metres."""
    k = build.height / 1.75
    g = build.girth
    rows = TRUNK[(TRUNK[:, 0] > low + 0.02) & (TRUNK[:, 0] <= high)]
    if low < TRUNK[0, 0] - 0.02:
        drop = np.linspace(low, TRUNK[0, 0] - 0.04, 4)
        skirt = np.column_stack([drop, *(np.full(4, v) for v in (0.10, 0.112, 0.172))])
        skirt[:, 1:] += (flare * np.maximum(-0.05 - drop, 0.0))[:, None]
        rows = np.vstack([skirt, rows])
    else:
        edge = [np.interp(low, TRUNK[:, 0], TRUNK[:, i]) for i in range(1, 4)]
        rows = np.vstack([[low, *edge], rows])
    ratio = build.shoulder / 0.103
    wide = np.interp(rows[:, 0], [0.15, 0.45], [build.hip / 0.047, ratio])
    waist = np.exp(-(((rows[:, 0] - 0.18) / 0.10) ** 2))
    belly = 1.0 + (g - 1.0) * (1.0 + 1.2 * waist) - (0.07 if build.bust else 0.0) * waist
    front = rows[:, 1] * belly
    rows = np.column_stack([rows[:, 0], 0 * front, front, rows[:, 2] * g**0.6, rows[:, 3] * wide * belly**0.7])
    rows *= k
    rows[:, 2:] += loose + flare * np.clip(0.12 - rows[:, :1] / k, 0.0, 0.2)
    return Loft(joints["pelvis"], joints["spine_up"], joints["chest_ahead"], rows, "trunk", 0.03, 2.35, 0.012)


def top_shapes(build: Build, joints: Joints, kind: str) -> list[Shape]:
    """Return a garment for the upper body."""
    k, loose, g = build.height / 1.75, LOOSE[kind], build.girth**0.7
    spine, ahead = joints["spine_up"], joints["chest_ahead"]
    flare = 0.16 if kind == "coat" else 0.09
    out: list[Shape] = [_trunk(build, joints, loose, HEM[kind], 0.53, flare)]
    collar = joints["neck"] + 0.03 * k * spine
    for side, sign in SIDES.items():
        shoulder, elbow, wrist = (joints[f"{name}_{side}"] for name in ("shoulder", "elbow", "wrist"))
        inner = joints["neck"] - 0.026 * k * spine + sign * 0.045 * k * joints["chest_left"]
        r = 0.046 * k * g + loose
        cap = shoulder - 0.006 * k * spine - sign * 0.012 * k * joints["chest_left"]
        out.append(Cone(inner, cap, 0.045 * k + 0.5 * loose, r, "shoulder", 0.05 * k))
        if build.bust:
            breast = joints["pelvis"] + 0.36 * k * spine + sign * 0.078 * k * joints["chest_left"]
            out.append(Cone(breast, breast + (0.035 * k + build.bust) * ahead, 0.085 * k, 0.07 * k, "trunk", 0.06 * k))
        if kind == "vest":
            continue
        mid = 0.5 * (elbow + wrist)
        cuff = wrist - 0.008 * k * unit(wrist - elbow)
        out += [
            Cone(cap, elbow, 0.047 * k * g + loose, 0.036 * k * g + loose, "sleeve", 0.03 * k),
            Cone(elbow, mid, 0.036 * k * g + loose, 0.034 * k * g + loose, "sleeve", 0.02 * k),
            Cone(mid, cuff, 0.034 * k * g + loose, 0.029 * k + 0.8 * loose, "sleeve", 0.02 * k),
        ]
    if kind in ("jacket", "coat", "parka", "jumper"):
        thick = 0.062 if kind == "jumper" else 0.070
        out.append(Cone(joints["neck"] - 0.01 * k * spine, collar, 0.075 * k, thick * k, "collar", 0.03 * k))
    if kind == "parka":  # the hood lies on the back
        back = joints["neck"] - 0.105 * k * ahead
        left = joints["chest_left"]
        out.append(Cone(back - 0.06 * k * spine, back + 0.05 * k * spine, 0.075 * k, 0.06 * k, "hood", 0.03, 1.5, left))
        for sign in (1.0, -1.0):
            tip = joints["neck"] + 0.035 * k * spine + 0.03 * k * ahead + 0.075 * k * sign * left
            out.append(Cone(back + 0.04 * k * spine, tip, 0.05 * k, 0.032 * k, "hood", 0.04))
    return out


def neck_hole(build: Build, joints: Joints) -> Cone:
    """Return the hollow through which the neck leaves a collar."""
    k = build.height / 1.75
    spine = joints["spine_up"]
    start = joints["neck"] + 0.025 * k * spine + 0.004 * k * joints["chest_ahead"]
    return Cone(start, start + 0.09 * k * spine, 0.052 * k, 0.062 * k, "collar", 0.012 * k, carve=True)


def bottom_shapes(build: Build, joints: Joints, kind: str) -> list[Shape]:
    """Return a garment for hips and legs."""
    k, g = build.height / 1.75, build.girth
    loose = {"trousers": 0.014, "jeans": 0.006, "skirt": 0.012}[kind]
    out: list[Shape] = [_trunk(build, joints, 0.6 * loose, -0.085, 0.12)]
    if kind == "skirt":
        out[0] = _trunk(build, joints, loose, -0.40, 0.12, 0.12)
    for side in SIDES:
        hip, knee, ankle = (joints[f"{name}_{side}"] for name in ("hip", "knee", "ankle"))
        shin = unit(ankle - knee)
        calf = knee + 0.36 * (ankle - knee)
        end = ankle - 0.012 * k * shin
        if kind == "skirt":  # tights
            out.append(Cone(hip, knee, 0.080 * k, 0.053 * k, "leg", 0.02))
            out += [
                Cone(knee, calf, 0.052 * k, 0.052 * k, "leg", 0.03),
                Cone(calf, ankle, 0.052 * k, 0.034 * k, "leg", 0.03),
            ]
            continue
        wide = 0.5 if kind == "jeans" else 1.0
        out += [
            Cone(hip - 0.02 * k * shin, knee, 0.088 * k * g**0.8 + loose, 0.056 * k * g**0.5 + loose, "leg", 0.035 * k),
            Cone(knee, calf, 0.056 * k + loose, 0.054 * k + loose, "leg", 0.04 * k),
            Cone(calf, end, 0.054 * k + loose, (0.046 + 0.016 * wide) * k + 0.6 * loose, "leg", 0.04 * k),
        ]
    return out


def shoe_shapes(build: Build, joints: Joints, side: str) -> list[Shape]:
    """Return one shoe with its sole."""
    k, h = build.height / 1.75, build.height
    ankle, toe = joints[f"ankle_{side}"], joints[f"toe_{side}"]
    forward = unit(toe - ankle + [0, 0, 0.6 * ANKLE * h])
    shin = unit(joints[f"knee_{side}"] - ankle)
    left = unit(np.cross(shin, forward))
    down = unit(np.cross(forward, left)) * -1.0
    heel = ankle - 0.23 * FOOT * h * forward + 0.55 * ANKLE * h * down
    ball_ = ankle + 0.50 * FOOT * h * forward + 0.60 * ANKLE * h * down
    tip = ankle + 0.70 * FOOT * h * forward + 0.58 * ANKLE * h * down
    middle = ankle + 0.1 * FOOT * h * forward
    return [
        Cone(heel, ball_, 0.034 * k, 0.036 * k, "shoe", 0.01, 1.12, left),
        Cone(ball_, tip, 0.036 * k, 0.030 * k, "shoe", 0.02, 1.22, left),
        Cone(ankle + 0.035 * k * shin, ankle, 0.042 * k, 0.042 * k, "shoe", 0.03 * k),
        Cone(middle - 0.01 * k * down, ball_ - 0.006 * k * down, 0.043 * k, 0.036 * k, "shoe", 0.03 * k),
    ]


def bag_shapes(build: Build, joints: Joints, loose: float) -> list[Shape]:
    """Return a rucksack."""
    k = build.height / 1.75
    spine, ahead, left = joints["spine_up"], joints["chest_ahead"], joints["chest_left"]
    back = joints["pelvis"] - (0.135 * k + loose) * ahead
    rows = np.array([[0.06, 0, 0.06, 0.08, 0.13], [0.12, 0, 0.07, 0.11, 0.145], [0.25, 0, 0.07, 0.12, 0.145],
                     [0.38, 0, 0.065, 0.08, 0.13], [0.45, 0, 0.05, 0.05, 0.10]]) * k  # fmt: skip
    out: list[Shape] = [Loft(back, spine, ahead, rows, "bag", 0.02, 3.0, 0.02)]
    out.append(Cone(back + (0.14 * spine - 0.11 * ahead) * k, back + (0.24 * spine - 0.115 * ahead) * k, 0.05 * k,
                    0.05 * k, "bag", 0.015, 2.0, left))  # fmt: skip
    for sign in (1.0, -1.0):
        rise = joints["neck"] - 0.03 * k * spine + sign * 0.085 * k * left
        line = [
            back + 0.42 * k * spine + sign * 0.07 * k * left,
            rise - 0.04 * k * ahead + 0.035 * k * spine + loose * spine,
            rise + (0.10 * k + loose) * ahead - 0.06 * k * spine,
            joints["pelvis"] + 0.24 * k * spine + sign * 0.155 * k * left + (0.06 * k + loose) * ahead,
        ]
        for a, b in pairwise(line):
            out.append(Cone(a, b, 0.022 * k, 0.022 * k, "strap", 0.01, 0.5, np.cross(b - a, left)))
    return out


def hip_height(build: Build) -> float:
    """Return the height of a standing person's hips, metres."""
    return HIP * build.height


def middle_of(joints: Joints) -> Array:
    """Return a point (3,) in the middle of the trunk."""
    return 0.5 * (joints["pelvis"] + joints["neck"])
