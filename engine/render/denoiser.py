"""Remove path-tracing noise with Intel Open Image Denoise."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32

QUALITIES = ("fast", "balanced", "high")


def denoise(
    color: Float32[np.ndarray, "h w 3"],
    albedo: Float32[np.ndarray, "h w 3"],
    normal: Float32[np.ndarray, "h w 3"],
    quality: str,
) -> Float32[np.ndarray, "h w 3"]:
    """Return colour without noise.

    Args:
        color: linear radiance.
        albedo: linear base colour of what each pixel sees.
        normal: its unit normal, any frame.
        quality: one of `QUALITIES`, from cheap to dear.

    Raises:
        ValueError: if there is no such quality.
    """
    if quality not in QUALITIES:
        raise ValueError(f"denoiser quality '{quality}' is unknown; choose from {', '.join(QUALITIES)}")
    import pyoidn

    guides = np.ascontiguousarray(np.clip(albedo, 0.0, 1.0)), np.ascontiguousarray(normal)
    return np.asarray(pyoidn.denoise(np.ascontiguousarray(color), *guides, hdr=True, quality=quality), np.float32)
