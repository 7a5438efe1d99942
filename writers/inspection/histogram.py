"""Counts in fixed bins: quantiles and bars of any number of values in little memory."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

BAR = 40  # characters


class Histogram:
    """Count values.

    Args:
        edges: ascending; values outside are counted in the outermost bins.

    Attributes:
        counts: of each bin.
        low, high: least and greatest value so far.
    """

    def __init__(self, edges: ArrayLike) -> None:
        self.edges: NDArray[np.float64] = np.asarray(edges, np.float64)
        self.counts = np.zeros(len(self.edges) - 1, np.int64)
        self.low, self.high = math.inf, -math.inf
        self._sum = 0.0

    def add(self, values: ArrayLike) -> None:
        """Count an array of values."""
        array = np.asarray(values, np.float64).ravel()
        if array.size:
            self.low, self.high = min(self.low, float(array.min())), max(self.high, float(array.max()))
            self._sum += float(array.sum())
            places = np.searchsorted(self.edges, array, side="right") - 1
            self.counts += np.bincount(np.clip(places, 0, len(self.counts) - 1), minlength=len(self.counts))

    @property
    def total(self) -> int:
        """Number of values."""
        return int(self.counts.sum())

    def quantile(self, share: float) -> float:
        """Return the value below which `share` of all lie, to the width of a bin; nan without values."""
        if not self.total:
            return math.nan
        place = int(np.searchsorted(np.cumsum(self.counts), share * self.total))
        middle = (self.edges[place] + self.edges[min(place + 1, len(self.edges) - 1)]) / 2
        return float(np.clip(middle, self.low, self.high))

    def summary(self) -> dict[str, Any] | None:
        """Return least, mean, greatest and quantiles; None without values."""
        if not self.total:
            return None
        quantiles = {f"p{round(100 * share)}": _rounded(self.quantile(share)) for share in (0.05, 0.5, 0.95)}
        return {
            "min": _rounded(self.low),
            "mean": _rounded(self._sum / self.total),
            "max": _rounded(self.high),
            **quantiles,
        }


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


def bars(labels: Sequence[str], counts: Sequence[int]) -> list[str]:
    """Draw counts as lines of text, leaving out empty ones at either end."""
    full = [place for place, count in enumerate(counts) if count]
    if not full:
        return ["  (none)"]
    chosen = range(full[0], full[-1] + 1)
    top, width = max(counts), max(len(labels[place]) for place in chosen)
    return [
        f"  {labels[place]:>{width}} {counts[place]:9} {'#' * max(round(BAR * counts[place] / top), counts[place] > 0)}"
        for place in chosen
    ]
