"""Colours for 8-bit thermal pictures: white hot, black hot, and `iron`, from anchors of our own.

Source: reference/infrared.md 1.8: no public palette is canonical.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from jaxtyping import UInt8

from sensors.checks import unknown

# Places 0..1 and sRGB anchors. `iron` goes black, indigo, violet, red, orange, yellow, white; it is not any maker's.
ANCHORS: dict[str, tuple[tuple[float, tuple[int, int, int]], ...]] = {
    "white_hot": ((0.0, (0, 0, 0)), (1.0, (255, 255, 255))),
    "black_hot": ((0.0, (255, 255, 255)), (1.0, (0, 0, 0))),
    "iron": (
        (0.00, (2, 2, 10)),
        (0.14, (38, 8, 92)),
        (0.32, (122, 16, 134)),
        (0.50, (200, 42, 88)),
        (0.66, (238, 98, 26)),
        (0.82, (252, 178, 24)),
        (0.93, (254, 234, 120)),
        (1.00, (255, 255, 246)),
    ),
}


def palette_names() -> tuple[str, ...]:
    """Return the palettes there are."""
    return tuple(ANCHORS)


@lru_cache(maxsize=8)
def palette(name: str) -> UInt8[np.ndarray, "256 3"]:
    """Return (256, 3) uint8 sRGB colours.

    Raises:
        SensorError: if there is no palette of that name, with the nearest.
    """
    if name not in ANCHORS:
        raise unknown("palette", name, ANCHORS)
    places = [place for place, _ in ANCHORS[name]]
    colors = np.array([color for _, color in ANCHORS[name]], np.float64)
    steps = np.linspace(0.0, 1.0, 256)
    table = np.stack([np.interp(steps, places, colors[:, c]) for c in range(3)], axis=1)
    table = np.floor(table + 0.5).astype(np.uint8)
    table.setflags(write=False)
    return table


def colorize(picture: UInt8[np.ndarray, "h w"], name: str) -> UInt8[np.ndarray, "h w 3"]:
    """Return an 8-bit picture (h, w) in a palette's colours (h, w, 3) uint8."""
    return palette(name)[picture]
