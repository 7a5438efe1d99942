"""A standing, walking or sitting person as joints in space.

Source: segment lengths as shares of the stature after Drillis and Contini, in D. A. Winter, "Biomechanics and Motor
Control of Human Movement", figure 4.1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from scenes.animals.shapes import Array, unit

SIDES = {"l": 1.0, "r": -1.0}
ANKLE, KNEE, HIP, SHOULDER = 0.039, 0.285, 0.530, 0.794
UPPER_ARM, FOREARM, FOOT = 0.164, 0.148, 0.152
NECK = 0.838  # base of the neck
Joints = dict[str, Array]


@dataclass(frozen=True)
class Build:
    """Size and form of one person.

    Args:
        height: stature, metres.
        shoulder, hip: half widths between the joints, shares of the stature.
        girth: thickness of trunk and limbs, 1 is lean.
        bust: how far the chest stands out, metres.
    """

    height: float = 1.75
    shoulder: float = 0.103
    hip: float = 0.047
    girth: float = 1.0
    bust: float = 0.0


@dataclass(frozen=True)
class Limb:
    """Angles of one arm or leg, degrees.

    Args:
        forward: of the upper part.
        out: of the upper part, away from the body.
        bend: of elbow or knee.
        turn: how far the forearm turns inwards; of a leg, how far the foot tips up.
    """

    forward: float = 0.0
    out: float = 4.0
    bend: float = 4.0
    turn: float = 0.0


@dataclass(frozen=True)
class Pose:
    """What a person does; angles in degrees.

    Args:
        arms, legs: by side "l", "r".
        lean: of the trunk, forwards.
        twist: of the shoulders, to the left.
        yaw, pitch: of the head, to the left and upwards.
        curl: of the fingers.
    """

    arms: dict[str, Limb] = field(default_factory=lambda: {"l": Limb(), "r": Limb()})
    legs: dict[str, Limb] = field(default_factory=lambda: {"l": Limb(out=2.0), "r": Limb(out=2.0)})
    lean: float = 2.0
    twist: float = 0.0
    yaw: float = 0.0
    pitch: float = 0.0
    curl: float = 25.0


def pose_of(name: str, rng: np.random.Generator) -> Pose:
    """Return a named pose with its small differences drawn.

    Args:
        name: one of POSES.
        rng: draws the differences.
    """

    def near(value: float, spread: float = 4.0) -> float:
        return value + spread * float(rng.uniform(-1.0, 1.0))

    yaw, pitch, side = near(0.0, 25.0), near(-3.0, 6.0), float(rng.choice([-1.0, 1.0]))
    hanging = {s: Limb(near(4), near(7, 3), near(12, 6), near(10, 10)) for s in "lr"}
    still = {s: Limb(near(1, 3), near(4, 2), near(3, 2)) for s in "lr"}
    if name == "standing":
        return Pose(hanging, still, near(1, 2), near(0, 6), yaw, pitch)
    if name == "waiting":  # hands in the pockets
        arms = {s: Limb(near(-16, 3), near(16, 3), near(52, 4), near(24, 4)) for s in "lr"}
        return Pose(arms, still, near(2, 2), near(0, 8), yaw, pitch, 60.0)
    if name == "phone":
        arms = {**hanging, "r": Limb(near(22), near(8), near(96, 8), near(32, 6))}
        return Pose(arms, still, near(4, 2), near(0, 5), -0.3 * yaw, near(-24, 6), 50.0)
    if name == "calling":
        arms = {**hanging, "l": Limb(near(38), near(22), near(138, 4), near(10, 5))}
        return Pose(arms, still, near(2, 2), near(0, 5), yaw, pitch, 60.0)
    if name == "waving":
        arms = {**hanging, "r": Limb(near(60), near(70), near(75, 15), near(-35, 10))}
        return Pose(arms, still, near(1, 2), near(0, 8), yaw, near(4, 5), 5.0)
    if name.startswith("walking"):
        swing = {"walking_a": 1.0, "walking_b": 0.25, "walking_c": -1.0, "walking_fast": 1.4}[name] * side
        return _walk(swing, near, 0.4 * yaw, pitch)
    if name == "driving":
        arms = {s: Limb(near(42, 2), near(14, 2), near(42, 3), near(26, 3)) for s in "lr"}
        legs = {s: Limb(near(84, 2), near(8, 2), near(62, 3), 15.0) for s in "lr"}
        return Pose(arms, legs, near(-14, 2), near(0, 3), 0.6 * yaw, near(-7, 4), 70.0)
    raise ValueError(f"pose '{name}' is unknown; choose from {', '.join(POSES)}")


POSES = (
    "standing", "waiting", "phone", "calling", "waving", "walking_a", "walking_b", "walking_c", "walking_fast",
    "driving",
)  # fmt: skip


def _walk(swing: float, draw: Callable[..., float], yaw: float, pitch: float) -> Pose:
    """Return one moment of a walk; `swing` is the step of the left leg, -1.4 (behind) to 1.4 (in front)."""
    arms, legs = {}, {}
    for name, sign in SIDES.items():
        ahead = swing * sign
        arms[name] = Limb(draw(-19.0 * ahead), draw(8, 2), draw(18 + 14 * max(-ahead, 0.0), 5), draw(12, 6))
        behind = max(-ahead, 0.0)
        legs[name] = Limb(draw(21.0 * ahead, 2), 2.0, draw(4.0 + 22.0 * behind, 3), 8.0 * max(ahead, 0) - 22.0 * behind)
    if abs(swing) < 0.5:  # one foot passes the other
        foot = "l" if swing > 0 else "r"
        legs[foot] = Limb(18.0, 2.0, 48.0, -14.0)
    return Pose(arms, legs, draw(4, 2), draw(-7.0 * swing, 2), yaw, pitch)


def turned(vector: Array, axis: Array, degrees: float) -> Array:
    """Turn a vector (3,) about an axis (3,). Source: Rodrigues' rotation formula."""
    a, k = np.radians(degrees), unit(axis)
    return vector * np.cos(a) + np.cross(k, vector) * np.sin(a) + k * (k @ vector) * (1.0 - np.cos(a))


def joints_of(build: Build, pose: Pose) -> Joints:
    """Return the joints of a person, metres, facing +x, left +y, the lower sole on z = 0.

    Returns:
        `pelvis`, `neck`, `head` (where the head turns), `spine_up`, `chest_ahead`, `chest_left`, `head_ahead`,
        `head_up` (3,), and for each side s `shoulder_s`, `elbow_s`, `wrist_s`, `palm_s` (direction of the hand's inner
        face), `fingers_s` (direction), `hip_s`, `knee_s`, `ankle_s`, `toe_s` (3,).
    """
    h = build.height
    ahead, left, up = np.eye(3)
    spine = turned(up, left, pose.lean)
    chest_left = turned(left, spine, pose.twist)
    chest = np.cross(chest_left, spine)
    out: Joints = {"pelvis": np.zeros(3), "spine_up": spine, "chest_ahead": chest, "chest_left": chest_left}
    out["neck"] = (NECK - HIP) * h * spine
    for side, sign in SIDES.items():
        _leg(out, build, pose.legs[side], side, sign)
        _arm(out, build, pose.arms[side], side, sign)
    straight = unit(0.7 * spine + 0.3 * up)
    head_left = turned(turned(left, up, 0.5 * pose.twist), straight, pose.yaw)
    face = unit(np.cross(head_left, straight))
    head_left = np.cross(straight, face)
    out["head_ahead"] = turned(face, head_left, -pose.pitch)
    out["head_up"] = np.cross(out["head_ahead"], head_left)
    out["head"] = out["neck"] + 0.055 * h * unit(straight + 0.25 * ahead)
    low = min(float(min(out[f"ankle_{s}"][2], out[f"toe_{s}"][2] + (ANKLE - 0.012) * h)) for s in SIDES)
    lift = np.array([0.0, 0.0, ANKLE * h - low])
    directions = ("spine_up", "chest_ahead", "chest_left", "head_ahead", "head_up", "palm_l", "palm_r", "fingers_l",
                  "fingers_r")  # fmt: skip
    return {name: place if name in directions else place + lift for name, place in out.items()}


def _leg(out: Joints, build: Build, limb: Limb, side: str, sign: float) -> None:
    h, (ahead, left, up) = build.height, np.eye(3)
    thigh = turned(turned(-up, ahead, sign * limb.out), left, -limb.forward)
    shank = turned(thigh, left, limb.bend)
    hip = sign * build.hip * h * left
    knee = hip + (HIP - KNEE) * h * thigh
    ankle = knee + (KNEE - ANKLE) * h * shank
    pitch = limb.turn if limb.turn else 0.0
    foot = turned(turned(ahead, left, -pitch), up, 7.0 * sign)
    out |= {f"hip_{side}": hip, f"knee_{side}": knee, f"ankle_{side}": ankle}
    out[f"toe_{side}"] = ankle + 0.72 * FOOT * h * foot - 0.6 * ANKLE * h * up


def _arm(out: Joints, build: Build, limb: Limb, side: str, sign: float) -> None:
    h, spine, left = build.height, out["spine_up"], out["chest_left"]
    chest = out["chest_ahead"]
    shoulder = (SHOULDER - HIP) * h * spine + sign * build.shoulder * h * left
    upper = turned(turned(-spine, chest, sign * limb.out), left, -limb.forward)
    hinge = turned(turned(left, chest, sign * limb.out), upper, sign * limb.turn)
    fore = turned(upper, hinge, -limb.bend)
    elbow = shoulder + UPPER_ARM * h * upper
    wrist = elbow + FOREARM * h * fore
    palm = turned(-sign * hinge, fore, -sign * 15.0)
    out |= {f"shoulder_{side}": shoulder, f"elbow_{side}": elbow, f"wrist_{side}": wrist}
    out |= {f"palm_{side}": palm, f"fingers_{side}": fore}
