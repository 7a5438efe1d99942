"""Signals that end a run in good order."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any

from cluster.ledger import PoolError

AGAIN, INTERRUPTED = 85, 130  # exit codes: run again (Slurm's RequeueExit), Ctrl-C
_SIGNALS = ("SIGTERM", "SIGUSR1", "SIGUSR2", "SIGINT")


class StopSignals:
    """Count signals that ask for an end, inside a `with` block; outside the main thread none are seen.

    Attributes:
        count: how many came.
    """

    def __init__(self) -> None:
        self.count = 0
        self._first = ""
        self._before: dict[int, Any] = {}

    def __enter__(self) -> StopSignals:
        if threading.current_thread() is threading.main_thread():
            for name in _SIGNALS:
                number = getattr(signal, name)
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def check(self, kept: bool = False) -> None:
        """Return unless a signal came.

        Args:
            kept: the next start finds more than this one did; `cluster/slurm.py` reads it in the log.

        Raises:
            PoolError: with the exit code that says how to go on.
        """
        if self.count:
            code = INTERRUPTED if self._first == "SIGINT" else AGAIN
            done = "what is done stays" if kept else "nothing was kept yet"
            raise PoolError(f"stopped by {self._first}: {done}; the same command goes on from here", code)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._first = self._first or signal.Signals(number).name
        self.count += 1
