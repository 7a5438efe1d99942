"""Ray: what its driver is told, and (slow) a real Ray of two workers one of which is killed."""

from __future__ import annotations

import filecmp
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cluster import ray_driver, ray_tasks
from cluster.actions import submit
from cluster.job import Job, JobError

ROOT = Path(__file__).resolve().parents[2]
RAY = "ray>=2.40,<3"
RUN = ("--frames", "32", "--resolution", "96x64", "--outputs", "depth,instance,boxes")


def job(out: Path, **more: object) -> Job:
    return Job("tabletop", str(out), 4, options=RUN, cpus_per_task=1, memory_gb=1, settings=more)  # type: ignore[arg-type]


def test_what_the_driver_is_told(tmp_path: Path) -> None:
    file = ray_tasks.prepare(job(tmp_path / "d", ray_address="10.0.0.1:6379", retries=0), tmp_path)[0]
    told = json.loads(file.read_text())
    assert (told["address"], told["cpus"], told["gpus"], told["memory"], told["retries"]) == (
        "10.0.0.1:6379",
        1,
        0,
        1 << 30,
        0,
    )
    assert [number for number, _ in told["tasks"]] == [0, 1, 2, 3]
    assert told["tasks"][2][1][-2:] == ["--task", "2/4"]
    assert told["merge"] == ["./launch.sh", "merge", str(tmp_path / "d")]


def test_a_python_without_ray_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JobError, match="cannot import Ray; install it there"):
        ray_tasks.submit(job(tmp_path, ray_python=str(tmp_path / "no-python")), tmp_path)


def test_a_task_without_log(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "driver.log").write_text("no cluster at 10.0.0.1\n")
    with pytest.raises(JobError, match=r"task 3 has no log in .*; the driver said: no cluster at 10.0.0.1"):
        ray_tasks.logs(job(tmp_path), tmp_path, [], 3)


def test_exit_codes_decide_about_another_try(tmp_path: Path) -> None:
    def ends(code: int) -> int:
        return ray_driver.run_task(
            [sys.executable, "-c", f"raise SystemExit({code})"], str(tmp_path), str(tmp_path / "log"), 7
        )

    assert ends(0) == 0
    assert ends(2) == 2  # another try would meet the same error
    with pytest.raises(ray_driver.TaskFailed, match="task 7 ended with exit code 85"):
        ends(85)
    assert (tmp_path / "log").read_text().count("task 7: begins on") == 3


def python_with_ray() -> str:
    place = Path("~/.cache/replicant/ray").expanduser()
    python = place / "bin" / "python"
    if subprocess.run([str(python), "-c", "import ray"], capture_output=True).returncode if python.exists() else True:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", RAY], check=True)
    return str(python)


def until(seconds: float, found: Callable[[], object]) -> object:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := found():
            return answer
        time.sleep(0.3)
    raise AssertionError(f"nothing after {seconds} s")


@pytest.mark.slow
def test_a_killed_worker_of_a_real_ray(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two tasks at a time, one of their Ray workers killed: the dataset is that of a plain run."""
    monkeypatch.setenv("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    plain, out = tmp_path / "plain", tmp_path / "ray"
    words = ["./launch.sh", "run", "--scenario", "tabletop", "--shards", "4", *RUN, "--out", str(plain)]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    assert submit("ray", job(out, ray_python=python_with_ray(), ray_address="local")) == 0
    log = out / ".job" / "logs" / "task-1.log"

    def began() -> list[str]:
        return re.findall(r"task 1: begins on \S+, process (\d+)", log.read_text() if log.exists() else "")

    os.kill(int(until(180, began)[0]), signal.SIGKILL)  # type: ignore[index]
    until(180, lambda: len(began()) == 2)
    until(300, lambda: (out / "manifest.json").exists())
    driver = out / ".job" / "logs" / "driver.log"
    until(60, lambda: "finished" in driver.read_text())
    assert "0 of 4 without success" in driver.read_text()
    names = sorted(p.relative_to(plain) for p in plain.rglob("*") if p.is_file())
    assert len(names) > 8
    assert filecmp.cmpfiles(plain, out, names, shallow=False)[0] == names
