"""The street as one USD file: carriageway, markings, kerbs, pavements, front gardens, houses, trees, lamps, far ground.

The carriageway runs along x. Invisible meshes say where things may stand: `Pavement_0`, `Pavement_1`, `Crossing` for
people, `Lane_0` (towards +x, right-hand traffic) and `Lane_1` (towards -x), `Kerb_0` and `Kerb_1` for parked cars.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pxr import Gf, Usd, UsdGeom, UsdLux

from scenes.animals.solids import tube
from scenes.asset_cache import asset_file
from scenes.farm.forms import joined
from scenes.household.shapes import Shape
from scenes.landscape import plants
from scenes.landscape.paint import to_srgb
from scenes.landscape.palette import Painted
from scenes.meshes import define_mesh
from scenes.parts import Look, Part, author_part, new_asset
from scenes.street import paint
from scenes.street.forms import box, panel
from scenes.street.house import house
from scenes.tokens import temperature_model

Floats = NDArray[np.floating[Any]]
HALF, KERB, BACK, FRONT = 3.6, 0.12, 6.3, 9.2  # road's half width, kerb's height, pavement's edge, house fronts, metres
REACH = 56.0  # half length of the built-up part, metres
# Where things may stand: y from and to, height.
_BANDS = {
    "Pavement_0": (-BACK + 0.4, -HALF - 0.5, KERB),
    "Pavement_1": (HALF + 0.5, BACK - 0.4, KERB),
    "Lane_0": (-1.75, -1.65, 0.0),
    "Lane_1": (1.65, 1.75, 0.0),
    "Kerb_0": (-2.62, -2.58, 0.0),
    "Kerb_1": (2.58, 2.62, 0.0),
}
PATCHES = {name: (-REACH / 2, REACH / 2, *band) for name, band in _BANDS.items()}
PATCHES["Crossing"] = (-2.2, 2.2, -HALF, HALF, 0.0)
ASPHALT = Look("asphalt", roughness=0.92)
LINE = Look("asphalt", "paint", ("retroreflective",), color=(0.55, 0.55, 0.53), roughness=0.7)
STEEL = Look("steel", "paint", color=(0.09, 0.10, 0.10), roughness=0.45)
LEAVES = np.array([[0.075, 0.135, 0.030], [0.10, 0.155, 0.040], [0.125, 0.15, 0.035]])


@dataclass(frozen=True)
class StreetOptions:
    """What can be asked of a street.

    Attributes:
        seed: everything random about it.
        houses: 0 to 2, the sides of the street that have houses; the other is a wall with a hedge.
        trees: trees along the pavements.
        lamps: street lamps.
    """

    seed: int
    houses: int = 2
    trees: int = 8
    lamps: int = 4


def street_asset(options: StreetOptions) -> Path:
    """Return the USD file of a street, made once."""
    return asset_file("street", vars(options), partial(write_street, options=options))


def write_street(path: Path, options: StreetOptions) -> None:
    """Write the street's file with its textures beside it."""
    rng = np.random.default_rng(options.seed)
    stage = new_asset(path, "Street", {"seed": float(options.seed)})
    for part in _ground(rng):
        author_part(stage, "/Street", part, path.parent)
    for name, area in PATCHES.items():
        _place(stage, name, area)
    for side in range(2):
        if side < options.houses:
            _row_of_houses(stage, rng, side, path.parent)
        else:
            _garden_wall(stage, rng, side, path.parent)
    _lamps(stage, options.lamps, path.parent)
    _trees(stage, rng, options.trees, path.parent)
    stage.GetRootLayer().Save()


def _shape(name: str, shape: Shape, look: Look) -> Part:
    return Part(name, shape.points, shape.triangles, shape.normals, look, shape.uvs)


def _flat(x0: float, x1: float, y0: float, y1: float, z: float, scale: float) -> Shape:
    return panel((x0, y0, z), (x1 - x0, 0, 0), (0, y1 - y0, 0), scale)


def _ground(rng: np.random.Generator) -> list[Part]:
    """Return road, markings, kerbs, pavements, gardens and the lawn beyond."""
    far = 160.0
    slabs = Look("concrete", image=to_srgb(paint.paving(rng)), roughness=0.9)
    edge = Look("stone", color=(0.31, 0.30, 0.28), roughness=0.9)
    grass = Look("leaf_grass", image=to_srgb(paint.lawn(rng)), roughness=1.0)
    road = Look(ASPHALT.token, image=to_srgb(paint.asphalt(rng)), roughness=ASPHALT.roughness)
    dashes = [_flat(x, x + 2.0, -0.06, 0.06, 0.004, 1.0) for x in np.arange(-REACH, REACH, 5.0) if abs(x + 1) > 5.0]
    zebra = [_flat(-2.0, 2.0, y, y + 0.5, 0.004, 1.0) for y in np.arange(-HALF + 0.35, HALF - 0.4, 1.0)]
    kerbs = [box((-far, low, -0.1), (far, low + 0.16, KERB)) for low in (-HALF - 0.16, HALF)]
    walks = [_flat(-far, far, low, low + BACK - HALF - 0.16, KERB, 2.4) for low in (-BACK, HALF + 0.16)]
    lawns = [_flat(-far, far, low, low + far - BACK, KERB - 0.03, 8.0) for low in (-far, BACK)]
    lines = joined([*dashes, *zebra])
    return [_shape("Road", _flat(-far, far, -HALF, HALF, 0.0, 8.0), road), _shape("Markings", lines, LINE),
            _shape("Kerbs", joined(kerbs), edge), _shape("Pavements", joined(walks), slabs),
            _shape("Lawns", joined(lawns), grass)]  # fmt: skip


def _place(stage: Usd.Stage, name: str, area: tuple[float, float, float, float, float]) -> None:
    """Author an invisible rectangle on which things are scattered."""
    shape = _flat(*area, 1.0)
    mesh = define_mesh(stage, f"/Street/{name}", shape.points, shape.triangles)
    mesh.GetVisibilityAttr().Set(UsdGeom.Tokens.invisible)


def _row_of_houses(stage: Usd.Stage, rng: np.random.Generator, side: int, folder: Path) -> None:
    """Stand houses along one side, walls or hedges before them."""
    UsdGeom.Scope.Define(stage, "/Street/Houses")
    UsdGeom.Scope.Define(stage, "/Street/Walls")
    x, number = -REACH, 0
    while x < REACH - 5:
        width, floors = float(rng.uniform(6.2, 9.6)), int(rng.choice([1, 2, 2, 2, 3]))
        path = f"/Street/Houses/House_{side}{number:02d}"
        prim = UsdGeom.Xform.Define(stage, path)
        own = folder / f"house_{side}{number:02d}"
        own.mkdir()
        for part in house(rng, width, floors):
            mesh = author_part(stage, path, part, own)
            if part.name == "Roof":
                temperature_model(mesh.GetPrim(), "heatBalance")
        temperature_model(prim.GetPrim(), "heated_building")
        matrix = Gf.Matrix4d(1.0) if side == 1 else Gf.Matrix4d().SetRotate(Gf.Rotation(Gf.Vec3d.ZAxis(), 180.0))
        place = Gf.Vec3d(x, FRONT, KERB - 0.03) if side == 1 else Gf.Vec3d(x + width, -FRONT, KERB - 0.03)
        prim.AddTransformOp().Set(matrix * Gf.Matrix4d().SetTranslate(place))
        _front(stage, rng, side, number, x, width, folder)
        gap = 0.0 if rng.random() < 0.45 else float(rng.uniform(1.4, 4.0))
        x, number = x + width + gap, number + 1


def _front(
    stage: Usd.Stage, rng: np.random.Generator, side: int, number: int, x: float, width: float, folder: Path
) -> None:
    """Bound a front garden by a low wall or a hedge, with a gap for the gate."""
    sign = 1.0 if side == 1 else -1.0
    near, gate = BACK + 0.05, x + float(rng.uniform(0.3, 0.6)) * width
    hedge = bool(rng.random() < 0.5)
    high = KERB + float(rng.uniform(0.9, 1.3) if hedge else rng.uniform(0.5, 0.9))
    deep = 0.6 if hedge else 0.24
    ys = sorted((sign * near, sign * (near + deep)))
    runs = [(x + 0.05, gate - 0.5), (gate + 0.5, x + width - 0.05)]
    shape = joined([box((a, ys[0], 0.0), (b, ys[1], high), 1.2 if hedge else 1.8) for a, b in runs])
    if hedge:
        shape = _ruffled(rng, [(a, b, ys[0], ys[1], high) for a, b in runs])
    image = to_srgb(paint.hedge(rng) if hedge else paint.brick(rng, 256))
    own = folder / f"front_{side}{number:02d}"
    own.mkdir()
    name = f"{'Hedge' if hedge else 'Wall'}_{side}{number:02d}"
    part = _shape(name, shape, Look("leaf_grass" if hedge else "brick", image=image, roughness=0.95))
    author_part(stage, "/Street/Walls", part, own)


def _ruffled(rng: np.random.Generator, runs: list[tuple[float, float, float, float, float]]) -> Shape:
    """Return clipped hedges: boxes of leaves."""
    parts = []
    for x0, x1, y0, y1, high in runs:
        area = 2 * ((x1 - x0) + (y1 - y0)) * high + (x1 - x0) * (y1 - y0)
        count = max(round(area * 420), 10)
        place = rng.random((count, 3))
        face = rng.choice(3, count, p=np.array([y1 - y0, x1 - x0, 0.5 * (x1 - x0)]) / (1.5 * (x1 - x0) + (y1 - y0)))
        spot = np.array([x0, y0, 0.0]) + place * [x1 - x0, y1 - y0, high]
        outward = np.zeros((count, 3))
        for axis, (low, top) in enumerate(((x0, x1), (y0, y1), (0.0, high))):
            chosen = face == axis
            end = rng.random(count) < (0.5 if axis < 2 else 1.0)
            spot[chosen, axis] = np.where(end, top, low)[chosen]
            outward[chosen, axis] = np.where(end, 1.0, -1.0)[chosen]
        spot += outward * rng.normal(-0.015, 0.02, (count, 1))
        leaf = plants.leaves(rng, spot, outward, 0.045, np.full((count, 3), 0.1))
        uvs = np.repeat(rng.random((count, 2)), 4, axis=0) + np.tile(
            [[0, 0], [0.04, 0], [0.04, 0.04], [0, 0.04]], (count, 1)
        )
        core = box((x0 + 0.05, y0 + 0.05, 0.0), (x1 - 0.05, y1 - 0.05, high - 0.05), 1.2)
        parts += [Shape(leaf.points, leaf.triangles, leaf.normals, uvs), core]
    return joined(parts)


def _garden_wall(stage: Usd.Stage, rng: np.random.Generator, side: int, folder: Path) -> None:
    """Build a tall brick wall along a side without houses."""
    UsdGeom.Scope.Define(stage, "/Street/Walls")
    sign = 1.0 if side == 1 else -1.0
    ys = sorted((sign * (BACK + 0.05), sign * (BACK + 0.40)))
    shape = joined([box((-REACH, ys[0], 0.0), (REACH, ys[1], 2.3), 1.8),
                    box((-REACH, ys[0] - 0.05, 2.3), (REACH, ys[1] + 0.05, 2.38), 1.0)])  # fmt: skip
    own = folder / f"front_{side}"
    own.mkdir()
    name = f"Wall_{side}"
    author_part(
        stage, "/Street/Walls", _shape(name, shape, Look("brick", image=to_srgb(paint.brick(rng)), roughness=0.95)), own
    )


def _lamps(stage: Usd.Stage, count: int, folder: Path) -> None:
    """Stand lamps on alternate sides: a post with an arm, a head, a light that is off until something turns it on."""
    UsdGeom.Scope.Define(stage, "/Street/Lamps")
    for number in range(count):
        sign = 1.0 if number % 2 else -1.0
        x = (number - (count - 1) / 2) * 2 * 0.86 * REACH / max(count, 1)
        path = f"/Street/Lamps/Lamp_{number:02d}"
        lamp = UsdGeom.Xform.Define(stage, path)
        UsdGeom.XformCommonAPI(lamp).SetTranslate(Gf.Vec3d(x, sign * (HALF + 0.45), KERB))
        arm = np.array([[0, 0, 0], [0, 0, 5.4], [0, -0.1 * sign, 5.75], [0, -0.9 * sign, 5.95], [0, -1.5 * sign, 5.98]])
        post = tube(arm, np.array([0.075, 0.05, 0.045, 0.035, 0.03]), 12)
        author_part(stage, path, Part("Post", post.points, post.triangles, post.normals, STEEL), folder)
        ys = sorted((-1.25 * sign, -1.95 * sign))
        head = box((-0.13, ys[0], 5.93), (0.13, ys[1], 6.03))
        author_part(stage, path, _shape("Head", head, STEEL), folder)
        light = UsdLux.SphereLight.Define(stage, f"{path}/Light")  # a point: nothing that a camera would have to hide
        light.CreateRadiusAttr(0.19)
        light.CreateTreatAsPointAttr(True)
        light.CreateIntensityAttr(0.0)
        light.CreateColorAttr(Gf.Vec3f(1.0, 0.80, 0.55))
        UsdGeom.XformCommonAPI(light).SetTranslate(Gf.Vec3d(0.0, -1.6 * sign, 5.90))


def _trees(stage: Usd.Stage, rng: np.random.Generator, count: int, folder: Path) -> None:
    """Stand trees in the front gardens and behind the houses, groves at both ends of the street."""
    painted = Painted(stage, "/Street/Looks/Plants", "./palette.png")
    stage.CreateClassPrim("/Street/Library")
    for number in range(3):
        UsdGeom.Xform.Define(stage, f"/Street/Library/Tree_{number}")
        shape = plants.tree(rng, float(rng.uniform(5.5, 8.5)), LEAVES[number], 6000)
        painted.define(f"/Street/Library/Tree_{number}/Tree", shape)
        UsdGeom.Xform.Define(stage, f"/Street/Library/Grove_{number}")
        painted.define(f"/Street/Library/Grove_{number}/Grove", plants.grove(rng, LEAVES * 0.85))
    near = np.linspace(-0.9 * REACH, 0.9 * REACH, max(count, 1))[:count] + rng.uniform(-2.5, 2.5, count)
    spots = [(x, (1.0 if n % 2 else -1.0) * (BACK + 1.55), "Tree") for n, x in enumerate(near)]
    spots += [(x, s * float(rng.uniform(24, 40)), "Grove") for s in (-1.0, 1.0) for x in np.arange(-90, 91, 15.0)]
    spots += [(s * float(rng.uniform(105, 150)), y, "Grove") for s in (-1.0, 1.0) for y in np.arange(-60, 61, 13.0)]
    for folder_name in ("Trees", "Groves"):
        UsdGeom.Scope.Define(stage, f"/Street/{folder_name}")
    for number, (x, y, kind) in enumerate(spots):
        prim = UsdGeom.Xform.Define(stage, f"/Street/{kind}s/{kind}_{number:03d}")
        prim.GetPrim().GetReferences().AddInternalReference(f"/Street/Library/{kind}_{rng.integers(3)}")
        prim.GetPrim().SetInstanceable(True)
        api = UsdGeom.XformCommonAPI(prim)
        api.SetTranslate(Gf.Vec3d(float(x), float(y), KERB - 0.06))
        api.SetRotate(Gf.Vec3f(0, 0, float(rng.uniform(0, 360))))
    painted.palette.save(folder / "palette.png")
