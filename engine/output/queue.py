"""The write queue: a few threads turn arrays into files while the next frame is rendered.

Tasks of one path run in the order they were given. A task that fails is never lost: its error is raised by the next
call that gives the queue a task or waits for it, and reported at the end of the process if there is no such call.
"""

from __future__ import annotations

import atexit
import sys
import threading
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from engine.carb.logging import log_warn
from engine.carb.settings import get_settings

SETTINGS = "/omni/replicator/backend"
THREADS = 4
TASKS = 1000
BYTES = 512 * 2**20
THROTTLED = (
    "Throttling generation due to I/O bottleneck: files are written more slowly than frames are made. "
    f"Write fewer outputs or to a faster disk, or raise {SETTINGS}/writeThreads"
)


class WriteError(RuntimeError):
    """A file that could not be written."""


@dataclass(frozen=True)
class _Task:
    run: Callable[[], object]
    label: str
    size: int


class WriteQueue:
    """Daemon threads and the tasks that wait for them.

    Args:
        threads: how many threads.
        tasks: how many tasks may wait; more make `put` wait.
        limit: how many bytes the waiting arrays may hold together; more make `put` wait.
    """

    def __init__(self, threads: int = THREADS, tasks: int = TASKS, limit: int = BYTES) -> None:
        self._changed = threading.Condition()
        self._lanes: list[deque[_Task]] = [deque() for _ in range(max(1, threads))]
        self._tasks, self._limit = max(1, tasks), limit
        self._pending = self._bytes = 0
        self._errors: list[WriteError] = []
        self._warned = False
        self._threads: list[threading.Thread] = []

    def put(self, run: Callable[[], object], label: str = "", size: int = 0) -> None:
        """Queue a task; wait while the queue is full.

        Args:
            run: what to do.
            label: path of the file; tasks with the same label keep their order.
            size: bytes the task holds until it has run.

        Raises:
            WriteError: if an earlier task has failed.
        """
        if threading.current_thread() in self._threads:
            run()
            return
        self.raise_error()
        self._start()
        with self._changed:
            while self._full(size):
                self._warn()
                self._changed.wait()
            self._lanes[zlib.crc32(label.encode()) % len(self._lanes)].append(_Task(run, label, size))
            self._pending += 1
            self._bytes += size
            self._changed.notify_all()

    def wait(self) -> None:
        """Wait until every task has run.

        Raises:
            WriteError: if one of them has failed.
        """
        self.drain()
        self.raise_error()

    def drain(self) -> None:
        """Wait until every task has run, failed or not."""
        with self._changed:
            self._changed.wait_for(lambda: self._pending == 0)

    def is_idle(self) -> bool:
        """Tell whether every task has run."""
        return self._pending == 0

    def set_size(self, tasks: int) -> None:
        """Choose how many tasks may wait.

        Raises:
            ValueError: if it is not at least 1.
        """
        if not isinstance(tasks, int) or tasks < 1:
            raise ValueError(f"set_max_queue_size: {tasks!r} was given; expected a whole number of at least 1")
        with self._changed:
            self._tasks = tasks
            self._changed.notify_all()

    def raise_error(self) -> None:
        """Raise the first failure since the last time, and forget the others.

        Raises:
            WriteError: if a task has failed.
        """
        with self._changed:
            errors, self._errors = self._errors, []
        if len(errors) > 1:
            raise WriteError(f"{errors[0]} (and {len(errors) - 1} more files failed)") from errors[0]
        if errors:
            raise errors[0]

    def _full(self, size: int) -> bool:
        heavy = self._pending > 0 and self._bytes + size > self._limit
        return self._pending >= self._tasks or heavy

    def _warn(self) -> None:
        if not self._warned:
            self._warned = True
            log_warn(THROTTLED)

    def _start(self) -> None:
        if self._threads:
            return
        self._threads = [
            threading.Thread(target=self._work, args=(lane,), name=f"write-{i}", daemon=True)
            for i, lane in enumerate(self._lanes)
        ]
        for thread in self._threads:
            thread.start()

    def _work(self, lane: deque[_Task]) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: len(lane) > 0)
                task = lane.popleft()
            failure = _failure_of(task)
            with self._changed:
                if failure is not None:
                    self._errors.append(failure)
                self._pending -= 1
                self._bytes -= task.size
                del task
                self._changed.notify_all()


def _failure_of(task: _Task) -> WriteError | None:
    """Run a task and return what went wrong."""
    try:
        task.run()
    except WriteError as error:
        return error
    except BaseException as error:  # whatever a user's function raises must reach the user
        failure = WriteError(f"writing '{task.label}' failed: {type(error).__name__}: {error}")
        failure.__cause__ = error
        return failure
    return None


_queue: WriteQueue | None = None


def write_queue() -> WriteQueue:
    """Return the queue of the process; the carb settings writeThreads and queueSize shape it when first used."""
    global _queue
    if _queue is None:
        settings = get_settings()
        threads = int(settings.get(f"{SETTINGS}/writeThreads") or THREADS)
        _queue = WriteQueue(threads, int(settings.get(f"{SETTINGS}/queueSize") or TASKS))
        atexit.register(finish)
    return _queue


def wait_until_written() -> None:
    """Wait until everything queued is written; nothing queued is fine.

    Raises:
        WriteError: if a file could not be written.
    """
    if _queue is not None:
        _queue.wait()


def raise_earlier_error() -> None:
    """Raise the error of an earlier write, if there is one.

    Raises:
        WriteError: if a file could not be written.
    """
    if _queue is not None:
        _queue.raise_error()


def finish() -> None:
    """Write what is left at the end of the process and print the error nobody has been told of."""
    try:
        wait_until_written()
    except WriteError as error:
        print(f"[Error] {error}", file=sys.stderr, flush=True)
