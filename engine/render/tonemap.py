"""Linear radiance to display colour."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32, UInt8

EXPOSURE = 0.88  # display exposure of one unit (1000 nits); with the curve below a dome of 1 shows as 228 of 255


def rtx_curve(linear: Float32[np.ndarray, "..."]) -> Float32[np.ndarray, "..."]:
    """Compress scene light to 0..1.

    Source: K. Narkowicz, "ACES Filmic Tone Mapping Curve" (2016), with the exposure that puts Replicator's default
    dome at the grey level that Isaac Sim's PoseWriter golden images show.
    """
    x = np.maximum(linear, 0.0) * EXPOSURE
    return np.clip(x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14), 0.0, 1.0)


def linear_curve(linear: Float32[np.ndarray, "..."]) -> Float32[np.ndarray, "..."]:
    """Clip only."""
    return np.clip(linear, 0.0, 1.0)


CURVES = {"rtx": rtx_curve, "linear": linear_curve}


def display(
    linear: Float32[np.ndarray, "h w 3"], curve: str = "rtx", exposure: float = 0.0
) -> UInt8[np.ndarray, "h w 4"]:
    """Tone-map and encode as 8-bit sRGB with alpha 255.

    Raises:
        ValueError: if there is no such curve.
    """
    if curve not in CURVES:
        raise ValueError(f"tone curve '{curve}' is unknown; choose from {', '.join(CURVES)}")
    shown = CURVES[curve](linear * np.float32(2.0**exposure))
    encoded = np.where(shown <= 0.0031308, 12.92 * shown, 1.055 * np.power(shown, 1 / 2.4) - 0.055)
    result = np.full((*linear.shape[:2], 4), 255, np.uint8)
    result[..., :3] = np.round(encoded * 255).astype(np.uint8)
    return result
