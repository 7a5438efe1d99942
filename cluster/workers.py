"""A worker: a fresh process that makes one shard after another, and what its parent sees and hears of it.

The parent writes lines to its standard input ("shard 3", "shard 3 without 17,18"); the end of the input is the end of
work, also when the parent was killed. The worker writes one JSON object a line to the descriptor whose number is in
REPLICANT_WORKER_FD: {"event": "frame", "shard": 3, "frame": 17} when a frame is kept ("found" is true if an earlier
run made it), "begin" before one is rendered, "kept" once a later start finds more than this one did, "sealed" when a
shard is complete and being published while it makes the next one, "shard" when a shard is committed, "failed" when it
cannot go on, and before all of them "ready" with the output ("out") and the plan ("plan") of what is to be made. Every
line is a sign of life.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from cluster.ledger import Assignment

DESCRIPTOR = "REPLICANT_WORKER_FD"
_LONGEST = 1 << 20  # bytes of a line that still may be an event
_SHOWN = 15  # lines of a log


class Worker:
    """A worker's process, in a process group of its own.

    Args:
        index: its place in the pool, from 0.
        command: what to start.
        environment: variables beside those of this process.
        log: file that what it prints is added to.

    Attributes:
        held: the shard that it works on.
        publishing: shards that it has completed and that have no record yet, by number.
        seen: when it was heard of last, on the monotonic clock.
        gap: seconds between the last two times it was heard of.
        silent: it cannot say anything any more.
    """

    def __init__(self, index: int, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.index, self.log = index, log
        self.held: Assignment | None = None
        self.publishing: dict[int, Assignment] = {}
        self.silent = False
        self.gap = 0.0
        self._text = b""
        read, write = os.pipe()
        try:
            log.parent.mkdir(parents=True, exist_ok=True)
            with open(log, "ab") as output:
                self._process = subprocess.Popen(
                    list(command),
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, **environment, DESCRIPTOR: str(write)},
                    pass_fds=(write,),
                    start_new_session=True,
                )
        except OSError:
            os.close(read)
            raise
        finally:
            os.close(write)
        os.set_blocking(read, False)
        self.descriptor = read
        self.seen = time.monotonic()

    @property
    def pid(self) -> int:
        """The process, and its group."""
        return self._process.pid

    def hand(self, held: Assignment) -> None:
        """Give it a shard; that it died meanwhile shows elsewhere."""
        self.held, self.seen = held, time.monotonic()
        self._say(f"{held.line}\n".encode())

    def close(self) -> None:
        """Tell it that there is nothing more to do."""
        with suppress(OSError):
            self._input.close()

    def events(self) -> list[dict[str, Any]]:
        """Return what it said since the last call; whatever is no event is passed over."""
        self._text += self._read()
        *lines, self._text = self._text.split(b"\n")
        if len(self._text) > _LONGEST:
            self._text = b""
        found = [event for event in map(_event, lines) if event is not None]
        if found:
            now = time.monotonic()
            self.gap, self.seen = now - self.seen, now
        return found

    def has_ended(self) -> bool:
        """Tell whether its process is gone; it is not reaped yet, so that its number stays its own."""
        if hasattr(os, "waitid"):
            return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        return self._process.poll() is not None

    def signal(self, number: int) -> None:
        """Send a signal to its whole group: Isaac Sim's Python is the child of a shell."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    def bury(self) -> tuple[int, str]:
        """End what is left of it and free what it held.

        Returns:
            Its exit code, and how it ended in words: "was killed by SIGSEGV", "ended with exit code 1".
        """
        self.signal(signal.SIGKILL)
        code = self._process.wait()
        with suppress(OSError):
            self._input.close()
        os.close(self.descriptor)
        return code, cause(code)

    def last_lines(self) -> str:
        """Return the end of its log, indented."""
        try:
            with open(self.log, "rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - 20000))
                lines = file.read().decode(errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(f"  | {line}" for line in lines[-_SHOWN:])

    @property
    def _input(self) -> Any:
        return self._process.stdin

    def _say(self, data: bytes) -> None:
        with suppress(OSError):
            self._input.write(data)
            self._input.flush()

    def _read(self) -> bytes:
        found = b""
        while True:
            try:
                part = os.read(self.descriptor, 1 << 16)
            except BlockingIOError:
                return found
            if not part:
                self.silent = True
                return found
            found += part


def cause(code: int) -> str:
    """Put the end of a process in words.

    Args:
        code: as `subprocess` gives it, negative for a signal; a shell between adds 128 instead.
    """
    number = -code if code < 0 else code - 128 if code > 128 else 0
    try:
        name = signal.Signals(number).name
    except ValueError:
        return f"ended with exit code {code}"
    return f"was killed by {name}" + (" (out of memory?)" if name == "SIGKILL" else "")


def _event(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and isinstance(event.get("event"), str) else None
