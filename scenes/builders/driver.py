"""A driver at the wheel, belted, one of several people, labelled `person`."""

from __future__ import annotations

import numpy as np
from pxr import Usd, UsdGeom

from scenes.labels import label
from scenes.people.driver import driver_asset
from scenes.variants import add_looks


def build(stage: Usd.Stage, path: str, rng: np.random.Generator, *, looks: int = 5, strips: int = 2) -> None:
    """Make `<path>` with a variant set `person` over all looks; each has a steering wheel of its own in its hands.

    Args:
        stage: the stage, metres, z up.
        path: prim path; the hips are over its origin.
        rng: chooses who there is.
        looks: how many different people.
        strips: how many of them wear clothes with reflective strips; the first ones.

    Raises:
        ValueError: for fewer than one look, or more strips than looks.
    """
    if looks < 1 or not 0 <= strips <= looks:
        raise ValueError(f"looks is {looks} and strips {strips}; expected 1 or more looks, 0 to so many strips")
    prim = UsdGeom.Xform.Define(stage, path).GetPrim()
    label(prim, "person")
    files = [str(driver_asset(int(rng.integers(1, 1000)), index < strips)) for index in range(looks)]
    add_looks(prim, "person", files, 0)
