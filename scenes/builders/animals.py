"""Other animals in the field: sheep, horses, dogs, each labelled with its own class."""

from __future__ import annotations

import numpy as np
from pxr import Gf, Usd, UsdGeom

from scenes.animals.herd import KINDS, POSES, animal_asset
from scenes.labels import label


def build(stage: Usd.Stage, path: str, rng: np.random.Generator, *, counts: dict[str, int], looks: int = 2) -> None:
    """Make `<path>/<Kind>_<nn>` for every animal asked for.

    Args:
        stage: the stage, metres, z up.
        path: prim path.
        rng: chooses poses and coat seeds.
        counts: kind to number, e.g. {sheep: 4, horse: 1, dog: 1}.
        looks: how many different animals of a kind are made; more share them.

    Raises:
        ValueError: for an unknown kind, a negative number or fewer than one look.
    """
    if looks < 1:
        raise ValueError(f"looks is {looks}; expected 1 or more")
    UsdGeom.Xform.Define(stage, path)
    total = 0
    for kind, count in counts.items():
        if kind not in KINDS:
            raise ValueError(f"animal '{kind}' is unknown; choose from {', '.join(KINDS)}")
        if count < 0:
            raise ValueError(f"number of {kind} is {count}; expected 0 or more")
        poses = rng.permutation(POSES)
        files = [str(animal_asset(kind, str(poses[n]), int(rng.integers(1, 1000)))) for n in range(min(count, looks))]
        for number in range(count):
            prim = UsdGeom.Xform.Define(stage, f"{path}/{kind.capitalize()}_{number:02d}").GetPrim()
            label(prim, kind)
            stage.DefinePrim(f"{prim.GetPath()}/Body", "Xform").GetReferences().AddReference(files[number % len(files)])
            UsdGeom.XformCommonAPI(prim).SetTranslate(Gf.Vec3d(-3.0 - 2.0 * total, -6.0, 0.0))
            total += 1
