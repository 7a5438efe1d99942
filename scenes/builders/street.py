"""A street: road, pavements, houses with windows that mirror the sky, walls, hedges, trees, lamps, each labelled."""

from __future__ import annotations

import numpy as np
from pxr import Usd, UsdGeom

from scenes.labels import label
from scenes.street.street import StreetOptions, street_asset

LABELS = {"Houses": "house", "Trees": "tree", "Lamps": "street_lamp", "Walls": "wall"}


def build(
    stage: Usd.Stage, path: str, rng: np.random.Generator, *, houses: int = 2, trees: int = 8, lamps: int = 4
) -> None:
    """Reference a street at `path`, along x; people and cars are scattered on its invisible meshes.

    Args:
        stage: the stage, metres, z up.
        path: prim path; `<path>/Pavement_0`, `Pavement_1`, `Crossing`, `Lane_0`, `Lane_1`, `Kerb_0` and `Kerb_1` are
            where people and cars may be.
        rng: decides the street's seed.
        houses: sides of the street with houses, 0 to 2; the others have a wall.
        trees: trees along the pavements.
        lamps: street lamps, `<path>/Lamps/Lamp_<nn>/Light`, off at first.

    Raises:
        ValueError: if a number is out of range.
    """
    if not 0 <= houses <= 2:
        raise ValueError(f"houses is {houses}; expected 0, 1 or 2, the sides of the street that have some")
    for name, value in (("trees", trees), ("lamps", lamps)):
        if value < 0:
            raise ValueError(f"{name} is {value}; expected 0 or more")
    options = StreetOptions(int(rng.integers(1, 2**31)), houses, trees, lamps)
    prim = UsdGeom.Xform.Define(stage, path).GetPrim()
    prim.GetReferences().AddReference(str(street_asset(options)))
    for folder, name in LABELS.items():
        group = stage.GetPrimAtPath(f"{path}/{folder}")
        for child in group.GetChildren() if group else ():
            if child.GetName() != "Looks":
                label(child, "hedge" if child.GetName().startswith("Hedge") else name)
