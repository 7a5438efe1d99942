"""rep.functional.physics: the stage simulated at once, without the timeline."""

from __future__ import annotations

from typing import Any

from engine.graph.graph import current_stage
from engine.physics import if_running, simulation
from engine.replicator import arguments as check
from engine.replicator.functional.values import one_prim, prims_of


def simulate(time: float, step_dt: float = 1.0 / 60.0, physics_scene: Any = None) -> None:
    """Simulate the stage; bodies stay where they have come to.

    Args:
        time: seconds to simulate.
        step_dt: seconds of a step.
        physics_scene: scene that is meant; every scene of the stage is simulated.

    Raises:
        PhysicsMissingError: if PhysX is not installed.
        ValueError: if a time is not positive, or the scene is not on the stage.
    """
    where = "functional.physics.simulate"
    if physics_scene is not None:
        one_prim(where, physics_scene, "physics_scene")
    run_for(where, time, step_dt)


def run_for(where: str, time: Any, step_dt: Any) -> None:
    """Simulate the open stage for whole steps.

    Raises:
        ValueError: if a time is not positive.
    """
    seconds, length = check.number(where, "time", time, 0), check.number(where, "step_dt", step_dt, 0)
    if length == 0:
        raise check.fail(where, "step_dt", step_dt, "seconds above 0")
    running = simulation(current_stage())
    for _ in range(round(seconds / length)):
        running.step(length)


def reset(physics_scene: Any = None, **ignored: Any) -> None:
    """Put every body back to where it was before it was first simulated."""
    running = if_running(current_stage())
    if running is not None:
        running.reset()


def put_to_sleep(prims: Any) -> None:
    """Let bodies rest until something touches them.

    Raises:
        PhysicsMissingError: if PhysX is not installed.
        KeyError: if a prim is no rigid body.
    """
    found = prims_of("functional.physics.put_to_sleep", prims)
    simulation(current_stage()).set_awake([prim.GetPath() for prim in found], False)


def wake_up(prims: Any) -> None:
    """Let bodies move again (raises as `put_to_sleep`)."""
    found = prims_of("functional.physics.wake_up", prims)
    simulation(current_stage()).set_awake([prim.GetPath() for prim in found], True)
