"""Rigid bodies: schemas and masses in USD; what moves is asked of `engine.physics` while it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float
from pxr import Gf, Usd, UsdPhysics

from . import colliders
from .fields import apply_api

Velocities = tuple[Float[np.ndarray, "n 3"], Float[np.ndarray, "n 3"]]


def make_rigid(prims: Sequence[Usd.Prim]) -> None:
    """Make prims rigid bodies."""
    for prim in prims:
        if not prim.HasAPI(UsdPhysics.RigidBodyAPI):
            UsdPhysics.RigidBodyAPI.Apply(prim)
        apply_api(prim, "PhysxRigidBodyAPI")


def running() -> Any:
    """Return the simulation of the open stage if it has been started, else None."""
    from engine import physics

    found = physics.if_running()
    return found if found is not None and found.is_started else None


def velocities(prims: Sequence[Usd.Prim]) -> Velocities:
    """Return linear (stage units/s) and angular (rad/s) velocities, world frame while simulated."""
    pairs = [_velocity(prim) for prim in prims]
    linear = np.array([pair[0] for pair in pairs], dtype=np.float32).reshape(-1, 3)
    return linear, np.array([pair[1] for pair in pairs], dtype=np.float32).reshape(-1, 3)


def _velocity(prim: Usd.Prim) -> tuple[Any, Any]:
    simulation = running()
    if simulation is not None:
        try:
            return simulation.velocity(str(prim.GetPath()))  # type: ignore[no-any-return]
        except KeyError:
            pass  # not a body of this simulation: what is authored counts
    body = UsdPhysics.RigidBodyAPI(prim)
    linear, angular = body.GetVelocityAttr().Get(), body.GetAngularVelocityAttr().Get()
    return np.array(linear or (0, 0, 0), float), np.radians(np.array(angular or (0, 0, 0), float))


def set_velocities(
    prims: Sequence[Usd.Prim],
    linear: Float[np.ndarray, "n 3"] | None = None,
    angular: Float[np.ndarray, "n 3"] | None = None,
) -> None:
    """Set linear (stage units/s) and angular (rad/s) velocities; what is None stays."""
    for index, prim in enumerate(prims):
        straight = None if linear is None else linear[index]
        turning = None if angular is None else angular[index]
        if not _push(prim, straight, turning):
            body = UsdPhysics.RigidBodyAPI(prim)
            if straight is not None:
                body.CreateVelocityAttr().Set(Gf.Vec3f(*straight.tolist()))
            if turning is not None:
                body.CreateAngularVelocityAttr().Set(Gf.Vec3f(*np.degrees(turning).tolist()))


def _push(prim: Usd.Prim, linear: Any, angular: Any) -> bool:
    """Set the velocities of a body that is being simulated and tell whether it is."""
    simulation = running()
    if simulation is None:
        return False
    try:
        simulation.set_velocity(str(prim.GetPath()), linear, angular)
    except KeyError:
        return False
    return True


def centres(prims: Sequence[Usd.Prim]) -> tuple[Float[np.ndarray, "n 3"], Float[np.ndarray, "n 4"]]:
    """Return the authored centres of mass (n, 3) and principal axes (n, 4); zero and identity where PhysX decides."""
    places = colliders.CENTRE.read(prims)
    axes = colliders.AXES.read(prims)
    axes[np.linalg.norm(axes, axis=1) == 0] = (1.0, 0.0, 0.0, 0.0)
    return np.where(np.isfinite(places), places, 0.0).astype(np.float32), axes


def apply_wrenches(
    prims: Sequence[Usd.Prim],
    forces: Float[np.ndarray, "n 3"] | None = None,
    torques: Float[np.ndarray, "n 3"] | None = None,
    positions: Float[np.ndarray, "n 3"] | None = None,
    is_global: bool = True,
) -> None:
    """Push and turn bodies during the next step.

    Raises:
        RuntimeError: if the simulation has not been started.
    """
    simulation = running()
    if simulation is None:
        raise RuntimeError("forces act on a running simulation and none runs; play the timeline or step physics first")
    for index, prim in enumerate(prims):
        path = str(prim.GetPath())
        place = None if positions is None else positions[index]
        if forces is not None and np.any(forces[index]):
            simulation.apply_force(path, forces[index], place, is_global)
        if torques is not None and np.any(torques[index]):
            _twist(simulation, path, torques[index], is_global)


def _twist(simulation: Any, path: str, torque: Float[np.ndarray, "3"], is_global: bool) -> None:
    """Turn a body by opposite forces, f at +d and -f at -d: d a unit vector normal to the torque t, f = t x d / 2."""
    axis = np.eye(3)[int(np.argmin(np.abs(torque)))]
    arm = np.cross(torque, axis)
    arm /= np.linalg.norm(arm)
    force = np.cross(torque, arm) / 2.0
    centre = np.asarray(simulation.pose(path)[0], dtype=np.float64) if is_global else np.zeros(3)
    simulation.apply_force(path, force, centre + arm, is_global)
    simulation.apply_force(path, -force, centre - arm, is_global)
