"""FPSWriter: print how many frames a second are captured."""

from __future__ import annotations

import time
from typing import Any

from engine.replicator.writer import Writer


class FPSWriter(Writer):
    """Print the rate of captures and keep it in `fps`."""

    def __init__(self, annotators: list[Any] | None = None) -> None:
        """Listen to captures.

        Args:
            annotators: what to compute beside; default rgb.
        """
        self.version = "0.0.1"
        self.annotators = list(annotators or ["rgb"])
        self.fps: list[float] = []
        self._last: float | None = None

    def write(self, data: dict[str, Any]) -> None:
        """Print the rate since the frame before."""
        now = time.perf_counter()
        if self._last is not None and now > self._last:
            self.fps.append(1.0 / (now - self._last))
            print(f"[FPSWriter] {self.fps[-1]:.2f} frames/s", flush=True)
        self._last = now
