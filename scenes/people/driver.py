"""Drivers: people at a steering wheel, belted, some in reflective strips, in a detail that fits close-ups."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from scenes.animals.shapes import Array
from scenes.asset_cache import asset_file
from scenes.parts import Look, Part, write_parts
from scenes.people.figure import Build, Joints, joints_of, pose_of
from scenes.people.person import draw_person, dressed
from scenes.vehicles.cabin import HIPS, wheel_rim

DETAIL = 0.62
STRIP = Look("polyester", attributes=("retroreflective",), color=(0.55, 0.56, 0.56), roughness=0.5)
BELT = Look("polyester", color=(0.022, 0.022, 0.024), roughness=0.7)


def model_driver(seed: int, strips: bool) -> list[Part]:
    """Return the parts of a driver whose hips are over the origin, at the height of the seat.

    Args:
        seed: which individual.
        strips: whether the clothes have reflective strips.
    """
    rng = np.random.default_rng([seed, *b"driver"])
    build, dress, female = draw_person(rng)
    top = {"coat": "jacket", "parka": "jacket"}.get(dress.top, dress.top)
    hair = {"cap": "short"}.get(dress.hair, dress.hair)
    dress = replace(dress, top="jacket" if strips else top, bottom="trousers", bag=False, hair=hair)
    if strips:
        dress = replace(dress, top_tone=np.array([0.50, 0.20, 0.015]))
    joints = joints_of(build, pose_of("driving", rng))
    parts = dressed(build, dress, joints, female, rng, DETAIL, 42.0)
    garment = next(part for part in parts if part.name == "ClothingTop")
    parts.append(seat_belt(build, joints, garment))
    if strips:
        parts.append(reflective_strips(build, joints, garment))
    parts.append(_wheel(joints))
    shift = np.array([0.0, 0.0, HIPS]) - joints["pelvis"]
    return [replace(part, points=part.points + shift) for part in parts]


def _wheel(joints: Joints) -> Part:
    """Return the steering wheel between the hands."""
    grips = [joints[f"wrist_{s}"] + 0.085 * joints[f"fingers_{s}"] + 0.02 * joints[f"palm_{s}"] for s in "lr"]
    across = grips[0] - grips[1]
    middle = 0.5 * (grips[0] + grips[1])
    radius = max(0.5 * float(np.hypot(across[1], across[2])), 0.165)
    rim = wheel_rim(np.array([middle[0] + 0.01, middle[1], middle[2]]), radius, 24.0)
    look = Look("leather", color=(0.02, 0.02, 0.021), roughness=0.55)
    return Part("WheelRim", rim.points, rim.triangles, rim.normals, look)


def _cut(name: str, garment: Part, chosen: Array, look: Look, lift: float) -> Part:
    """Return the quads of a garment all of whose corners are chosen, lifted off it: a band sewn on."""
    quads = garment.faces[chosen[garment.faces].all(axis=1)]
    used, index = np.unique(quads, return_inverse=True)
    points = garment.points[used] + lift * garment.normals[used]
    return Part(name, points, index.reshape(-1, 4), garment.normals[used], look)


def seat_belt(build: Build, joints: Joints, garment: Part) -> Part:
    """Return the belt from the left shoulder to the right hip and over the lap, on the clothes."""
    k = build.height / 1.75
    p = (garment.points - joints["pelvis"]) / k
    y, z, x = p @ joints["chest_left"], p @ joints["spine_up"], p @ joints["chest_ahead"]
    start, end = np.array([0.13, 0.52]), np.array([-0.15, 0.03])
    way = (end - start) / np.linalg.norm(end - start)
    off = np.abs((y - start[0]) * way[1] - (z - start[1]) * way[0])
    trunk = (np.abs(y) < 0.165) & (z > -0.06) & (z < 0.56) & (x > -0.02)
    sash, lap = (off < 0.028) & trunk, (np.abs(z - 0.02) < 0.028) & trunk
    return _cut("Belt", garment, sash | lap, BELT, 0.0035)


def reflective_strips(build: Build, joints: Joints, garment: Part) -> Part:
    """Return bands about chest and upper arms and over both shoulders, on the clothes."""
    k = build.height / 1.75
    p = (garment.points - joints["pelvis"]) / k
    y, z = p @ joints["chest_left"], p @ joints["spine_up"]
    trunk = np.abs(y) < 0.165
    band = trunk & (np.abs(z - 0.24) < 0.026)
    braces = trunk & (np.abs(np.abs(y) - 0.095) < 0.024) & (z > 0.24)
    for side in "lr":
        upper = joints[f"elbow_{side}"] - joints[f"shoulder_{side}"]
        share = (garment.points - joints[f"shoulder_{side}"]) @ upper / float(upper @ upper)
        away = np.linalg.norm(garment.points - joints[f"shoulder_{side}"] - np.outer(share, upper), axis=1)
        band |= (np.abs(share - 0.62) < 0.085) & (away < 0.09 * k)
    return _cut("Strips", garment, band | braces, STRIP, 0.002)


def _write(path: Path, seed: int, strips: bool) -> None:
    write_parts(path, "Driver", model_driver(seed, strips), {"seed": float(seed), "strips": float(strips)})


def driver_asset(seed: int, strips: bool) -> Path:
    """Return the USD file of a driver, made on first use: metres, z up, facing +x, hips over the origin."""
    build = partial(_write, seed=int(seed), strips=bool(strips))
    return asset_file("driver", {"seed": int(seed), "strips": bool(strips)}, build)
