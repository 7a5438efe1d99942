"""Give the tasks of a job to Ray and wait: run by a Python that has Ray, which need not have this project's packages.

usage: python cluster/ray_driver.py FOLDER/ray.json

Each task is a Ray task that runs `./launch.sh run --task K/N` as a process of its own, on any node with the checkout.
Ray starts a task again when its worker or node dies, or when the run ends with a code that another try may mend.

Source: Ray documentation, Tasks (num_cpus, num_gpus, max_retries, retry_exceptions) and Fault tolerance.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

HOPELESS = (2,)  # exit codes of `run` that say: the user has to put something right
PR_SET_PDEATHSIG = 1


class TaskFailed(RuntimeError):
    """A run ended before its shards were made; another try goes on from there."""


def run_task(words: list[str], root: str, log: str, number: int) -> int:
    """Run one task; returns its exit code, 0 or one that no other try would change.

    Args:
        words: the command.
        root: the checkout.
        log: what the run prints is appended here.
        number: of the task.

    Raises:
        TaskFailed: for any other exit code; Ray then tries again.
    """
    Path(log).parent.mkdir(parents=True, exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    with open(log, "ab") as file:
        file.write(f"task {number}: begins on {os.uname().nodename}, process {os.getpid()}\n".encode())
        file.flush()
        code = subprocess.run(
            words,
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            preexec_fn=end_with_parent,
        ).returncode
        file.write(f"task {number}: exit code {code}\n".encode())
    if code and code not in HOPELESS:
        raise TaskFailed(f"task {number} ended with exit code {code}; see {log}")
    return code


def end_with_parent() -> None:
    """Let a run be told to end when the Ray worker that started it is gone. Source: prctl(2), PR_SET_PDEATHSIG."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def drive(job: dict[str, Any]) -> int:
    """Run all tasks, then finish the dataset if its records say that it is whole; returns the exit code."""
    import ray

    ray.init(address=job["address"], log_to_driver=False, runtime_env={"env_vars": {"PYTHONUNBUFFERED": "1"}})
    remote = ray.remote(
        num_cpus=job["cpus"], num_gpus=job["gpus"], memory=job["memory"], max_retries=job["retries"],
        retry_exceptions=[TaskFailed],
    )(run_task)  # fmt: skip
    tasks = {}
    for number, words in job["tasks"]:
        tasks[remote.remote(words, job["root"], str(Path(job["logs"]) / f"task-{number}.log"), number)] = number
    failed = 0
    waiting = list(tasks)
    while waiting:
        done, waiting = ray.wait(waiting, num_returns=1)
        for reference in done:
            failed += _told(ray, reference, tasks[reference])
    ray.shutdown()
    print(f"tasks ended, {failed} of {len(tasks)} without success; the records decide", flush=True)
    return subprocess.run(job["merge"], cwd=job["root"]).returncode


def _told(ray: Any, reference: Any, number: int) -> int:
    """Say how a task ended; returns 1 for one that failed."""
    try:
        code = ray.get(reference)
    except (ray.exceptions.RayError, TaskFailed) as error:
        print(f"task {number}: given up: {str(error).strip().splitlines()[-1]}", flush=True)
        return 1
    print(f"task {number}: {'done' if code == 0 else f'exit code {code}, not tried again'}", flush=True)
    return int(code != 0)


if __name__ == "__main__":
    sys.exit(drive(json.loads(Path(sys.argv[1]).read_text())))
