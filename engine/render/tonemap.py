"""Linear radiance to display colour."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from jaxtyping import Float32, UInt8

EXPOSURE = 0.882  # display exposure of 1000 nits: a dome of 500 * 2**1 shows as 228 of 255, as on RTX
LEVELS = 65535


def rtx_curve(linear: Float32[np.ndarray, "..."]) -> Float32[np.ndarray, "..."]:
    """Compress scene light to 0..1.

    One number is fitted, `EXPOSURE`, to Isaac Sim's PoseWriter golden images: default-grey cubes under a dome light of
    intensity 500 and exposure 1 show a background of 228 and faces between 149 and 173. Solving the curve for 228 gives
    0.882 of its input for 1000 nits; the faces then follow (tests/render/test_photometric_golden.py).

    Source: K. Narkowicz, "ACES Filmic Tone Mapping Curve" (2016).
    """
    x = np.maximum(linear, 0.0) * np.float32(EXPOSURE)
    return np.clip(x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14), 0.0, 1.0)


def linear_curve(linear: Float32[np.ndarray, "..."]) -> Float32[np.ndarray, "..."]:
    """Clip only."""
    return np.clip(linear, 0.0, 1.0)


CURVES = {"rtx": rtx_curve, "linear": linear_curve}


@lru_cache(maxsize=1)
def _srgb_table() -> UInt8[np.ndarray, "n"]:
    """Return sRGB codes of evenly spaced linear values 0..1. Source: IEC 61966-2-1."""
    shown = np.arange(LEVELS + 1) / LEVELS
    encoded = np.where(shown <= 0.0031308, 12.92 * shown, 1.055 * np.power(shown, 1 / 2.4) - 0.055)
    return np.round(encoded * 255).astype(np.uint8)


def display(
    linear: Float32[np.ndarray, "h w c"], curve: str = "rtx", exposure: float = 0.0
) -> UInt8[np.ndarray, "h w 4"]:
    """Tone-map and encode as 8-bit sRGB.

    Args:
        linear: RGB, thousands of nits; a fourth channel is alpha 0..1, without it alpha is 255.
        curve: a name in `CURVES`.
        exposure: stops added first.

    Raises:
        ValueError: if there is no such curve.
    """
    if curve not in CURVES:
        raise ValueError(f"tone curve '{curve}' is unknown; choose from {', '.join(CURVES)}")
    shown = CURVES[curve](linear[..., :3] * np.float32(2.0**exposure))
    result = np.full((*linear.shape[:2], 4), 255, np.uint8)
    result[..., :3] = _srgb_table()[np.rint(shown * LEVELS).astype(np.int64)]
    if linear.shape[2] == 4:
        result[..., 3] = np.rint(np.clip(linear[..., 3], 0.0, 1.0) * 255).astype(np.uint8)
    return result
