"""A pool: supervised worker processes on one machine that make the shards of one dataset.

The parent renders nothing and starts no application. It hands out shards one at a time, notices at once when a worker
dies and after a while when it hangs, gives the shard to another one, and believes the records of shards alone: exit
codes say nothing (Isaac Sim ends with 0 after failures).
"""

from __future__ import annotations

import os
import selectors
import shutil
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from cluster.leader import Leader
from cluster.ledger import Assignment, Ledger, PoolError
from cluster.patience import Patience
from cluster.progress import PoolProgress
from cluster.stopping import AGAIN, INTERRUPTED, StopSignals
from cluster.workers import Worker
from writers.shards.plan import ShardRange

STOP_GRACE = 20.0  # seconds for a worker to leave its attempt in order; Slurm's KillWait is 30
CLOSE_GRACE = 60.0  # seconds to close an application; all its work is on disk by then
_LOOK = 0.1  # seconds between looks at processes
_USER, _OUTPUT = 2, 74  # exit codes after an error of the scenario, of the output: no other worker would do better


@dataclass(frozen=True)
class Crew:
    """The workers of a pool.

    Args:
        command: starts one worker.
        size: how many there are.
        logs: folder for what they print.
        environment: of worker i of n, beside what this process has.
        skip: leave out a frame that keeps killing its worker, instead of stopping.
        timeout: seconds without a sign of life that mean a worker hangs; None learns it from the frames made.
        images: images of one frame.
        stream: where progress and troubles are written; standard error where None.
    """

    command: Sequence[str]
    size: int
    logs: Path
    environment: Callable[[int, int], Mapping[str, str]] = lambda index, size: {}
    skip: bool = False
    timeout: float | None = None
    images: int = 1
    stream: TextIO | None = None


@dataclass(frozen=True)
class Outcome:
    """What a pool went through.

    Attributes:
        crashed: shard -> frames that were left out because they end every worker.
        deaths: workers that were replaced.
    """

    crashed: dict[int, list[int]] = field(default_factory=dict)
    deaths: int = 0


def run_pool(
    shards: Sequence[ShardRange], committed: Callable[[int], bool], crew: Crew, leader: Leader | None = None
) -> Outcome:
    """Make the shards that are not committed yet.

    Args:
        shards: what is asked for, in order.
        committed: tells whether the record of a shard is there.
        crew: who makes them.
        leader: a worker that runs already, to be the first of them if it has that one's share of the machine; ended in
            any case.

    Raises:
        PoolError: with the exit code of the run, naming shard, frame, cause and log.
    """
    missing = [shard for shard in shards if not committed(shard.number)]
    size = min(crew.size, len(missing))
    if leader is not None and not (missing and leader.environment == crew.environment(0, size)):
        leader.end()
        leader = None
    if not missing:
        return Outcome()
    total, left = (sum(len(shard.frames) for shard in some) for some in (shards, missing))
    progress = PoolProgress(total, total - left, crew.images, size, crew.stream)
    with StopSignals() as stop:
        pool = _Pool(missing, committed, crew, size, progress, stop)
        outcome = pool.run(leader.worker if leader is not None else None)
    shutil.rmtree(crew.logs, ignore_errors=True)
    return outcome


class _Pool:
    """The loop of one run."""

    def __init__(
        self,
        shards: Sequence[ShardRange],
        committed: Callable[[int], bool],
        crew: Crew,
        size: int,
        progress: PoolProgress,
        stop: StopSignals,
    ) -> None:
        self._crew, self._committed, self._size = crew, committed, size
        self._ledger = Ledger(shards, size, crew.skip)
        self._patience = Patience(crew.timeout)
        self._progress, self._stop = progress, stop
        self._workers: dict[int, Worker] = {}
        self._selector = selectors.DefaultSelector()
        self._deaths = 0
        self._kept = False

    def run(self, first: Worker | None = None) -> Outcome:
        """Make all shards, the first one by a worker that runs already; whatever happens, no worker is left behind."""
        try:
            if first is not None:
                self._take_on(first)
            while not self._ledger.finished:
                self._stop.check(self._kept)
                self._hand_out()
                self._listen()
                self._look()
                self._progress.show(self._ledger.frames, len(self._workers))
            self._end(CLOSE_GRACE)
        except BaseException:
            self._end(STOP_GRACE, signal.SIGTERM)
            raise
        finally:
            self._selector.close()
        return Outcome(self._ledger.crashed, self._deaths)

    def _hand_out(self) -> None:
        """Give shards to workers that have none, starting workers in places that are empty."""
        for index in range(self._size):
            worker = self._workers.get(index)
            if worker is not None and worker.held is not None:
                continue
            held = self._ledger.take()
            if held is None:
                return
            if worker is None:
                worker = self._start(index)
            worker.hand(held)

    def _start(self, index: int) -> Worker:
        log = self._crew.logs / f"worker-{index}.log"
        try:
            worker = Worker(index, self._crew.command, self._crew.environment(index, self._size), log)
        except OSError as error:
            raise PoolError(f"worker {index} cannot be started: {self._crew.command[0]}: {error.strerror}") from error
        self._take_on(worker)
        return worker

    def _take_on(self, worker: Worker) -> None:
        self._workers[worker.index] = worker
        self._selector.register(worker.descriptor, selectors.EVENT_READ)

    def _listen(self) -> None:
        """Wait a moment for workers to say something, and note what they say."""
        self._selector.select(_LOOK)
        for worker in list(self._workers.values()):
            for event in self._events(worker):
                self._note(worker, event)

    def _events(self, worker: Worker) -> list[dict[str, Any]]:
        found = worker.events()
        if worker.silent and worker.descriptor in self._selector.get_map():
            self._selector.unregister(worker.descriptor)  # else its end would be news for ever
        return found

    def _note(self, worker: Worker, event: dict[str, Any]) -> None:
        """Note one event; what is not about the worker's own shards is passed over."""
        kind, number, frame = event["event"], event.get("shard"), event.get("frame")
        held = worker.held if worker.held is not None and worker.held.shard.number == number else None
        if kind == "failed":
            self._failed(worker, event)
        elif kind == "sealed" and held is not None:
            worker.publishing[held.shard.number], worker.held = held, None
        elif kind == "shard" and (held is not None or number in worker.publishing):
            self._finish(worker, held or worker.publishing[int(number or 0)])
        elif kind == "kept":
            self._kept = True
        elif held is None or not isinstance(frame, int) or frame not in held.shard.frames:
            return
        elif kind == "begin":
            self._progress.begin()
            self._ledger.begin(held, frame)
        elif kind == "frame":
            if held.finished:
                self._patience.note(worker.gap)
            known = self._ledger.frames
            self._ledger.finish_frame(held, frame)
            if event.get("found") and self._ledger.frames > known:
                self._progress.find()

    def _failed(self, worker: Worker, event: dict[str, Any]) -> None:
        """Stop the run at an error that the worker could name: another try would meet it again."""
        code, text = event.get("code", _USER), event.get("error", "no reason given")
        if code in (AGAIN, INTERRUPTED):
            return
        where = "".join(f"{name} {event[name]}, " for name in ("shard", "frame") if event.get(name) is not None)
        raise PoolError(f"{where}worker {worker.index} stopped: {text}", code if isinstance(code, int) and code else 1)

    def _finish(self, worker: Worker, held: Assignment) -> None:
        """Believe a shard's record, and nothing else."""
        if not self._settle(worker, held):
            self._bury(worker, f"said that shard {held.shard.number} is done, but there is no record of it")

    def _settle(self, worker: Worker, held: Assignment) -> bool:
        """Take a shard from a worker if its record is there."""
        if not self._committed(held.shard.number):
            return False
        self._ledger.finish(held)
        worker.publishing.pop(held.shard.number, None)
        worker.held = None if worker.held is held else worker.held
        return True

    def _look(self) -> None:
        """Replace workers that ended or hang."""
        now = time.monotonic()
        for worker in list(self._workers.values()):
            if worker.has_ended():
                for event in self._events(worker):
                    self._note(worker, event)
                if worker.index in self._workers:
                    self._bury(worker)
            elif worker.held is not None or worker.publishing:
                limit = self._patience.limit(worker.held is not None and worker.held.renders)
                if now - worker.seen > limit:
                    self._bury(worker, f"gave no sign of life for {limit:.0f} s and was killed")

    def _bury(self, worker: Worker, why: str = "") -> None:
        """Take a dead worker out; its shards are done after all, or go to the next one that asks."""
        code, how = self._remove(worker)
        for held in [*worker.publishing.values(), *([worker.held] if worker.held is not None else [])]:
            self._settle(worker, held)
        if not worker.publishing and worker.held is None and not why:
            return  # it had nothing to lose
        self._deaths += 1
        at = f" at shard {worker.held.shard.number}, {worker.held.place}," if worker.held is not None else ""
        self._progress.say(f"worker {worker.index}{at} {why or how}; its log: {worker.log}")
        self._progress.say(worker.last_lines())
        if code in (_USER, _OUTPUT) and not why:
            raise PoolError(f"worker {worker.index} stopped{at} with an error; see {worker.log}", code)
        text = f"{why or how}, see {worker.log}"
        renders = worker.held is not None and worker.held.renders
        for held in worker.publishing.values():
            self._ledger.unpublished(held, "" if renders else text)
        self._ledger.died(worker.held, text)

    def _end(self, grace: float, number: int = 0) -> None:
        """End all workers: ask them, wait, kill what is left."""
        for worker in self._workers.values():
            worker.close()
            if number:
                worker.signal(number)
        until, asked = time.monotonic() + grace, self._stop.count
        while self._workers and time.monotonic() < until and self._stop.count == asked:
            for worker in list(self._workers.values()):
                worker.events()  # so that nobody waits for a full pipe
                if worker.has_ended():
                    self._remove(worker)
            time.sleep(_LOOK / 2)
        for worker in list(self._workers.values()):
            self._remove(worker)

    def _remove(self, worker: Worker) -> tuple[int, str]:
        del self._workers[worker.index]
        if worker.descriptor in self._selector.get_map():
            self._selector.unregister(worker.descriptor)
        return worker.bury()


def worker_command(words: Sequence[str], started: Sequence[str], executable: str) -> list[str]:
    """Return what starts this very script with other options, whatever the runtime.

    Args:
        words: options of the new process.
        started: `sys.orig_argv` up to and with the script, e.g. [python, "-m", "engine", "generate.py"].
        executable: `sys.executable`, since the first word may be a name that means something else by now.
    """
    return [executable or os.fspath(started[0]), *started[1:], *words]
