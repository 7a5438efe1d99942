"""Grass that covers the pasture: a few discs of thousands of blades, laid side by side as instances.

Discs come in several tones; each place takes the tone that is nearest to the painted ground under it, so that lush and
dry stretches look the same from above and from the side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pxr import Gf, Usd, UsdGeom

from scenes.landscape.ground import FIELD, Ground
from scenes.landscape.palette import Painted
from scenes.landscape.plants import Geometry, blades, flowers, join

Floats = NDArray[np.floating[Any]]
RADIUS = 2.4  # of a disc, metres
STEP = 3.5  # between discs, metres
NEAR, FAR = 28.0, 52.0  # half sides of the squares of fine and of coarse discs, metres
COARSE = 2.0  # how much larger the coarse discs and their blades are
SEED_HEAD = np.array([0.34, 0.29, 0.16])
FLOWER_TONES = np.array([[0.85, 0.83, 0.80], [0.82, 0.60, 0.03], [0.62, 0.42, 0.66]])


@dataclass(frozen=True)
class Sward:
    """One kind of grass cover.

    Attributes:
        tone: linear colour of its blades.
        height: usual length of a blade, metres.
        stalks: share of long dry stalks.
        bloom: flowers in a disc.
    """

    tone: tuple[float, float, float]
    height: float
    stalks: float
    bloom: int


SWARDS = (
    Sward((0.125, 0.172, 0.045), 0.115, 0.004, 10),
    Sward((0.165, 0.200, 0.060), 0.085, 0.008, 14),
    Sward((0.210, 0.215, 0.082), 0.075, 0.020, 5),
    Sward((0.300, 0.265, 0.135), 0.070, 0.045, 1),
)
COPIES = 2
SPARSE = 0.3  # blades of a coarse disc over those of a fine one


def disc(rng: np.random.Generator, sward: Sward, count: int) -> Geometry:
    """Grow a disc of grass: an even cover and clumps, thinner towards the edge.

    Args:
        rng: generator.
        sward: kind of cover.
        count: blades.
    """
    clumps = 140
    centre = RADIUS * np.sqrt(rng.random(clumps))[:, None] * _around(rng, clumps)
    vigour = rng.lognormal(0.1, 0.35, clumps)
    owner = rng.integers(0, clumps, count)
    even = rng.random(count) < 0.65
    reach = RADIUS * np.sqrt(rng.random(count)) * np.where(rng.random(count) < 0.25, 1.0, 0.93)
    place = reach[:, None] * _around(rng, count)
    place = np.where(even[:, None], place, centre[owner] + rng.normal(0, 0.075, (count, 2)))
    height = sward.height * np.where(even, rng.uniform(0.45, 1.1, count), vigour[owner] * rng.uniform(0.6, 1.25, count))
    stalk = rng.random(count) < sward.stalks
    height = np.where(stalk, rng.uniform(0.14, 0.26, count), np.minimum(height, 0.22))
    shade = rng.uniform(0.75, 1.25, (count, 1)) * np.where(even, 1.0, np.clip(vigour[owner], 0.7, 1.2) ** -0.4)[:, None]
    tone = np.asarray(sward.tone) * shade
    dry = rng.random(count) < 0.10
    tone = np.where((stalk | dry)[:, None], SEED_HEAD * rng.uniform(0.7, 1.2, (count, 1)), tone)
    width = np.where(stalk, 0.005, rng.uniform(0.012, 0.022, count))
    feet = np.column_stack([place, np.zeros(count)])
    parts = [blades(rng, feet, height, np.clip(tone, 0.01, 0.7), width)]
    if sward.bloom:
        spots = RADIUS * np.sqrt(rng.random(sward.bloom))[:, None] * _around(rng, sward.bloom)
        parts.append(flowers(rng, np.column_stack([spots, np.full(sward.bloom, 0.03)]), FLOWER_TONES))
    return join(parts)


def _around(rng: np.random.Generator, count: int) -> Floats:
    """Return unit vectors (n, 2) of any direction."""
    angle = rng.uniform(0, 2 * np.pi, count)
    return np.stack([np.cos(angle), np.sin(angle)], 1)


def write_turf(painted: Painted, rng: np.random.Generator, ground: Ground, albedo: Floats, density: float) -> None:
    """Cover the pasture with grass as `/Meadow/Turf/Disc_<n>`.

    Args:
        painted: where the discs' shapes are authored, under `/Meadow/Library`.
        rng: generator.
        ground: the land.
        albedo: painted ground (h, w, 3) over the whole field, linear.
        density: blades a square metre.
    """
    stage = painted.stage
    if density <= 0:
        return
    count = max(round(density * np.pi * RADIUS**2), 1)
    for kind, sward in enumerate(SWARDS):
        for copy in range(2 * COPIES):
            shape = disc(rng, sward, count if copy < COPIES else max(round(SPARSE * count), 1))
            path = f"/Meadow/Library/Turf_{kind}_{copy}"
            UsdGeom.Xform.Define(stage, path)
            painted.define(f"{path}/Blades", shape)
    UsdGeom.Scope.Define(stage, "/Meadow/Turf")
    number = 0
    layers = ((_squares(rng, 0.0, NEAR, STEP), 1.0, 0), (_squares(rng, NEAR, FAR, STEP * COARSE), COARSE, COPIES))
    for spots, size, first in layers:
        kinds = _kinds(rng, albedo, spots)
        normals = ground.normal(spots[:, 0], spots[:, 1], step=1.0)
        feet = np.column_stack([spots, ground.height(spots[:, 0], spots[:, 1])])
        for foot, normal, kind in zip(feet, normals, kinds, strict=True):
            source = f"/Meadow/Library/Turf_{kind}_{first + rng.integers(COPIES)}"
            _lay(stage, f"/Meadow/Turf/Disc_{number:04d}", source, foot, normal, rng, size)
            number += 1


def _squares(rng: np.random.Generator, inner: float, outer: float, step: float) -> Floats:
    """Return places (n, 2) on a shaken grid that fills the frame between two squares."""
    axis = np.arange(-outer + step / 2, outer, step)
    x, y = np.meshgrid(axis, axis)
    y = y + np.where(np.arange(len(axis)) % 2, step / 2, 0.0)
    spots = np.column_stack([x.ravel(), y.ravel()])
    spots = spots[np.abs(spots).max(1) > inner]
    return spots + rng.uniform(-0.12, 0.12, spots.shape) * step


def _kinds(rng: np.random.Generator, albedo: Floats, spots: Floats) -> NDArray[np.integer[Any]]:
    """Return the sward (n,) whose tone is nearest to the ground's under each place, some by chance."""
    size = len(albedo)
    half = max(round(size * RADIUS * 0.7 / (2 * FIELD)), 1)
    column = np.clip((spots[:, 0] / (2 * FIELD) + 0.5) * size, half, size - half - 1).astype(int)
    row = np.clip((0.5 - spots[:, 1] / (2 * FIELD)) * size, half, size - half - 1).astype(int)
    found = np.array(
        [albedo[r - half : r + half, c - half : c + half].mean((0, 1)) for r, c in zip(row, column, strict=True)]
    )
    tones = np.array([s.tone for s in SWARDS])
    # Dryness and lightness decide; the ground is darker than the blades over it.
    dryness, wanted = found[:, 0] / found[:, 1], tones[:, 0] / tones[:, 1]
    dryness = dryness + rng.normal(0, 0.06, len(found))
    return np.abs(dryness[:, None] - wanted[None]).argmin(1)


def _lay(
    stage: Usd.Stage, path: str, source: str, foot: Floats, normal: Floats, rng: np.random.Generator, size: float
) -> None:
    """Lay one disc along the slope, turned and scaled a little at random."""
    prim = UsdGeom.Xform.Define(stage, path)
    prim.GetPrim().GetReferences().AddInternalReference(source)
    prim.GetPrim().SetInstanceable(True)
    angle = rng.uniform(0, 2 * np.pi)
    ahead = np.array([np.cos(angle), np.sin(angle), 0.0])
    ahead -= (ahead @ normal) * normal
    ahead /= np.linalg.norm(ahead)
    rows = np.stack([ahead, np.cross(normal, ahead), normal]) * size * rng.uniform(0.94, 1.08)
    matrix = np.eye(4)
    matrix[:3, :3], matrix[3, :3] = rows, foot
    prim.AddTransformOp(UsdGeom.XformOp.PrecisionDouble).Set(Gf.Matrix4d(matrix.tolist()))
