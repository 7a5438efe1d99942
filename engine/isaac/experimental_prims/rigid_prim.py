"""RigidPrim: rigid bodies; what moves them is `engine.physics`."""

from __future__ import annotations

from typing import Any

from ..arrays import to_device
from ..views import bodies, colliders
from ..views.fields import accessors
from ..views.values import inverted, rows, selected
from .xform_prim import XformPrim


@accessors(
    {
        "densities": colliders.DENSITY,
        "sleep_thresholds": colliders.SLEEP,
        "enabled_rigid_bodies": colliders.BODY_ENABLED,
    }
)
class RigidPrim(XformPrim):
    """Prims that move as rigid bodies."""

    def __init__(
        self,
        paths: str | list[str],
        *,
        masses: Any = None,
        densities: Any = None,
        contact_filter_paths: Any = None,
        max_contact_count: int = 0,
        **placing: Any,
    ) -> None:
        """Find the prims and make them rigid bodies.

        Args:
            paths: path, regular expression or a list of them.
            masses: (n,) or one, kg (stage mass units).
            densities: (n,) or one, mass a cubic stage unit.
            contact_filter_paths: accepted; contacts are not reported.
            max_contact_count: accepted.
            placing: as of `XformPrim`.
        """
        super().__init__(paths, **placing)
        self._default += [None, None]
        bodies.make_rigid(self.prims)
        if masses is not None:
            self.set_masses(masses)
        if densities is not None:
            colliders.DENSITY.write(self.prims, densities)

    @property
    def num_shapes(self) -> int:
        """The largest number of colliders in one of the bodies."""
        return bodies.most_shapes(self.prims)

    @property
    def _physics_rigid_body_view(self) -> Any:
        """The tensor view of the bodies, None while they are not simulated."""
        return bodies.tensor_view(self.prims, "warp")

    @property
    def num_contact_filters(self) -> int:
        """Number of bodies that contacts are reported with: none."""
        return 0

    def is_physics_tensor_entity_valid(self) -> bool:
        """Tell whether the bodies are being simulated."""
        return bodies.running() is not None

    def set_velocities(
        self, linear_velocities: Any = None, angular_velocities: Any = None, *, indices: Any = None
    ) -> None:
        """Set linear (stage units/s) and angular (rad/s) velocities (n, 3), world frame.

        Raises:
            ValueError: if nothing is given.
        """
        if linear_velocities is None and angular_velocities is None:
            raise ValueError("neither 'linear_velocities' nor 'angular_velocities' was given; expected one of them")
        prims = self._pick(indices)
        linear = None if linear_velocities is None else rows(linear_velocities, len(prims), 3, "linear_velocities")
        angular = None if angular_velocities is None else rows(angular_velocities, len(prims), 3, "angular_velocities")
        bodies.set_velocities(prims, linear, angular)

    def get_velocities(self, *, indices: Any = None) -> tuple[Any, Any]:
        """Return linear (stage units/s) and angular (rad/s) velocities (n, 3)."""
        linear, angular = bodies.velocities(self._pick(indices))
        return to_device(linear), to_device(angular)

    def apply_forces(self, forces: Any, *, indices: Any = None, local_frame: bool = False) -> None:
        """Push bodies (n, 3) at their centres of mass during the next step."""
        self.apply_forces_and_torques_at_pos(forces, indices=indices, local_frame=local_frame)

    def apply_forces_and_torques_at_pos(
        self,
        forces: Any = None,
        torques: Any = None,
        *,
        positions: Any = None,
        indices: Any = None,
        local_frame: bool = False,
    ) -> None:
        """Push bodies at `positions` and turn them during the next step.

        Raises:
            ValueError: if neither forces nor torques are given.
        """
        if forces is None and torques is None:
            raise ValueError("neither 'forces' nor 'torques' was given; expected at least one of them")
        prims = self._pick(indices)
        given = ((forces, "forces"), (torques, "torques"), (positions, "positions"))
        push, turn, place = (None if value is None else rows(value, len(prims), 3, name) for value, name in given)
        bodies.apply_wrenches(prims, push, turn, place, is_global=not local_frame)

    def get_masses(self, *, indices: Any = None, inverse: bool = False) -> Any:
        """Return the masses (n, 1) that are simulated, else those authored (0 where unset); or one over them."""
        values = bodies.masses(self._pick(indices))
        return to_device(inverted(values) if inverse else values)

    def set_masses(self, masses: Any, *, indices: Any = None) -> None:
        """Set masses (n,): of the simulation while it runs, else on the stage."""
        bodies.set_masses(self._pick(indices), masses)

    def get_inertias(self, *, indices: Any = None, inverse: bool = False) -> Any:
        """Return the inertia matrices as rows (n, 9) that are simulated, else those authored; or their inverses."""
        prims = self._pick(indices)
        values = bodies.inertias(prims)
        if inverse:
            live = bodies.read_live(prims, "inverseInertia")
            values = inverted(values) if live is None else live
        return to_device(values)

    def set_inertias(self, inertias: Any, *, indices: Any = None) -> None:
        """Set inertia matrices (n, 9): of the simulation while it runs, else their diagonals on the stage."""
        bodies.set_inertias(self._pick(indices), inertias)

    def set_coms(self, positions: Any = None, orientations: Any = None, *, indices: Any = None) -> None:
        """Set the centres of mass (n, 3) and the principal axes (n, 4) in the bodies' frames."""
        bodies.set_centres(self._pick(indices), positions, orientations)

    def get_coms(self, *, indices: Any = None) -> tuple[Any, Any]:
        """Return centres of mass (n, 3) and principal axes (n, 4): those simulated, else those authored."""
        centres, axes = bodies.centres(self._pick(indices))
        return to_device(centres), to_device(axes)

    def set_enabled_gravities(self, enabled: Any, *, indices: Any = None) -> None:
        """Let bodies fall, or not."""
        bodies.set_gravities(self._pick(indices), enabled)

    def get_enabled_gravities(self, *, indices: Any = None) -> Any:
        """Return which bodies fall (n, 1)."""
        return to_device(bodies.gravities(self._pick(indices)), bool)

    def set_default_state(
        self,
        positions: Any = None,
        orientations: Any = None,
        linear_velocities: Any = None,
        angular_velocities: Any = None,
        *,
        indices: Any = None,
    ) -> None:
        """Set the poses and velocities that `reset_to_default_state` goes back to."""
        if positions is not None or orientations is not None:
            super().set_default_state(positions, orientations, indices=indices)
        chosen = selected(indices, len(self))
        for slot, value in ((2, linear_velocities), (3, angular_velocities)):
            if value is not None:
                self._remember(slot, rows(value, len(chosen), 3, "velocities"), chosen)

    def reset_to_default_state(self, *, warn_on_non_default_state: bool = False) -> None:
        """Put the bodies back to the state of `set_default_state`."""
        super().reset_to_default_state(warn_on_non_default_state=warn_on_non_default_state)
        if self._default[2] is not None or self._default[3] is not None:
            bodies.set_velocities(self.prims, self._default[2], self._default[3])
