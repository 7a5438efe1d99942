"""People: a pool of men and women of several poses and clothes, each labelled `person`."""

from __future__ import annotations

import numpy as np
from pxr import Gf, Usd, UsdGeom

from scenes.labels import label
from scenes.people.figure import POSES
from scenes.people.person import person_asset
from scenes.variants import add_looks

USUAL = ("walking_a", "standing", "walking_c", "phone", "walking_b", "waiting", "walking_fast", "calling", "waving")


def build(
    stage: Usd.Stage,
    path: str,
    rng: np.random.Generator,
    *,
    count: int = 6,
    looks: int = 8,
    poses: list[str] | None = None,
) -> None:
    """Make `<path>/Person_<nn>`, each with a variant set `person` over all looks, so that a graph can change anybody.

    Args:
        stage: the stage, metres, z up.
        path: prim path.
        rng: chooses who there is.
        count: how many.
        looks: how many different people, each in a pose.
        poses: names to take in turn; those of pedestrians by default.

    Raises:
        ValueError: for an unknown pose, a negative count or fewer than one look.
    """
    unknown = [name for name in poses or [] if name not in POSES]
    if unknown:
        raise ValueError(f"pose '{unknown[0]}' is unknown; choose from {', '.join(POSES)}")
    if count < 0 or looks < 1:
        raise ValueError(f"count is {count} and looks {looks}; expected 0 or more, and 1 or more")
    chosen = poses or USUAL
    files = [str(person_asset(chosen[n % len(chosen)], int(rng.integers(1, 1000)))) for n in range(looks)]
    UsdGeom.Xform.Define(stage, path)
    for number in range(count):
        prim = UsdGeom.Xform.Define(stage, f"{path}/Person_{number:02d}").GetPrim()
        label(prim, "person")
        add_looks(prim, "person", files, number % len(files))
        UsdGeom.XformCommonAPI(prim).SetTranslate(Gf.Vec3d(1.2 * number, 0.0, 0.0))
