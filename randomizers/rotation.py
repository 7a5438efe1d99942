"""Turn prims to uniformly random orientations."""

from __future__ import annotations

import omni.replicator.core as rep

from scenes.readings import orientations
from scenes.streams import Streams

Angles = tuple[float, float, float]


def rotation(
    streams: Streams, prims: str, lower: Angles = (-180.0, -180.0, -180.0), upper: Angles = (180.0, 180.0, 180.0)
) -> None:
    """Turn every prim that matches `prims`, with XYZ Euler angles (degrees) between `lower` and `upper`.

    Raises:
        ValueError: if a lower angle is above its upper one.
    """
    if any(low > high for low, high in zip(lower, upper, strict=True)):
        raise ValueError(f"lower {list(lower)} is above upper {list(upper)}; swap them")
    streams.shapes(prims)
    with streams.prims(prims):
        streams.track("rotation", rep.randomizer.rotation(min_angle=lower, max_angle=upper, seed=1))
    streams.note("turns", lambda: orientations(prims))
