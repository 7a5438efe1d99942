"""The Kit application: one update loop that runs coroutines, the timeline and whoever subscribed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from .carb.eventdispatcher import get_eventdispatcher
from .carb.events import IEventStream
from .kit.app_info import AppInfo
from .timeline import get_timeline_interface

GLOBAL_EVENT_PRE_UPDATE = "omni.kit.app:pre_update"
GLOBAL_EVENT_UPDATE = "omni.kit.app:update"
GLOBAL_EVENT_POST_UPDATE = "omni.kit.app:post_update"
GLOBAL_EVENT_PRE_SHUTDOWN = "omni.kit.app:pre_shutdown"
GLOBAL_EVENT_POST_QUIT = "omni.kit.app:post_quit"
GLOBAL_EVENT_LOG = "omni.kit.app:log"
RENDERING_NEW_FRAME = "omni.usd:rendering_event:NEW_FRAME"


class _Loop:
    """The asyncio loop, moved on by one pass an app frame."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._waiters: list[asyncio.Future[None]] = []
        self._pumping = False

    def _pump(self) -> None:
        """Wake those who wait for this frame, then let every ready coroutine run once."""
        if self.loop.is_running() or self.loop.is_closed():
            return
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._pumping = True
        try:
            self.loop.call_soon(self.loop.stop)
            self.loop.run_forever()
        finally:
            self._pumping = False

    def take_over(self) -> None:
        """Make this the thread's loop, for `asyncio.run` too: Isaac Sim patches it with nest_asyncio to that end."""
        asyncio.set_event_loop(self.loop)
        asyncio.run = self._run  # type: ignore[assignment]

    def _run(self, main: Coroutine[Any, Any, Any], *, debug: bool | None = None, loop_factory: object = None) -> Any:
        return self.loop.run_until_complete(main)

    def pending_tasks(self) -> set[asyncio.Task[Any]]:
        """Return the coroutines that have been started and have not ended."""
        return asyncio.all_tasks(self.loop)


class App(_Loop, AppInfo):
    """The process-wide application.

    `update()` is one app frame: subscribers first (in order of subscription), then a playing timeline moves on by one
    time code, then those who want to see the frame, then one pass of the asyncio loop.
    """

    def __init__(self) -> None:
        super().__init__()
        self._subscribers: list[Callable[[], None]] = []
        self._viewers: list[Callable[[], None]] = []
        self._streams = {name: IEventStream() for name in ("pre_update", "update", "post_update", "shutdown", "log")}
        self._start = time.perf_counter()
        self._running = True
        self.frame = 0

    def subscribe_update(self, callback: Callable[[], None], late: bool = False) -> Callable[[], None]:
        """Call `callback()` on every update; returns a function that unsubscribes it.

        Args:
            callback: called without arguments.
            late: after a playing timeline and its physics have moved on, not before.
        """
        subscribers = self._viewers if late else self._subscribers
        subscribers.append(callback)
        return lambda: subscribers.remove(callback) if callback in subscribers else None

    def update(self) -> None:
        """Run one app frame; inside a running coroutine, without the pass of the loop."""
        self._tick()
        self._pump()

    async def next_update_async(self) -> float:
        """Wait for the next app frame and return its length, seconds; under a foreign loop this runs that frame."""
        if self._pumping:
            waiter: asyncio.Future[None] = self.loop.create_future()
            self._waiters.append(waiter)
            await waiter
        else:
            self._tick()
            await asyncio.sleep(0)
        return 1.0 / 60.0

    def run_coroutine(self, coroutine: Coroutine[Any, Any, Any] | Awaitable[Any]) -> Any:
        """Run a coroutine to its end, one app frame after another, and return its result."""
        future = asyncio.ensure_future(coroutine, loop=self.loop)
        while not future.done():
            self.update()
        return future.result()

    def is_running(self) -> bool:
        """Tell whether nobody has asked the application to quit."""
        return self._running

    def post_quit(self, return_code: int = 0) -> None:
        """Ask the application to quit."""
        self._running = False
        get_eventdispatcher().dispatch_event(GLOBAL_EVENT_POST_QUIT, {"returnCode": return_code})

    def get_time_since_start_s(self) -> float:
        """Return the age of the application, seconds."""
        return time.perf_counter() - self._start

    def stream(self, name: str) -> IEventStream:
        """Return the event stream `name`: pre_update, update, post_update, shutdown or log."""
        return self._streams[name]

    def _tick(self) -> None:
        self.frame += 1
        self._send("pre_update", GLOBAL_EVENT_PRE_UPDATE)
        for subscriber in list(self._subscribers):
            subscriber()
        timeline = get_timeline_interface()
        if timeline.is_playing():
            timeline.forward(1.0 / timeline.get_time_codes_per_seconds())
        for viewer in list(self._viewers):
            viewer()
        self._send("update", GLOBAL_EVENT_UPDATE)
        self._send("post_update", GLOBAL_EVENT_POST_UPDATE)
        get_eventdispatcher().dispatch_event(RENDERING_NEW_FRAME, {"viewport_handle": 0, "frame_number": self.frame})

    def _send(self, stream: str, event_name: str) -> None:
        payload = {"dt": 1.0 / get_timeline_interface().get_time_codes_per_seconds()}
        self._streams[stream].push(payload=payload)
        get_eventdispatcher().dispatch_event(event_name, payload)


_app = App()


def get_app() -> App:
    """Return the process-wide application."""
    return _app
