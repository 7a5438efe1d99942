"""Cars: several kinds and colours, driven or parked for long, each labelled `car`."""

from __future__ import annotations

import numpy as np
from pxr import Gf, Usd, UsdGeom

from scenes.labels import label
from scenes.variants import add_looks, lift_variants
from scenes.vehicles.car import KINDS, STATES, car_asset


def build(
    stage: Usd.Stage,
    path: str,
    rng: np.random.Generator,
    *,
    count: int = 4,
    looks: int = 5,
    kinds: list[str] | None = None,
    states: list[str] | None = None,
) -> None:
    """Make `<path>/Car_<nn>` with two variant sets: `car` over all looks, and `state`: driven, electric or parked.

    Args:
        stage: the stage, metres, z up.
        path: prim path.
        rng: chooses colours.
        count: how many.
        looks: how many different cars; every one can be any of them.
        kinds: names to take in turn; all by default.
        states: names to take in turn at first; parked and driven by default.

    Raises:
        ValueError: for an unknown kind or state, a negative count or fewer than one look.
    """
    for what, given, known in (("kind of car", kinds, KINDS), ("state", states, tuple(STATES))):
        unknown = [name for name in given or [] if name not in known]
        if unknown:
            raise ValueError(f"{what} '{unknown[0]}' is unknown; choose from {', '.join(known)}")
    if count < 0 or looks < 1:
        raise ValueError(f"count is {count} and looks {looks}; expected 0 or more, and 1 or more")
    chosen, begin = kinds or KINDS, states or ["parked", "driven"]
    files = [str(car_asset(chosen[n % len(chosen)], int(rng.integers(1, 1000)))) for n in range(looks)]
    UsdGeom.Xform.Define(stage, path)
    for number in range(count):
        _define_car(stage, f"{path}/Car_{number:02d}", files, number, begin[number % len(begin)])


def _define_car(stage: Usd.Stage, path: str, files: list[str], number: int, state: str) -> None:
    prim = UsdGeom.Xform.Define(stage, path).GetPrim()
    label(prim, "car")
    add_looks(prim, "car", files, number % len(files))
    lift_variants(prim, "Body", "state", tuple(STATES), state)
    UsdGeom.XformCommonAPI(prim).SetTranslate(Gf.Vec3d(5.5 * number, 0.0, 0.0))
