"""SimulationManager: one class that scripts start, step, configure and listen to physics by."""

from __future__ import annotations

import inspect
import weakref
from collections.abc import Callable
from enum import Enum
from typing import Any

from engine.carb.eventdispatcher import Observer, get_eventdispatcher
from engine.graph.graph import current_stage
from engine.kit.physics_core import get_physics_simulation_interface
from engine.physics import if_running, simulation
from engine.timeline import get_timeline_interface
from engine.usd_context import get_context

from .events import POST_STEP, PRE_STEP, IsaacEvents, SimulationEvent
from .physics_scene import PhysicsScene, PhysxScene, one_of

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
DEFAULT_SCENE = "/PhysicsScene"
StepCallback = Callable[[int, int], bool | None]


class _Listeners:
    """Callbacks by number."""

    _callbacks: dict[int, Any] = {}
    _next = 0

    @classmethod
    def register_callback(
        cls, callback: Callable[..., Any], event: SimulationEvent | IsaacEvents, order: int = 0, **kwargs: Any
    ) -> int:
        """Call `callback` at an event and return the number by which the call is ended.

        Args:
            callback: gets (dt, context) at physics steps of `SimulationEvent`, (dt) at those of `IsaacEvents`, and the
                event otherwise; a bound method does not keep its object alive.
            event: when to call.
            order: lower is called earlier.
            **kwargs: `name`, accepted.

        Raises:
            ValueError: if the event is of neither kind.
        """
        if not isinstance(event, SimulationEvent | IsaacEvents):
            raise ValueError(f"register_callback: event={event!r} was given; expected a SimulationEvent or IsaacEvents")
        _follow_timeline()
        call = _weak(callback)
        if event in PRE_STEP or event in POST_STEP:
            old = isinstance(event, IsaacEvents) and _takes_one(callback)
            step = (lambda dt, context: call(dt)) if old else call
            subscription: Any = get_physics_simulation_interface().subscribe_physics_on_step_events(
                pre_step=event in PRE_STEP, order=order, on_update=step
            )
        else:
            subscription = get_eventdispatcher().observe_event(event_name=event.value, on_event=call, order=order)
        uid = _Listeners._next
        _Listeners._next += 1
        cls._callbacks[uid] = subscription
        return uid

    @classmethod
    def deregister_callback(cls, uid: int) -> bool:
        """End the calls of a number; tells whether there were any."""
        subscription = cls._callbacks.pop(uid, None)
        if subscription is None:
            return False
        end = subscription.reset if isinstance(subscription, Observer) else subscription.unsubscribe
        end()
        return True

    @classmethod
    def deregister_all_callbacks(cls) -> None:
        """End all calls."""
        for uid in list(cls._callbacks):
            cls.deregister_callback(uid)


def _takes_one(callback: Callable[..., Any]) -> bool:
    try:
        return len(inspect.signature(callback).parameters) == 1
    except (TypeError, ValueError):
        return False


def _weak(callback: Callable[..., Any]) -> Callable[..., Any]:
    """Return a call that does not keep a method's object alive."""
    owner = getattr(callback, "__self__", None)
    if owner is None:
        return callback
    method = weakref.WeakMethod(callback)  # type: ignore[arg-type]

    def call(*arguments: Any) -> Any:
        bound = method()
        return bound(*arguments) if bound is not None else None

    return call


class _Scenes(_Listeners):
    """The physics scenes of the stage, and settings of them."""

    @classmethod
    def get_physics_scenes(cls) -> list[PhysicsScene]:
        """Return every scene of the stage."""
        return [PhysxScene(current_stage().GetPrimAtPath(path)) for path in PhysicsScene.get_physics_scene_paths()]

    @classmethod
    def setup_simulation(cls, dt: float | None = None, device: Any = None) -> None:
        """Make a scene where there is none, and set the length of a step.

        Args:
            dt: seconds.
            device: accepted; the engine simulates on the CPU.
        """
        for scene in cls._scenes(None):
            if dt is not None:
                scene.set_dt(dt)

    @classmethod
    def set_physics_dt(cls, dt: float = 1.0 / 60.0, physics_scene: str | None = None) -> None:
        """Set seconds of a step.

        Raises:
            ValueError: if it is not from 0 to 1, or there is no such scene.
            RuntimeError: while the timeline plays.
        """
        if get_timeline_interface().is_playing():
            raise RuntimeError("set_physics_dt was called while the timeline plays; expected before play or after stop")
        for scene in cls._scenes(physics_scene):
            scene.set_dt(dt)
        running = if_running()
        if running is not None and dt > 0:
            running.dt = dt

    @classmethod
    def get_physics_dt(cls, physics_scene: str | None = None) -> float:
        """Return seconds of a step."""
        return cls._scenes(physics_scene)[0].get_dt()

    @classmethod
    def set_default_physics_scene(cls, physics_scene_prim_path: str) -> None:
        """Choose the scene that calls without one mean.

        Raises:
            ValueError: if there is no such scene.
        """
        cls._scenes(physics_scene_prim_path)
        cls._default_path = physics_scene_prim_path

    @classmethod
    def get_default_physics_scene(cls) -> str | None:
        """Return the path of the scene that calls without one mean, or None where the stage has none."""
        paths = PhysicsScene.get_physics_scene_paths()
        return cls._default_path if cls._default_path in paths else paths[0] if paths else None

    _default_path = ""

    @classmethod
    def _scenes(cls, path: str | None) -> list[PhysxScene]:
        paths = PhysicsScene.get_physics_scene_paths()
        if path is not None and path not in paths:
            raise ValueError(f"physics_scene='{path}' was given; the stage has: {', '.join(paths) or 'none'}")
        if not paths:
            return [PhysxScene(DEFAULT_SCENE)]
        wanted = [path] if path is not None else paths
        return [PhysxScene(current_stage().GetPrimAtPath(found)) for found in wanted]


def _setting(name: str) -> tuple[Any, Any]:
    """Return the getter and the setter of a setting of the scenes."""

    def read(cls: Any, physics_scene: str | None = None) -> Any:
        return getattr(cls._scenes(physics_scene)[0], f"get_{name}")()

    def write(cls: Any, value: Any, physics_scene: str | None = None) -> None:
        for scene in cls._scenes(physics_scene):
            getattr(scene, f"set_{name}")(value)

    return classmethod(read), classmethod(write)


class _Settings(_Scenes):
    """Settings of Isaac Sim 5, by the names they had there, and devices."""

    get_broadphase_type, set_broadphase_type = _setting("broadphase_type")
    get_solver_type, set_solver_type = _setting("solver_type")
    is_ccd_enabled, enable_ccd = _setting("enabled_ccd")
    is_stablization_enabled, enable_stablization = _setting("enabled_stabilization")
    is_gpu_dynamics_enabled, enable_gpu_dynamics = _setting("enabled_gpu_dynamics")
    _backend = "numpy"
    _fabric = False

    @classmethod
    def set_backend(cls, val: str) -> None:
        """Choose the arrays of views: "numpy", "torch" or "warp".

        Raises:
            ValueError: if it is none of these.
        """
        cls._backend = one_of("backend", val, ("numpy", "torch", "warp"))

    @classmethod
    def get_backend(cls) -> str:
        """Return the arrays of views."""
        return cls._backend

    @classmethod
    def set_physics_sim_device(cls, val: str) -> None:
        """Accept a device; the engine simulates on the CPU."""

    @classmethod
    def get_physics_sim_device(cls) -> str:
        """Return "cpu"."""
        return "cpu"

    @classmethod
    def set_device(cls, device: Any) -> None:
        """Accept a device; the engine simulates on the CPU."""

    @classmethod
    def get_device(cls) -> str:
        """Return "cpu"."""
        return "cpu"

    @classmethod
    def enable_fabric(cls, enable: bool) -> None:
        """Note the wish; results are always written to USD."""
        cls._fabric = bool(enable)

    @classmethod
    def is_fabric_enabled(cls, enable: bool | None = None) -> bool:
        """Tell whether fabric was asked for."""
        return cls._fabric

    @classmethod
    def get_active_physics_engine(cls) -> str:
        """Return "physx"."""
        return "physx"

    @classmethod
    def get_available_physics_engines(cls, verbose: bool = False) -> list[tuple[str, bool]]:
        """Return the engines and whether each is active."""
        return [("physx", True)]

    @classmethod
    def switch_physics_engine(cls, engine_name: str, verbose: bool = False) -> bool:
        """Tell whether an engine is there to switch to: PhysX is, the others are not."""
        return engine_name == "physx"


class _Accepted(_Settings):
    """Switches of callbacks that the engine does without."""

    _switches = dict.fromkeys(("warm_start", "on_stop", "post_warm_start", "stage_open", "stage_close"), True)

    @classmethod
    def enable_all_default_callbacks(cls, enable: bool = True) -> None:
        """Note the wish: starting and stopping follow the timeline."""
        for name in cls._switches:
            cls._switches[name] = bool(enable)

    @classmethod
    def enable_default_callbacks(cls, **switches: bool | None) -> None:
        """Note the wishes `enable_<name>`."""
        for name, value in switches.items():
            if value is not None:
                cls._switches[name.removeprefix("enable_")] = bool(value)

    @classmethod
    def is_default_callback_enabled(cls, callback_name: str) -> bool:
        """Tell whether a callback is wished for."""
        return cls._switches.get(callback_name, False)

    @classmethod
    def get_default_callback_status(cls) -> dict[str, bool]:
        """Return every wish."""
        return dict(cls._switches)

    @classmethod
    def enable_usd_notice_handler(cls, enable: bool) -> None:
        """Accept."""

    @classmethod
    def enable_fabric_usd_notice_handler(cls, stage_id: int, enable: bool) -> None:
        """Accept."""

    @classmethod
    def is_fabric_usd_notice_handler_enabled(cls, stage_id: int) -> bool:
        """Tell: there is no fabric."""
        return False

    @classmethod
    def assets_loading(cls) -> bool:
        """Tell: stages are complete when they have been opened."""
        return False


class SimulationManager(_Accepted):
    """Physics of the open stage."""

    @classmethod
    def initialize_physics(cls) -> None:
        """Start the simulation of the stage, with a scene where there is none, and tell listeners.

        Raises:
            PhysicsMissingError: if PhysX is not installed.
        """
        _follow_timeline()
        running = if_running()
        if running is not None and running.is_started:
            return
        cls._scenes(None)
        simulation().start()
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
    def get_physics_sim_view(cls) -> None:
        """Return None: there are no tensor views; use RigidPrim or `engine.physics`."""

    get_physics_simulation_view = get_physics_sim_view


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


def _follow_timeline() -> None:
    if not _timeline_events:
        _timeline_events.append(_TimelineEvents())
