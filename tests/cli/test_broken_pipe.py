"""Commands whose reader goes away, as with `| head`: they end quietly."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.inspection.making import make

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = {
    "list": ["scenes.catalogue"],
    "inspect": ["writers.inspection", "inspect", "herd"],
    "stats": ["writers.inspection", "stats", "herd"],
    "verify": ["writers.inspection", "verify", "herd"],
    "diff": ["writers.inspection", "diff", "herd", "herd"],
    "status": ["cluster", "status", "herd"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_reader_that_goes_away_is_no_fault(name: str, tmp_path: Path) -> None:
    make(tmp_path / "herd")
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", *COMMANDS[name]],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (141, "")
