"""Background processes of this machine, told apart from later ones with the same number."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path


def start(words: Sequence[str], log: Path) -> str:
    """Start a process in a session of its own, so that it outlives this terminal.

    Returns:
        The id of the process and when it began, e.g. "4711@88123".
    """
    with open(log, "ab") as file:
        process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
        )
    return f"{process.pid}@{_began(process.pid)}"


def lives(number: str) -> bool:
    """Tell whether the process that `start` named still runs."""
    pid, _, began = number.partition("@")
    return began != "" and pid.isdigit() and _began(int(pid)) == began


def _began(pid: int) -> str:
    """Return when a process began, in clock ticks after boot; "" if it has ended. Source: proc(5), stat field 22."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]
