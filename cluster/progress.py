"""One display for all workers: frames done, images a second, time left, workers alive; and what happens to them."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from replicator_scripts.progress import clock

SELDOM = 10.0  # seconds between lines where there is no terminal
OFTEN = 0.2


class PoolProgress:
    """Show progress on a terminal in place, elsewhere a line now and then.

    Args:
        total: frames of the whole run.
        before: frames that were finished before this run.
        images: images of one frame.
        workers: how many workers there should be.
        stream: where to write; standard error where None.
    """

    def __init__(
        self, total: int, before: int = 0, images: int = 1, workers: int = 1, stream: TextIO | None = None
    ) -> None:
        self._total, self._before, self._images, self._workers = total, before, images, workers
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._shown = time.monotonic()
        self._begin: float | None = None
        self._found = 0
        self._last = (-1, -1)
        self._width = 0

    def begin(self) -> None:
        """Note that a worker begins a frame; what went before the first one is no part of the rate."""
        if self._begin is None:
            self._begin = time.monotonic()

    def find(self) -> None:
        """Note that a frame of an earlier run was found: it counts among those of this run, and was not made."""
        self._found += 1

    def show(self, made: int, alive: int) -> None:
        """Report frames finished in this run and workers alive."""
        now = time.monotonic()
        last = self._before + made >= self._total
        if (made, alive) == self._last or (not last and now - self._shown < (OFTEN if self._live else SELDOM)):
            return
        self._shown, self._last = now, (made, alive)
        text = self._line(made, alive, now - (now if self._begin is None else self._begin))
        if self._live:
            self._stream.write(f"\r{text:<{self._width}}" + ("\n" if last else ""))
            self._width = 0 if last else len(text)
        else:
            self._stream.write(f"{text}\n")
        self._stream.flush()

    def say(self, text: str) -> None:
        """Write a message of its own above the progress line."""
        clear = f"\r{'':<{self._width}}\r" if self._live and self._width else ""
        self._stream.write(f"{clear}{text}\n")
        self._stream.flush()
        self._last, self._width = (-1, -1), 0

    def _line(self, made: int, alive: int, seconds: float) -> str:
        done = self._before + made
        filled = round(30 * done / max(1, self._total))
        bar = "#" * filled + "-" * (30 - filled)
        text = f"[{bar}] {done}/{self._total} frames"
        if made > self._found:
            rate = (made - self._found) / max(seconds, 1e-9)
            text += f"  {rate * self._images:.2f} images/s  {clock((self._total - done) / rate)} left"
        return f"{text}  {alive}/{self._workers} workers"
