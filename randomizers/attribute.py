"""Set an attribute of prims."""

from __future__ import annotations

import omni.replicator.core as rep

from scenes.streams import Streams
from scenes.typecheck import Draw

LOOKS = ("color", "Color", "inputs:", "intensity", "exposure")  # attributes that move nothing


def attribute(streams: Streams, prims: str, name: str, value: Draw) -> None:
    """Set attribute `name` of every prim whose path matches `prims` (inputs by bare name too)."""
    if not any(word in name for word in LOOKS):
        streams.shapes(prims)
    with streams.prims(prims):
        rep.modify.attribute(name, streams.draw("value", value))
