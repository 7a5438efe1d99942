"""Bind one of several materials to prims."""

from __future__ import annotations

import omni.replicator.core as rep

from scenes import readings
from scenes.streams import Streams


def materials(streams: Streams, prims: str, choices: str) -> None:
    """Bind a material whose path matches `choices` to each prim whose path matches `prims`."""
    found = streams.prims(choices, "choices", types=["Material"])
    with streams.prims(prims):
        streams.track("materials", rep.randomizer.materials(found, seed=1))
    streams.note("bound", lambda: readings.materials(prims))
