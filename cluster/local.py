"""This machine as an engine: one supervised run in the background, as many workers as the job has tasks."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

from cluster.job import Job, JobError

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
    with open(folder / "logs" / "local.log", "ab") as log:
        process = subprocess.Popen(
            ["bash", str((folder / "local.sh").resolve())],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return f"{process.pid}@{_began(process.pid)}"


def running(job: Job, folder: Path, ids: list[str]) -> dict[int, str]:
    """Tell whether the run still goes; its workers share out all tasks."""
    pid, _, began = ids[-1].partition("@")
    alive = began != "" and _began(int(pid)) == began
    return dict.fromkeys(range(job.tasks), "RUNNING") if alive else {}


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
    words = job.run_words()
    if not any(word.split("=")[0] == "--workers" for word in job.options):
        words[words.index("--workers") + 1] = str(job.tasks)
    return words


def _began(pid: int) -> str:
    """Return when a process began, in clock ticks after boot; "" if it has ended. Source: proc(5), stat field 22."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]
