"""Time-of-flight depth: noise that grows with distance and darkness, mixed pixels at edges, a bias from detours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike, NDArray

REFERENCE = 0.5  # reflectance at which `noise_at_1m` is stated


@dataclass(frozen=True)
class TimeOfFlightCamera:
    """A continuous-wave time-of-flight camera. Figures are estimates of the class of Kinect v2 and Azure Kinect.

    Args:
        name: of the preset.
        width: pixels.
        height: pixels.
        focal_pixels: focal length in pixels.
        noise_at_1m: standard deviation at 1 m and reflectance 0.5, m.
        floor: least standard deviation, m.
        nearest: m.
        farthest: m.
        weakest: least signal, rho / z^2, that gives a depth.
        mixing: part of a neighbour's signal that a pixel collects.
        multipath: part of the light that comes by a detour.
        detour: m that it is longer, on average.
    """

    name: str
    width: int
    height: int
    focal_pixels: float
    noise_at_1m: float = 0.0015
    floor: float = 0.0010
    nearest: float = 0.5
    farthest: float = 5.5
    weakest: float = 0.004
    mixing: float = 0.12
    multipath: float = 0.02
    detour: float = 0.30

    def depth_noise(self, depth: ArrayLike, reflectance: ArrayLike) -> NDArray[np.float64]:
        """Return the standard deviation (m) at depths (m) and reflectances.

        Source: shot noise of light that falls as rho / z^2: sigma ~ z / sqrt(rho), with a read-noise part ~ z^2 / rho
        that rules far away; both equal at 1 m (reference/infrared.md 1.13, from memory).
        """
        z = np.asarray(depth, np.float64)
        rho = np.maximum(np.asarray(reflectance, np.float64), 1e-3) / REFERENCE
        shot, read = z / np.sqrt(rho), z**2 / rho
        return np.hypot(self.floor, self.noise_at_1m * np.sqrt(0.5 * (shot**2 + read**2)))


def tof_depth(
    depth: Float[np.ndarray, "h w"],
    reflectance: Float[np.ndarray, "h w"],
    camera: TimeOfFlightCamera,
    generator: np.random.Generator,
) -> NDArray[np.float64]:
    """Return depth as the camera would give it.

    Args:
        depth: (h, w) m; inf or nan where nothing is.
        reflectance: (h, w) 0..1 in the near infrared.
        camera: its figures.
        generator: source of randomness.

    Returns:
        (h, w) m; nan in holes: out of range, too dark, or nothing there.
    """
    there = np.isfinite(depth) & (depth > 0)
    z = np.where(there, depth, 1.0)
    signal = np.where(there, reflectance / z**2, 0.0)
    mixed = _mixed(z, signal, camera.mixing)
    biased = mixed + camera.multipath * camera.detour
    noisy = biased + camera.depth_noise(z, reflectance) * generator.standard_normal(depth.shape)
    valid = there & (signal >= camera.weakest) & (noisy >= camera.nearest) & (noisy <= camera.farthest)
    return np.where(valid, noisy, np.nan)


def _mixed(z: NDArray[np.float64], signal: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """Return depths weighted by the signal that each pixel collects of itself and its four neighbours."""
    total, weight = z * signal, signal.copy()
    for axis, step in ((0, 1), (0, -1), (1, 1), (1, -1)):
        total = total + share * np.roll(z * signal, step, axis)
        weight = weight + share * np.roll(signal, step, axis)
    return np.where(weight > 0, total / np.maximum(weight, 1e-12), z)
