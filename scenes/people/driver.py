"""Drivers: people at a steering wheel, belted, some in reflective strips, in a detail that fits close-ups."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from scipy import ndimage

from scenes.animals.shapes import Array
from scenes.animals.skin import Ints
from scenes.asset_cache import asset_file
from scenes.meshes import grid_triangles, smooth_normals
from scenes.parts import Look, Part, write_parts
from scenes.people.figure import Build, Joints, joints_of, pose_of
from scenes.people.person import draw_person, dressed
from scenes.vehicles.cabin import HIPS, wheel_rim
from scenes.vehicles.fittings import hits

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


def ribbon(joints: Joints, garment: Part, line: Array, width: float, lift: float) -> tuple[Array, Ints]:
    """Lay a ribbon on the front of a garment.

    Args:
        joints: of who wears it.
        garment: its mesh.
        line: (n, 2) the ribbon's middle, seen from the front: left of and above the hips, metres.
        width: metres.
        lift: how far it lies off the garment, metres.

    Returns:
        Points (m, 3) and triangles; what lies beside the garment or behind a step of it is left out.
    """
    frame = np.stack([joints["chest_ahead"], joints["chest_left"], joints["spine_up"]])
    corners = (garment.points - joints["pelvis"]) @ frame.T
    triangles = np.concatenate([garment.faces[:, [0, 1, 2]], garment.faces[:, [0, 2, 3]]])
    share = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    at = np.linspace(0.0, share[-1], max(int(share[-1] / 0.006), 2))
    middle = np.column_stack([np.interp(at, share, line[:, k]) for k in range(2)])
    way = np.gradient(middle, axis=0)
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    across = np.column_stack([-way[:, 1], way[:, 0]]) * width
    grid = middle[:, None] + np.linspace(-0.5, 0.5, 5)[None, :, None] * across[:, None]
    origins = np.column_stack([np.full(grid.size // 2, 2.0), grid.reshape(-1, 2)])
    ahead = 2.0 - hits(corners, triangles, origins, np.array([-1.0, 0.0, 0.0])).reshape(len(at), 5)
    ahead = ndimage.gaussian_filter1d(np.where(np.isfinite(ahead), ahead, -9.0), 1.0, axis=0) + lift
    good = np.ptp(ahead, axis=1) < 0.06
    good = good[:-1] & good[1:] & (np.abs(np.diff(ahead, axis=0)).max(axis=1) < 0.03)
    points = np.concatenate([ahead[..., None], grid], -1).reshape(-1, 3) @ frame + joints["pelvis"]
    faces = grid_triangles(len(at), 5).reshape(2, len(at) - 1, 4, 3)[:, good].reshape(-1, 3)
    used, index = np.unique(faces, return_inverse=True)
    return points[used], index.reshape(-1, 3)


def _sewn(name: str, pieces: list[tuple[Array, Ints]], look: Look) -> Part:
    """Join ribbons to a part."""
    starts = np.cumsum([0] + [len(points) for points, _ in pieces[:-1]])
    points = np.concatenate([points for points, _ in pieces])
    faces = np.concatenate([faces + start for (_, faces), start in zip(pieces, starts, strict=True)])
    return Part(name, points, faces, smooth_normals(points, faces), look)


def seat_belt(build: Build, joints: Joints, garment: Part) -> Part:
    """Return the belt from the left shoulder to the right hip and over the lap, on the clothes."""
    k = build.height / 1.75
    sash = np.array([[0.14, 0.56], [0.02, 0.33], [-0.15, 0.04]]) * k
    lap = np.array([[-0.16, 0.03], [0.0, 0.015], [0.16, 0.03]]) * k
    return _sewn("Belt", [ribbon(joints, garment, line, 0.047, 0.004) for line in (sash, lap)], BELT)


def reflective_strips(build: Build, joints: Joints, garment: Part) -> Part:
    """Return a band about the chest, braces over both shoulders and bands on the upper arms, on the clothes."""
    k = build.height / 1.75
    lines = [np.array([[0.19, 0.22], [-0.19, 0.22]]) * k]
    for sign in (1.0, -1.0):
        lines.append(np.array([[0.10 * sign, 0.225], [0.095 * sign, 0.40], [0.085 * sign, 0.53]]) * k)
    frame = np.stack([joints["chest_left"], joints["spine_up"]])
    for side in "lr":
        elbow, shoulder = ((joints[f"{name}_{side}"] - joints["pelvis"]) @ frame.T for name in ("elbow", "shoulder"))
        way = (elbow - shoulder) / np.linalg.norm(elbow - shoulder)
        middle, out = shoulder + 0.6 * (elbow - shoulder), np.array([-way[1], way[0]])
        lines.append(np.array([middle - 0.09 * k * out, middle + 0.09 * k * out]))
    return _sewn("Strips", [ribbon(joints, garment, line, 0.026, 0.0025) for line in lines], STRIP)


def _write(path: Path, seed: int, strips: bool) -> None:
    write_parts(path, "Driver", model_driver(seed, strips), {"seed": float(seed), "strips": float(strips)})


def driver_asset(seed: int, strips: bool) -> Path:
    """Return the USD file of a driver, made on first use: metres, z up, facing +x, hips over the origin."""
    build = partial(_write, seed=int(seed), strips=bool(strips))
    return asset_file("driver", {"seed": int(seed), "strips": bool(strips)}, build)
