"""Read a remote file by ranges, as if it lay here."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import BinaryIO

FIRST, LARGEST = 128 * 1024, 8 * 1024 * 1024


def open_ranges(fetch: Callable[[int, int], bytes], size: int) -> BinaryIO:
    """Return a seekable reader.

    Args:
        fetch: (start, stop) -> the bytes of that range.
        size: length of the file, bytes.
    """
    return io.BufferedReader(RangeReader(fetch, size), 64 * 1024)


class RangeReader(io.RawIOBase):
    """Fetch what is read, and ahead of it the further the longer reading goes on in one line.

    Args:
        fetch: (start, stop) -> the bytes of that range.
        size: length of the file, bytes.
    """

    def __init__(self, fetch: Callable[[int, int], bytes], size: int) -> None:
        self._fetch, self._size = fetch, size
        self._position = 0
        self._block, self._begin = b"", 0
        self._ahead = FIRST

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position, bytes from the start."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; nothing is fetched until something is read."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError(f"cannot seek to {base + offset}: it lies before the file")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read into `buffer` what is at the position; returns how much, 0 at the end."""
        wanted = min(len(buffer), self._size - self._position)
        if wanted <= 0:
            return 0
        if not self._begin <= self._position < self._begin + len(self._block):
            self._load(wanted)
        start = self._position - self._begin
        data = self._block[start : start + wanted]
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def _load(self, wanted: int) -> None:
        follows = self._position == self._begin + len(self._block)
        self._ahead = min(self._ahead * 2, LARGEST) if follows and self._block else FIRST
        stop = min(self._position + max(wanted, self._ahead), self._size)
        self._block, self._begin = self._fetch(self._position, stop), self._position
