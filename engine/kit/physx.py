"""omni.physx: the interfaces by which Isaac Sim 5 and before simulates, over the engine's simulation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.kit.physics_core import PhysicsSimulation, PhysicsStageUpdate
from engine.kit.physics_queries import PhysxSceneQuery
from engine.physics import if_running, simulation
from engine.physics.subscription import AFTER_EVERY_STEP, BEFORE_EVERY_STEP, Subscription


class Physx(PhysicsStageUpdate):
    """get_physx_interface()."""

    def subscribe_physics_step_events(self, fn: Callable[[float], None]) -> Subscription:
        """Call `fn(dt)` at each step; dropping what is returned ends it."""
        return BEFORE_EVERY_STEP.add(fn)

    def subscribe_physics_on_step_events(
        self, fn: Callable[[float], None], pre_step: bool = False, order: int = 0
    ) -> Subscription:
        """Call `fn(dt)` at each step, before or after it; dropping what is returned ends it."""
        return (BEFORE_EVERY_STEP if pre_step else AFTER_EVERY_STEP).add(fn, order)

    def update_simulation(self, elapsed_step: float, current_time: float = 0.0) -> None:
        """Simulate one step."""
        simulation().step(elapsed_step)

    def update_transformations(self, *args: Any, **kwargs: Any) -> None:
        """Accepted: results are on the stage when a step returns."""

    def get_rigidbody_transformation(self, path: str) -> dict[str, Any]:
        """Return {ret_val, position, rotation (xyzw)} of a body."""
        running = if_running()
        try:
            place, turn = running.pose(path) if running is not None else (None, None)
        except KeyError:
            place, turn = None, None
        if place is None or turn is None:
            return {"ret_val": False}
        return {"ret_val": True, "position": tuple(place.tolist()), "rotation": tuple(turn[[1, 2, 3, 0]].tolist())}

    def overwrite_gpu_setting(self, value: int) -> None:
        """Accepted: the engine simulates on the CPU."""

    def is_running(self) -> bool:
        """Tell whether a simulation has been started."""
        running = if_running()
        return running is not None and running.is_started


_physx, _simulation, _queries = Physx(), PhysicsSimulation(), PhysxSceneQuery()


def get_physx_interface() -> Physx:
    """Return the interface of Isaac Sim 5 that loads, steps and resets."""
    return _physx


def get_physx_simulation_interface() -> PhysicsSimulation:
    """Return the interface that simulates."""
    return _simulation


def get_physx_scene_query_interface() -> PhysxSceneQuery:
    """Return the interface that answers questions about space."""
    return _queries


acquire_physx_interface = get_physx_interface
