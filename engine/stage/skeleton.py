"""A skeleton as numbers: where its joints are, now and at rest, and which drawables it moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int32


@dataclass(frozen=True, eq=False)
class Skeleton:
    """A UsdSkel skeleton at one time.

    Attributes:
        prim_path: of the Skeleton prim.
        joints: joint paths such as "Hip/Knee", parents before children.
        parents: (j,) number of each joint's parent, -1 for roots.
        local, rest_local: (j, 4, 4) joint to its parent, skeleton units, columns; now and at rest.
        posed, rest: (j, 4, 4) joint to skeleton, skeleton units, columns; now and at rest.
        world_from_skeleton: skeleton units to world metres.
        drawn: paths of the drawables that belong to it: those it deforms, and those below its SkelRoot that no other
            skeleton deforms.
        asset_path: the file it was referenced from, "" for none.
        variant: selection of the nearest variant set for animations above it, "" for none.
    """

    prim_path: str
    joints: tuple[str, ...]
    parents: Int32[np.ndarray, "j"]
    local: Float64[np.ndarray, "j 4 4"]
    rest_local: Float64[np.ndarray, "j 4 4"]
    posed: Float64[np.ndarray, "j 4 4"]
    rest: Float64[np.ndarray, "j 4 4"]
    world_from_skeleton: Float64[np.ndarray, "4 4"]
    drawn: frozenset[str] = frozenset()
    asset_path: str = ""
    variant: str = ""
