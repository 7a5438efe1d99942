"""Rigid bodies: schemas and masses in USD; what moves is asked of `engine.physics` while it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Bool, Float
from pxr import Gf, Usd, UsdPhysics

from . import colliders
from .fields import apply_api
from .values import flags, rows

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
    if simulation is not None and simulation.knows(prim.GetPath()):  # a new body need not be loaded to be asked
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
    if simulation is None or not simulation.knows(prim.GetPath()):
        return False
    try:
        simulation.set_velocity(str(prim.GetPath()), linear, angular)
    except KeyError:
        return False
    return True


def read_live(prims: Sequence[Usd.Prim], name: str) -> Float[np.ndarray, "n width"] | None:
    """Return a value of bodies (`engine.physics.live`) as it is simulated, None where not all are simulated."""
    simulation = running()
    if simulation is None or not prims:
        return None
    try:
        rows: Float[np.ndarray, "n width"] = simulation.live.read(name, [str(prim.GetPath()) for prim in prims])
    except KeyError:
        return None
    return rows.astype(np.float32)


def write_live(prims: Sequence[Usd.Prim], name: str, rows: Float[np.ndarray, "n width"]) -> bool:
    """Set a value of bodies that are simulated, not of the stage, and tell whether they are."""
    if read_live(prims, name) is None:
        return False
    running().live.write(name, [str(prim.GetPath()) for prim in prims], rows)
    return True


def tensor_view(prims: Sequence[Usd.Prim], frontend_name: str) -> Any:
    """Return the tensor view of bodies that are simulated, else None."""
    if read_live(prims, "mass") is None:
        return None
    from engine.kit.physics_tensors import RigidBodyView, frontend

    return RigidBodyView(running().stage, [str(prim.GetPath()) for prim in prims], frontend(frontend_name))


def most_shapes(prims: Sequence[Usd.Prim]) -> int:
    """Return the largest number of colliders of a body."""
    counts = read_live(prims, "shapeCount")
    if counts is not None:
        return int(counts.max())
    return max((sum(p.HasAPI(UsdPhysics.CollisionAPI) for p in Usd.PrimRange(prim)) for prim in prims), default=0)


def masses(prims: Sequence[Usd.Prim]) -> Float[np.ndarray, "n 1"]:
    """Return the simulated masses (n, 1), or those authored, 0 where PhysX computes them."""
    live = read_live(prims, "mass")
    return colliders.MASS.read(prims) if live is None else live  # type: ignore[no-any-return]


def set_masses(prims: Sequence[Usd.Prim], values: Any) -> None:
    """Set the simulated masses (n,), or author them."""
    if not write_live(prims, "mass", rows(values, len(prims), 1, "masses")):
        colliders.MASS.write(prims, values)


def inertias(prims: Sequence[Usd.Prim]) -> Float[np.ndarray, "n 9"]:
    """Return the simulated inertia matrices (n, 9), or those authored."""
    live = read_live(prims, "inertia")
    if live is not None:
        return live
    return np.stack([np.diag(row).ravel() for row in colliders.INERTIA.read(prims)]).astype(np.float32)


def set_inertias(prims: Sequence[Usd.Prim], values: Any) -> None:
    """Set the simulated inertia matrices (n, 9), or author their diagonals."""
    matrices = rows(values, len(prims), 9, "inertias")
    if not write_live(prims, "inertia", matrices):
        colliders.INERTIA.write(prims, matrices[:, ::4])


def set_gravities(prims: Sequence[Usd.Prim], enabled: Any) -> None:
    """Let bodies fall, or not: those simulated, else on the stage."""
    off = ~flags(enabled, len(prims), "enabled")
    if not write_live(prims, "disableGravity", off[:, None].astype(np.float64)):
        colliders.NO_GRAVITY.write(prims, off)


def gravities(prims: Sequence[Usd.Prim]) -> Bool[np.ndarray, "n 1"]:
    """Return which bodies fall (n, 1)."""
    live = read_live(prims, "disableGravity")
    return ~colliders.NO_GRAVITY.read(prims) if live is None else live == 0


def set_centres(prims: Sequence[Usd.Prim], positions: Any = None, orientations: Any = None) -> None:
    """Set centres of mass (n, 3) and principal axes (n, 4) wxyz: those simulated, else on the stage."""
    if positions is not None:
        places = rows(positions, len(prims), 3, "positions")
        if not write_live(prims, "centerOfMassPosition", places):
            colliders.CENTRE.write(prims, places)
    if orientations is not None:
        axes = rows(orientations, len(prims), 4, "orientations")
        if not write_live(prims, "centerOfMassOrientation", np.roll(axes, -1, axis=1)):
            colliders.AXES.write(prims, axes)


def centres(prims: Sequence[Usd.Prim]) -> tuple[Float[np.ndarray, "n 3"], Float[np.ndarray, "n 4"]]:
    """Return centres of mass (n, 3) and principal axes (n, 4) as simulated, else authored (zero, identity: unset)."""
    live = read_live(prims, "centerOfMassPosition"), read_live(prims, "centerOfMassOrientation")
    if live[0] is not None and live[1] is not None:
        return live[0], np.roll(live[1], 1, axis=1)
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
