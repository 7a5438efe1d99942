"""The Kit application: one update loop that runs coroutines, the timeline and whoever subscribed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any


class App:
    """The process-wide application.

    `update()` is one app frame: subscribers first (in order of subscription), then one pass of the asyncio loop.
    """

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._subscribers: list[Callable[[], None]] = []
        self._waiters: list[asyncio.Future[None]] = []

    def subscribe_update(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback()` on every update; returns a function that unsubscribes it."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback) if callback in self._subscribers else None

    def update(self) -> None:
        """Run one app frame (synchronous callers only)."""
        self._tick()
        self.loop.run_until_complete(asyncio.sleep(0))

    async def next_update_async(self) -> None:
        """Wait for the next app frame; inside a running coroutine this runs that frame."""
        self._tick()
        await asyncio.sleep(0)

    def run_coroutine(self, coroutine: Coroutine[Any, Any, Any] | Awaitable[Any]) -> Any:
        """Run a coroutine to its end and return its result."""
        return self.loop.run_until_complete(coroutine)

    def _tick(self) -> None:
        for subscriber in list(self._subscribers):
            subscriber()


_app = App()


def get_app() -> App:
    """Return the process-wide application."""
    return _app
