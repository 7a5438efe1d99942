"""The pasture as one USD file: ground, hills, grass, flowers, rocks, trees, bushes and a fence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pxr import Gf, Usd, UsdGeom

from scenes.asset_cache import asset_file
from scenes.landscape import paint, plants, turf
from scenes.landscape.ground import HORIZON, Ground, field_grid, hill_rings
from scenes.landscape.palette import Painted
from scenes.meshes import bind, define_material, define_mesh, grid_triangles, smooth_normals

Floats = NDArray[np.floating[Any]]
SPACING = 1.0
PADDOCK = 17  # half side of the patch that animals stand on, in grid steps
FENCE = 36.0  # half side of the fenced square, metres
LEAF_TONES = np.array([[0.085, 0.145, 0.034], [0.110, 0.160, 0.042], [0.070, 0.120, 0.042], [0.130, 0.155, 0.045]])


@dataclass(frozen=True)
class MeadowOptions:
    """What can be asked of a meadow.

    Attributes:
        seed: everything random about it.
        relief: height range of the pasture, metres.
        grass: blades of grass a square metre.
        trees, bushes, rocks: how many.
        fence: whether the field is fenced.
        woods: belts of trees between the field and the horizon.
    """

    seed: int
    relief: float = 0.8
    grass: float = 170.0
    trees: int = 26
    bushes: int = 34
    rocks: int = 9
    fence: bool = True
    woods: int = 11


def meadow_asset(options: MeadowOptions) -> Path:
    """Return the USD file of a meadow, made once."""
    return asset_file("meadow", vars(options), partial(write_meadow, options=options))


def write_meadow(path: Path, options: MeadowOptions) -> None:
    """Write the meadow's USD file with its textures beside it."""
    rng = np.random.default_rng(options.seed)
    stage = Usd.Stage.CreateNew(str(path))
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.z)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    stage.SetDefaultPrim(UsdGeom.Xform.Define(stage, "/Meadow").GetPrim())
    UsdGeom.Scope.Define(stage, "/Meadow/Looks")
    stage.CreateClassPrim("/Meadow/Library")
    ground = Ground(rng, options.relief)
    albedo = paint.pasture_albedo(rng)
    paint.save_rgb(path.parent / "pasture.jpg", albedo)
    paint.save_rgb(path.parent / "countryside.jpg", paint.countryside_albedo(rng))
    _write_land(stage, ground)
    painted = Painted(stage, "/Meadow/Looks/Plants", "./palette.png")
    turf.write_turf(painted, rng, ground, albedo, options.grass)
    _write_plants(painted, rng, ground, options)
    _write_rocks(painted, rng, ground, options.rocks)
    if options.fence:
        _write_fence(painted, rng, ground)
    painted.palette.save(path.parent / "palette.png")
    stage.GetRootLayer().Save()


def _write_land(stage: Usd.Stage, ground: Ground) -> None:
    points, uvs = field_grid(ground, SPACING)
    count = round(len(points) ** 0.5)
    triangles = grid_triangles(count, count)
    normals = ground.normal(points[:, 0], points[:, 1])
    field = define_mesh(stage, "/Meadow/Field", points, triangles, normals=normals, uvs=uvs)
    near = define_material(
        stage, "/Meadow/Looks/Pasture", texture="./pasture.jpg", roughness=0.95, substance="leaf_grass"
    )
    bind(field.GetPrim(), near)
    middle = count // 2
    inside = slice(middle - PADDOCK, middle + PADDOCK + 1)
    inner = points.reshape(count, count, 3)[inside, inside]
    side = 2 * PADDOCK + 1
    paddock = define_mesh(stage, "/Meadow/Paddock", inner.reshape(-1, 3), grid_triangles(side, side))
    paddock.GetVisibilityAttr().Set(UsdGeom.Tokens.invisible)
    sectors = 192
    points = hill_rings(ground, sectors=sectors)
    triangles = grid_triangles(len(points) // sectors, sectors, wrap=True)
    corners = points[triangles]
    up = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 2]
    triangles[up < 0] = triangles[up < 0][:, ::-1]
    uvs = points[:, :2] / (2 * HORIZON) + 0.5
    hills = define_mesh(stage, "/Meadow/Hills", points, triangles, normals=smooth_normals(points, triangles), uvs=uvs)
    far = define_material(
        stage, "/Meadow/Looks/Countryside", texture="./countryside.jpg", roughness=1.0, substance="leaf_grass"
    )
    bind(hills.GetPrim(), far)


def _write_plants(painted: Painted, rng: np.random.Generator, ground: Ground, options: MeadowOptions) -> None:
    kinds = {
        "Tree": [plants.tree(rng, rng.uniform(9, 14), LEAF_TONES[n % 4]) for n in range(4)],
        "Bush": [plants.bush(rng, rng.uniform(1.4, 2.6), LEAF_TONES[n % 4]) for n in range(3)],
        "Grove": [plants.grove(rng, LEAF_TONES * 0.9) for _ in range(3)],
    }
    for kind, shapes in kinds.items():
        for number, shape in enumerate(shapes):
            UsdGeom.Xform.Define(painted.stage, f"/Meadow/Library/{kind}_{number}")
            painted.define(f"/Meadow/Library/{kind}_{number}/{kind}", shape)
    spots = {
        "Tree": _tree_spots(rng, options.trees),
        "Bush": _hedge_spots(rng, options.bushes),
        "Grove": _wood_spots(rng, options.woods),
    }
    for kind, places in spots.items():
        _stand(painted.stage, rng, ground, kind, len(kinds[kind]), places)


def _wood_spots(rng: np.random.Generator, count: int) -> Floats:
    """Stand groves in belts beyond the field, nearer ones short, all round the horizon."""
    spots = []
    for belt in range(count):
        radius = rng.uniform(165, 230) if belt % 3 == 0 else rng.uniform(250, 620)
        middle = belt * 2.39996 + rng.uniform(-0.4, 0.4)
        span = rng.uniform(40, 110) if belt % 3 == 0 else rng.uniform(90, 320)
        along = np.arange(-span / 2, span / 2, 17.0)
        angle = middle + along / radius
        away = radius * (1 + 0.15 * np.sin(along / span * 3.0 + belt)) + rng.normal(0, 3.0, len(along))
        spots.append(np.column_stack([np.cos(angle) * away, np.sin(angle) * away]))
    return np.concatenate(spots) if spots else np.zeros((0, 2))


def _tree_spots(rng: np.random.Generator, count: int) -> Floats:
    """Stand trees in loose groups beyond the fence, a few inside near it."""
    groups = rng.uniform(0, 2 * np.pi, max(count // 4, 1))
    reach = rng.uniform(46, 125, len(groups))
    owner = rng.integers(0, len(groups), count)
    spots = np.column_stack([np.cos(groups[owner]) * reach[owner], np.sin(groups[owner]) * reach[owner]])
    spots += rng.normal(0, 7.0, spots.shape)
    near = np.maximum(np.abs(spots).max(axis=1, keepdims=True), 1e-6)
    return np.where(near < 42.0, spots * 42.0 / near, spots)


def _hedge_spots(rng: np.random.Generator, count: int) -> Floats:
    """Stand bushes along two sides of the fence."""
    along = rng.uniform(-FENCE, FENCE, count)
    away = FENCE + 1.8 + np.abs(rng.normal(0, 1.2, count))
    side = rng.integers(0, 2, count)
    return np.where(side[:, None] == 0, np.column_stack([along, away]), np.column_stack([-away, along]))


def _stand(stage: Usd.Stage, rng: np.random.Generator, ground: Ground, kind: str, variants: int, spots: Floats) -> None:
    folder = "Bushes" if kind == "Bush" else f"{kind}s"
    UsdGeom.Scope.Define(stage, f"/Meadow/{folder}")
    for number, (x, y) in enumerate(spots):
        prim = UsdGeom.Xform.Define(stage, f"/Meadow/{folder}/{kind}_{number:03d}")
        prim.GetPrim().GetReferences().AddInternalReference(f"/Meadow/Library/{kind}_{rng.integers(variants)}")
        prim.GetPrim().SetInstanceable(True)
        api = UsdGeom.XformCommonAPI(prim)
        api.SetTranslate(Gf.Vec3d(float(x), float(y), float(ground.height(x, y)) - (1.0 if kind == "Grove" else 0.05)))
        api.SetRotate(Gf.Vec3f(0, 0, float(rng.uniform(0, 360))))
        size = float(rng.uniform(0.8, 1.25))
        api.SetScale(Gf.Vec3f(size, size, size))


def _write_rocks(painted: Painted, rng: np.random.Generator, ground: Ground, count: int) -> None:
    for number in range(count):
        x, y = rng.uniform(-FENCE + 2, FENCE - 2, 2)
        path = f"/Meadow/Rocks/Rock_{number:02d}"
        UsdGeom.Xform.Define(painted.stage, path)
        size = float(rng.uniform(0.22, 0.6))
        shape = plants.rock(rng, size)
        foot = np.array([x, y, float(ground.height(x, y)) + 0.12 * size])
        painted.define(f"{path}/Rock", replace(shape, points=shape.points + foot), both=False, substance="stone")


def _write_fence(painted: Painted, rng: np.random.Generator, ground: Ground) -> None:
    """Write posts every three metres with two rails, one mesh a side."""
    grey = np.array([0.20, 0.17, 0.135])
    for side in range(4):
        turn = np.array([[0, -1], [1, 0]]) if side % 2 else np.eye(2)
        sign = 1.0 if side < 2 else -1.0
        along = np.arange(-FENCE, FENCE + 0.1, 3.0)
        feet = np.column_stack([along, np.full(len(along), FENCE * sign)]) @ turn.T
        base = np.column_stack([feet, ground.height(feet[:, 0], feet[:, 1])])
        base[:, :2] += rng.normal(0, 0.03, (len(base), 2))
        parts = []
        for foot in base:
            top = foot + [*rng.normal(0, 0.03, 2), rng.uniform(1.15, 1.3)]
            radii = np.array([0.065, 0.06])
            parts.append(plants.tube(np.stack([foot - [0, 0, 0.2], top]), radii, grey * rng.uniform(0.7, 1.3)))
        for level in (0.5, 0.95):
            line = base + [0, 0, level]
            for a, b in pairwise(line):
                parts.append(plants.tube(np.stack([a, b]), np.array([0.04, 0.04]), grey * rng.uniform(0.7, 1.3), 6))
        path = f"/Meadow/Fence/Side_{side}"
        UsdGeom.Xform.Define(painted.stage, path)
        painted.define(f"{path}/Fence", plants.join(parts), both=False, substance="wood")
