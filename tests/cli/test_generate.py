"""The dataset command in processes of its own: what it prints, what it leaves, and that processes agree."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from dataset.conftest import small  # tests/ is on the path: pytest puts it there for packages below it

ROOT = Path(__file__).resolve().parents[2]
GENERATE = str(ROOT / "replicator_scripts" / "generate.py")


def start(folder: Path, *words: str, script: str = GENERATE, **environment: str) -> subprocess.Popen[str]:
    """Start the command in a folder that is not the repository."""
    command = [sys.executable, "-m", "engine", script, *words]
    given = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=folder, env=given, **pipes)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def scenario(folder: Path, **changes: Any) -> str:
    (folder / "small.yaml").write_text(yaml.safe_dump(small(**changes), sort_keys=False))
    return "small.yaml"


def test_two_processes_write_the_same_bytes_and_say_how_to_do_it_again(tmp_path: Path) -> None:
    outputs = ["rgb", "depth", "normals", "flow", "semantic", "instance", "boxes"]
    quality = {"samples": 4, "denoise": True, "max_bounces": 2}
    file = scenario(tmp_path, outputs=outputs, quality=quality)
    first = start(tmp_path, "--scenario", file, "--out", "a", PYTHONHASHSEED="1")
    second = start(tmp_path, "--scenario", file, "--out", "b", "--frames", "3", PYTHONHASHSEED="2", TZ="Asia/Tokyo")
    out, err = first.communicate(timeout=120)
    assert second.wait(timeout=120) == 0 and first.returncode == 0, err
    a, b = files(tmp_path / "a"), files(tmp_path / "b")
    assert a.keys() == b.keys() and len(a) == 5
    assert [name for name in a if a[name] != b[name]] == []
    assert re.search(r"\[#{30}\] 3/3 frames  \d+\.\d\d images/s  0:00 left", err)
    assert f"dataset   {tmp_path}/a\n" in out
    assert re.search(r"samples   3 in 2 shard\(s\); \d+ ball, ", out)
    assert f"picture   {tmp_path}/a/preview.png\n" in out
    again = re.search(r"again     (\./launch\.sh run .*)", out)
    assert again and again[1] == (
        f"./launch.sh run --scenario {tmp_path}/small.yaml --frames 3 --seed 5 --resolution 64x48 "
        f"--outputs {','.join(outputs)} --out {tmp_path}/a"
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_an_interrupted_run_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    process = start(tmp_path, "--scenario", scenario(tmp_path), "--out", "made", "--frames", "100000")
    shards = tmp_path / "made.partial" / "shards"
    for _ in range(600):
        if process.poll() is not None or (shards.is_dir() and any(shards.glob("*.tar"))):
            break
        time.sleep(0.1)
    assert process.poll() is None and any(shards.glob("*.tar"))
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted: nothing was written" in err and "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["small.yaml"]


def test_errors_are_one_line_and_the_exit_code_is_2(tmp_path: Path) -> None:
    process = start(tmp_path, "--scenario", scenario(tmp_path, frames=0))
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert err.strip().splitlines()[-1] == "error: small.yaml: frames: is 0; expected 1 or more"
    assert "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["small.yaml"]


def test_in_a_running_kit_no_application_is_made(tmp_path: Path) -> None:
    """As in the script editor: the application is up, and the script becomes one of its tasks."""
    words = ["--scenario", str(tmp_path / scenario(tmp_path)), "--out", str(tmp_path / "made"), "--frames", "1"]
    text = Path(GENERATE).read_text()
    assert "EDITOR_ARGUMENTS: list[str] = []" in text
    text = text.replace("EDITOR_ARGUMENTS: list[str] = []", f"EDITOR_ARGUMENTS: list[str] = {words}")
    editor = tmp_path / "editor.py"
    editor.write_text(
        "import sys, types\n"
        "apps = types.ModuleType('isaacsim')\n"  # making an application would now fail
        "sys.modules['isaacsim'] = apps\n"
        f"exec(compile({text!r}, {GENERATE!r}, 'exec'), {{'__name__': '__main__', '__file__': {GENERATE!r}}})\n"
    )
    process = start(tmp_path, script=str(editor))
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "samples   1 in 1 shard(s)" in out
    assert (tmp_path / "made" / "manifest.json").is_file()


def test_help_needs_no_application(tmp_path: Path) -> None:
    out, _ = start(tmp_path, "--help").communicate(timeout=60)
    options = ("--scenario", "--frames", "--start", "--seed", "--out", "--resolution", "--outputs", "--overwrite")
    assert all(option in out for option in options)
