"""Ask other people's programs, each in an environment of its own that is made once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

HERE = Path(__file__).resolve().parent
FOLDER = Path("~/.cache/replicant/oracles").expanduser()
Ask = Callable[..., dict[str, Any]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here is slow."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Return a function that asks an oracle: its name, what it is given, the environment; skips where it is not there."""
    sys.path.insert(0, str(HERE.parents[1] / "benchmarks"))
    try:
        from environments import EnvironmentMissing, ensure
    finally:
        sys.path.pop(0)

    known: dict[str, dict[str, Any]] = {}  # of questions without figures

    def answer(name: str, given: Any = None, environment: str = "infrared") -> dict[str, Any]:
        if given is None and name in known:
            return known[name]
        try:
            python = ensure(environment, FOLDER)
        except EnvironmentMissing as error:
            pytest.skip(str(error))
        file = tmp_path_factory.mktemp(name) / ("given.npy" if isinstance(given, np.ndarray) else "given.json")
        if isinstance(given, np.ndarray):
            np.save(file, given)
        else:
            file.write_text(json.dumps(given))
        command = [str(python), str(HERE / "answers.py"), name, str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        found = dict(json.loads(done.stdout))
        if "missing" in found:
            pytest.skip(found["missing"])
        if given is None:
            known[name] = found
        return found

    return answer
