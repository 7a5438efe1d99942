"""Give prims a plain colour."""

from __future__ import annotations

import omni.replicator.core as rep

from scenes.streams import Streams
from scenes.typecheck import Draw


def color(streams: Streams, prims: str, value: Draw) -> None:
    """Bind a new material of linear colour `value` to every prim whose path matches `prims`."""
    with streams.prims(prims):
        rep.randomizer.color(colors=streams.draw("value", value))
