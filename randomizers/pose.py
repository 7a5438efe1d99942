"""Move, turn and scale prims."""

from __future__ import annotations

import omni.replicator.core as rep

from scenes.streams import Streams
from scenes.typecheck import Draw


def pose(
    streams: Streams,
    prims: str,
    position: Draw = None,
    rotation: Draw = None,
    scale: Draw = None,
    look_at: str | tuple[float, float, float] | None = None,
) -> None:
    """Set the pose of every prim whose path matches `prims`.

    Args:
        streams: the randomizer's random streams.
        prims: regular expression on prim paths.
        position: stage units.
        rotation: degrees, XYZ order.
        scale: one number or three.
        look_at: prim path or point that the prims face.
    """
    given = {"position": position, "rotation": rotation, "scale": scale}
    drawn = {name: streams.draw(name, value) for name, value in given.items() if value is not None}
    if look_at is not None:
        drawn["look_at"] = look_at
    if not drawn:
        raise ValueError("sets nothing; give position, rotation, scale or look_at")
    if isinstance(look_at, str):
        streams.reads(look_at)
    streams.shapes(prims)
    with streams.prims(prims):
        rep.modify.pose(**drawn)
