"""SimulationManager: one class that scripts start, step, configure and listen to physics by."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from enum import Enum
from typing import Any

from engine.carb.eventdispatcher import get_eventdispatcher
from engine.physics import if_running, simulation
from engine.timeline import get_timeline_interface
from engine.usd_context import get_context

from .events import IsaacEvents, SimulationEvent
from .settings import Accepted
from .time_samples import TimeSamples

READY = (
    SimulationEvent.SIMULATION_SETUP,
    IsaacEvents.PHYSICS_WARMUP,
    IsaacEvents.SIMULATION_VIEW_CREATED,
    IsaacEvents.PHYSICS_READY,
)
TIMELINE_EVENTS = {
    "playing": SimulationEvent.SIMULATION_STARTED,
    "paused": SimulationEvent.SIMULATION_PAUSED,
    "stopped": SimulationEvent.SIMULATION_STOPPED,
}
StepCallback = Callable[[int, int], bool | None]


class ClassView:
    """An attribute that a class computes whenever it is asked for."""

    def __init__(self, compute: Callable[[Any], Any]) -> None:
        self._compute = compute

    def __get__(self, instance: Any, owner: Any) -> Any:
        return self._compute(owner)


class SimulationManager(Accepted):
    """Physics of the open stage."""

    _simulation_manager_interface = TimeSamples()

    @classmethod
    def _follow_timeline(cls) -> None:
        """Begin to tell what the timeline does."""
        if not _timeline_events:
            _timeline_events.append(_TimelineEvents())

    @classmethod
    def initialize_physics(cls) -> None:
        """Start the simulation of the stage, with a scene where there is none, and tell listeners.

        Raises:
            PhysicsMissingError: if PhysX is not installed.
        """
        cls._follow_timeline()
        running = if_running()
        if running is not None and running.is_started:
            return
        cls._scenes(None)
        simulation().warm_up()
        for event in READY:
            get_eventdispatcher().dispatch_event(event.value, {})

    @classmethod
    def invalidate_physics(cls) -> None:
        """Forget the simulation; bodies stay where they are."""
        running = if_running()
        if running is not None:
            running.close()

    @classmethod
    def step(
        cls,
        render: bool = False,
        *,
        steps: int = 1,
        callback: StepCallback | None = None,
        update_fabric: bool = False,
    ) -> None:
        """Simulate steps.

        Args:
            render: must be False, as in Isaac Sim 5.
            steps: how many.
            callback: called with (step, steps) after each; False ends the loop.
            update_fabric: accepted.

        Raises:
            ValueError: if `render` is asked for.
            PhysicsMissingError: if PhysX is not installed.
        """
        if render:
            raise ValueError("SimulationManager.step: render=True was given; expected False (use the app's update)")
        for step in range(steps):
            simulation().step(cls.get_physics_dt())
            if callback is not None and callback(step + 1, steps) is False:
                break

    @classmethod
    def get_simulation_time(cls) -> float:
        """Return seconds simulated."""
        running = if_running()
        return running.time if running is not None else 0.0

    @classmethod
    def get_num_physics_steps(cls) -> int:
        """Return steps simulated."""
        running = if_running()
        return running.steps if running is not None else 0

    @classmethod
    def is_simulating(cls) -> bool:
        """Tell whether a simulation has been started and not stopped."""
        running = if_running()
        return running is not None and running.is_started

    @classmethod
    def is_paused(cls) -> bool:
        """Tell whether the timeline holds a started simulation."""
        timeline = get_timeline_interface()
        return cls.is_simulating() and not timeline.is_playing() and not timeline.is_stopped()

    @classmethod
    def get_physics_sim_view(cls) -> Any:
        """Return the tensor view of the running simulation in the arrays of `get_backend`, else None."""
        return cls._sim_view(cls.get_backend())

    get_physics_simulation_view = get_physics_sim_view

    @classmethod
    def _sim_view(cls, frontend: str) -> Any:
        if not cls.is_simulating():
            return None
        from engine.kit.physics_tensors import SimulationView

        return SimulationView(simulation().stage, frontend)

    @classmethod
    def _get_backend_utils(cls) -> Any:
        """Return the module of array functions of the backend."""
        return importlib.import_module(f"engine.isaac.core_utils.{cls.get_backend()}")

    _physics_sim_view = ClassView(lambda owner: owner._sim_view(owner.get_backend()))
    _physics_sim_view__warp = ClassView(lambda owner: owner._sim_view("warp"))


class _TimelineEvents:
    """Tell listeners of the simulation what the timeline does."""

    def __init__(self) -> None:
        self._last = ""
        get_timeline_interface().on_changed.append(self._changed)
        get_context().on_stage_changed.append(SimulationManager.deregister_all_callbacks)

    def _changed(self, state: str) -> None:
        event: Enum = TIMELINE_EVENTS[state]
        if state == "playing" and SimulationManager.is_simulating():
            resumed = self._last == "paused"
            for ready in () if resumed else READY:
                get_eventdispatcher().dispatch_event(ready.value, {})
            event = SimulationEvent.SIMULATION_RESUMED if resumed else event
        self._last = state
        get_eventdispatcher().dispatch_event(str(event.value), {})
        if state == "stopped":
            get_eventdispatcher().dispatch_event(IsaacEvents.TIMELINE_STOP.value, {})


_timeline_events: list[_TimelineEvents] = []
