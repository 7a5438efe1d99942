"""This machine as an engine: one supervised run in the background.

It has as many workers as tasks were asked for; where none were, as many as cores, memory and GPUs permit.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from cluster.job import Job, JobError
from cluster.processes import lives, start

ROOT = Path(__file__).resolve().parents[1]


def prepare(job: Job, folder: Path) -> list[Path]:
    """Write the script that makes the dataset."""
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    words = ["./launch.sh", *_with_workers(job)]
    script = folder / "local.sh"
    script.write_text(
        "#!/usr/bin/env bash\n# Written by ./launch.sh submit local.\n"
        f"cd {shlex.quote(str(ROOT))} || exit 1\nexec {shlex.join(words)}\n"
    )
    return [script]


def submit(job: Job, folder: Path) -> str:
    """Start the script in a session of its own, so that it outlives this terminal.

    Returns:
        The id of its process and when that began, e.g. "4711@88123", so that a later process is not taken for it.
    """
    return start(["bash", str((folder / "local.sh").resolve())], folder / "logs" / "local.log")


def running(job: Job, folder: Path, ids: list[str]) -> dict[int, str]:
    """Tell whether the run still goes; its workers share out all tasks."""
    return dict.fromkeys(range(job.tasks), "RUNNING") if lives(ids[-1]) else {}


def logs(job: Job, folder: Path, ids: list[str], task: int) -> str:
    """Return what the run has printed.

    Raises:
        JobError: if it has printed nothing.
    """
    path = folder / "logs" / "local.log"
    if not path.is_file():
        raise JobError(f"there is no log in {path}; the job has not been started on this machine")
    return path.read_text(errors="replace")


def _with_workers(job: Job) -> list[str]:
    """Return the run's words; a job with one task a shard, which is the default, does not say how many workers."""
    words = job.run_words()
    if not any(word.split("=")[0] == "--workers" for word in job.options):
        words[words.index("--workers") + 1] = str(job.tasks) if job.tasks < job.shards else "auto"
    return words
