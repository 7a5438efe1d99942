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
GATED = Path(__file__).with_name("gated.py")


def start(folder: Path, *words: str, script: str = GENERATE, **environment: str) -> subprocess.Popen[str]:
    """Start the command in a folder that is not the repository."""
    command = [sys.executable, "-m", "engine", script, *words]
    given = {**os.environ, "PYTHONPATH": str(ROOT), "REPLICANT_CODE_VERSION": "test", **environment}
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=folder, env=given, **pipes)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def scenario(folder: Path, **changes: Any) -> str:
    (folder / "small.yaml").write_text(yaml.safe_dump(small(**changes), sort_keys=False))
    return "small.yaml"


def test_two_processes_write_the_same_bytes_and_say_how_to_do_it_again(tmp_path: Path) -> None:
    outputs = ["rgb", "depth", "normals", "flow", "semantic", "instance", "boxes"]
    quality = {"samples": 2, "denoise": True, "max_bounces": 2}
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


def make(folder: Path, out: str, *words: str, code: int = 0) -> tuple[dict[str, bytes], str]:
    """Run the command to its end; returns the files it leaves and all that it printed."""
    process = start(folder, "--scenario", "small.yaml", "--out", out, *words)
    out_text, err = process.communicate(timeout=300)
    assert process.returncode == code, err
    return files(folder / out), out_text + err


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a scenario of four shards of two frames, and the dataset `whole` of a run that never died."""
    folder = tmp_path_factory.mktemp("cli")
    scenario(folder, outputs=["depth", "flow", "instance", "boxes"], frames=8)
    whole, _ = make(folder, "whole")
    assert sum(name.startswith("shards/") for name in whole) == 4
    return folder


def stop(place: Path, gate: Path, number: int, key: str) -> tuple[int, str]:
    """Stop a run by a signal when it has kept the sample `key`; returns its exit code and what it said."""
    gate.mkdir()
    words = ["--scenario", "small.yaml", "--out", "stopped"]
    process = start(place, *words, script=str(GATED), GATE=str(gate), GATE_KEY=key)
    for _ in range(6000):
        if process.poll() is not None or (gate / "reached").exists():
            break
        time.sleep(0.05)
    assert process.poll() is None, process.communicate()
    process.send_signal(number)
    (gate / "open").touch()
    _, err = process.communicate(timeout=120)
    return process.returncode, err


GOES_ON = "what is done stays; the same command goes on from there"
STOPS = [  # one after another, each in the middle of the next shard
    (signal.SIGTERM, "000000002", 85, f"stopped by SIGTERM: {GOES_ON}"),
    (signal.SIGINT, "000000004", 130, f"interrupted: {GOES_ON}"),
    (signal.SIGKILL, "000000006", -9, ""),
]


def test_runs_that_are_stopped_and_killed_leave_the_bytes_of_one_whole_run(place: Path, tmp_path: Path) -> None:
    for done, (number, key, code, text) in enumerate(STOPS, start=1):
        left, err = stop(place, tmp_path / number.name, number, key)
        assert left == code and text in err and "Traceback" not in err
        assert len(list((place / "stopped" / "records").iterdir())) == done
        assert list((place / "stopped" / ".work").rglob(f"shard-{done:06d}.*.jsonl")) != []
        assert not (place / "stopped" / "manifest.json").exists()
    made, said = make(place, "stopped")
    assert "goes on   6 of 8 frames are there already" in said
    assert made == files(place / "whole")


def test_tasks_make_their_own_shards_and_the_last_one_finishes(place: Path) -> None:
    half, said = make(place, "tasks", "--task", "1/2")
    shards = sorted(name for name in half if name.startswith("shards"))
    assert shards == ["shards/shard-000001.tar", "shards/shard-000003.tar"] and "manifest.json" not in half
    assert "shards    2 of 4 are there; the others are not asked for here" in said
    assert make(place, "tasks", "--task", "0/2")[0] == files(place / "whole")


def test_another_plan_is_refused_with_exit_code_2(place: Path) -> None:
    before = files(place / "whole")
    _, said = make(place, "whole", "--seed", "8", code=2)
    assert said.endswith("What differs:\n  scenario.seed: was 5, is 8\n")
    assert files(place / "whole") == before


def test_an_empty_output_is_refused(place: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "engine", GENERATE, "--scenario", "small.yaml", "--out", ""],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "error: argument --out: is empty; expected a folder or a URL, or leave the option away" in done.stderr


def test_a_full_disk_ends_with_exit_code_74_and_a_rerun_goes_on(place: Path) -> None:
    """The limit of file sizes stands in for a full disk: the write of a sample fails in its middle."""
    whole = files(place / "whole")
    limit = len(whole["shards/shard-000000.tar"]) * 2 // 3
    command = [sys.executable, "-m", "engine", GENERATE, "--scenario", "small.yaml", "--out", "full"]
    limits = f"import os, resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, resource.RLIM_INFINITY)); "
    process = subprocess.Popen(
        [sys.executable, "-c", f"{limits}os.execv({sys.executable!r}, {command!r})"],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT), "REPLICANT_CODE_VERSION": "test"},
        stderr=subprocess.PIPE,
        text=True,
    )
    _, err = process.communicate(timeout=120)
    assert process.returncode == 74, err
    assert re.search(r"error: .*File too large; what is committed stays, and the same command goes on from there", err)
    assert not (place / "full" / "manifest.json").exists() and "Traceback" not in err
    assert make(place, "full")[0] == whole


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
