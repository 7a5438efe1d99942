"""When `while simulation_app.is_running()` ends by itself: a window can be closed, the engine has none.

A script whose loop waits for somebody to close the window would never end. The application counts as closed once
nothing has gone on for a while: no run, no coroutine, no change of the stage, and no playing timeline that cameras see.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from pxr import Tf, Usd

from ..app import get_app
from ..carb.settings import get_settings
from ..timeline import get_timeline_interface

UPDATES = "/replicant/idleUpdates"  # app frames in which nothing goes on; 0: wait for ever
DEFAULT_UPDATES = 3000
SECONDS = 5.0
MESSAGE = (
    "SimulationApp.is_running(): nothing has gone on for {updates} app frames and there is no window to close, so the "
    "application closes; --/replicant/idleUpdates=0 lets it wait for ever"
)


class Idle:
    """Watch whether anything goes on, from the first question on."""

    def __init__(self) -> None:
        get_settings().set_default(UPDATES, DEFAULT_UPDATES)
        self._listener: Any = None
        self._changed = False
        self._captured = -1
        self._frame = 0
        self._since = 0.0
        self._over = False

    def is_over(self) -> bool:
        """Tell whether nothing has gone on for so long that the application counts as closed."""
        limit = int(get_settings().get(UPDATES))
        if self._over or limit <= 0:
            return self._over
        if self._listener is None:
            self._listener = Tf.Notice.RegisterGlobally(Usd.Notice.ObjectsChanged, self._note)
            self._changed = True
        busy = self._is_busy()  # asked in every frame, for it notes what was captured up to now
        if self._changed or busy:
            self._changed, self._frame, self._since = False, get_app().frame, time.monotonic()
            return False
        self._over = get_app().frame - self._frame >= limit and time.monotonic() - self._since >= SECONDS
        if self._over:
            print(MESSAGE.format(updates=get_app().frame - self._frame), file=sys.stderr)
        return self._over

    def _note(self, *notice: Any) -> None:
        self._changed = True

    def _is_busy(self) -> bool:
        """Tell whether a run, a coroutine or a timeline that cameras see goes on, or a frame was captured."""
        if get_app().pending_tasks():
            return True
        machine = sys.modules.get("engine.replicator.orchestrator.machine")
        if machine is None:
            return False
        captured, self._captured = self._captured, machine.machine.counter.captured
        attached = machine.capture.anything_attached()
        return (
            machine.machine.status in machine.RUNNING
            or captured != self._captured
            or (attached and get_timeline_interface().is_playing())
        )
