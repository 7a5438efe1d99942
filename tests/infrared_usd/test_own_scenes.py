"""Everything that our builders make says what it is made of."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from pxr import Usd, UsdGeom

from scenes.builders import animals, cars, distractors, farm, household, meadow, people, street, table
from scenes.infrared.materials import Resolver
from scenes.meshes import define_mesh

BUILDERS: dict[str, Callable[[Usd.Stage, np.random.Generator], None]] = {
    "table": lambda stage, rng: table.build(stage, "/World/Table", rng),
    "household": lambda stage, rng: household.build(stage, "/World/Things", rng, kinds=list(household.KINDS)),
    "distractors": lambda stage, rng: distractors.build(stage, "/World/Solids", rng),
    "farm": lambda stage, rng: farm.build(
        stage, "/World/Farm", rng, counts={"trough": 1, "hay_bale": 1, "hay_feeder": 1, "trailer": 1}
    ),
    "animals": lambda stage, rng: animals.build(stage, "/World/Animals", rng, counts={"sheep": 1, "horse": 1}),
    "meadow": lambda stage, rng: meadow.build(
        stage, "/World/Meadow", rng, grass=2, trees=2, bushes=2, rocks=2, woods=1
    ),
    "people": lambda stage, rng: people.build(stage, "/World/People", rng, count=2, looks=2),
    "cars": lambda stage, rng: cars.build(stage, "/World/Cars", rng, count=2, looks=2),
    "street": lambda stage, rng: street.build(stage, "/World/Street", rng, houses=1, trees=2, lamps=1),
}
EXPECTED = {
    "table": {"wood", "concrete"},
    "household": {"aluminum", "plastic", "ceramic_glass", "rubber", "paper", "cardboard"},
    "distractors": {"plastic"},
    "farm": {"steel", "water", "dead_leaf_grass", "wood", "rubber"},
    "animals": {"fur_hair", "water", "leather"},
    "meadow": {"leaf_grass", "stone", "wood"},
    "people": {"skin", "fabric", "leather"},
    "cars": {"steel", "rubber", "clear_glass", "plastic"},
    "street": {"asphalt", "concrete", "brick", "clear_glass", "leaf_grass"},
}


SLOW = ("animals", "meadow", "people", "cars", "street")  # their assets take long to make the first time
NAMES = [pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else []) for name in BUILDERS]


@pytest.mark.parametrize("name", NAMES)
def test_builders_say_what_things_are_made_of(name: str) -> None:
    """No prim that cameras see falls to a label, a word or the default; nothing is warned about."""
    stage = Usd.Stage.CreateInMemory()
    BUILDERS[name](stage, np.random.default_rng(3))
    prims = [p for p in Usd.PrimRange.Stage(stage, Usd.TraverseInstanceProxies()) if p.IsA(UsdGeom.Gprim)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answers = Resolver().resolve(prims)
    seen = [a for p, a in zip(prims, answers, strict=True) if _is_visible(p)]
    assert len(seen) >= 2
    assert Counter(source for _, source in seen) == {"simready": len(seen)}
    assert EXPECTED[name] <= {material.token for material, _ in seen}


def _is_visible(prim: Usd.Prim) -> bool:
    return bool(UsdGeom.Imageable(prim).ComputeVisibility() != UsdGeom.Tokens.invisible)


def test_hidden_helpers_are_not_warned_about_until_they_are_seen() -> None:
    """An invisible mesh needs no material; once it is shown it is named."""
    stage = Usd.Stage.CreateInMemory()
    mesh = define_mesh(stage, "/Helper", np.eye(3), np.array([[0, 1, 2]]))
    mesh.GetVisibilityAttr().Set(UsdGeom.Tokens.invisible)
    resolver = Resolver()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert resolver.resolve([mesh.GetPrim()])[0][1] == "default"
    mesh.GetVisibilityAttr().Set(UsdGeom.Tokens.inherited)
    with pytest.warns(UserWarning, match="/Helper: no material data; using emissivity 0.92"):
        resolver.resolve([mesh.GetPrim()])
