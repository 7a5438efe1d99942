"""Help answers at once: neither `import engine` nor --help loads USD, NumPy or a renderer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("numpy", "pxr", "mitsuba", "embreex", "pyoidn", "cv2", "scipy", "warp")


def loaded_by(code: str) -> list[str]:
    script = f"import sys, json\n{code}\nprint(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_importing_the_engine_loads_nothing_heavy() -> None:
    assert loaded_by("import engine") == []
    assert loaded_by("import numpy") == ["numpy"]


def test_help_loads_nothing_heavy() -> None:
    code = "import runpy\nsys.argv = ['engine', '--help']\ntry:\n    runpy.run_module('engine', run_name='__main__')\nexcept SystemExit:\n    pass"
    assert loaded_by(code) == []


def test_importing_rep_loads_no_renderer() -> None:
    assert not {"mitsuba", "pyoidn", "warp"} & set(loaded_by("import engine.replicator"))
