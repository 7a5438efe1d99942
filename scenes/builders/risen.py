"""Cows that have just risen: each stands beside the warm place where it lay, labelled `cow`; the place has no label."""

from __future__ import annotations

import numpy as np
from pxr import Gf, Usd, UsdGeom

from scenes.animals.herd import BREEDS, cow_asset
from scenes.animals.lair import AGES, Form, lair_asset
from scenes.builders.herd import BREED_CYCLE
from scenes.labels import label
from scenes.variants import lift_variants

POSES = ("standing", "looking", "walking_a", "grazing")


def build(
    stage: Usd.Stage, path: str, rng: np.random.Generator, *, count: int = 3, breeds: list[str] | None = None
) -> None:
    """Make `<path>/Pair_<nn>` with a `Cow` and its `Lair`; the lair's variant set `age` says when the cow rose.

    Args:
        stage: the stage, metres, z up.
        path: prim path.
        rng: chooses poses, places and seeds.
        count: how many.
        breeds: names to take in turn; common ones by default.

    Raises:
        ValueError: for an unknown breed or a negative count.
    """
    unknown = [name for name in breeds or [] if name not in BREEDS]
    if unknown:
        raise ValueError(f"breed '{unknown[0]}' is unknown; choose from {', '.join(BREEDS)}")
    if count < 0:
        raise ValueError(f"count is {count}; expected 0 or more")
    UsdGeom.Xform.Define(stage, path)
    for number in range(count):
        pair = f"{path}/Pair_{number:02d}"
        UsdGeom.XformCommonAPI(UsdGeom.Xform.Define(stage, pair)).SetTranslate(Gf.Vec3d(4.0 * number, -9.0, 0.0))
        breed = (breeds or BREED_CYCLE)[number % len(breeds or BREED_CYCLE)]
        cow = UsdGeom.Xform.Define(stage, f"{pair}/Cow")
        file = cow_asset(breed, POSES[number % len(POSES)], int(rng.integers(1, 1000)))
        stage.DefinePrim(f"{pair}/Cow/Body", "Xform").GetReferences().AddReference(str(file))
        label(cow.GetPrim(), "cow")
        away = Gf.Vec3d(float(rng.uniform(0.3, 1.5)), float(rng.choice([-1.0, 1.0]) * rng.uniform(1.0, 1.7)), 0.0)
        UsdGeom.XformCommonAPI(cow).SetTranslate(away)
        UsdGeom.XformCommonAPI(cow).SetRotate(Gf.Vec3f(0.0, 0.0, float(rng.uniform(-50, 50))))
        _define_lair(stage, f"{pair}/Lair", rng)


def _define_lair(stage: Usd.Stage, path: str, rng: np.random.Generator) -> None:
    """Reference a pressed place, with its variant set `age` on the prim that randomizers know."""
    form = Form(float(rng.uniform(0.85, 1.0)), float(rng.uniform(0.42, 0.52)), int(rng.integers(1, 1000)))
    prim = UsdGeom.Xform.Define(stage, path).GetPrim()
    stage.DefinePrim(f"{path}/Form", "Xform").GetReferences().AddReference(str(lair_asset(form)))
    lift_variants(prim, "Form", "age", tuple(AGES), next(iter(AGES)))
