"""The first worker of a pool: started before the others, since only an application can say what is to be made."""

from __future__ import annotations

import os
import select
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cluster.ledger import PoolError
from cluster.stopping import StopSignals
from cluster.workers import Worker

LOGS = "replicant-worker-"  # folders in the system's temporary one; the process that made one follows in its name
KEPT_LOGS = 86400.0  # seconds that what a killed process left is kept, to be read
CLOSE_GRACE = 60.0  # seconds to close an application that is not needed after all
_LOOK = 0.1


@dataclass(frozen=True)
class Leader:
    """A worker without a shard, ready to be the pool's worker 0.

    Attributes:
        worker: the process.
        environment: what it was given beside this process's own.
        said: its event "ready", e.g. {"event": "ready", "out": "/data/herd", "plan": {...}}.
    """

    worker: Worker
    environment: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, Any] = field(default_factory=dict)

    def end(self) -> None:
        """Let it go: there is nothing for it to do."""
        self.worker.close()
        until = time.monotonic() + CLOSE_GRACE
        while not self.worker.has_ended() and time.monotonic() < until:
            self.worker.events()
            time.sleep(_LOOK / 2)
        self.worker.bury()

    def forget_log(self) -> None:
        """Remove what it has printed."""
        shutil.rmtree(self.worker.log.parent, ignore_errors=True)


def start_leader(command: Sequence[str], environment: Mapping[str, str]) -> Leader:
    """Start a worker and wait until it says what is to be made. Its log is kept apart: no output is known yet.

    Raises:
        PoolError: with the exit code of the run, if it cannot: its own words, or how it ended.
    """
    forget_old_logs()
    log = Path(tempfile.mkdtemp(prefix=f"{LOGS}{os.getpid()}-")) / "worker-0.log"
    try:
        worker = Worker(0, command, environment, log)
    except OSError as error:
        shutil.rmtree(log.parent, ignore_errors=True)
        raise PoolError(f"worker 0 cannot be started: {command[0]}: {error.strerror}") from error
    try:
        with StopSignals() as stop:
            said = _first_word(worker, stop)
    except BaseException:
        worker.bury()
        shutil.rmtree(log.parent, ignore_errors=True)
        raise
    if said is None:
        _, how = worker.bury()
        raise PoolError(f"worker 0 {how} before it said what is to be made; its log: {log}\n{worker.last_lines()}")
    leader = Leader(worker, environment, said)
    if said["event"] == "failed":
        leader.end()
        leader.forget_log()
        raise PoolError(str(said.get("error", "no reason given")), int(said.get("code") or 1))
    return leader


def forget_old_logs() -> None:
    """Remove the logs of processes that were killed a day ago or longer, and could not do it themselves."""
    for folder in Path(tempfile.gettempdir()).glob(f"{LOGS}[0-9]*-*"):
        process = folder.name.removeprefix(LOGS).partition("-")[0]
        with suppress(OSError):  # another one's folder, or gone meanwhile
            if not Path(f"/proc/{process}").exists() and time.time() - folder.stat().st_mtime > KEPT_LOGS:
                shutil.rmtree(folder)


def _first_word(worker: Worker, stop: StopSignals) -> dict[str, Any] | None:
    """Wait for "ready" or "failed"; None if the worker ended without either."""
    while True:
        stop.check()
        ended = worker.has_ended()
        select.select([] if worker.silent else [worker.descriptor], [], [], _LOOK)
        for event in worker.events():
            if event["event"] in ("ready", "failed"):
                return event
        if ended:
            return None
