"""omni.timeline: play, pause, stop and the current time in seconds."""

from __future__ import annotations

from collections.abc import Callable


class Timeline:
    """The process-wide timeline. Changes take effect at once; `commit()` is accepted."""

    def __init__(self) -> None:
        self._time = 0.0
        self._rate = 60.0
        self._start = 0.0
        self._end = 100.0 / 60.0
        self._looping = True
        self._state = "stopped"
        self.on_changed: list[Callable[[str], None]] = []

    def _set_state(self, state: str) -> None:
        if state != self._state:
            self._state = state
            for callback in list(self.on_changed):
                callback(state)

    def play(self) -> None:
        """Start the clock."""
        self._set_state("playing")

    def pause(self) -> None:
        """Hold the clock."""
        self._set_state("paused")

    def stop(self) -> None:
        """Hold the clock and go back to the start time."""
        self._time = self._start
        self._set_state("stopped")

    def commit(self) -> None:
        """Accepted: nothing is deferred here."""

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

    def get_time_codes_per_seconds(self) -> float:
        """Return time codes a second."""
        return self._rate

    def set_time_codes_per_second(self, rate: float) -> None:
        """Set time codes a second."""
        self._rate = float(rate)

    def forward(self, seconds: float) -> None:
        """Advance the clock by `seconds`, looping at the end time if asked to."""
        self._time += seconds
        if self._looping and self._time > self._end > self._start:
            self._time = self._start + (self._time - self._end)


_timeline = Timeline()


def get_timeline_interface() -> Timeline:
    """Return the process-wide timeline."""
    return _timeline
