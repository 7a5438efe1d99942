"""Run one row in a process of its own and judge it by its exit status and by the files it wrote."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from .checks import CHECKS
from .rows import Row

ENGINE_ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Outcome:
    """How a row ended."""

    label: str
    passed: bool
    seconds: float
    reason: str = ""

    @property
    def word(self) -> str:
        """`pass` or `FAIL`."""
        return "pass" if self.passed else "FAIL"


def run_row(row: Row, sources: Path, folders: Sequence[Path], work: Path, target: Path | None = None) -> Outcome:
    """Run a row and return its outcome; its output is in `<work>/row_<label>.log`.

    Args:
        row: what to run.
        sources: root of the extracted repository.
        folders: extension folders to add.
        work: folder for the row's working directory and log.
        target: a test file to run in place of the row's own.
    """
    cwd = work / f"row_{row.label}"
    cwd.mkdir(parents=True, exist_ok=True)
    log = work / f"row_{row.label}.log"
    start = time.perf_counter()
    with log.open("w", encoding="utf-8") as output:
        try:
            status: int | None = subprocess.run(
                command(row, sources, folders, cwd, target),
                cwd=cwd,
                env=environment(cwd),
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=row.seconds,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            status = None
    reason = judge(row, status, cwd) or ""
    if reason:
        reason = f": {reason}; {last_line(log)}"
    return Outcome(row.label, not reason, time.perf_counter() - start, reason)


def command(row: Row, sources: Path, folders: Sequence[Path], cwd: Path, target: Path | None) -> list[str]:
    """Return the command line of a row."""
    here = str(Path(__file__).parent)
    options = [option.replace("{repo}", str(sources)).replace("{here}", here) for option in row.options]
    words = [sys.executable, "-m", "engine", *options]
    words += [f"--ext-folder={folder}" for folder in folders]
    words += [f"--set=/omni/replicator/backends/disk/root_dir={cwd}"]
    if row.is_test:
        return [*words, "--test-module", str(target or row.target)]
    return [*words, str(sources / row.target), *row.arguments]


def environment(cwd: Path) -> dict[str, str]:
    """Return the environment of a row: home is its own folder, so that `~` is there too."""
    path = os.pathsep.join(part for part in (str(ENGINE_ROOT), os.environ.get("PYTHONPATH", "")) if part)
    return {**os.environ, "HOME": str(cwd), "PYTHONPATH": path}


def judge(row: Row, status: int | None, cwd: Path) -> str | None:
    """Return why a row failed, or None."""
    if status is None:
        return f"not done after {row.seconds:.0f} s"
    if status != 0:
        return f"exit status {status}"
    written = [path for path in sorted(cwd.rglob("*")) if path.is_file() and not is_hidden(path, cwd)]
    for pattern, count in row.files:
        found = sum(path.match(pattern) for path in written)
        if found != count:
            return f"{found} files {pattern}, expected {count}"
    return empty_or_flat(written) or checked(row, cwd)


def empty_or_flat(written: Sequence[Path]) -> str | None:
    """Return which file is empty, or that no picture shows anything, or None."""
    empty = [path for path in written if path.stat().st_size == 0]
    if empty:
        return f"{empty[0].name} is empty"
    images = [path for path in written if path.suffix == ".png"]
    if images and all(is_flat(path) for path in images):
        return f"all {len(images)} images are of one colour"
    return None


def checked(row: Row, cwd: Path) -> str | None:
    """Return what the check of this row finds wrong, or None."""
    if row.number not in CHECKS:
        return None
    return CHECKS[row.number](cwd) or None


def is_hidden(path: Path, folder: Path) -> bool:
    """Tell whether a file lies in a dot folder, such as a cache below `~`."""
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def is_flat(path: Path) -> bool:
    """Tell whether every pixel of an image is the same."""
    pixels = np.asarray(Image.open(path))
    flat = pixels.reshape(-1, pixels.shape[-1]) if pixels.ndim == 3 else pixels.reshape(-1, 1)
    return bool((flat == flat[0]).all())


def last_line(log: Path) -> str:
    """Return the last line of a log that says something."""
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return lines[-1][:200] if lines else "no output"
