"""RigidPrim: rigid bodies; what moves them is `engine.physics`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..views import bodies, colliders, poses
from ..views.fields import Field
from ..views.values import inverted, rows, selected
from .prim import out
from .states import DynamicsViewState
from .xform_prim import XFormPrim


class RigidPrim(XFormPrim):
    """Prims that move as rigid bodies."""

    def __init__(
        self,
        prim_paths_expr: str | list[str],
        name: str = "rigid_prim_view",
        masses: Any = None,
        densities: Any = None,
        linear_velocities: Any = None,
        angular_velocities: Any = None,
        track_contact_forces: bool = False,
        prepare_contact_sensors: bool = True,
        disable_stablization: bool = True,
        contact_filter_prim_paths_expr: Any = None,
        max_contact_count: int = 0,
        **placing: Any,
    ) -> None:
        """Find the prims and make them rigid bodies.

        Args:
            prim_paths_expr: path, regular expression or a list of them.
            name: of the view.
            masses: (n,) stage mass units.
            densities: (n,) mass a cubic stage unit.
            linear_velocities: (n, 3) stage units/s.
            angular_velocities: (n, 3) rad/s.
            track_contact_forces: accepted; contacts are not reported.
            prepare_contact_sensors: accepted.
            disable_stablization: accepted.
            contact_filter_prim_paths_expr: accepted.
            max_contact_count: accepted.
            placing: as of `XFormPrim`.
        """
        super().__init__(prim_paths_expr, name, **placing)
        bodies.make_rigid(self._prims)
        for field, values in ((colliders.MASS, masses), (colliders.DENSITY, densities)):
            if values is not None:
                field.write(self._prims, values)
        if linear_velocities is not None:
            self.set_linear_velocities(linear_velocities)
        if angular_velocities is not None:
            self.set_angular_velocities(angular_velocities)
        self._default_velocities = bodies.velocities(self._prims)

    @property
    def num_shapes(self) -> int:
        """The largest number of colliders of a body."""
        return bodies.most_shapes(self._prims)

    @property
    def _physics_view(self) -> Any:
        """The tensor view of the bodies, None while they are not simulated."""
        return bodies.tensor_view(self._prims, self._backend)

    def is_physics_handle_valid(self) -> bool:
        """Tell whether the bodies are being simulated."""
        return bodies.running() is not None

    def set_linear_velocities(self, velocities: Any, indices: Any = None) -> None:
        """Set linear velocities (n, 3), stage units/s, world frame."""
        prims = self._pick(indices)
        bodies.set_velocities(prims, linear=rows(velocities, len(prims), 3, "velocities"))

    def get_linear_velocities(self, indices: Any = None, clone: bool = True) -> Any:
        """Return linear velocities (n, 3), stage units/s."""
        return out(bodies.velocities(self._pick(indices))[0])

    def set_angular_velocities(self, velocities: Any, indices: Any = None) -> None:
        """Set angular velocities (n, 3), rad/s, world frame."""
        prims = self._pick(indices)
        bodies.set_velocities(prims, angular=rows(velocities, len(prims), 3, "velocities"))

    def get_angular_velocities(self, indices: Any = None, clone: bool = True) -> Any:
        """Return angular velocities (n, 3), rad/s."""
        return out(bodies.velocities(self._pick(indices))[1])

    def set_velocities(self, velocities: Any, indices: Any = None) -> None:
        """Set linear and angular velocities (n, 6)."""
        prims = self._pick(indices)
        both = rows(velocities, len(prims), 6, "velocities")
        bodies.set_velocities(prims, both[:, :3], both[:, 3:])

    def get_velocities(self, indices: Any = None, clone: bool = True) -> Any:
        """Return linear and angular velocities (n, 6)."""
        return out(np.concatenate(bodies.velocities(self._pick(indices)), axis=1))

    def apply_forces(self, forces: Any, indices: Any = None, is_global: bool = True) -> None:
        """Push bodies (n, 3) at their centres of mass during the next step."""
        self.apply_forces_and_torques_at_pos(forces, indices=indices, is_global=is_global)

    def apply_forces_and_torques_at_pos(
        self,
        forces: Any = None,
        torques: Any = None,
        positions: Any = None,
        indices: Any = None,
        is_global: bool = True,
    ) -> None:
        """Push bodies at `positions` and turn them during the next step; each (n, 3)."""
        prims = self._pick(indices)
        given = ((forces, "forces"), (torques, "torques"), (positions, "positions"))
        push, turn, place = (None if value is None else rows(value, len(prims), 3, name) for value, name in given)
        bodies.apply_wrenches(prims, push, turn, place, is_global)

    def _read(self, field: Field, indices: Any) -> Any:
        return out(field.read(self._pick(indices))[:, 0])

    def get_masses(self, indices: Any = None, clone: bool = True) -> Any:
        """Return the masses (n,) that are simulated, else those authored, 0 where PhysX computes them."""
        return out(bodies.masses(self._pick(indices))[:, 0])

    def set_masses(self, masses: Any, indices: Any = None) -> None:
        """Set masses (n,): of the simulation while it runs, else on the stage."""
        bodies.set_masses(self._pick(indices), masses)

    def get_inv_masses(self, indices: Any = None, clone: bool = True) -> Any:
        """Return one over the masses (n,), 0 where there is none."""
        return out(inverted(bodies.masses(self._pick(indices))[:, 0]))

    def get_inertias(self, indices: Any = None, clone: bool = True) -> Any:
        """Return inertia matrices (n, 9): those simulated, else those authored."""
        return out(bodies.inertias(self._pick(indices)))

    def set_inertias(self, values: Any, indices: Any = None) -> None:
        """Set inertia matrices (n, 9): of the simulation while it runs, else their diagonals on the stage."""
        bodies.set_inertias(self._pick(indices), values)

    def get_inv_inertias(self, indices: Any = None, clone: bool = True) -> Any:
        """Return inverse inertia matrices (n, 9), with 0 where there is none."""
        prims = self._pick(indices)
        live = bodies.read_live(prims, "inverseInertia")
        return out(inverted(bodies.inertias(prims)) if live is None else live)

    def get_densities(self, indices: Any = None) -> Any:
        """Return the authored densities (n,), 0 where there are none."""
        return self._read(colliders.DENSITY, indices)

    def set_densities(self, densities: Any, indices: Any = None) -> None:
        """Set densities (n,)."""
        colliders.DENSITY.write(self._pick(indices), densities)

    def get_coms(self, indices: Any = None, clone: bool = True) -> tuple[Any, Any]:
        """Return centres of mass (n, 3) and principal axes (n, 4): those simulated, else those authored."""
        centres, axes = bodies.centres(self._pick(indices))
        return out(centres), out(axes)

    def set_coms(self, positions: Any = None, orientations: Any = None, indices: Any = None) -> None:
        """Set centres of mass (n, 3) and principal axes (n, 4) in the bodies' frames."""
        bodies.set_centres(self._pick(indices), positions, orientations)

    def get_sleep_thresholds(self, indices: Any = None) -> Any:
        """Return the energies (n,) below which bodies fall asleep."""
        return self._read(colliders.SLEEP, indices)

    def set_sleep_thresholds(self, thresholds: Any, indices: Any = None) -> None:
        """Set the energies (n,) below which bodies fall asleep."""
        colliders.SLEEP.write(self._pick(indices), thresholds)

    def enable_rigid_body_physics(self, indices: Any = None) -> None:
        """Let bodies move."""
        colliders.BODY_ENABLED.write(self._pick(indices), True)

    def disable_rigid_body_physics(self, indices: Any = None) -> None:
        """Hold bodies where they are."""
        colliders.BODY_ENABLED.write(self._pick(indices), False)

    def enable_gravities(self, indices: Any = None) -> None:
        """Let bodies fall."""
        bodies.set_gravities(self._pick(indices), True)

    def disable_gravities(self, indices: Any = None) -> None:
        """Let bodies float."""
        bodies.set_gravities(self._pick(indices), False)

    def set_default_state(  # type: ignore[override]
        self,
        positions: Any = None,
        orientations: Any = None,
        linear_velocities: Any = None,
        angular_velocities: Any = None,
        indices: Any = None,
    ) -> None:
        """Set the poses and velocities that `post_reset` goes back to."""
        super().set_default_state(positions, orientations, indices)
        chosen = selected(indices, self.count)
        kept = [np.array(part) for part in self._default_velocities]
        for slot, value in enumerate((linear_velocities, angular_velocities)):
            if value is not None:
                kept[slot][chosen] = rows(value, len(chosen), 3, "velocities")
        self._default_velocities = (kept[0], kept[1])

    def get_default_state(self) -> DynamicsViewState:
        """Return the poses and velocities that `post_reset` goes back to."""
        return DynamicsViewState(*(out(part) for part in (*self._default_poses, *self._default_velocities)))

    def get_current_dynamic_state(self) -> DynamicsViewState:
        """Return the poses and velocities of now."""
        now = (*poses.world_poses(self._prims), *bodies.velocities(self._prims))
        return DynamicsViewState(*(out(part) for part in now))

    def post_reset(self) -> None:
        """Put the bodies back to their default poses and velocities."""
        super().post_reset()
        bodies.set_velocities(self._prims, *self._default_velocities)
