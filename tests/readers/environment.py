"""The training loaders' environment: made once from PyPI in a cache folder, for the slow tests of `docs/datasets.md`.

Run `python -m tests.readers.environment` to make it by hand; it takes about 6 GB and a few minutes.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).with_name("loaders.txt")
FOLDER = Path("~/.cache/replicant/loaders").expanduser()


class EnvironmentMissing(RuntimeError):
    """The environment cannot be made here."""


def ensure(folder: Path = FOLDER) -> Path:
    """Return the environment's Python, making it first if it is not there or its requirements changed.

    Raises:
        EnvironmentMissing: if pip cannot install it.
    """
    python, stamp = folder / "bin" / "python", folder / ".requirements"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    _run([sys.executable, "-m", "venv", "--clear", str(folder)])
    _run([str(python), "-m", "pip", "install", "--quiet", "--no-deps", "-r", str(REQUIREMENTS)])
    stamp.write_text(wanted)
    return python


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no message"]
        raise EnvironmentMissing(f"the loaders' environment could not be made: {' '.join(command[1:4])}: {last[0]}")


if __name__ == "__main__":
    print(ensure())
