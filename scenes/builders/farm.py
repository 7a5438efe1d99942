"""Farm things in the field: hay bales, a water trough, a ring feeder, a trailer, each labelled with its kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pxr import Usd

from scenes.copies import place_copies
from scenes.farm.things import THINGS, thing_asset


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

    def assets(kind: str, number: int) -> list[Path]:
        return [thing_asset(kind, int(rng.integers(1, 1000))) for _ in range(number)]

    place_copies(
        stage, path, counts, looks, what="farm thing", kinds=THINGS, assets=assets, start=(-3.0, 8.0), step=-4.0
    )
