"""Farm things as USD files: a round hay bale, a stock tank of water, a ring feeder full of hay, a flat trailer.

Source: usual sizes on the makers' sheets: round bale 1.2 m wide and 1.25 to 1.5 m high; stock tank 2.1 x 0.8 x 0.6 m;
ring feeder 2.1 m across and 1.15 m high; single-axle trailer with a bed of 3.0 x 1.6 m at 0.7 m.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pxr import Usd, UsdGeom

from scenes.asset_cache import asset_file
from scenes.farm.forms import board, hoop, joined, lying, moved, pipe, tank
from scenes.farm.paint import SURFACES
from scenes.household.shapes import Shape, revolve
from scenes.landscape.paint import save_rgb
from scenes.meshes import bind, define_material, define_mesh, smooth_normals

Floats = NDArray[np.floating[Any]]
Parts = list[tuple[str, str, Shape]]  # name, kind of surface, shape


def _rough(shape: Shape, rng: np.random.Generator, depth: float) -> Shape:
    """Give a surface lumps of some depth, metres; vertices at one place stay together."""
    waves = [(rng.normal(0.0, f, 3), rng.uniform(0, 6)) for f in (3.0, 6.0, 11.0, 19.0, 30.0)]
    lumps = np.mean([np.sin(shape.points @ k + phase) for k, phase in waves], axis=0)
    points = shape.points + depth * lumps[:, None] * shape.normals
    return Shape(points, shape.triangles, smooth_normals(points, shape.triangles), shape.uvs)


def hay_bale(rng: np.random.Generator) -> Parts:
    """Make a round bale lying on its side, a little flat below."""
    radius, half = float(rng.uniform(0.62, 0.74)), 0.6
    across = np.linspace(-half + 0.05, half - 0.05, 12)
    rim = [(radius - 0.05, -half), (radius - 0.01, -half + 0.015)]
    out = [(r, -half) for r in np.linspace(0.0, radius - 0.12, 7)] + rim
    out += [(radius, float(y)) for y in across] + [(r, -y) for r, y in reversed(rim)]
    out += [(r, half) for r in np.linspace(radius - 0.12, 0.0, 7)]
    roll = lying(out, 56)
    angle = np.arctan2(roll.points[:, 2], roll.points[:, 0])
    reach = np.hypot(roll.points[:, 0], roll.points[:, 2])
    flat = np.abs(roll.normals[:, 1]) > 0.7  # the ends show the roll's spiral
    wound = np.where(flat, reach * 2.2 + angle / (2 * np.pi) * 0.25, roll.points[:, 1])
    uvs = np.column_stack([roll.uvs[:, 0] * 4.0, wound])
    roll = _rough(Shape(roll.points, roll.triangles, roll.normals, uvs), rng, 0.022)
    lift = roll.points + [0.0, 0.0, radius - 0.04]
    lift[:, 2] = np.maximum(lift[:, 2], 0.0)
    return [("Roll", "straw", Shape(lift, roll.triangles, smooth_normals(lift, roll.triangles), roll.uvs))]


def trough(rng: np.random.Generator) -> Parts:
    """Make an oblong tank of sheet steel with a rolled rim, filled with water."""
    length, width, height = float(rng.uniform(1.7, 2.3)), 0.78, 0.6
    wall = [(0.03, 0.0), (0.02, 0.16), (0.005, 0.18), (0.02, 0.2), (0.015, 0.36), (0.0, 0.38), (0.015, 0.4),
            (0.01, height - 0.03), (-0.012, height - 0.01), (0.0, height + 0.01), (0.02, height), (0.03, height - 0.03),
            (0.05, 0.06), (width / 2 - 1e-3, 0.05)]  # fmt: skip
    level = height - float(rng.uniform(0.08, 0.2))
    surface = tank(length, width, [(0.028, level), (0.2, level), (width / 2 - 1e-3, level)])
    return [("Tank", "zinc", tank(length, width, wall)), ("Water", "water", surface)]


def hay_feeder(rng: np.random.Generator) -> Parts:
    """Make a ring of bent pipe with slanting bars and a sheet skirt, a heap of hay inside."""
    radius, top, bars = 1.05, 1.15, 14
    rings = [hoop(radius, height, 0.045) for height in (0.03, 0.55, top)]
    angle = 2 * np.pi * np.arange(bars) / bars
    foot = np.column_stack([radius * np.cos(angle), radius * np.sin(angle), np.full(bars, 0.55)])
    head = np.column_stack([radius * np.cos(angle + 0.12), radius * np.sin(angle + 0.12), np.full(bars, top)])
    rings += [pipe([a, 0.5 * (a + b), b], 0.02, 8) for a, b in zip(foot, head, strict=True)]
    skirt = revolve(
        np.array([(radius + 0.004, 0.03), (radius + 0.004, 0.55), (radius - 0.004, 0.55), (radius - 0.004, 0.03)])
    )
    skirt = Shape(skirt.points, skirt.triangles, skirt.normals, skirt.uvs * [6.6, 1.0])
    high = float(rng.uniform(0.6, 1.0))
    outline = [(radius - 0.03, 0.0), (radius - 0.06, 0.3 * high)]
    outline += [(0.94 * radius * np.cos(t), 0.35 * high + 0.65 * high * np.sin(t)) for t in np.linspace(0.1, 1.57, 9)]
    heap = revolve(np.array(outline))
    heap = _rough(Shape(heap.points, heap.triangles, heap.normals, heap.uvs * [6.0, 1.6]), rng, 0.09)
    return [("Ring", "enamel", joined(rings)), ("Skirt", "zinc", skirt), ("Hay", "straw", heap)]


def trailer(rng: np.random.Generator) -> Parts:
    """Make a single-axle trailer: a bed of boards between low sides, two wheels, a drawbar with its stand."""
    long, wide, deck = float(rng.uniform(2.6, 3.2)), 1.6, 0.70
    rows = np.linspace(-wide / 2, wide / 2, 9)
    wood = [board((long, 0.19, 0.035), (0, 0.5 * (a + b), deck), a) for a, b in pairwise(rows)]
    for level in (0.12, 0.27, 0.42)[: int(rng.integers(1, 4))]:
        wood += [board((long, 0.03, 0.13), (0, y, deck + level), level + y) for y in (-wide / 2, wide / 2)]
        wood += [board((0.03, wide, 0.13), (x, 0, deck + level), level + x) for x in (-long / 2, long / 2)]
    steel = [board((long, 0.06, 0.10), (0, y, deck - 0.07)) for y in (-0.45, 0.45)]
    steel += [board((0.06, wide, 0.08), (x, 0, deck - 0.06)) for x in np.linspace(-long / 2 + 0.05, long / 2 - 0.05, 4)]
    steel += [board((0.05, 0.05, 0.52), (x, y, deck + 0.22)) for x in (-long / 2 - 0.02, 0.0, long / 2 + 0.02)
              for y in (-wide / 2 - 0.035, wide / 2 + 0.035)]  # fmt: skip
    hitch = np.array([long / 2 + 1.25, 0.0, 0.5])
    steel += [pipe(np.array([(long / 2 - 0.1, y, deck - 0.08), hitch]), 0.035) for y in (-0.5, 0.5)]
    steel += [
        pipe([hitch - [0.2, 0, 0], hitch + [0.16, 0, 0]], 0.05),
        pipe([(hitch[0] - 0.25, 0, 0.0), (hitch[0] - 0.25, 0, 0.6)], 0.03),
    ]
    steel.append(pipe([(-0.1, -wide / 2 - 0.2, 0.36), (-0.1, wide / 2 + 0.2, 0.36)], 0.04))
    tyre = [(0.20, -0.10), (0.31, -0.11), (0.355, -0.085), (0.36, 0.0), (0.355, 0.085), (0.31, 0.11), (0.20, 0.10)]
    rim = [
        (0.0, -0.05),
        (0.13, -0.06),
        (0.20, -0.095),
        (0.215, -0.09),
        (0.215, 0.09),
        (0.20, 0.095),
        (0.13, 0.06),
        (0.0, 0.05),
    ]
    spots = [(-0.1, side * (wide / 2 + 0.16), 0.36) for side in (-1, 1)]
    return [("Bed", "planks", joined(wood)), ("Frame", "enamel", joined(steel)),
            ("Tyres", "rubber", joined([moved(lying(tyre), spot) for spot in spots])),
            ("Rims", "zinc", joined([moved(lying(rim), spot) for spot in spots]))]  # fmt: skip


THINGS: dict[str, Callable[[np.random.Generator], Parts]] = {
    "trough": trough,
    "hay_bale": hay_bale,
    "hay_feeder": hay_feeder,
    "trailer": trailer,
}


def write_thing(path: Path, kind: str, seed: int) -> None:
    """Write the USD file of one thing with its textures beside it."""
    rng = np.random.default_rng([seed, *kind.encode()])
    stage = Usd.Stage.CreateNew(str(path))
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.z)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    stage.SetDefaultPrim(UsdGeom.Xform.Define(stage, "/Thing").GetPrim())
    for name, surface, shape in THINGS[kind](rng):
        painter, roughness, metallic, substance = SURFACES[surface]
        save_rgb(path.parent / f"{surface}.jpg", painter(rng))
        mesh = define_mesh(
            stage,
            f"/Thing/{name}",
            shape.points,
            shape.triangles,
            normals=shape.normals,
            uvs=shape.uvs,
            double_sided=True,
        )
        look = define_material(
            stage,
            f"/Thing/Looks/{name}",
            texture=f"./{surface}.jpg",
            roughness=roughness,
            metallic=metallic,
            substance=substance,
        )
        bind(mesh.GetPrim(), look)
    stage.GetRootLayer().Save()


def thing_asset(kind: str, seed: int) -> Path:
    """Return the USD file of one of THINGS, made on first use: metres, z up, standing on z = 0."""
    return asset_file(kind, {"kind": kind, "seed": seed}, partial(write_thing, kind=kind, seed=seed))
