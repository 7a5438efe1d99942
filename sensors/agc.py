"""Automatic gain: 14- or 16-bit counts to the 8-bit picture that people and detectors see.

Source: reference/infrared.md 1.8 (FLIR's application notes for the defaults of Lepton's HEQ).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Integer, UInt8
from numpy.typing import NDArray

from sensors.checks import SensorError

Counts = Integer[np.ndarray, "h w"]
Picture = UInt8[np.ndarray, "h w"]


def linear(counts: Counts, low: float = 0.5, high: float = 99.5, gamma: float = 1.0) -> Picture:
    """Stretch between two percentiles.

    Args:
        counts: (h, w).
        low: percentile that becomes black.
        high: percentile that becomes white.
        gamma: exponent on 0..1.

    Returns:
        (h, w) uint8; all 0 where the image is flat.

    Raises:
        SensorError: unless 0 <= low < high <= 100.
    """
    if not 0.0 <= low < high <= 100.0:
        raise SensorError(f"agc: percentiles are {low:g} and {high:g}; expected 0 <= low < high <= 100")
    dark, bright = np.percentile(counts, [low, high])
    scaled = np.clip((counts - dark) / max(bright - dark, 1e-9), 0.0, 1.0)
    return np.floor(255.0 * scaled**gamma + 0.5).astype(np.uint8)


def plateau(counts: Counts, limit: float = 64.0) -> Picture:
    """Equalise the histogram with no bin counting for more than a limit.

    Args:
        counts: (h, w), 0..65535.
        limit: pixels a bin counts for at most: 1 spreads the occupied bins evenly, inf equalises fully.

    Returns:
        (h, w) uint8, never decreasing in the counts.
    """
    return _apply(plateau_curve(counts, limit), counts)


def plateau_curve(counts: Counts, limit: float) -> NDArray[np.float64]:
    """Return (65536,) the tone curve of `plateau`, 0..1: the clipped histogram summed up."""
    if limit <= 0:
        raise SensorError(f"agc: plateau limit is {limit:g}; expected more than 0 pixels")
    histogram = np.minimum(_histogram(counts), limit)
    return np.cumsum(histogram) / histogram.sum()


@dataclass
class HistogramEqualisation:
    """Lepton-like equalisation whose curve changes slowly from frame to frame.

    Args:
        damping: 0..256; how much of the old curve stays, over 256.
        clip_high: pixels a bin counts for at most; None is the number of pixels (no limit).
        clip_low: pixels added to each occupied bin, so that rare ones get levels.
        linear_percent: part of the curve that is a plain stretch, 0..100.

    Source: Lepton's defaults 64, all pixels, 512, 20 as driver headers have them; how they combine is our reading.
    """

    damping: int = 64
    clip_high: int | None = None
    clip_low: int = 512
    linear_percent: float = 20.0

    def __post_init__(self) -> None:
        self._curve: NDArray[np.float64] | None = None
        if not 0 <= self.damping <= 256:
            raise SensorError(f"agc: damping is {self.damping}; expected 0..256")

    def __call__(self, counts: Counts) -> Picture:
        """Return the picture of a frame and remember its curve. (h, w) in, (h, w) uint8 out."""
        fresh = self._fresh_curve(counts)
        old = 0.0 if self._curve is None else self.damping / 256.0
        self._curve = fresh if self._curve is None else old * self._curve + (1.0 - old) * fresh
        return _apply(self._curve, counts)

    def _fresh_curve(self, counts: Counts) -> NDArray[np.float64]:
        histogram = _histogram(counts)
        occupied = histogram > 0
        limit = counts.size if self.clip_high is None else self.clip_high
        # Lepton's clip-low is in pixels of its own 12-bit histogram: in shares of the image here
        floor = self.clip_low * counts.size / 2.0**16
        weighted = np.where(occupied, np.minimum(histogram, limit) + floor / max(occupied.sum(), 1), 0.0)
        equalised = np.cumsum(weighted) / weighted.sum()
        first, last = np.flatnonzero(occupied)[[0, -1]]
        straight = np.clip((np.arange(65536) - first) / max(last - first, 1), 0.0, 1.0)
        part = self.linear_percent / 100.0
        return part * straight + (1.0 - part) * equalised


def detailed(counts: Counts, strength: float = 1.0, radius: int = 3, limit: float = 64.0) -> Picture:
    """Raise fine detail, then equalise as `plateau` does.

    Args:
        counts: (h, w) 0..65535.
        strength: times what a box blur takes away is added; 0 is `plateau`.
        radius: pixels of the blur.
        limit: pixels a bin counts for at most.

    Source: unsharp masking before gain control, as the detail enhancement of thermal cores works; not any maker's.
    """
    from scipy.ndimage import uniform_filter

    values = counts.astype(np.float64)
    sharper = values + strength * (values - uniform_filter(values, 2 * radius + 1, mode="nearest"))
    return plateau(np.clip(np.floor(sharper + 0.5), 0, 65535).astype(np.int64), limit)


def adaptive(counts: Counts, clip: float = 2.0, tiles: int = 8) -> Picture:
    """Equalise locally (CLAHE, OpenCV).

    Args:
        counts: (h, w) 0..65535.
        clip: OpenCV's clip limit.
        tiles: along each side.
    """
    import cv2

    equalised = cv2.createCLAHE(clipLimit=clip, tileGridSize=(tiles, tiles)).apply(counts.astype(np.uint16))
    return linear(np.asarray(equalised, np.int64), 0.0, 100.0)


def _histogram(counts: Counts) -> NDArray[np.float64]:
    if counts.size == 0 or counts.min() < 0 or counts.max() > 65535:
        raise SensorError("agc: counts are outside 0..65535; expected 16-bit counts")
    return np.bincount(counts.ravel(), minlength=65536).astype(np.float64)


def _apply(curve: NDArray[np.float64], counts: Counts) -> Picture:
    return np.floor(255.0 * curve + 0.5).astype(np.uint8)[counts]
