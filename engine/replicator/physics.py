"""rep.physics: actions that make prims rigid bodies, colliders and the like.

They author UsdPhysics on the stage, which the timeline simulates while it plays, and `simulate` at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from engine.graph.graph import get_graph
from engine.graph.physics import PhysicsNode, ResetNode, SimulateNode
from engine.replicator import arguments as check
from engine.replicator.missing import refuse
from engine.replicator.modify import prims_of
from engine.replicator.utils.items import ReplicatorWrapper, register_into

APPROXIMATIONS = (
    "none",
    "convexHull",
    "convexDecomposition",
    "boundingCube",
    "boundingSphere",
    "meshSimplification",
    "sdf",
    "sphereFill",
)


def _node(schema: str, input_prims: Any, scene: Any = None, approximation: str = "", **values: Any) -> Any:
    where = f"physics.{schema}"
    widths = {"velocity": (1, 3), "angularVelocity": (1, 3), "centerOfMass": (3,), "diagonalInertia": (3,)}
    checked = {}
    for name, value in values.items():
        short = name.rsplit(":", 1)[-1]
        checked[name] = check.vector(where, short, value, (4,) if short == "principalAxes" else widths.get(short, (1,)))
    graph = get_graph()
    options = {"approximation": approximation, "scene": str(scene) if scene else None}
    node = PhysicsNode(graph, None, prims=prims_of(where, input_prims), schema=schema, options=options, **checked)
    return graph.schedule(node)


@ReplicatorWrapper
def rigid_body(
    velocity: Any = (0.0, 0.0, 0.0),
    angular_velocity: Any = None,
    contact_offset: Any = None,
    rest_offset: Any = None,
    overwrite: bool = False,
    physics_scene: Any = None,
    input_prims: Any = None,
) -> Any:
    """Make prims rigid bodies, with convex colliders where they have none.

    Args:
        velocity: stage units a second, or a distribution.
        angular_velocity: degrees a second, or a distribution.
        contact_offset, rest_offset: collision margins, stage units.
        overwrite: accepted; the schema is applied once.
        physics_scene: path of the scene that simulates them.
        input_prims: prims to change.
    """
    values = {"physics:velocity": velocity, "physics:angularVelocity": angular_velocity}
    values |= {"physxCollision:contactOffset": contact_offset, "physxCollision:restOffset": rest_offset}
    return _node("rigid_body", input_prims, physics_scene, **values)


@ReplicatorWrapper
def collider(
    approximation_shape: str = "convexHull",
    contact_offset: Any = None,
    rest_offset: Any = None,
    physics_scene: Any = None,
    input_prims: Any = None,
) -> Any:
    """Make the shapes of prims colliders (arguments as for `rigid_body`).

    Args:
        approximation_shape: how meshes are approximated, e.g. "convexHull".
    """
    shape = check.one_of("physics.collider", "approximation_shape", approximation_shape or "none", APPROXIMATIONS)
    values = {"physxCollision:contactOffset": contact_offset, "physxCollision:restOffset": rest_offset}
    return _node("collider", input_prims, physics_scene, shape, **values)


@ReplicatorWrapper
def mass(
    mass: Any = None,
    density: Any = None,
    center_of_mass: Any = None,
    diagonal_inertia: Any = None,
    principal_axes: Any = None,
    input_prims: Any = None,
) -> Any:
    """Give prims a mass.

    Args:
        mass: kilograms.
        density: kilograms a cubic stage unit.
        center_of_mass: stage units, local.
        diagonal_inertia: kg times stage unit squared.
        principal_axes: quaternion wxyz.
        input_prims: prims to change.
    """
    values = {"physics:mass": mass, "physics:density": density, "physics:centerOfMass": center_of_mass}
    values |= {"physics:diagonalInertia": diagonal_inertia, "physics:principalAxes": principal_axes}
    return _node("mass", input_prims, **values)


@ReplicatorWrapper
def drive_properties(stiffness: Any = 0.0, damping: Any = 0.0, input_prims: Any = None) -> Any:
    """Give joints a drive with this stiffness and damping."""
    names = ("drive:linear:physics:{}", "drive:angular:physics:{}")
    values = {name.format("stiffness"): stiffness for name in names}
    values |= {name.format("damping"): damping for name in names}
    return _node("drive", input_prims, **values)


@ReplicatorWrapper
def physics_material(
    static_friction: Any = None, dynamic_friction: Any = None, restitution: Any = None, input_prims: Any = None
) -> Any:
    """Bind a physics material with these coefficients to prims."""
    values = {"physics:staticFriction": static_friction, "physics:dynamicFriction": dynamic_friction}
    return _node("physics_material", input_prims, **values, **{"physics:restitution": restitution})


def simulate(time: float, step_dt: float = 1.0 / 60.0, physics_scene: Any = None) -> Any:
    """Simulate each time the trigger fires, after the actions before this one; bodies stay where they come to.

    Args:
        time: seconds to simulate.
        step_dt: seconds of a step.
        physics_scene: accepted; every scene of the stage is simulated.
    """
    seconds = check.number("physics.simulate", "time", time, 0)
    length = check.number("physics.simulate", "step_dt", step_dt, 0)
    if length == 0:
        raise check.fail("physics.simulate", "step_dt", step_dt, "seconds above 0")
    graph = get_graph()
    return graph.schedule(SimulateNode(graph, None, time=seconds, stepDt=length))


def reset(physics_scene: Any = None) -> Any:
    """Put every body back to where it was before it was first simulated, each time the trigger fires."""
    graph = get_graph()
    return graph.schedule(ResetNode(graph, None))


def register(fn: Callable[..., Any], override: bool = True, fn_name: str | None = None) -> None:
    """Add `fn` as `rep.physics.<name>`."""
    register_into(sys.modules[__name__], fn, override, fn_name)


__getattr__ = refuse("omni.replicator.core.physics")
