"""A table in a plain room: planked top, legs, floor and walls."""

from __future__ import annotations

import numpy as np
from pxr import Gf, Usd, UsdGeom, UsdShade

from scenes.household.paint import texture
from scenes.household.shapes import box
from scenes.meshes import bind, define_material, define_mesh


def build(
    stage: Usd.Stage,
    path: str,
    rng: np.random.Generator,
    *,
    size: tuple[float, float] = (1.4, 0.8),
    height: float = 0.74,
) -> None:
    """Make a table centred at the origin; things are scattered on `<path>/Top/Surface`.

    Args:
        stage: the stage, metres, z up.
        path: prim path.
        rng: chooses the wood.
        size: length and width of the top, metres.
        height: of the top, metres.

    Raises:
        ValueError: if a size is not above 0.
    """
    if min(*size, height) <= 0:
        raise ValueError(f"size {size} and height {height} must be above 0")
    wood = define_material(
        stage, f"{path}/Looks/Wood", texture=texture("wood", int(rng.integers(1, 9))), roughness=0.45, substance="wood"
    )
    wall = tuple(
        float(c) for c in rng.uniform(0.35, 0.65) * np.array([1.0, rng.normal(0.97, 0.03), rng.normal(0.92, 0.06)])
    )
    paint = define_material(
        stage, f"{path}/Looks/Paint", color=(wall[0], wall[1], wall[2]), roughness=0.9, substance="concrete/paint"
    )
    _slab(stage, f"{path}/Top/Board", (size[0], size[1], 0.03), (0, 0, height - 0.03), wood)
    reach = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (np.array(size) / 2 - 0.12)
    surface = define_mesh(
        stage, f"{path}/Top/Surface", np.column_stack([reach, np.full(4, height)]), np.array([[0, 1, 2], [0, 2, 3]])
    )
    surface.GetVisibilityAttr().Set(UsdGeom.Tokens.invisible)
    for number, (x, y) in enumerate(reach):
        _slab(stage, f"{path}/Legs/Leg_{number}", (0.06, 0.06, height - 0.03), (float(x), float(y), 0.0), wood)
    boards = texture("wood", int(rng.integers(9, 17)))
    floor = define_material(stage, f"{path}/Looks/Floor", texture=boards, roughness=0.6, substance="wood")
    _slab(stage, f"{path}/Room/Floor", (8.0, 8.0, 0.05), (0, 0, -0.05), floor, repeat=9.0)
    for number in range(4):
        side = Gf.Vec3d(4.0, 0, 0) if number % 2 == 0 else Gf.Vec3d(0, 4.0, 0)
        long = (0.05, 8.0, 3.0) if number % 2 == 0 else (8.0, 0.05, 3.0)
        _slab(stage, f"{path}/Room/Wall_{number}", long, tuple(side if number < 2 else -side), paint)


def _slab(
    stage: Usd.Stage, path: str, size: tuple, position: tuple, material: UsdShade.Material, repeat: float = 1.0
) -> None:
    shape = box(size)
    mesh = define_mesh(stage, path, shape.points, shape.triangles, normals=shape.normals, uvs=shape.uvs * repeat)
    UsdGeom.XformCommonAPI(mesh).SetTranslate(Gf.Vec3d(*position))
    bind(mesh.GetPrim(), material)
