"""What simulation time each of the last frames shows: `SimulationManager._simulation_manager_interface`.

Frames are known by their reference time, a fraction of seconds of the timeline, as the annotator `ReferenceTime` gives
it.

Source: ISimulationManager.h and TimeSampleStorage.h of isaacsim.core.simulation_manager (isaac-sim/IsaacSim v6.0.1).
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from engine.carb.logging import log_info
from engine.physics import if_running
from engine.timeline import get_timeline_interface
from engine.usd_context import get_context

CAPACITY = 31
MICROSECOND = 1_000_000


@dataclass(frozen=True)
class TimeData:
    """Times of one frame, seconds.

    Attributes:
        sim_time: simulated since play.
        sim_time_monotonic: simulated since the stage was opened.
        system_time: of the machine's clock.
    """

    sim_time: float
    sim_time_monotonic: float
    system_time: float


@dataclass(frozen=True)
class Entry:
    """One frame.

    Attributes:
        time: reference time, a fraction of seconds.
        data: the other times of that frame.
        valid: always True.
    """

    time: Fraction
    data: TimeData
    valid: bool = True


class _Samples:
    """The last frames."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=CAPACITY)
        self._before = 0.0
        timeline = get_timeline_interface()
        timeline.on_changed.append(self._changed)
        timeline.on_moved.append(self._take)
        get_context().on_stage_changed.append(self.reset)

    def reset(self) -> None:
        """Forget every frame."""
        self._entries.clear()
        self._before = 0.0

    def get_all_samples(self) -> list[Entry]:
        """Return what is known of the last frames, oldest first."""
        return list(self._entries)

    def get_sample_count(self) -> int:
        """Return how many frames are known."""
        return len(self._entries)

    def get_sample_range(self) -> tuple[Fraction, Fraction] | None:
        """Return the reference times of the oldest and the newest frame known, or None."""
        return (self._entries[0].time, self._entries[-1].time) if self._entries else None

    def get_buffer_capacity(self) -> int:
        """Return how many frames are kept."""
        return CAPACITY

    def log_statistics(self) -> None:
        """Log how many frames are known, and which."""
        log_info(f"time samples: {len(self._entries)} of {CAPACITY}, {self.get_sample_range()}")

    def _changed(self, state: str) -> None:
        if state == "stopped":
            self._before += self._entries[-1].data.sim_time if self._entries else 0.0
            self._entries.clear()
        elif state == "playing":
            self._take()

    def _take(self) -> None:
        """Note the times of the present frame; a timeline that went back begins anew."""
        now = present()
        if self._entries and now < self._entries[-1].time:
            self._entries.clear()
        elif self._entries and now == self._entries[-1].time:
            self._entries.pop()
        simulated = simulation_time()
        self._entries.append(Entry(now, TimeData(simulated, self._before + simulated, time.time())))

    def _at(self, reference: Sequence[int] | Fraction, name: str, present_value: float) -> float:
        """Return a time of a frame: its own, one between its neighbours', or the present one where it is not known."""
        wanted = reference if isinstance(reference, Fraction) else _fraction(reference)
        if wanted is None or not self._entries or not self._entries[0].time <= wanted <= self._entries[-1].time:
            return present_value
        times = [float(entry.time) for entry in self._entries]
        return float(np.interp(float(wanted), times, [getattr(entry.data, name) for entry in self._entries]))


class TimeSamples(_Samples):
    """The times of Isaac Sim's simulation manager, now and at frames of the past."""

    def get_current_time(self) -> Fraction:
        """Return the reference time of the present frame, a fraction of seconds."""
        return present()

    def get_simulation_time(self) -> float:
        """Return seconds simulated since play."""
        return simulation_time()

    def get_simulation_time_monotonic(self) -> float:
        """Return seconds simulated since the stage was opened."""
        return self._before + simulation_time()

    def get_system_time(self) -> float:
        """Return seconds of the machine's clock."""
        return time.time()

    def get_num_physics_steps(self) -> int:
        """Return steps simulated since play."""
        running = if_running()
        return running.steps if running is not None else 0

    def is_simulating(self) -> bool:
        """Tell whether a simulation has been started and not stopped."""
        running = if_running()
        return running is not None and running.is_started

    def get_simulation_time_at_time(self, time: Sequence[int] | Fraction) -> float:
        """Return seconds simulated at a frame, given by the numerator and the denominator of its reference time."""
        return self._at(time, "sim_time", simulation_time())

    def get_simulation_time_monotonic_at_time(self, time: Sequence[int] | Fraction) -> float:
        """Return seconds simulated since the stage was opened at a frame, given by its reference time."""
        return self._at(time, "sim_time_monotonic", self.get_simulation_time_monotonic())

    def get_system_time_at_time(self, time: Sequence[int] | Fraction) -> float:
        """Return seconds of the machine's clock at a frame, given by its reference time."""
        return self._at(time, "system_time", self.get_system_time())


def present() -> Fraction:
    """Return the timeline's time as a fraction of seconds, exact to a microsecond."""
    return Fraction(get_timeline_interface().get_current_time()).limit_denominator(MICROSECOND)


def simulation_time() -> float:
    """Return seconds simulated since play, 0 where nothing is simulated."""
    running = if_running()
    return running.time if running is not None else 0.0


def _fraction(pair: Sequence[int]) -> Fraction | None:
    """Return a numerator and a denominator as a fraction, None where the denominator is 0."""
    numerator, denominator = pair
    return Fraction(int(numerator), int(denominator)) if int(denominator) else None
