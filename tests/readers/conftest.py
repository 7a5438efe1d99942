"""The datasets that the snippets of docs/datasets.md read, made by the real command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with `_out/desk` (tar), `_out/desk-parquet` and `_out/desk-mds`."""
    folder = tmp_path_factory.mktemp("page")
    for name, form in {"desk": "webdataset", "desk-parquet": "parquet", "desk-mds": "mds"}.items():
        words = ["--scenario", str(Path(__file__).with_name("desk.yaml")), "--format", form, "--out", f"_out/{name}"]
        command = [sys.executable, "-m", "engine", str(ROOT / "replicator_scripts" / "generate.py"), *words]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
    return folder
