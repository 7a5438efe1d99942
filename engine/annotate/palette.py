"""The colours of ids in colourised masks.

Hues follow the golden ratio, as Replicator's do; the exact function is not published. Ids 2, 3 and 4 have the colours
recorded from Isaac Sim 6.2 (semantic_segmentation_labels of its deformable drop golden data); from 5 on saturation and
value are ours, and no two of the first 60,000 ids share a colour, so colours can be keys.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float64, UInt8

GOLDEN_RATIO = (5**0.5 - 1) / 2
FIXED = {
    0: (0, 0, 0, 0),  # background
    1: (0, 0, 0, 255),  # unlabelled
    2: (93, 220, 11, 255),
    3: (243, 69, 141, 255),
    4: (35, 198, 233, 255),
}


def colours_of_ids(ids: Any) -> UInt8[np.ndarray, "n 4"]:
    """Return the RGBA colour of each id: 0 is transparent black, 1 black, any other a hue of its own.

    Args:
        ids: integers of any shape; they are flattened.
    """
    number = np.asarray(ids).reshape(-1).astype(np.int64)
    saturation = 0.7 + 0.3 * np.mod(number * 2**0.5, 1.0)
    value = 0.8 + 0.2 * np.mod(number * 3**0.5, 1.0)
    rgb = hsv_to_rgb(np.mod(number * GOLDEN_RATIO, 1.0), saturation, value) * 255
    low_bits = np.stack([number, number >> 2, number >> 4], 1) & 3
    rgba = np.full((len(number), 4), 255, np.uint8)
    rgba[:, :3] = (rgb.astype(np.int64) & ~3) | low_bits
    for identifier, colour in FIXED.items():
        rgba[number == identifier] = colour
    return rgba


def hsv_to_rgb(
    hue: Float64[np.ndarray, "n"], saturation: Float64[np.ndarray, "n"], value: Float64[np.ndarray, "n"]
) -> Float64[np.ndarray, "n 3"]:
    """Turn hue, saturation and value, each 0 to 1, into RGB, 0 to 1.

    Source: A. R. Smith, Color Gamut Transform Pairs, SIGGRAPH 1978.
    """
    ramp = np.mod(hue[:, None] * 6.0 + np.array([5.0, 3.0, 1.0]), 6.0)
    return value[:, None] * (1 - saturation[:, None] * np.clip(np.minimum(ramp, 4.0 - ramp), 0, 1))
