"""A cache that knows how many bytes it holds."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")
KEPT_FRAMES = 64


class BoundedCache(Generic[Value]):
    """Keep the most recently used values below a number of bytes; what the last two frames used always stays.

    What was not used for `KEPT_FRAMES` frames goes in any case, so that memory stays flat where every frame has assets
    of its own.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._entries: OrderedDict[Hashable, tuple[Value, int, int]] = OrderedDict()
        self._frame = 0
        self.bytes_held = 0

    def __len__(self) -> int:
        return len(self._entries)

    def begin_frame(self) -> None:
        """Start a frame: values not asked for since the frame before the last one may go, oldest first."""
        self._frame += 1
        while self._entries:
            key, (_, size, used) = next(iter(self._entries.items()))
            kept = KEPT_FRAMES if self.bytes_held <= self._limit else 1
            if used >= self._frame - kept:
                break
            del self._entries[key]
            self.bytes_held -= size

    def get(self, key: Hashable, build: Callable[[], tuple[Value, int]]) -> Value:
        """Return the value of a key, building it and counting its bytes where it is not held.

        Args:
            key: equal keys mean equal values.
            build: returns the value and its size in bytes.
        """
        if key in self._entries:
            value, size, _ = self._entries[key]
            self._entries.move_to_end(key)
        else:
            value, size = build()
            self.bytes_held += size
        self._entries[key] = (value, size, self._frame)
        return value
