"""Bones of a four-legged animal: reference joints, warped to a build, then posed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from scenes.animals.shapes import Array, unit

Joints = dict[str, Array]
SIDES = {"l": 1.0, "r": -1.0}
# Foot falls of a walk: the share of a stride by which each foot is ahead of the left hind foot.
# Source: Hildebrand, "Symmetrical gaits of horses", Science 150, 1965: a lateral-sequence walk.
WALK_OFFSETS = {"hind_l": 0.0, "fore_l": 0.75, "hind_r": 0.5, "fore_r": 0.25}
STANCE_SHARE = 0.64


@dataclass(frozen=True)
class Build:
    """The size and shape of one animal, relative to its plan's reference where no unit is given.

    Args:
        height: at the withers, metres.
        leg_share: height of the elbow over the height at the withers.
        length, width: of the trunk.
        head, neck, limb: sizes of the head, the neck's length, the legs' thickness.
        muscle: fullness of shoulder, thigh and neck.
        bone: how far hip and pin bones stand out.
        belly: depth of the belly.
        udder: size of the udder; 0 is none.
        dewlap: size of the loose skin under the neck.
        hump: height of the neck's crest, as in bulls.
        horns: length of the horns; 0 is none.
        coat_depth: length of the hair that hides the form, metres.
    """

    height: float
    leg_share: float = 0.5
    length: float = 1.0
    width: float = 1.0
    head: float = 1.0
    neck: float = 1.0
    limb: float = 1.0
    muscle: float = 1.0
    bone: float = 1.0
    belly: float = 1.0
    udder: float = 1.0
    dewlap: float = 1.0
    hump: float = 0.0
    horns: float = 0.0
    coat_depth: float = 0.0


@dataclass(frozen=True)
class Pose:
    """What the animal does.

    Args:
        neck, head: angles over the horizontal, degrees; the neck's is found from the ground when `graze` is set.
        yaw: how far the head turns to its left, degrees.
        steps: per foot its offset forward and its lift, as shares of the leg's length.
        lie: rest on the chest with the legs folded.
        graze: bring the muzzle to the ground.
        tail: sideways swing of the tail, degrees.
    """

    neck: float = 25.0
    head: float = -40.0
    yaw: float = 0.0
    steps: dict[str, tuple[float, float]] = field(default_factory=dict)
    lie: bool = False
    graze: bool = False
    tail: float = 0.0


@dataclass(frozen=True)
class Plan:
    """Reference skeleton of a species, metres, facing +x, left +y, feet at z = 0.

    Args:
        height, elbow: heights of the withers and of the elbow.
        fore: shoulder, elbow, knee, fetlock, hoof of the left foreleg (5, 3).
        hind: hip, stifle, hock, fetlock, hoof of the left hind leg (5, 3).
        neck_base: where the neck leaves the trunk (3,).
        neck_length, head_length: metres.
        chest_floor: height of the lowest point of the trunk.
    """

    height: float
    elbow: float
    fore: Array
    hind: Array
    neck_base: Array
    neck_length: float
    head_length: float
    chest_floor: float


def warp(plan: Plan, build: Build, points: Array) -> Array:
    """Map reference points (n, 3) to a build: length and width scaled, legs and trunk each to their height."""
    points = np.asarray(points, float)
    elbow = build.height * build.leg_share
    z = np.interp(points[..., 2], [0.0, plan.elbow, plan.height], [0.0, elbow, build.height])
    over = np.maximum(points[..., 2] - plan.height, 0.0) * build.height / plan.height
    size = build.height / plan.height
    return np.stack([points[..., 0] * build.length * size, points[..., 1] * build.width * size, z + over], -1)


def walking_steps(phase: float, reach: float = 0.24) -> dict[str, tuple[float, float]]:
    """Return the steps of a walk at a phase 0..1 of its stride."""
    steps = {}
    for foot, ahead in WALK_OFFSETS.items():
        at = (phase + ahead) % 1.0
        if at < STANCE_SHARE:
            steps[foot] = (reach * (1.0 - 2.0 * at / STANCE_SHARE), 0.0)
        else:
            swing = (at - STANCE_SHARE) / (1.0 - STANCE_SHARE)
            steps[foot] = (reach * (2.0 * swing - 1.0), 0.16 * float(np.sin(np.pi * swing)))
    return steps


def bend(top: Array, foot: Array, first: float, second: float, forward: float) -> Array:
    """Return the middle joint (3,) of two bones between two points, bent towards +x (1) or -x (-1)."""
    span = foot - top
    distance = float(np.linalg.norm(span))
    stretch = max(1.0, distance / (0.995 * (first + second)))
    first, second = first * stretch, second * stretch
    along = (first**2 - second**2 + distance**2) / (2.0 * distance)
    out = np.sqrt(max(first**2 - along**2, 0.0))
    across = unit(np.array([-span[2], 0.0, span[0]]))
    across *= np.sign(across[0]) or 1.0
    return top + span / distance * along + forward * out * across


def _step(leg: Array, step: tuple[float, float], forward: float) -> Array:
    """Move the foot of a leg (5, 3) by a step and bend its joints to follow."""
    reach = float(leg[1, 2])
    shift = np.array([step[0] * reach, 0.0, step[1] * reach])
    first, second = np.linalg.norm(leg[2] - leg[1]), np.linalg.norm(leg[3] - leg[2])
    moved = leg.copy()
    moved[0] += shift * [0.06, 0, 0]
    moved[1] += shift * [0.28, 0, 0.15]
    moved[3] += shift
    moved[2] = bend(moved[1], moved[3], float(first), float(second), forward)
    toe = leg[4] - leg[3]
    tip = -min(1.0, step[1] * 8.0) * 0.9 - 0.5 * step[0] * (step[1] == 0.0)
    cos, sin = np.cos(tip), np.sin(tip)
    moved[4] = moved[3] + [cos * toe[0] - sin * toe[2] * -1.0, toe[1], cos * toe[2] + sin * toe[0]]
    if step[1] == 0.0:
        moved[4] = moved[3] + toe
    return moved


def _fold(fore: Array, hind: Array, drop: float, size: float) -> tuple[Array, Array]:
    """Fold the left legs under a body that has sunk by `drop`."""
    fore, hind = fore.copy(), hind.copy()
    fore[:2, 2] -= drop
    hind[:2, 2] -= drop
    fore[1, 2] = max(fore[1, 2], 0.13 * size)
    y = float(fore[1, 1]) + 0.05 * size
    fore[2:] = np.array([[0.30, 0, 0.085], [-0.03, 0.02, 0.05], [-0.11, 0.02, 0.055]]) * size + [fore[1, 0], y, 0.0]
    hind[1] += np.array([0.13, 0.13, 0.0]) * size
    hind[1, 2] = max(hind[1, 2], 0.27 * size)
    y = float(hind[1, 1]) + 0.06 * size
    hind[2:] = np.array([[-0.42, 0, 0.085], [-0.04, 0.05, 0.05], [0.06, 0.05, 0.05]]) * size + [hind[1, 0], y, 0.0]
    return fore, hind


def _neck_angle(base: Array, length: float, head: float, pitch: float) -> tuple[float, float]:
    """Return the neck's angle (radians) and length that bring the muzzle to the ground."""
    fall = base[2] - 0.035 - head * np.sin(np.radians(-pitch))
    length = float(np.clip(fall / np.sin(np.radians(49.0)), length * 0.9, length * 1.36))
    return -float(np.arcsin(np.clip(fall / length, -1.0, 0.96))), length


def posed_joints(plan: Plan, build: Build, pose: Pose) -> Joints:
    """Return the joints of an animal in a pose, metres.

    Returns:
        `fore_l`, `fore_r`, `hind_l`, `hind_r` (5, 3); `neck_base`, `poll`, `muzzle`, `head_up`, `trunk` (3,), the
        last being the shift of the trunk.
    """
    size = build.height / plan.height
    drop = float(warp(plan, build, np.array([0.0, 0.0, plan.chest_floor]))[2]) - 0.02 if pose.lie else 0.0
    fore, hind = warp(plan, build, plan.fore), warp(plan, build, plan.hind)
    if pose.lie:
        fore, hind = _fold(fore, hind, drop, size)
    joints: Joints = {"trunk": np.array([0.0, 0.0, -drop])}
    for side, sign in SIDES.items():
        for name, leg, forward in (("fore", fore, 1.0), ("hind", hind, -1.0)):
            step = pose.steps.get(f"{name}_{side}", (0.0, 0.0))
            moved = leg if pose.lie else _step(leg, step, forward)
            joints[f"{name}_{side}"] = moved * [1.0, sign, 1.0]
    base = warp(plan, build, plan.neck_base) + joints["trunk"]
    neck, head = plan.neck_length * build.neck * size, plan.head_length * build.head * size
    lift = np.radians(pose.neck)
    if pose.graze:
        lift, neck = _neck_angle(base, neck, head, pose.head)
    tilt = np.radians(pose.head)
    turn = np.radians([0.55 * pose.yaw, pose.yaw])
    joints["neck_base"] = base
    joints["poll"] = base + neck * np.array(
        [np.cos(lift) * np.cos(turn[0]), np.cos(lift) * np.sin(turn[0]), np.sin(lift)]
    )
    ahead = np.array([np.cos(turn[1]), np.sin(turn[1]), 0.0])
    joints["muzzle"] = joints["poll"] + head * (np.cos(tilt) * ahead + np.sin(tilt) * np.array([0.0, 0.0, 1.0]))
    joints["head_up"] = -np.sin(tilt) * ahead + np.cos(tilt) * np.array([0.0, 0.0, 1.0])
    return joints
