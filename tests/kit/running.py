from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEAD = "from isaacsim import SimulationApp\napp = SimulationApp({'headless': True, 'anything': 1})\n"


def run(tmp_path: Path, source: str, *options: str, arguments: tuple[str, ...] = ()):
    script = tmp_path / "script.py"
    script.write_text(source)
    command = [sys.executable, "-m", "engine", *options, str(script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)
