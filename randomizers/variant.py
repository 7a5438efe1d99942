"""Choose a USD variant of prims."""

from __future__ import annotations

import omni.replicator.core as rep

from scenes.streams import Streams
from scenes.typecheck import Draw


def variant(streams: Streams, prims: str, set: str, value: Draw) -> None:
    """Select a variant of variant set `set` on every prim whose path matches `prims`."""
    streams.shapes(prims)
    with streams.prims(prims):
        rep.modify.variant(set, streams.draw("value", value))
