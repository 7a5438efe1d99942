"""A progress line: frames done, images a second, time left."""

from __future__ import annotations

import sys
import time
from typing import TextIO


class Progress:
    """Show progress on a terminal in place, elsewhere a line now and then.

    Args:
        total: number of frames.
        images: images in one frame.
        stream: where to write.
    """

    def __init__(self, total: int, images: int = 1, stream: TextIO | None = None) -> None:
        self._total, self._images = total, images
        self._stream = stream or sys.stderr
        self._begin = time.monotonic()
        self._shown = self._begin

    def show(self, done: int) -> None:
        """Report that `done` frames are finished."""
        if done < 1:
            return
        now = time.monotonic()
        live = self._stream.isatty()
        if not live and done < self._total and now - self._shown < 10:
            return
        self._shown = now
        rate = done * self._images / max(now - self._begin, 1e-9)
        left = (self._total - done) * self._images / rate if rate else 0.0
        filled = round(30 * done / self._total)
        bar = "#" * filled + "-" * (30 - filled)
        text = f"[{bar}] {done}/{self._total} frames  {rate:.2f} images/s  {clock(left)} left"
        self._stream.write(f"\r{text}  " if live and done < self._total else f"{chr(13) if live else ''}{text}\n")
        self._stream.flush()


def clock(seconds: float) -> str:
    """Write a duration as h:mm:ss or m:ss."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
