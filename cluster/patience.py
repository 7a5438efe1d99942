"""How long a silent worker is waited for."""

from __future__ import annotations

from collections import deque
from statistics import median

FIRST = 600.0  # seconds: an application starts, shaders and assets are made, or a shard is uploaded
LEAST = 120.0
FRAMES = 20  # as many frames as a silence may last
_KNOWN = 5


class Patience:
    """Learn from the frames that were made how long one may take.

    Args:
        asked: seconds, from the command line; None to learn.
    """

    def __init__(self, asked: float | None = None) -> None:
        self._asked = asked
        self._frames: deque[float] = deque(maxlen=500)

    def note(self, seconds: float) -> None:
        """Note what a frame took."""
        self._frames.append(seconds)

    def limit(self, rendering: bool) -> float:
        """Return how many seconds of silence mean that a worker hangs.

        Args:
            rendering: it has shown that it renders and has frames left; else it starts up or commits.
        """
        if not rendering:
            return max(self._asked or 0.0, FIRST)
        if self._asked is not None:
            return self._asked
        return FIRST if len(self._frames) < _KNOWN else max(LEAST, FRAMES * median(self._frames))
