"""SingleRigidPrim: one rigid body."""

from __future__ import annotations

from typing import Any

from .rigid_prim import RigidPrim
from .single_xform_prim import SinglePrim, one, placed
from .states import DynamicState, DynamicsViewState


class SingleRigidPrim(SinglePrim):
    """One prim that moves as a rigid body."""

    def __init__(
        self,
        prim_path: str,
        name: str = "rigid_prim",
        position: Any = None,
        translation: Any = None,
        orientation: Any = None,
        scale: Any = None,
        visible: bool | None = None,
        reset_xform_properties: bool = True,
        mass: float | None = None,
        density: float | None = None,
        linear_velocity: Any = None,
        angular_velocity: Any = None,
    ) -> None:
        """Find the prim, make it a rigid body and put it somewhere."""
        placing = placed(position, translation, orientation, scale, visible)
        placing["reset_xform_properties"] = reset_xform_properties
        self._rigid_view = RigidPrim(
            prim_path,
            name,
            masses=None if mass is None else [mass],
            densities=None if density is None else [density],
            linear_velocities=one(linear_velocity),
            angular_velocities=one(angular_velocity),
            **placing,
        )
        SinglePrim.__init__(self, self._rigid_view)

    def set_linear_velocity(self, velocity: Any) -> None:
        """Set the linear velocity (3,), stage units/s, world frame."""
        self._rigid_view.set_linear_velocities(one(velocity))

    def get_linear_velocity(self) -> Any:
        """Return the linear velocity (3,), stage units/s."""
        return self._rigid_view.get_linear_velocities()[0]

    def set_angular_velocity(self, velocity: Any) -> None:
        """Set the angular velocity (3,), rad/s, world frame."""
        self._rigid_view.set_angular_velocities(one(velocity))

    def get_angular_velocity(self) -> Any:
        """Return the angular velocity (3,), rad/s."""
        return self._rigid_view.get_angular_velocities()[0]

    def set_com(self, position: Any, orientation: Any) -> None:
        """Set the centre of mass (3,) and the principal axes (4,) in the body's frame."""
        self._rigid_view.set_coms(one(position), one(orientation))

    def get_com(self) -> tuple[Any, Any]:
        """Return the authored centre of mass (3,) and principal axes (4,)."""
        positions, orientations = self._rigid_view.get_coms()
        return positions[0], orientations[0]

    def set_mass(self, mass: float) -> None:
        """Set the mass."""
        self._rigid_view.set_masses([mass])

    def get_mass(self) -> float:
        """Return the authored mass, 0 where PhysX computes it."""
        return float(self._rigid_view.get_masses()[0])

    def set_density(self, density: float) -> None:
        """Set the density."""
        self._rigid_view.set_densities([density])

    def get_density(self) -> float:
        """Return the authored density, 0 where there is none."""
        return float(self._rigid_view.get_densities()[0])

    def set_sleep_threshold(self, threshold: float) -> None:
        """Set the energy below which the body falls asleep."""
        self._rigid_view.set_sleep_thresholds([threshold])

    def get_sleep_threshold(self) -> float:
        """Return the energy below which the body falls asleep."""
        return float(self._rigid_view.get_sleep_thresholds()[0])

    def enable_rigid_body_physics(self) -> None:
        """Let the body move."""
        self._rigid_view.enable_rigid_body_physics()

    def disable_rigid_body_physics(self) -> None:
        """Hold the body where it is."""
        self._rigid_view.disable_rigid_body_physics()

    def set_default_state(
        self,
        position: Any = None,
        orientation: Any = None,
        linear_velocity: Any = None,
        angular_velocity: Any = None,
    ) -> None:
        """Set the pose and the velocities that `post_reset` goes back to."""
        given = (position, orientation, linear_velocity, angular_velocity)
        self._rigid_view.set_default_state(*(one(value) for value in given))

    def get_default_state(self) -> DynamicState:
        """Return the pose and the velocities that `post_reset` goes back to."""
        return _first(self._rigid_view.get_default_state())

    def get_current_dynamic_state(self) -> DynamicState:
        """Return the pose and the velocities of now."""
        return _first(self._rigid_view.get_current_dynamic_state())


def _first(state: DynamicsViewState) -> DynamicState:
    return DynamicState(
        state.positions[0], state.orientations[0], state.linear_velocities[0], state.angular_velocities[0]
    )
