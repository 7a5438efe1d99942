"""Scatter prims over surfaces without collisions."""

from __future__ import annotations

import omni.replicator.core as rep

from scenes.readings import positions
from scenes.streams import Streams


def scatter(
    streams: Streams,
    prims: str,
    surfaces: str,
    avoid: str | None = None,
    collisions: bool = True,
    yaw: tuple[float, float] | None = None,
) -> None:
    """Put every prim that matches `prims` on a surface that matches `surfaces`.

    Args:
        streams: the randomizer's random streams.
        prims: regular expression on the paths to place.
        surfaces: regular expression on mesh paths.
        avoid: regular expression on the paths that stay free.
        collisions: keep the placed prims apart from each other too.
        yaw: range of the turn about Z, degrees; None leaves it.

    Raises:
        ValueError: if a pattern matches nothing, or the range of yaw is upside down.
    """
    if yaw is not None and yaw[0] > yaw[1]:
        raise ValueError(f"yaw is [{yaw[0]}, {yaw[1]}]; expected the lower angle first")
    streams.reads(prims, surfaces, avoid)
    streams.shapes(prims)
    obstacles = streams.prims(avoid, "avoid") if avoid else None
    surface = streams.prims(surfaces, "surfaces")
    with streams.prims(prims):
        if yaw is not None:  # first: the boxes that must not touch are those of the turned prims
            turn = {"distribution.uniform": {"lower": [0.0, 0.0, yaw[0]], "upper": [0.0, 0.0, yaw[1]]}}
            rep.modify.pose(rotation=streams.draw("yaw", turn))
        item = rep.randomizer.scatter_2d(
            surface_prims=surface, no_coll_prims=obstacles, check_for_collisions=collisions, seed=1
        )
        streams.track("scatter", item)
    streams.note("places", lambda: positions(prims))
