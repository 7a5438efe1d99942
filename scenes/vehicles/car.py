"""Cars as USD files: a painted shell, windows, lamps, wheels, and whether it was driven.

The variant set `state` says so: `driven`, `electric` (driven) or `parked`; it changes the temperature alone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from pxr import Sdf, Usd, UsdGeom

from scenes.animals.solids import Solid, join
from scenes.asset_cache import asset_file
from scenes.household.shapes import Shape
from scenes.meshes import smooth_normals
from scenes.parts import Look, Part, author_part, new_asset
from scenes.tokens import temperature_model, warm_vertices
from scenes.vehicles import fittings
from scenes.vehicles.shell import BAYS, MODELS, Floats, Ints, Model, build_shell, quads_of

KINDS = tuple(MODELS)
STATES = {"driven": "driven_car", "electric": "driven_electric_car", "parked": "parked_car"}
PAINTS = np.array(
    [
        [0.60, 0.60, 0.59],
        [0.012, 0.013, 0.015],
        [0.16, 0.17, 0.18],
        [0.36, 0.37, 0.38],
        [0.25, 0.012, 0.014],
        [0.015, 0.045, 0.16],
        [0.03, 0.07, 0.045],
        [0.23, 0.19, 0.14],
        [0.06, 0.11, 0.15],
    ]
)
PAINT = Look("steel", "paint_clearcoat", roughness=0.22)
GLASS = Look("clear_glass", color=(0.012, 0.014, 0.015), roughness=0.04)
TRIM = Look("plastic", color=(0.018, 0.018, 0.019), roughness=0.6)
LENS = Look("plastic", "clearcoat", color=(0.55, 0.56, 0.57), roughness=0.08)
RED = Look("plastic", "clearcoat", color=(0.28, 0.008, 0.006), roughness=0.1)
RUBBER = Look("rubber", color=(0.020, 0.020, 0.021), roughness=0.85)
ALLOY = Look("aluminum", "clearcoat", color=(0.42, 0.43, 0.44), roughness=0.32)
DISC = Look("iron", color=(0.20, 0.19, 0.18), roughness=0.4)
PIPE = Look("oxidized_steel", color=(0.22, 0.21, 0.20), roughness=0.35)
PLATE = Look("aluminum", "paint", ("retroreflective",), color=(0.70, 0.70, 0.66), roughness=0.5)


def _places(model: Model, points: Floats, quads: Ints, row: Ints, bay: Ints) -> dict[str, Ints]:
    """Return the quads of each part of the shell."""
    middle = points[quads].mean(axis=1)
    x, y, z = middle.T
    kind = np.where(row < 0, -1, bay[np.maximum(row, 0)])
    name = {word: number for number, word in enumerate(BAYS)}
    half = len(bay) - 6
    first = bay.tolist().index(name["crown"])
    rim = (row == first) | (row == half - 1 - first)
    window = (kind == name["glass"]) & (x > model.glass[0]) & (x < model.glass[1])
    for pillar in model.pillars:
        window &= np.abs(x - pillar) > 0.045
    top = row == first - 1, row == half - first
    window &= ~(top[0] | top[1])
    crown = (kind == name["crown"]) & ~rim
    window |= crown & (x > model.front_roof) & (x < model.cowl)
    window |= crown & (x > model.deck) & (x < model.rear_roof)
    bonnet = crown & (x > model.cowl) & (x < model.nose - 0.24)
    arch = np.zeros(len(quads), bool)
    for axle in model.axles:
        reach = np.hypot(points[quads][..., 0] - axle, points[quads][..., 2] - model.wheel).max(axis=1)
        arch |= (reach < model.wheel * 1.10 + 0.002) & (np.abs(y) > 0.3 * model.width) & (kind != name["crown"])
    trim = (
        (kind == name["floor"])
        | (kind == name["sill"])
        | arch
        | ((z < model.clearance + 0.12) & (kind != name["crown"]))
    )
    order = {"Windows": window & ~arch, "Trim": trim, "Bonnet": bonnet}
    order["Body"] = ~(order["Windows"] | trim | bonnet)
    return {word: np.flatnonzero(marks) for word, marks in order.items()}


def _pieces(points: Floats, quads: Ints, looks: dict[str, Look], places: dict[str, Ints]) -> list[Part]:
    """Cut the shell into parts, each with normals of its own so that their edges stay sharp."""
    parts = []
    for name, chosen in places.items():
        corner = quads[chosen]
        triangles = np.concatenate([corner[:, [0, 1, 2]], corner[corner[:, 2] != corner[:, 3]][:, [0, 2, 3]]])
        used, index = np.unique(triangles, return_inverse=True)
        faces = index.reshape(-1, 3)
        parts.append(Part(name, points[used], faces, smooth_normals(points[used], faces), looks[name]))
    return parts


def _solid(name: str, solid: Solid | Shape, look: Look) -> Part:
    return Part(name, solid.points, solid.triangles, solid.normals, look)


def _laid_on(model: Model, points: Floats, triangles: Ints) -> list[Part]:
    """Return lamps, grille, plates, door gaps and handles."""
    half = 0.5 * model.width
    ahead, back = np.array([-1.0, 0, 0]), np.array([1.0, 0, 0])
    lamp = float(np.interp(model.nose - 0.16, model.top[:, 0], model.top[:, 1])) - 0.035
    tail = float(np.interp(-model.nose + 0.06, model.top[:, 0], model.top[:, 1]))
    tail = min(tail - 0.10, 1.02)
    lay = partial(fittings.laid, points, triangles)

    def pair(y: float, z: float, size: tuple[float, float], end: float, slant: float = 0.0) -> Solid:
        way = ahead if end > 0 else back
        shapes = [fittings.rounded((s * y, z), size, 3.2, s * slant) for s in (-1.0, 1.0)]
        return join([lay(fittings.facing(shape, end), way, 0.008) for shape in shapes])

    grille = lay(fittings.facing(fittings.rounded((0, lamp - 0.17), (0.40 * half, 0.055), 4.0), 1.0), ahead, 0.004)
    intake = lay(
        fittings.facing(fittings.rounded((0, model.clearance + 0.15), (0.62 * half, 0.05), 4.0), 1.0), ahead, 0.004
    )
    plate = [lay(fittings.facing(fittings.rounded((0, z), (0.255, 0.055), 14.0), end), way, 0.012)
             for z, end, way in ((lamp - 0.30, 1.0, ahead), (tail - 0.18, -1.0, back))]  # fmt: skip
    rear = pair(0.76 * half, tail, (0.15 * half, 0.085), -1.0)
    gaps = [_gap(model, lay, x, side) for x in model.doors for side in (-1.0, 1.0)]
    handles = [_handle(model, lay, x - 0.16, side) for x in model.doors[1:] for side in (-1.0, 1.0)]
    return [_solid("Lamps", pair(0.70 * half, lamp, (0.19 * half, 0.052), 1.0, -0.10), LENS),
            _solid("TailLamps", rear, RED), _solid("Grille", join([grille, intake]), TRIM),
            _solid("Plates", join(plate), PLATE), _solid("Seams", join([*gaps, *handles]), TRIM)]  # fmt: skip


def _gap(model: Model, lay: Callable[..., Solid], x: float, side: float) -> Solid:
    """Return the gap of a door from sill to belt line."""
    belt = float(np.interp(x, model.belt[:, 0], model.belt[:, 1])) - 0.02
    low = model.clearance + 0.13
    strip = fittings.rounded((x, 0.5 * (low + belt)), (0.0045, 0.5 * (belt - low)), 30.0, 0.0, 48)
    return lay(fittings.beside(strip, side), np.array([0, -side, 0]), 0.0012)


def _handle(model: Model, lay: Callable[..., Solid], x: float, side: float) -> Solid:
    """Return a door handle."""
    z = float(np.interp(x, model.belt[:, 0], model.belt[:, 1])) - 0.13
    bar = fittings.rounded((x, z), (0.085, 0.014), 4.0)
    return lay(fittings.beside(bar, side), np.array([0, -side, 0]), 0.022)


def model_car(kind: str, seed: int) -> list[Part]:
    """Return the parts of a car."""
    model, rng = MODELS[kind], np.random.default_rng([seed, *kind.encode()])
    tone = PAINTS[int(rng.integers(len(PAINTS)))] * rng.uniform(0.85, 1.15)
    red, green, blue = tone.tolist()
    paint = Look(PAINT.token, PAINT.coating, color=(red, green, blue), roughness=PAINT.roughness)
    points, quads, _, row = quads_of(build_shell(model))
    bay = build_shell(model).bay
    looks = {"Body": paint, "Bonnet": paint, "Windows": GLASS, "Trim": TRIM}
    shell = _pieces(points, quads, looks, _places(model, points, quads, row, bay))
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[quads[:, 2] != quads[:, 3]][:, [0, 2, 3]]])
    spokes = int(rng.choice([5, 7, 10]))
    return [
        *shell,
        *_laid_on(model, points, triangles),
        _solid("Tyres", fittings.tyres(model), RUBBER),
        _solid("Rims", fittings.rims(model, spokes), ALLOY),
        _solid("Brakes", fittings.brakes(model), DISC),
        _solid("Mirrors", fittings.mirrors(model), paint),
        _solid("Exhaust", fittings.exhaust(model), PIPE),
    ]


def engine_glow(model: Model, points: Floats) -> Floats:
    """Return how much colder (n,) K, 0 or below, a warm bonnet is away from the engine under its middle."""
    middle = np.array([0.5 * (model.cowl + model.nose) - 0.05, 0.05])
    away = np.hypot((points[:, 0] - middle[0]) / 0.45, (points[:, 1] - middle[1]) / 0.55)
    return -9.0 * (1.0 - np.exp(-(away**2)))


def write_car(path: Path, kind: str, seed: int) -> None:
    """Write a car's file with its textures beside it."""
    stage = new_asset(path, "Car", {"kind": kind, "seed": float(seed)})
    model, parts = MODELS[kind], model_car(kind, seed)
    for part in parts:
        author_part(stage, "/Car", part, path.parent)
    _write_states(stage, model, next(part for part in parts if part.name == "Bonnet").points)
    stage.GetRootLayer().Save()


def _write_states(stage: Usd.Stage, model: Model, bonnet: Floats) -> None:
    """Author the variant set `state`: how the temperatures come about, and the glow of the engine."""
    root = stage.GetPrimAtPath("/Car")
    variants = root.GetVariantSets().AddVariantSet("state")
    glow = engine_glow(model, bonnet)
    for name, rule in STATES.items():
        variants.AddVariant(name)
        variants.SetVariantSelection(name)
        with variants.GetVariantEditContext():
            temperature_model(root, rule)
            if name != "parked":
                warm_vertices(UsdGeom.Mesh.Get(stage, "/Car/Bonnet"), glow * (1.0 if name == "driven" else 0.35))
    root.CreateAttribute("replicant:length", Sdf.ValueTypeNames.Double, True).Set(model.length)
    variants.ClearVariantSelection()  # whoever uses the car says; without a word it is a parked one by its label


def car_asset(kind: str, seed: int) -> Path:
    """Return the USD file of a car, made on first use: metres, z up, facing +x, wheels on z = 0.

    Raises:
        ValueError: for an unknown kind.
    """
    if kind not in MODELS:
        raise ValueError(f"car '{kind}' is unknown; choose from {', '.join(MODELS)}")
    return asset_file("car", {"kind": kind, "seed": int(seed)}, partial(write_car, kind=kind, seed=int(seed)))
