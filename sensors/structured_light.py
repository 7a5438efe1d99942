"""Structured-light depth as of Kinect v1: noise by distance and angle, shaken edges, steps of disparity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class StructuredLightCamera:
    """A Kinect v1.

    Args:
        name: of the preset.
        width: pixels.
        height: pixels.
        focal_pixels: focal length in pixels.
        nearest: m.
        farthest: m.
        steepest: radians of incidence beyond which there is no depth.
        disparity_scale: cm; depth in cm is this over the disparity in eighths of a pixel (35130: SimKinect).
    """

    name: str
    width: int
    height: int
    focal_pixels: float
    nearest: float = 0.4
    farthest: float = 4.5
    steepest: float = 1.40
    disparity_scale: float = 35130.0


def axial_noise(depth: ArrayLike, incidence: ArrayLike = 0.0) -> NDArray[np.float64]:
    """Return the standard deviation (m) at depths (m) and angles to the surface's normal (radians).

    Source: Nguyen, Izadi, Lovell 2012: 0.0012 + 0.0019 (z - 0.4)^2 + 1e-4 / sqrt(z) th^2 / (pi / 2 - th)^2.
    """
    z, th = np.asarray(depth, np.float64), np.asarray(incidence, np.float64)
    slanted = 1e-4 / np.sqrt(z) * (th / (np.pi / 2 - th)) ** 2
    return 0.0012 + 0.0019 * (z - 0.4) ** 2 + slanted


def lateral_noise(incidence: ArrayLike = 0.0) -> NDArray[np.float64]:
    """Return the standard deviation of edges in pixels at angles (radians): 0.8 + 0.035 th / (pi / 2 - th)."""
    th = np.asarray(incidence, np.float64)
    return 0.8 + 0.035 * th / (np.pi / 2 - th)


def structured_light_depth(
    depth: Float[np.ndarray, "h w"],
    incidence: Float[np.ndarray, "h w"],
    camera: StructuredLightCamera,
    generator: np.random.Generator,
) -> NDArray[np.float64]:
    """Return depth as the camera would give it.

    Args:
        depth: (h, w) m along the optical axis; inf or nan where nothing is.
        incidence: (h, w) angle between ray and normal, radians.
        camera: its figures.
        generator: source of randomness.

    Returns:
        (h, w) m; nan in holes.

    Source: edges move by `lateral_noise`, distances by `axial_noise`; disparity is rounded as in SimKinect (Handa).
    """
    height, width = depth.shape
    limited = np.clip(incidence, 0.0, camera.steepest)
    shift = generator.standard_normal((2, height, width)) * lateral_noise(limited)
    rows = np.clip(np.rint(np.arange(height)[:, None] + shift[0]).astype(int), 0, height - 1)
    columns = np.clip(np.rint(np.arange(width)[None, :] + shift[1]).astype(int), 0, width - 1)
    moved = depth[rows, columns]
    there = np.isfinite(moved) & (moved > 0) & (incidence < camera.steepest)
    z = np.where(there, moved, 1.0)
    z = np.maximum(z + axial_noise(z, limited) * generator.standard_normal(depth.shape), 1e-3)
    stepped = camera.disparity_scale / np.maximum(np.rint(camera.disparity_scale / (100.0 * z)), 1.0) / 100.0
    return np.where(there & (stepped >= camera.nearest) & (stepped <= camera.farthest), stepped, np.nan)
