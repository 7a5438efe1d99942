"""A pasture: rolling ground with grass and flowers, rocks, trees, bushes, a fence, and hills to the horizon."""

from __future__ import annotations

import numpy as np
from pxr import Usd, UsdGeom

from scenes.labels import label
from scenes.landscape.meadow import MeadowOptions, meadow_asset

LABELS = {"Trees": "tree", "Bushes": "bush", "Rocks": "rock", "Fence": "fence"}


def build(
    stage: Usd.Stage,
    path: str,
    rng: np.random.Generator,
    *,
    relief: float = 0.8,
    grass: float = 170.0,
    trees: int = 26,
    bushes: int = 34,
    rocks: int = 9,
    fence: bool = True,
    woods: int = 11,
) -> None:
    """Reference a meadow at `path` and label its trees, bushes, rocks and fence.

    Args:
        stage: the stage, metres, z up.
        path: prim path; animals are scattered on `<path>/Paddock`.
        rng: decides the meadow's seed.
        relief: height range of the pasture, metres.
        grass: blades of grass a square metre.
        trees: number of trees.
        bushes: number of bushes.
        rocks: number of boulders.
        fence: whether the field is fenced.
        woods: belts of trees between the field and the horizon.

    Raises:
        ValueError: if a number is negative.
    """
    for name, value in (
        ("relief", relief),
        ("grass", grass),
        ("trees", trees),
        ("bushes", bushes),
        ("rocks", rocks),
        ("woods", woods),
    ):
        if value < 0:
            raise ValueError(f"{name} is {value}; expected 0 or more")
    options = MeadowOptions(int(rng.integers(1, 2**31)), relief, grass, trees, bushes, rocks, fence, woods)
    prim = UsdGeom.Xform.Define(stage, path).GetPrim()
    prim.GetReferences().AddReference(str(meadow_asset(options)))
    for folder, name in LABELS.items():
        group = stage.GetPrimAtPath(f"{path}/{folder}")
        for child in group.GetChildren() if group else ():
            label(child, name)
