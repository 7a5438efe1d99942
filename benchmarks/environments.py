"""The other engines' environments: a virtual environment each, made once from PyPI in a cache folder."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DEFAULT_FOLDER = Path("~/.cache/replicant/bench").expanduser()
NAMES = ("newton", "blenderproc")


class EnvironmentMissing(RuntimeError):
    """An environment cannot be made here."""


def find_python() -> str:
    """Return a Python 3.11, which the bpy 4.2 wheel needs exactly.

    Raises:
        EnvironmentMissing: if there is none.
    """
    if sys.version_info[:2] == (3, 11):
        return sys.executable
    for candidate in (os.environ.get("REPLICANT_PYTHON_311", ""), "python3.11"):
        found = shutil.which(candidate) if candidate else None
        if found:
            return found
    raise EnvironmentMissing(
        f"this is Python {platform.python_version()} and no python3.11 is on PATH; the other engines run "
        "on Python 3.11 exactly: install it, or set REPLICANT_PYTHON_311"
    )


def ensure(name: str, folder: Path = DEFAULT_FOLDER) -> Path:
    """Return the Python of an environment, making it first if it is not there or its requirements changed.

    Args:
        name: one of `NAMES`.
        folder: where environments are kept.

    Raises:
        EnvironmentMissing: if pip cannot install it.
    """
    requirements = HERE / "environments" / f"{name}.txt"
    place = folder / name
    python, stamp = place / "bin" / "python", place / ".requirements"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    print(f"bench: making the environment of {name} in {place} (once)", flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    _run([find_python(), "-m", "venv", "--clear", str(place)], name)
    _run([str(python), "-m", "pip", "install", "--quiet", "-r", str(requirements)], name)
    stamp.write_text(wanted)
    return python


def _run(command: list[str], name: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no message"]
        raise EnvironmentMissing(f"the environment of {name} could not be made: {' '.join(command[1:4])}: {last[0]}")
