"""A signal that comes while modules are still being imported: nothing has begun, and the run is to be started again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from replicator_scripts import stopping

ROOT = Path(__file__).resolve().parents[2]
KILLS = "import os, signal, time\nos.kill(os.getpid(), signal.{name})\ntime.sleep(20)\n"


@pytest.mark.parametrize("name", stopping.SIGNALS)
def test_a_signal_amid_the_imports_asks_to_run_again(tmp_path: Path, name: str) -> None:
    (tmp_path / "cv2.py").write_text(KILLS.format(name=name))
    script = str(ROOT / "replicator_scripts" / "generate.py")
    done = subprocess.run(
        [sys.executable, "-m", "engine", script, "--scenario", "tabletop", "--out", str(tmp_path / "out")],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}"},
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == stopping.AGAIN == 85
    assert not (tmp_path / "out").exists()


def test_a_kit_that_runs_keeps_its_own_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    set_ones: list[int] = []
    monkeypatch.setattr(stopping.signal, "signal", lambda number, handler: set_ones.append(number))
    monkeypatch.setitem(sys.modules, "omni.kit.app", sys)
    stopping.end_at_once()
    assert set_ones == []
    monkeypatch.delitem(sys.modules, "omni.kit.app")
    stopping.end_at_once()
    assert len(set_ones) == len(stopping.SIGNALS)
