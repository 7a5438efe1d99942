"""omni.timeline: play, pause, stop and the current time in seconds; physics follows it."""

from __future__ import annotations

import enum
import importlib
import sys
from collections.abc import Callable
from typing import Any

from .carb.eventdispatcher import get_eventdispatcher
from .carb.events import IEventStream


class TimelineEventType(enum.IntEnum):
    """Events of `Timeline.get_timeline_event_stream`."""

    PLAY = 0
    PAUSE = 1
    STOP = 2
    CURRENT_TIME_CHANGED = 3
    CURRENT_TIME_TICKED = 4
    LOOP_MODE_CHANGED = 5
    START_TIME_CHANGED = 6
    END_TIME_CHANGED = 7
    TIME_CODE_PER_SECOND_CHANGED = 8


def global_event(kind: TimelineEventType) -> str:
    """Return the name under which `carb.eventdispatcher` sends an event of the timeline."""
    return f"omni.timeline:{kind.name.lower()}"


GLOBAL_EVENT_PLAY = global_event(TimelineEventType.PLAY)
GLOBAL_EVENT_PAUSE = global_event(TimelineEventType.PAUSE)
GLOBAL_EVENT_STOP = global_event(TimelineEventType.STOP)
GLOBAL_EVENT_CURRENT_TIME_CHANGED = global_event(TimelineEventType.CURRENT_TIME_CHANGED)
GLOBAL_EVENT_CURRENT_TIME_TICKED = global_event(TimelineEventType.CURRENT_TIME_TICKED)
COUPLING = "engine.physics.coupling"
_STATE_EVENTS = {
    "playing": TimelineEventType.PLAY,
    "paused": TimelineEventType.PAUSE,
    "stopped": TimelineEventType.STOP,
}


class _Clock:
    """The range and the rate of the clock."""

    def __init__(self) -> None:
        self._time = 0.0
        self._rate = 60.0
        self._start = 0.0
        self._end = 100.0 / 60.0
        self._looping = True
        self._events = IEventStream()

    def _tell(self, kind: TimelineEventType, payload: dict[str, Any]) -> None:
        """Send an event, on the timeline's stream and by its global name."""
        self._events.push(kind, payload=payload)
        get_eventdispatcher().dispatch_event(global_event(kind), payload)

    def get_start_time(self) -> float:
        """Return the first time, seconds."""
        return self._start

    def set_start_time(self, time: float) -> None:
        """Set the first time, seconds."""
        self._start = float(time)
        self._tell(TimelineEventType.START_TIME_CHANGED, payload={"startTime": self._start})

    def get_end_time(self) -> float:
        """Return the last time, seconds."""
        return self._end

    def set_end_time(self, time: float) -> None:
        """Set the last time, seconds."""
        self._end = float(time)
        self._tell(TimelineEventType.END_TIME_CHANGED, payload={"endTime": self._end})

    def is_looping(self) -> bool:
        """Tell whether the clock starts again at the end."""
        return self._looping

    def set_looping(self, looping: bool) -> None:
        """Choose whether the clock starts again at the end; if not, it stops there."""
        self._looping = bool(looping)
        self._tell(TimelineEventType.LOOP_MODE_CHANGED, payload={"looping": self._looping})

    def get_time_codes_per_seconds(self) -> float:
        """Return time codes a second."""
        return self._rate

    def set_time_codes_per_second(self, rate: float) -> None:
        """Set time codes a second.

        Raises:
            ValueError: if the rate is not positive.
        """
        if not rate > 0:
            raise ValueError(f"time codes a second must be positive, {rate} was given")
        self._rate = float(rate)
        payload = {"timeCodesPerSecond": self._rate}
        self._tell(TimelineEventType.TIME_CODE_PER_SECOND_CHANGED, payload=payload)

    def get_timeline_event_stream(self) -> IEventStream:
        """Return the stream of `TimelineEventType` events."""
        return self._events


class _Accepted(_Clock):
    """What scripts set on the clock and the engine has no use for."""

    def set_ticks_per_frame(self, ticks: int) -> None:
        """Accept sub-steps a frame."""

    def set_play_every_frame(self, enabled: bool) -> None:
        """Accept: every frame is played."""

    def set_fast_mode(self, enabled: bool) -> None:
        """Accept: there is no wall clock to keep up with."""

    def set_auto_update(self, enabled: bool) -> None:
        """Accept: the clock moves with app updates and captures."""

    def set_prerolling(self, enabled: bool) -> None:
        """Accept."""

    def set_target_framerate(self, rate: float) -> None:
        """Accept: frames come as fast as they can."""

    def commit(self) -> None:
        """Accepted: nothing is deferred here."""

    def commit_silently(self) -> None:
        """Accepted: nothing is deferred here."""

    def time_to_time_code(self, time: float) -> float:
        """Convert seconds to time codes."""
        return time * self._rate

    def time_code_to_time(self, time_code: float) -> float:
        """Convert time codes to seconds."""
        return time_code / self._rate


class Timeline(_Accepted):
    """The process-wide timeline. Changes take effect at once; `commit()` is accepted."""

    def __init__(self) -> None:
        super().__init__()
        self._state = "stopped"
        self.on_changed: list[Callable[[str], None]] = []
        self.on_moved: list[Callable[[], None]] = []

    def _set_state(self, state: str) -> None:
        if state != self._state:
            self._state = state
            self._follow(state)
            for callback in list(self.on_changed):
                callback(state)
            self._tell(_STATE_EVENTS[state], payload={"currentTime": self._time})

    def _follow(self, state: str) -> None:
        """Let physics follow, once the timeline has been played: until then there is nothing to stop."""
        if state == "playing" or COUPLING in sys.modules:
            importlib.import_module(COUPLING).on_state(state)

    def play(self, start_timecode: float = 0, end_timecode: float = 0, looping: bool = True) -> None:
        """Start the clock; time codes that are given (end after start) set its range."""
        if end_timecode > start_timecode:
            self._start, self._end, self._looping = start_timecode / self._rate, end_timecode / self._rate, looping
        self._set_state("playing")

    def pause(self) -> None:
        """Hold the clock."""
        self._set_state("paused")

    def stop(self) -> None:
        """Hold the clock and go back to the start time."""
        self._time = self._start
        self._set_state("stopped")

    def is_playing(self) -> bool:
        """Tell whether the clock runs."""
        return self._state == "playing"

    def is_stopped(self) -> bool:
        """Tell whether the clock is stopped."""
        return self._state == "stopped"

    def get_current_time(self) -> float:
        """Return the current time, seconds."""
        return self._time

    def set_current_time(self, time: float) -> None:
        """Set the current time, seconds."""
        self._time = float(time)
        self._tell(TimelineEventType.CURRENT_TIME_CHANGED, payload={"currentTime": self._time})

    def forward(self, seconds: float) -> None:
        """Advance the clock by `seconds`; at the end time it starts again, or stops there if it does not loop."""
        self._time += seconds
        if self._time > self._end > self._start:
            if self._looping:
                self._time = self._start + (self._time - self._end) % (self._end - self._start)
            elif self.is_playing():
                self.stop()
                return
        self._tell(TimelineEventType.CURRENT_TIME_TICKED, payload={"dt": seconds, "currentTime": self._time})
        if self.is_playing():
            importlib.import_module(COUPLING).on_forward(seconds)
        for callback in list(self.on_moved):
            callback()

    def forward_one_frame(self) -> None:
        """Advance by one time code."""
        self.forward(1.0 / self._rate)

    def rewind_one_frame(self) -> None:
        """Go back by one time code."""
        self.set_current_time(self._time - 1.0 / self._rate)


ITimeline = Timeline
_timeline = Timeline()


def get_timeline_interface(name: str = "") -> Timeline:
    """Return the process-wide timeline (Kit's named timelines are not modelled)."""
    return _timeline


acquire_timeline_interface = get_timeline_interface
