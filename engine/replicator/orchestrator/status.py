"""What state the orchestrator is in, who wants to know, and its error."""

from __future__ import annotations

import enum
from collections.abc import Callable


class OrchestratorError(Exception):
    """The orchestrator was asked for something it cannot do now."""


class Status(enum.IntEnum):
    """States, numbered as in Replicator."""

    STOPPED = 0
    STARTED = 1
    STARTING = 2
    LOADING = 3
    STOPPING = 4
    PAUSED = 5
    INITIALIZING = 6
    STEPPING = 7
    STEPPED = 8


RUNNING = frozenset({Status.STARTED, Status.STARTING, Status.LOADING, Status.INITIALIZING})


class StatusCallback:
    """A subscription to changes of the status."""

    def __init__(self, callbacks: list[Callable[[Status], None]], callback: Callable[[Status], None]) -> None:
        self._callbacks = callbacks
        self._callback = callback
        callbacks.append(callback)

    def unregister(self) -> None:
        """End the subscription; ending it twice is fine."""
        if self._callback in self._callbacks:
            self._callbacks.remove(self._callback)
