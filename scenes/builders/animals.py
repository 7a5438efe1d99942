"""Other animals in the field: sheep, horses, dogs, each labelled with its own class."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pxr import Usd

from scenes.animals.herd import KINDS, POSES, animal_asset
from scenes.copies import place_copies


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

    def assets(kind: str, number: int) -> list[Path]:
        poses = rng.permutation(POSES)
        return [animal_asset(kind, str(poses[n]), int(rng.integers(1, 1000))) for n in range(number)]

    place_copies(stage, path, counts, looks, what="animal", kinds=KINDS, assets=assets, start=(-3.0, -6.0), step=-2.0)
