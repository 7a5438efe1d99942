"""Ray: one Ray task a task of the job, with the resources it declares; a driver in the background waits for them."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
from pathlib import Path

from cluster.job import Job, JobError
from cluster.processes import lives, start

ROOT = Path(__file__).resolve().parents[1]
DRIVER = ROOT / "cluster" / "ray_driver.py"
RETRIES = 3
GIB = 1 << 30


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the settings of Ray."""
    parser.add_argument("--ray-python", help="a Python that has Ray (default: the first of python3, python on PATH)")
    parser.add_argument("--ray-address", help="head node, e.g. ray://head:10001 or 10.0.0.1:6379 (default: auto)")
    parser.add_argument("--retries", type=int, help=f"how often a lost task is tried again (default: {RETRIES})")


def prepare(job: Job, folder: Path) -> list[Path]:
    """Write what the driver reads."""
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    file = folder / "ray.json"
    retries = job.settings.get("retries")
    values = {
        "address": job.settings.get("ray_address") or "auto",
        "cpus": job.cpus_per_task,
        "gpus": job.gpus_per_task,
        "memory": job.memory_gb * GIB,
        "retries": RETRIES if retries is None else retries,
        "root": str(ROOT),
        "logs": str((folder / "logs").resolve()),
        "merge": ["./launch.sh", "merge", job.out],
        "tasks": [[number, ["./launch.sh", *job.run_words(number)]] for number in job.numbers],
    }
    file.write_text(json.dumps(values, indent=2, sort_keys=True) + "\n")
    return [file]


def submit(job: Job, folder: Path) -> str:
    """Start the driver in the background.

    Returns:
        The id of its process.

    Raises:
        JobError: if no Python with Ray is found.
    """
    words = [_python(job), str(DRIVER), str((folder / "ray.json").resolve())]
    return start(words, folder / "logs" / "driver.log")


def running(job: Job, folder: Path, ids: list[str]) -> dict[int, str]:
    """Tell whether the driver still waits for its tasks."""
    return dict.fromkeys(range(job.tasks), "RUNNING") if lives(ids[-1]) else {}


def logs(job: Job, folder: Path, ids: list[str], task: int) -> str:
    """Return what a task has printed, all its starts after one another.

    Raises:
        JobError: if it has printed nothing here.
    """
    path = folder / "logs" / f"task-{task}.log"
    if not path.is_file():
        driver = folder / "logs" / "driver.log"
        said = driver.read_text(errors="replace") if driver.is_file() else "nothing"
        raise JobError(f"task {task} has no log in {folder / 'logs'}; the driver said: {said.strip()[-500:]}")
    return path.read_text(errors="replace")


def _python(job: Job) -> str:
    given = job.settings.get("ray_python")
    for candidate in [given] if given else ["python3", "python"]:
        path = shutil.which(candidate)
        if path and subprocess.run([path, "-c", "import ray"], capture_output=True).returncode == 0:
            return path
    raise JobError(
        f"{given or 'no python3 on PATH'} cannot import Ray; install it there (pip install 'ray>=2.40'), or name a "
        "Python that has it with --ray-python"
    )
