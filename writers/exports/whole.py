"""Outputs that are there whole or not at all, and JSON lists longer than memory."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile, mkdtemp
from typing import Any, BinaryIO

from writers.encode import json_bytes


class OutputExistsError(FileExistsError):
    """An export's folder is there already."""


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """Give a folder to fill; it gets its name when the block ends, and vanishes when the block fails.

    Raises:
        OutputExistsError: if `out` is there already.
    """
    refuse_existing(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(mkdtemp(prefix=f".{out.name}.partial-", dir=out.parent))
    try:
        partial.chmod(0o755)
        yield partial
        refuse_existing(out)
        os.rename(partial, out)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def refuse_existing(out: Path) -> None:
    """Raise where something is already: an export never adds to a folder or overwrites one.

    Raises:
        OutputExistsError: if `out` is there.
    """
    if os.path.lexists(out):
        raise OutputExistsError(f"{out} is there already; give another --out, or remove it first")


class JsonRows:
    """JSON values in a file without a name, kept until they are copied into another.

    Args:
        folder: where the file is kept; it goes with the process.
    """

    def __init__(self, folder: Path) -> None:
        self._file = TemporaryFile(dir=folder)
        self.count = 0

    def add(self, row: Any) -> None:
        """Add a value."""
        self._file.write((b",\n" if self.count else b"") + json_bytes(row))
        self.count += 1

    def copy_to(self, file: BinaryIO) -> None:
        """Write all values, separated by commas."""
        self._file.seek(0)
        shutil.copyfileobj(self._file, file)
        self._file.seek(0, os.SEEK_END)

    def close(self) -> None:
        """Let the file go."""
        self._file.close()


class JsonTable:
    """A JSON object written entry by entry, as `{"key": value, ...}` with a line each.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        self._file = open(path, "wb")
        self._file.write(b"{")
        self._count = 0

    def add(self, key: str, value: Any) -> None:
        """Add an entry."""
        self._file.write((b",\n" if self._count else b"\n") + json_bytes(key) + b": " + json_bytes(value))
        self._count += 1

    def close(self) -> None:
        """End the object and the file."""
        self._file.write(b"\n}\n")
        self._file.close()
