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
    assert a.keys() == b.keys() and len(a) == 9  # two shards and records; plan, manifest, card, preview, COCO
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


def make(folder: Path, out: str, *words: str, code: int = 0) -> dict[str, bytes]:
    """Run the command to its end and return the files it leaves."""
    process = start(folder, "--scenario", "small.yaml", "--out", out, *words)
    _, err = process.communicate(timeout=120)
    assert process.returncode == code, err
    return files(folder / out)


def wait_for(process: subprocess.Popen[str], folder: Path, pattern: str) -> None:
    """Wait until a file appears that is not empty."""
    for _ in range(1200):
        if process.poll() is not None or any(path.stat().st_size for path in folder.glob(pattern)):
            break
        time.sleep(0.05)
    assert process.poll() is None, process.communicate()


STOPS = [
    (signal.SIGTERM, 85, "stopped by SIGTERM: what is done stays; the same command goes on from there"),
    (signal.SIGINT, 130, "interrupted: what is done stays; the same command goes on from there"),
    (signal.SIGKILL, -9, ""),
]


def test_stopped_and_killed_runs_tasks_and_workers_leave_the_bytes_of_one_whole_run(tmp_path: Path) -> None:
    scenario(tmp_path, outputs=["depth", "flow", "instance", "boxes"], frames=24)
    whole = make(tmp_path, "whole")
    assert sum(name.startswith("shards/") for name in whole) == 12

    for number, code, text in STOPS:  # one after another, in the middle of the same dataset
        process = start(tmp_path, "--scenario", "small.yaml", "--out", "stopped")
        done = len(list((tmp_path / "stopped").glob("records/*")))
        wait_for(
            process,
            tmp_path / "stopped",
            f"records/shard-{done:06d}.json" if number != signal.SIGKILL else f".work/*/shard-{done:06d}.*.jsonl",
        )
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
        assert process.returncode == code and text in err and "Traceback" not in err
        assert not (tmp_path / "stopped" / "manifest.json").exists()
    process = start(tmp_path, "--scenario", "small.yaml", "--out", "stopped")
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert re.search(r"goes on   (\d|1\d) of 24 frames are there already", out)
    assert files(tmp_path / "stopped") == whole

    half = make(tmp_path, "tasks", "--task", "1/2")
    assert sorted(name for name in half if name.startswith("shards")) == [
        f"shards/shard-00000{n}.tar" for n in (1, 3, 5, 7, 9)
    ] + ["shards/shard-000011.tar"]
    assert "manifest.json" not in half
    assert make(tmp_path, "tasks", "--task", "0/2") == whole
    assert make(tmp_path, "workers", "--workers", "2") == whole


def test_another_plan_is_refused_with_exit_code_2(tmp_path: Path) -> None:
    scenario(tmp_path, frames=1)
    before = make(tmp_path, "made")
    process = start(tmp_path, "--scenario", "small.yaml", "--out", "made", "--seed", "8")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2 and err.endswith("What differs:\n  scenario.seed: was 5, is 8\n")
    assert files(tmp_path / "made") == before


def test_a_full_disk_ends_with_exit_code_74_and_a_rerun_goes_on(tmp_path: Path) -> None:
    """The limit of file sizes stands in for a full disk: the write of a sample fails in its middle."""
    scenario(tmp_path, frames=2)
    whole = make(tmp_path, "whole")
    limit = len(whole["shards/shard-000000.tar"]) * 2 // 3
    command = [sys.executable, "-m", "engine", GENERATE, "--scenario", "small.yaml", "--out", "full"]
    limits = f"import os, resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, resource.RLIM_INFINITY)); "
    process = subprocess.Popen(
        [sys.executable, "-c", f"{limits}os.execv({sys.executable!r}, {command!r})"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    _, err = process.communicate(timeout=60)
    assert process.returncode == 74, err
    assert re.search(r"error: .*File too large; what is committed stays, and the same command goes on from there", err)
    assert not (tmp_path / "full" / "manifest.json").exists() and "Traceback" not in err
    assert make(tmp_path, "full") == whole


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
    options += ("--format", "--shards", "--samples-per-shard", "--workers", "--task", "--verify", "--scratch")
    assert all(option in out for option in options)
