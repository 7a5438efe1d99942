"""The simulation of one stage: start, step, write what moved, reset."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike
from pxr import Sdf, Usd

from engine.physics.bodies import StageBodies
from engine.physics.edits import EditLog
from engine.physics.live import LiveValues
from engine.physics.reading import PhysicsContent, read_physics, steps_per_second
from engine.physics.state import Velocity
from engine.physics.subscription import AFTER_EVERY_STEP, BEFORE_EVERY_STEP, StepListeners, Subscription

WARM_UP_STEPS = 2


class _Core:
    """Time, and what both kinds of questions need.

    Attributes:
        live: values of the bodies and gravity, as they are simulated.
    """

    def __init__(self, stage: Usd.Stage) -> None:
        self.stage = stage
        self.dt = 1.0 / steps_per_second(stage)
        self.time = 0.0
        self.steps = 0
        self._world: Any = None
        self._bodies = StageBodies(stage)
        self.live = LiveValues(self._begun_world)
        self._content: PhysicsContent | None = None
        self._edits: EditLog | None = None
        self._remainder = 0.0
        self._before = StepListeners()
        self._after = StepListeners()

    def start(self) -> None:
        """Read the stage and remember the poses and velocities it has now; once started, do nothing."""
        if self._world is not None:
            return
        self.dt = 1.0 / steps_per_second(self.stage)
        self._edits = EditLog(self.stage)
        self._load()

    def _load(self) -> None:
        from engine.physics.world import PhysxWorld

        self._content = read_physics(self.stage, self.live.gravity)
        self._world = PhysxWorld(self._content.usda, self._content.articulated)
        self._bodies.follow(self._content.bodies)

    def _reload(self) -> None:
        """Read the stage again: something but a pose changed. Velocities of bodies that stay are kept."""
        velocities = self._world.state().velocities()
        self._world.close()
        self._load()
        stay = set(self._world.state().paths)
        self._set_velocities({path: pair for path, pair in velocities.items() if path in stay})
        self.live.restore(self._world)

    def _set_velocities(self, velocities: Mapping[str, Velocity]) -> None:
        """Set the velocities of bodies, but for those that scripts move: PhysX refuses theirs."""
        assert self._content is not None
        free = {path: pair for path, pair in velocities.items() if path not in self._content.kinematic}
        self._world.set_velocities(free)

    def _take_edits(self) -> None:
        """Bring what scripts changed on the stage since the last step into PhysX."""
        assert self._edits is not None and self._content is not None
        edits = self._edits.take()
        if not edits:
            return
        self.live.give_way(edits.rewritten)
        if edits.retimed:
            self.dt = 1.0 / steps_per_second(self.stage)
        if edits.needs_reload(self.stage, self._content) or self._bodies.resized(edits.moved):
            self._reload()
        else:
            moved, driven = self._bodies.moved_poses(edits.moved), self._content.kinematic
            self._world.set_poses({path: pose for path, pose in moved.items() if path not in driven})
            self._world.set_targets({path: pose for path, pose in moved.items() if path in driven})
        self._set_velocities(self._bodies.edited_velocities(edits.pushed, self._world.state().velocities()))

    def _begin(self) -> None:
        self.start()
        self._take_edits()

    def _begun_world(self) -> Any:
        self._begin()
        return self._world

    def _write(self) -> None:
        """Write poses and velocities to the stage in one change block."""
        assert self._edits is not None
        state = self._world.state()
        with self._edits.muted(), Sdf.ChangeBlock():
            self._bodies.write(state)

    def close(self) -> None:
        """Give PhysX's memory back and leave the stage as it is."""
        self.live.forget()
        if self._world is not None:
            self._world.close()
            self._world = None
        if self._edits is not None:
            self._edits.close()
            self._edits = None


class _Bodies(_Core):
    """Questions about bodies, and pushes."""

    def knows(self, path: Any) -> bool:
        """Tell whether a body has been simulated; one that is new on the stage will be from the next step on."""
        return self._content is not None and str(path) in self._content.bodies

    def pose(self, path: Any) -> tuple[Float[np.ndarray, "3"], Float[np.ndarray, "4"]]:
        """Return the world position (stage units) and rotation (wxyz) of a body.

        Raises:
            KeyError: if the prim is no rigid body of the simulation.
        """
        self._begin()
        return self._world.state().pose(str(path))

    def set_pose(self, path: Any, position: ArrayLike | None = None, quat_wxyz: ArrayLike | None = None) -> None:
        """Put a body elsewhere, world frame, on the stage too; None keeps what it has.

        Raises:
            KeyError: if the prim is no rigid body of the simulation.
        """
        here, turn = self.pose(path)
        place = here if position is None else np.asarray(position, dtype=np.float64).reshape(3)
        rotation = turn if quat_wxyz is None else np.asarray(quat_wxyz, dtype=np.float64).reshape(4)
        self._world.set_poses({str(path): (place, rotation / np.linalg.norm(rotation))})
        self._write()

    def velocity(self, path: Any) -> tuple[Float[np.ndarray, "3"], Float[np.ndarray, "3"]]:
        """Return the linear (stage units/s) and angular (rad/s) velocity of a body, world frame.

        Raises:
            KeyError: if the prim is no rigid body of the simulation.
        """
        self._begin()
        return self._world.state().velocity(str(path))

    def set_velocity(self, path: Any, linear: ArrayLike | None = None, angular: ArrayLike | None = None) -> None:
        """Set velocities of a body, on the stage too; None keeps what it has (units as `velocity`).

        Raises:
            KeyError: if the prim is no rigid body of the simulation.
        """
        straight, turning = self.velocity(path)
        new_straight = straight if linear is None else np.asarray(linear, dtype=np.float64).reshape(3)
        new_turning = turning if angular is None else np.asarray(angular, dtype=np.float64).reshape(3)
        self._set_velocities({str(path): (new_straight, new_turning)})
        self._write()

    def apply_force(
        self, path: Any, force: ArrayLike, position: ArrayLike | None = None, is_global: bool = True
    ) -> None:
        """Push a body during the next step.

        Args:
            path: prim of the body.
            force: (3,) kg times stage unit over s^2.
            position: (3,) where it acts; None is the centre of mass.
            is_global: force and position are in the world frame, else in the body's.

        Raises:
            KeyError: if the prim is no rigid body of the simulation.
        """
        self._begin()
        self._world.apply_force(str(path), np.asarray(force, dtype=np.float64), position, is_global)

    def set_awake(self, paths: Iterable[Any], awake: bool = True) -> None:
        """Wake bodies, or put them to sleep.

        Raises:
            KeyError: if a prim is no rigid body of the simulation.
        """
        self._begin()
        for path in paths:
            self._world.state().row(str(path))
        self._world.wake([str(path) for path in paths], awake)

    def set_gravity(self, vector: ArrayLike) -> None:
        """Simulate another gravity (3,), stage units/s^2, than the stage's, until reset."""
        x, y, z = (float(part) for part in np.asarray(vector, dtype=np.float64).reshape(3))
        self._begin()
        if self.live.gravity != (x, y, z):
            self.live.gravity = (x, y, z)
            self._write()
            self._reload()

    def body_of(self, path: Any) -> str:
        """Return the body that a collider belongs to, or the collider's own path where it has none."""
        self._begin()
        assert self._content is not None
        prefixes = [str(prefix) for prefix in Sdf.Path(str(path)).GetPrefixes()]
        return next((prefix for prefix in reversed(prefixes) if prefix in self._content.bodies), str(path))


class _Queries(_Bodies):
    """Questions about space."""

    def overlap_box(self, half_extent: ArrayLike, position: ArrayLike, quat_wxyz: ArrayLike) -> list[str]:
        """Return the paths of colliders that touch a box (stage units, world frame)."""
        self._begin()
        return self._world.overlap_box(half_extent, position, quat_wxyz)

    def overlap_sphere(self, radius: float, position: ArrayLike) -> list[str]:
        """Return the paths of colliders that touch a ball (stage units, world frame)."""
        self._begin()
        return self._world.overlap_sphere(radius, position)

    def overlap_shape(self, path: Any) -> list[str]:
        """Return the paths of colliders that touch a gprim, itself left out."""
        self._begin()
        return self._world.overlap_shape(str(path))

    def raycast_closest(self, origin: ArrayLike, direction: ArrayLike, distance: float) -> dict[str, Any]:
        """Return the first hit of a ray.

        Returns:
            hit (bool) and, where True: position, normal (3,), distance, collision and rigidBody (paths), faceIndex.
        """
        self._begin()
        return self._world.raycast_closest(origin, direction, distance)

    def raycast_any(self, origin: ArrayLike, direction: ArrayLike, distance: float) -> bool:
        """Tell whether a ray hits anything."""
        self._begin()
        return self._world.raycast_any(origin, direction, distance)

    def raycast_all(self, origin: ArrayLike, direction: ArrayLike, distance: float) -> list[dict[str, Any]]:
        """Return every hit of a ray, nearest first (entries as `raycast_closest`)."""
        self._begin()
        return self._world.raycast_all(origin, direction, distance)

    def sweep_sphere_closest(
        self, radius: float, origin: ArrayLike, direction: ArrayLike, distance: float
    ) -> dict[str, Any]:
        """Return the first hit of a moving ball (as `raycast_closest`)."""
        self._begin()
        return self._world.sweep_sphere_closest(radius, origin, direction, distance)


class Simulation(_Queries):
    """PhysX on one stage.

    Attributes:
        dt: seconds of one step, from the stage's physics scene (default 1/60).
        time: seconds simulated since `start`.
        steps: steps since `start`.
    """

    @property
    def is_started(self) -> bool:
        """Whether the stage has been read."""
        return self._world is not None

    def warm_up(self) -> None:
        """Start as Isaac Sim does at play: with two steps that nobody hears or counts; once started, do nothing.

        The stage shows the first of them, the second with the step that follows.

        Source: SimulationManager.initialize_physics of isaac-sim/IsaacSim v5.1.0 and v6.0.1 simulates twice and
        fetches the results once: ar_capture_pipeline.py expects its cube after one step, and the first published frame
        of cosmos_writer_simple, one app update later, shows its cube after three.
        """
        if self.is_started:
            return
        self.start()
        for step in range(WARM_UP_STEPS):
            self._world.step(self.dt)
            if step == 0:
                self._write()

    def step(self, dt: float | None = None) -> None:
        """Simulate one step and write what moved to the stage.

        Args:
            dt: seconds; None is `self.dt`.

        Raises:
            ValueError: if `dt` is not positive.
        """
        seconds = self.dt if dt is None else float(dt)
        if not seconds > 0:
            raise ValueError(f"Simulation.step: dt={dt!r} was given; expected a number of seconds above 0")
        self._step(seconds)
        self._write()
        self._tell_step(seconds)

    def advance(self, seconds: float) -> int:
        """Simulate the whole steps that fit into `seconds` and what was left over before; return how many."""
        self._begin()
        self._remainder += seconds
        count = int(self._remainder / self.dt + 1e-6)
        self._remainder = max(0.0, self._remainder - count * self.dt)
        watched = bool(self._before or self._after or BEFORE_EVERY_STEP or AFTER_EVERY_STEP)
        for index in range(count):
            self._step(self.dt)
            if watched or index == count - 1:
                self._write()
            self._tell_step(self.dt)
        return count

    def reset(self) -> None:
        """Put poses and velocities on the stage back to those at `start`, and forget the simulation."""
        if self._world is None:
            return
        assert self._edits is not None
        with self._edits.muted(), Sdf.ChangeBlock():
            self._bodies.restore()
        self.close()
        self.time, self.steps, self._remainder = 0.0, 0, 0.0

    def subscribe(self, callback: Callable[[float], None], pre: bool = False) -> Subscription:
        """Call `callback(dt)` at each step, after it (or before it, with `pre`); dropping what is returned ends it."""
        return (self._before if pre else self._after).add(callback)

    def _step(self, seconds: float) -> None:
        self.start()
        BEFORE_EVERY_STEP.call(seconds)
        self._before.call(seconds)
        self._take_edits()
        self._world.step(seconds)
        self.time += seconds
        self.steps += 1

    def _tell_step(self, seconds: float) -> None:
        AFTER_EVERY_STEP.call(seconds)
        self._after.call(seconds)
