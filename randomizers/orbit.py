"""Put cameras on a sphere around a point, looking at it."""

from __future__ import annotations

import omni.replicator.core as rep

from scenes.streams import Streams
from scenes.typecheck import Draw


def orbit(streams: Streams, prims: str, center: Draw, distance: Draw, azimuth: Draw, elevation: Draw) -> None:
    """Place every prim that matches `prims` at `distance` (stage units), `azimuth` and `elevation` (degrees)."""
    streams.shapes(prims)
    with streams.prims(prims):
        rep.modify.pose_orbit(
            barycentre=streams.draw("center", center),
            distance=streams.draw("distance", distance),
            azimuth=streams.draw("azimuth", azimuth),
            elevation=streams.draw("elevation", elevation),
        )
