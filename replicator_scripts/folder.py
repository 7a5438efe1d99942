"""The output folder: made under a temporary name, given its own only when the dataset is whole."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import TracebackType


class OutputError(ValueError):
    """The output folder cannot be used."""


def choose(out: str | None, root: Path, name: str) -> Path:
    """Return the asked-for folder, or the first free `_out/<name>[-N]`."""
    if out is not None:
        return Path(out)
    number = 1
    while (candidate := root / "_out" / (name if number == 1 else f"{name}-{number}")).exists():
        number += 1
    return candidate


class OutputFolder:
    """A dataset folder that appears whole.

    Args:
        final: where the dataset will be.
        overwrite: replace what is there.

    Raises:
        OutputError: if something is there already, or the place cannot be written.
    """

    def __init__(self, final: Path, overwrite: bool = False) -> None:
        self.final = final
        self.partial = final.with_name(f"{final.name}.partial")
        if final.exists() and not overwrite:
            raise OutputError(f"output '{final}' exists already; choose another --out, or replace it with --overwrite")
        try:
            shutil.rmtree(self.partial, ignore_errors=True)
            self.partial.mkdir(parents=True)
            (self.partial / ".probe").touch()
            (self.partial / ".probe").unlink()
        except OSError as error:
            raise OutputError(f"output '{final}' cannot be written ({error.strerror}); choose another --out") from error

    def __enter__(self) -> OutputFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            shutil.rmtree(self.partial, ignore_errors=True)
            return
        if self.final.exists():
            shutil.rmtree(self.final)
        os.replace(self.partial, self.final)
