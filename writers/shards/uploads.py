"""Publish finished shards in the background: bounded in number, in order, nothing swallowed."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")
_TICK = 0.2  # seconds; a waiting main thread wakes up so often, that it hears of signals and of `stop`


class Uploads(Generic[Item]):
    """A thread that publishes one shard after another while the next is rendered.

    At most `limit` finished shards wait; then `add` holds the renderer back, so that the scratch disk holds the one
    that is being made, the one that is being published and `limit` more. The first error is raised by the next call,
    and whatever waits behind it is left where it is, for the next run to publish.

    Args:
        publish: publishes one shard and its record, and removes its local files; called from the thread.
        limit: shards that may wait, at least 1.
    """

    def __init__(self, publish: Callable[[Item], Any], limit: int = 2) -> None:
        if limit < 1:
            raise ValueError(f"upload limit is {limit}; expected at least 1 waiting shard")
        self._publish, self._limit = publish, limit
        self._waiting: deque[Item] = deque()
        self._under_way = False
        self._stopped = self._closed = False
        self._error: BaseException | None = None
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="uploads", daemon=True)
        self._thread.start()

    def add(self, item: Item) -> bool:
        """Hand over a finished shard; waits while too many wait already.

        Returns:
            True if it will be published; False if `stop` was called: its local files stay for the next run.

        Raises:
            OSError: the first error of an earlier shard.
        """
        with self._changed:
            while len(self._waiting) >= self._limit and self._goes_on():
                self._changed.wait(_TICK)
            self._raise()
            if self._stopped or self._closed:
                return False
            self._waiting.append(item)
            self._changed.notify_all()
            return True

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until everything is published.

        Args:
            seconds: at most so long.

        Returns:
            True if nothing waits any more.

        Raises:
            OSError: the first error of a shard.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        with self._changed:
            while self._busy() and (deadline is None or time.monotonic() < deadline):
                self._changed.wait(_TICK)
            self._raise()
            return not (self._waiting or self._under_way)

    def stop(self) -> None:
        """Begin no further shard; takes no lock, so a signal handler may call it."""
        self._stopped = True

    def close(self, seconds: float | None = None) -> bool:
        """Publish what waits, unless `stop` was called, and end the thread.

        Args:
            seconds: at most so long; what is not published then is left to the next run.

        Returns:
            True if everything that was handed over is published.

        Raises:
            OSError: the first error of a shard.
        """
        try:
            return self.wait(seconds)
        finally:
            with self._changed:
                self._stopped = self._closed = True
                self._changed.notify_all()
            if not self._under_way:
                self._thread.join()

    def __enter__(self) -> Uploads[Item]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
            return
        self.stop()
        with self._changed:
            self._error = None  # the caller's own error is the one to report
        self.close()

    def _goes_on(self) -> bool:
        return self._error is None and not self._stopped and not self._closed

    def _busy(self) -> bool:
        """Tell whether waiting makes sense: something is under way, or will be."""
        return self._under_way or (bool(self._waiting) and self._goes_on())

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        while True:
            with self._changed:
                while not (self._waiting and self._goes_on()):
                    if self._closed:
                        return
                    self._changed.wait(_TICK)
                item = self._waiting.popleft()
                self._under_way = True
                self._changed.notify_all()
            try:
                self._publish(item)
            except BaseException as error:  # carried to the main thread, which raises it
                self._error = error
            with self._changed:
                self._under_way = False
                self._changed.notify_all()
