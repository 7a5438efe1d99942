"""The pasture as one USD file: ground, hills, grass, flowers, rocks, trees, bushes and a fence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade

from scenes.asset_cache import asset_file
from scenes.landscape import paint, plants
from scenes.landscape.ground import FIELD, HORIZON, Ground, field_grid, hill_rings
from scenes.landscape.noise import tile_noise
from scenes.meshes import bind, define_material, define_mesh, grid_triangles, smooth_normals

Floats = NDArray[np.floating[Any]]
SPACING = 1.0
PADDOCK = 24  # half side of the patch that animals stand on, in grid steps
FENCE = 36.0  # half side of the fenced square, metres
GRASS_CELLS = 6
GRASS_REACH = 42.0
LEAF_TONES = np.array(
    [[0.055, 0.100, 0.022], [0.075, 0.115, 0.028], [0.045, 0.085, 0.030], [0.10, 0.12, 0.03]], np.float64
)
FLOWER_TONES = np.array([[0.85, 0.83, 0.80], [0.80, 0.58, 0.03], [0.62, 0.42, 0.66]], np.float64)


@dataclass(frozen=True)
class MeadowOptions:
    """What can be asked of a meadow.

    Attributes:
        seed: everything random about it.
        relief: height range of the pasture, metres.
        tufts: grass tufts a square metre near the middle.
        trees, bushes, rocks: how many.
        fence: whether the field is fenced.
    """

    seed: int
    relief: float = 1.2
    tufts: float = 2.2
    trees: int = 26
    bushes: int = 34
    rocks: int = 9
    fence: bool = True


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
    ground = Ground(rng, options.relief)
    albedo = paint.pasture_albedo(rng)
    paint.save_rgb(path.parent / "pasture.png", albedo)
    paint.save_rgb(path.parent / "countryside.png", paint.countryside_albedo(rng))
    _write_land(stage, ground)
    leafy = define_material(stage, "/Meadow/Looks/Leafy", vertex_color=True, roughness=0.85)
    _write_grass(stage, rng, ground, albedo, options, leafy)
    _write_plants(stage, rng, ground, options, leafy)
    _write_rocks(stage, rng, ground, options.rocks, leafy)
    if options.fence:
        _write_fence(stage, rng, ground)
    stage.GetRootLayer().Save()


def _write_land(stage: Usd.Stage, ground: Ground) -> None:
    points, uvs = field_grid(ground, SPACING)
    count = round(len(points) ** 0.5)
    triangles = grid_triangles(count, count)
    normals = ground.normal(points[:, 0], points[:, 1])
    field = define_mesh(stage, "/Meadow/Field", points, triangles, normals=normals, uvs=uvs)
    bind(field.GetPrim(), define_material(stage, "/Meadow/Looks/Pasture", texture="./pasture.png", roughness=0.95))
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
    far = define_material(stage, "/Meadow/Looks/Countryside", texture="./countryside.png", roughness=1.0)
    bind(hills.GetPrim(), far)


def _place(stage: Usd.Stage, path: str, shape: plants.Geometry, material: UsdShade.Material, both: bool = True) -> None:
    mesh = define_mesh(
        stage, path, shape.points, shape.triangles, normals=shape.normals, colors=shape.colors, double_sided=both
    )
    bind(mesh.GetPrim(), material)


def _tone_at(albedo: Floats, x: Floats, y: Floats) -> Floats:
    """Read the painted albedo under points, averaged over about 20 cm."""
    size = len(albedo)
    column = np.clip((x / (2 * FIELD) + 0.5) * size, 3, size - 4).astype(int)
    row = np.clip((0.5 - y / (2 * FIELD)) * size, 3, size - 4).astype(int)
    steps = (-3, 0, 3)
    return np.mean([albedo[row + a, column + b] for a in steps for b in steps], axis=0)


def _write_grass(
    stage: Usd.Stage,
    rng: np.random.Generator,
    ground: Ground,
    albedo: Floats,
    options: MeadowOptions,
    material: UsdShade.Material,
) -> None:
    UsdGeom.Scope.Define(stage, "/Meadow/Grass")
    growth = tile_noise(rng, 256, 7, octaves=4)
    step = 2 * GRASS_REACH / GRASS_CELLS
    for cell in range(GRASS_CELLS**2):
        corner = np.array([cell % GRASS_CELLS, cell // GRASS_CELLS]) * step - GRASS_REACH
        count = rng.poisson(options.tufts * step * step)
        x, y = corner[:, None] + rng.random((2, count)) * step
        index = ((np.stack([x, y]) / 84.0 % 1.0) * 256).astype(int)
        rich = growth[index[1], index[0]]
        keep = rng.random(count) < 0.35 + rich
        x, y, rich = x[keep], y[keep], rich[keep]
        roots = np.column_stack([x, y, ground.height(x, y)])
        heights = 0.05 + 0.22 * rich**1.5 * rng.uniform(0.5, 1.4, len(x))
        tones = _tone_at(albedo, x, y) * rng.uniform(1.0, 1.35, (len(x), 1))
        parts = [plants.grass(rng, roots, heights, tones)]
        bloom = rng.random(len(x)) < 0.10
        if bloom.any():
            parts.append(plants.flowers(rng, roots[bloom] + [0.05, 0.04, 0.0], FLOWER_TONES))
        _place(stage, f"/Meadow/Grass/Cell_{cell:02d}", plants.join(parts), material)


def _write_plants(
    stage: Usd.Stage, rng: np.random.Generator, ground: Ground, options: MeadowOptions, material: UsdShade.Material
) -> None:
    kinds = {
        "Tree": [plants.tree(rng, rng.uniform(9, 14), LEAF_TONES[n % 4]) for n in range(4)],
        "Bush": [plants.bush(rng, rng.uniform(1.4, 2.6), LEAF_TONES[n % 4]) for n in range(3)],
    }
    for kind, shapes in kinds.items():
        for number, shape in enumerate(shapes):
            source = UsdGeom.Xform.Define(stage, f"/Meadow/Library/{kind}_{number}")
            _place(stage, f"{source.GetPath()}/{kind}", shape, material)
    library = stage.GetPrimAtPath("/Meadow/Library")
    library.SetSpecifier(Sdf.SpecifierClass)
    _stand(stage, rng, ground, "Tree", len(kinds["Tree"]), _tree_spots(rng, options.trees))
    _stand(stage, rng, ground, "Bush", len(kinds["Bush"]), _hedge_spots(rng, options.bushes))


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
    for number, (x, y) in enumerate(spots):
        prim = UsdGeom.Xform.Define(stage, f"/Meadow/{folder}/{kind}_{number:02d}")
        prim.GetPrim().GetReferences().AddInternalReference(f"/Meadow/Library/{kind}_{rng.integers(variants)}")
        prim.GetPrim().SetInstanceable(True)
        api = UsdGeom.XformCommonAPI(prim)
        api.SetTranslate(Gf.Vec3d(float(x), float(y), float(ground.height(x, y)) - 0.05))
        api.SetRotate(Gf.Vec3f(0, 0, float(rng.uniform(0, 360))))
        size = float(rng.uniform(0.8, 1.25))
        api.SetScale(Gf.Vec3f(size, size, size))


def _write_rocks(
    stage: Usd.Stage, rng: np.random.Generator, ground: Ground, count: int, material: UsdShade.Material
) -> None:
    for number in range(count):
        x, y = rng.uniform(-FENCE + 2, FENCE - 2, 2)
        path = f"/Meadow/Rocks/Rock_{number:02d}"
        UsdGeom.Xform.Define(stage, path)
        size = float(rng.uniform(0.22, 0.6))
        shape = plants.rock(rng, size)
        height = float(ground.height(x, y)) + 0.12 * size
        shape = plants.Geometry(shape.points + [x, y, height], shape.triangles, shape.normals, shape.colors)
        _place(stage, f"{path}/Rock", shape, material, both=False)


def _write_fence(stage: Usd.Stage, rng: np.random.Generator, ground: Ground) -> None:
    """Write posts every three metres with two rails, one mesh a side."""
    wood = define_material(stage, "/Meadow/Looks/Wood", vertex_color=True, roughness=0.9)
    for side in range(4):
        turn = np.array([[0, -1], [1, 0]]) if side % 2 else np.eye(2)
        sign = 1.0 if side < 2 else -1.0
        along = np.arange(-FENCE, FENCE + 0.1, 3.0)
        feet = np.column_stack([along, np.full(len(along), FENCE * sign)]) @ turn.T
        base = np.column_stack([feet, ground.height(feet[:, 0], feet[:, 1])])
        base[:, :2] += rng.normal(0, 0.03, (len(base), 2))
        grey = np.array([0.17, 0.14, 0.11], np.float64)
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
        UsdGeom.Xform.Define(stage, path)
        _place(stage, f"{path}/Fence", plants.join(parts), wood, both=False)
