"""Farm things in the field: hay bales, a water trough, a ring feeder, a trailer, each labelled with its kind."""

from __future__ import annotations

import numpy as np
from pxr import Gf, Usd, UsdGeom

from scenes.farm.things import THINGS, thing_asset
from scenes.labels import label


def build(stage: Usd.Stage, path: str, rng: np.random.Generator, *, counts: dict[str, int], looks: int = 1) -> None:
    """Make `<path>/<Kind>_<nn>` for every thing asked for, e.g. `<path>/HayBale_00`.

    Args:
        stage: the stage, metres, z up.
        path: prim path.
        rng: chooses the things' seeds.
        counts: kind to number, e.g. {trough: 1, hay_bale: 3, hay_feeder: 1, trailer: 1}.
        looks: how many different things of a kind are made; more share them.

    Raises:
        ValueError: for an unknown kind, a negative number or fewer than one look.
    """
    if looks < 1:
        raise ValueError(f"looks is {looks}; expected 1 or more")
    UsdGeom.Xform.Define(stage, path)
    total = 0
    for kind, count in counts.items():
        if kind not in THINGS:
            raise ValueError(f"farm thing '{kind}' is unknown; choose from {', '.join(THINGS)}")
        if count < 0:
            raise ValueError(f"number of {kind} is {count}; expected 0 or more")
        files = [str(thing_asset(kind, int(rng.integers(1, 1000)))) for _ in range(min(count, looks))]
        for number in range(count):
            prim = UsdGeom.Xform.Define(stage, f"{path}/{kind.title().replace('_', '')}_{number:02d}").GetPrim()
            label(prim, kind)
            stage.DefinePrim(f"{prim.GetPath()}/Body", "Xform").GetReferences().AddReference(files[number % len(files)])
            UsdGeom.XformCommonAPI(prim).SetTranslate(Gf.Vec3d(-3.0 - 4.0 * total, 8.0, 0.0))
            total += 1
