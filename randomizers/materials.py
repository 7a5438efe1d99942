"""Bind one of several materials to prims."""

from __future__ import annotations

import omni.replicator.core as rep

from scenes.distributions import Streams


def materials(streams: Streams, prims: str, choices: str) -> None:
    """Bind a material whose path matches `choices` to each prim whose path matches `prims`."""
    found = rep.get.prims(path_pattern=choices, prim_types=["Material"])
    with rep.get.prims(path_pattern=prims):
        streams.track("materials", rep.randomizer.materials(found, seed=1))
