"""The output folder: made under a temporary name, given its own only when the dataset is whole."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TextIO

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows: runs into one folder are not kept apart there
    fcntl = None

LOCK = ".lock"


class OutputError(ValueError):
    """The output folder cannot be used."""


def partial_of(final: Path) -> Path:
    """Return the temporary name of a folder."""
    return final.with_name(f"{final.name}.partial")


def choose(out: str | None, root: Path, name: str) -> Path:
    """Return the asked-for folder, or the first free `_out/<name>[-N]`."""
    if out is not None:
        return Path(out)
    number = 1
    while True:
        candidate = root / "_out" / (name if number == 1 else f"{name}-{number}")
        if not candidate.exists() and not partial_of(candidate).exists():
            return candidate
        number += 1


class OutputFolder:
    """A dataset folder that appears whole, or not at all.

    Args:
        final: where the dataset will be.
        overwrite: replace what is there.

    Attributes:
        partial: the folder to write to; it becomes `final` when the `with` block ends without an exception.

    Raises:
        OutputError: if something is there already, the place cannot be written, or another run is writing it.
    """

    def __init__(self, final: Path, overwrite: bool = False) -> None:
        self.final, self.partial = final, partial_of(final)
        if final.exists() and not overwrite:
            raise OutputError(f"output '{final}' exists already; choose another --out, or replace it with --overwrite")
        if final.exists() and not (final / "manifest.json").is_file() and not _is_empty(final):
            raise OutputError(f"output '{final}' is not a dataset (it has no manifest.json), so --overwrite leaves it")
        try:
            self._lock = self._claim()
        except BlockingIOError as error:
            raise OutputError(f"output '{final}' is being written by another run; choose another --out") from error
        except OSError as error:
            raise OutputError(f"output '{final}' cannot be written ({error.strerror}); choose another --out") from error

    def _claim(self) -> TextIO | None:
        """Make the partial folder empty and lock it; a lock of a killed run is free again."""
        self.partial.mkdir(parents=True, exist_ok=True)
        lock = _lock(self.partial / LOCK)
        for entry in self.partial.iterdir():
            if entry.name != LOCK:
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        return lock

    def __enter__(self) -> OutputFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            (self.partial / LOCK).unlink(missing_ok=True)
            self._publish()
        else:
            shutil.rmtree(self.partial, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()

    def _publish(self) -> None:
        """Rename the folder to its own name; what was there goes away after it has been replaced."""
        if not self.final.exists():
            os.replace(self.partial, self.final)
            return
        old = self.final.with_name(f"{self.final.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        os.replace(self.final, old)
        os.replace(self.partial, self.final)
        shutil.rmtree(old)


def _is_empty(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


def _lock(path: Path) -> TextIO | None:
    if fcntl is None:
        return None
    file = open(path, "w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise
    return file
