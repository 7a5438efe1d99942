"""RigidBodyView: state and properties of rigid bodies, one row a body.

Setters take a full array, one row a body of the view, and the indices of the rows that count, as the real ones do.
Rotations are quaternions xyzw; lengths stage units; angular velocities rad/s; everything is in the world frame but
centres of mass, which are in their bodies'.

Source: documentation of omni.physics.tensors (RigidBodyView).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from pxr import Usd

from engine.physics import Simulation, simulation

from .frontends import FrontendNumpy, host

MATERIAL = ("staticFriction", "dynamicFriction", "restitution")
# name of the accessor, property of the simulation, type of the array
READ_ONLY = (("inv_masses", "inverseMass", np.float32), ("inv_inertias", "inverseInertia", np.float32))
VALUES = (
    ("masses", "mass", np.float32),
    ("inertias", "inertia", np.float32),
    ("disable_gravities", "disableGravity", np.uint8),
    ("disable_simulations", "disableSimulation", np.uint8),
    ("contact_offsets", "contactOffset", np.float32),
    ("rest_offsets", "restOffset", np.float32),
)


class RigidBodyView:
    """Rigid bodies of a stage that is being simulated."""

    def __init__(self, stage: Usd.Stage, paths: list[str], frontend: FrontendNumpy) -> None:
        self._stage = stage
        self._frontend = frontend
        self.prim_paths = list(paths)

    @property
    def count(self) -> int:
        """Number of bodies."""
        return len(self.prim_paths)

    @property
    def max_shapes(self) -> int:
        """The largest number of colliders of a body."""
        return int(self._simulation.live.read("shapeCount", self.prim_paths).max(initial=0))

    @property
    def _simulation(self) -> Simulation:
        return simulation(self._stage)

    def check(self) -> bool:
        """Tell whether every body is being simulated."""
        return all(self._stage.GetPrimAtPath(path).IsValid() for path in self.prim_paths)

    def _out(self, rows: Any, dtype: type = np.float32) -> Any:
        return self._frontend.array(np.ascontiguousarray(rows, dtype=dtype))

    def _rows(self, name: str, data: Any, indices: Any, width: int) -> dict[str, np.ndarray]:
        """Return the rows that count, by path.

        Raises:
            ValueError: if there is not one row a body.
            IndexError: if an index is none of a body.
        """
        given = host(data)
        chosen = np.arange(self.count) if indices is None else host(indices).astype(np.int64).ravel()
        if given.size != self.count * width:
            raise ValueError(
                f"RigidBodyView.{name}: an array of shape {given.shape} was given; expected one row of {width} for "
                f"each of the {self.count} bodies of the view, and the indices of the rows to use"
            )
        if chosen.size and (chosen.min() < 0 or chosen.max() >= self.count):
            raise IndexError(
                f"RigidBodyView.{name}: indices {chosen.tolist()} were given; expected 0 to {self.count - 1}"
            )
        rows = given.reshape(self.count, width)
        return {self.prim_paths[index]: rows[index] for index in chosen}

    def get_transforms(self) -> Any:
        """Return poses (n, 7): position, rotation xyzw."""
        poses = [self._simulation.pose(path) for path in self.prim_paths]
        return self._out(np.array([[*place, *turn[1:], turn[0]] for place, turn in poses]).reshape(-1, 7))

    def set_transforms(self, data: Any, indices: Any = None) -> bool:
        """Set poses (n, 7)."""
        for path, row in self._rows("set_transforms", data, indices, 7).items():
            self._simulation.set_pose(path, row[:3], row[[6, 3, 4, 5]])
        return True

    def get_velocities(self) -> Any:
        """Return velocities (n, 6): linear, angular."""
        pairs = [self._simulation.velocity(path) for path in self.prim_paths]
        return self._out(np.array([[*straight, *turning] for straight, turning in pairs]).reshape(-1, 6))

    def set_velocities(self, data: Any, indices: Any = None) -> bool:
        """Set velocities (n, 6)."""
        for path, row in self._rows("set_velocities", data, indices, 6).items():
            self._simulation.set_velocity(path, row[:3], row[3:])
        return True

    def get_accelerations(self) -> Any:
        """Return accelerations (n, 6): linear, angular."""
        read = self._simulation.live.read
        parts = [read(name, self.prim_paths) for name in ("linearAcceleration", "angularAcceleration")]
        return self._out(np.concatenate(parts, axis=1))

    def get_coms(self) -> Any:
        """Return centres of mass (n, 7): position, principal axes xyzw."""
        read = self._simulation.live.read
        parts = [read(name, self.prim_paths) for name in ("centerOfMassPosition", "centerOfMassOrientation")]
        return self._out(np.concatenate(parts, axis=1))

    def set_coms(self, data: Any, indices: Any = None) -> bool:
        """Set centres of mass (n, 7)."""
        rows = self._rows("set_coms", data, indices, 7)
        self._write("centerOfMassPosition", {path: row[:3] for path, row in rows.items()})
        self._write("centerOfMassOrientation", {path: row[3:] for path, row in rows.items()})
        return True

    def get_material_properties(self) -> Any:
        """Return static friction, dynamic friction and restitution of every collider (n, max_shapes, 3)."""
        columns = [self._simulation.live.read(name, self.prim_paths) for name in MATERIAL]
        return self._out(np.stack(columns, axis=-1))

    def set_material_properties(self, data: Any, indices: Any = None) -> bool:
        """Set static friction, dynamic friction and restitution (n, max_shapes, 3)."""
        shapes = self.max_shapes
        rows = self._rows("set_material_properties", data, indices, 3 * shapes)
        for column, name in enumerate(MATERIAL):
            self._write(name, {path: row.reshape(shapes, 3)[:, column] for path, row in rows.items()})
        return True

    def _write(self, name: str, rows: dict[str, np.ndarray]) -> None:
        if rows:
            self._simulation.live.write(name, list(rows), np.array(list(rows.values())))

    def apply_forces(self, force_data: Any, indices: Any = None, is_global: bool = True) -> bool:
        """Push bodies (n, 3) at their centres of mass during the next step."""
        return self.apply_forces_and_torques_at_position(force_data, None, None, indices, is_global)

    def apply_forces_and_torques_at_position(
        self,
        force_data: Any = None,
        torque_data: Any = None,
        position_data: Any = None,
        indices: Any = None,
        is_global: bool = True,
    ) -> bool:
        """Push and turn bodies during the next step; each (n, 3)."""
        from ...isaac.views import bodies

        given = (force_data, torque_data, position_data)
        name = "apply_forces_and_torques_at_position"
        parts = [None if part is None else self._rows(name, part, indices, 3) for part in given]
        paths = next((list(part) for part in parts if part is not None), [])
        prims = [self._stage.GetPrimAtPath(path) for path in paths]
        push, turn, place = (None if part is None else np.array([part[path] for path in paths]) for part in parts)
        bodies.apply_wrenches(prims, push, turn, place, is_global)
        return True

    def wake_up(self, indices: Any = None) -> bool:
        """Wake bodies."""
        chosen = np.arange(self.count) if indices is None else host(indices).astype(np.int64).ravel()
        self._simulation.set_awake([self.prim_paths[index] for index in chosen])
        return True


def _getter(prop: str, dtype: type) -> Callable[[RigidBodyView], Any]:
    def getter(self: RigidBodyView) -> Any:
        return self._out(self._simulation.live.read(prop, self.prim_paths), dtype)

    getter.__doc__ = f"Return {prop}, one row a body."
    return getter


def _setter(name: str, prop: str) -> Callable[..., bool]:
    def setter(self: RigidBodyView, data: Any, indices: Any = None) -> bool:
        width = self._simulation.live.width(prop, self.prim_paths)
        self._write(prop, self._rows(f"set_{name}", data, indices, width))
        return True

    setter.__doc__ = f"Set {prop}, one row a body."
    return setter


for _name, _property, _type in (*READ_ONLY, *VALUES):
    setattr(RigidBodyView, f"get_{_name}", _getter(_property, _type))
for _name, _property, _type in VALUES:
    setattr(RigidBodyView, f"set_{_name}", _setter(_name, _property))
