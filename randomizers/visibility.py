"""Show or hide prims."""

from __future__ import annotations

import omni.replicator.core as rep

from scenes.streams import Streams
from scenes.typecheck import Draw


def visibility(streams: Streams, prims: str, value: Draw) -> None:
    """Set visibility of every prim whose path matches `prims` (regular expression)."""
    streams.shapes(prims)
    with streams.prims(prims):
        rep.modify.visibility(streams.draw("value", value))
