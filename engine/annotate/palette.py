"""The colours of ids in colourised masks."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import UInt8

GOLDEN_RATIO = 0.6180339887498949
BACKGROUND = (0, 0, 0, 0)
UNLABELLED = (0, 0, 0, 255)


def colours_of_ids(ids: Any) -> UInt8[np.ndarray, "n 4"]:
    """Return the RGBA colour of each id: 0 is transparent black, 1 black, any other a hue of its own."""
    number = np.asarray(ids).reshape(-1).astype(np.uint64)
    hue = np.mod(number * GOLDEN_RATIO, 1.0)
    colour = hsv_to_rgb(hue, np.full(len(number), 0.85), np.full(len(number), 0.95))
    rgba = np.concatenate([colour * 255, np.full((len(number), 1), 255.0)], 1).astype(np.uint8)
    rgba[number == 0] = BACKGROUND
    rgba[number == 1] = UNLABELLED
    return rgba


def hsv_to_rgb(hue: np.ndarray, saturation: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Turn hue, saturation and value (each (n,), 0..1) into RGB (n, 3), 0..1."""
    sector = hue[:, None] * 6.0 + np.array([5.0, 3.0, 1.0])
    ramp = np.mod(sector, 6.0)
    return value[:, None] * (1 - saturation[:, None] * np.clip(np.minimum(ramp, 4.0 - ramp), 0, 1))
