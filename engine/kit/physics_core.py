"""omni.physics.core: the interfaces by which Isaac Sim 6 simulates, over the engine's simulation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from pxr import Usd, UsdUtils

from engine.kit.physics_queries import PhysicsSceneQuery
from engine.kit.physics_schema_tools import intToSdfPath
from engine.physics import if_running, is_available, simulation
from engine.physics.subscription import AFTER_EVERY_STEP, BEFORE_EVERY_STEP, Subscription

OnStep = Callable[[float, Any], None]


class SimulationRegistryEventType(IntEnum):
    """What happened to a simulation engine."""

    SIMULATION_REGISTERED = 0
    SIMULATION_UNREGISTERED = 1
    SIMULATION_ACTIVATED = 2
    SIMULATION_DEACTIVATED = 3


@dataclass
class PhysicsStepContext:
    """Where a step belongs.

    Attributes:
        scene: number of the scene.
        simulation_id: number of the engine.
    """

    scene: int = 0
    simulation_id: int = 0


class PhysicsSimulation:
    """get_physics_simulation_interface()."""

    def subscribe_physics_on_step_events(self, pre_step: bool, order: int, on_update: OnStep) -> Subscription:
        """Call `on_update(dt, context)` at each step, before or after it; dropping what is returned ends it."""
        listeners = BEFORE_EVERY_STEP if pre_step else AFTER_EVERY_STEP
        return listeners.add(lambda dt: on_update(dt, PhysicsStepContext()), order)

    def simulate(self, elapsed_time: float, current_time: float = 0.0) -> None:
        """Simulate one step."""
        simulation().step(elapsed_time)

    def fetch_results(self) -> None:
        """Accepted: results are on the stage when a step returns."""

    def check_results(self) -> bool:
        """Tell whether a step is done: always."""
        return True

    def flush_changes(self) -> None:
        """Accepted: changes of the stage are taken before each step and question."""

    def initialize(self, stage_id: int) -> bool:
        """Start the simulation of a stage of the USD stage cache."""
        stage = _stage(stage_id)
        simulation(stage).start()
        return True

    attach_stage = initialize

    def close(self) -> None:
        """Forget the simulation; bodies stay where they are."""
        running = if_running()
        if running is not None:
            running.close()

    detach_stage = close

    def get_attached_stage(self) -> int:
        """Return the number of the simulated stage, 0 where there is none."""
        running = if_running()
        if running is None or not running.is_started:
            return 0
        return int(UsdUtils.StageCache.Get().Insert(running.stage).ToLongInt())

    def is_capable_of_simulating(self) -> bool:
        """Tell whether PhysX is installed."""
        return is_available()

    def wake_up(self, stage_id: int, body_path: int) -> None:
        """Wake a body (path as `PhysicsSchemaTools.sdfPathToInt`)."""
        simulation(_stage(stage_id)).set_awake([intToSdfPath(body_path)], True)

    def put_to_sleep(self, stage_id: int, body_path: int) -> None:
        """Put a body to sleep."""
        simulation(_stage(stage_id)).set_awake([intToSdfPath(body_path)], False)

    def add_force_at_pos(self, stage_id: int, body_path: int, force: Any, pos: Any, mode: str = "Force") -> None:
        """Push a body at a point, world frame."""
        simulation(_stage(stage_id)).apply_force(intToSdfPath(body_path), force, pos)

    apply_force_at_pos = add_force_at_pos


class PhysicsStageUpdate:
    """get_physics_stage_update_interface()."""

    def force_load_physics_from_usd(self) -> None:
        """Read the stage."""
        simulation().start()

    start_simulation = force_load_physics_from_usd

    def reset_simulation(self) -> None:
        """Put the stage back to the start of the simulation."""
        running = if_running()
        if running is not None:
            running.reset()

    def release_physics_objects(self) -> None:
        """Forget the simulation."""
        _simulation.close()


class PhysicsEngines:
    """get_physics_interface(): the one engine."""

    def get_simulation_ids(self) -> list[int]:
        """Return the numbers of the engines."""
        return [0]

    def get_simulation_name(self, simulation_id: int) -> str:
        """Return the name of an engine."""
        return "PhysX"

    def is_simulation_active(self, simulation_id: int) -> bool:
        """Tell whether an engine is in use."""
        return simulation_id == 0


def _stage(stage_id: int) -> Usd.Stage | None:
    found = UsdUtils.StageCache.Get().Find(Usd.StageCache.Id.FromLongInt(int(stage_id))) if stage_id else None
    return found or None


_simulation, _update, _engines, _queries = (
    PhysicsSimulation(),
    PhysicsStageUpdate(),
    PhysicsEngines(),
    PhysicsSceneQuery(),
)


def get_physics_simulation_interface() -> PhysicsSimulation:
    """Return the interface that simulates."""
    return _simulation


def get_physics_stage_update_interface() -> PhysicsStageUpdate:
    """Return the interface that loads and resets."""
    return _update


def get_physics_interface() -> PhysicsEngines:
    """Return the interface that knows the engines."""
    return _engines


def get_physics_scene_query_interface() -> PhysicsSceneQuery:
    """Return the interface that answers questions about space."""
    return _queries


def get_physics_benchmarks_interface() -> None:
    """Return None: steps are not profiled."""
