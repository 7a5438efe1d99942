"""rep.modify: actions on prims, run when their trigger fires (once, where there is none)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pxr import Sdf

from engine.carb.logging import log_warn
from engine.graph import attributes
from engine.graph.graph import current_stage, get_graph
from engine.graph.node import Node
from engine.graph.pose import CameraRelativeNode, OrbitNode, PoseNode
from engine.graph.projections import ModifyProjection
from engine.graph.sampling import ValueNode
from engine.replicator import arguments as check
from engine.replicator.distribution import choice
from engine.replicator.utils.items import ReplicatorWrapper, register_into

ORDERS = ("XYZ", "XZY", "YXZ", "YZX", "ZXY", "ZYX")


def prims_of(where: str, input_prims: Any) -> Any:
    """Return what an action works on: nothing, with a warning, if there is neither an argument nor a `with item:`."""
    if input_prims is None:
        log_warn(f"{where}: input_prims=None was given outside `with item:`; it works on no prims, expected some")
        return []
    if isinstance(input_prims, list | tuple):
        return [prims_of(where, part) for part in input_prims]
    return check.source(str(input_prims) if isinstance(input_prims, Sdf.Path) else input_prims)


def target(value: Any) -> Any:
    """Return a look-at target with items replaced by nodes and paths by text."""
    if isinstance(value, list | tuple):
        return [target(v) for v in value] if not all(isinstance(v, int | float) for v in value) else tuple(value)
    return str(value) if isinstance(value, Sdf.Path) else check.source(value)


@ReplicatorWrapper
def pose(
    position: Any = None,
    position_x: Any = None,
    position_y: Any = None,
    position_z: Any = None,
    rotation: Any = None,
    rotation_x: Any = None,
    rotation_y: Any = None,
    rotation_z: Any = None,
    rotation_order: str = "XYZ",
    scale: Any = None,
    size: Any = None,
    pivot: Any = None,
    look_at: Any = None,
    look_at_up_axis: Any = None,
    input_prims: Any = None,
    name: str | None = None,
    write_to_usd: bool | None = None,
) -> Any:
    """Write the pose of prims: position, pivot, rotation, scale, then look-at.

    Args:
        position, position_x, position_y, position_z: stage units, in the parent's frame.
        rotation, rotation_x, rotation_y, rotation_z: Euler angles, degrees.
        rotation_order: order in which the angles are applied.
        scale: factors; a single number scales all axes.
        size: extent along each axis instead of `scale`, stage units.
        pivot: point in [-1, 1]^3 of the prim's box that position places and rotation turns about.
        look_at: item, path, point, distribution, or a list whose mean is looked at.
        look_at_up_axis: up direction; None is the stage's.
        input_prims: prims to pose; None takes those of `with item:`.
        name: name of the node.
        write_to_usd: accepted; poses are always written to USD.
    """
    where = "modify.pose"
    singles = {"position_x": position_x, "position_y": position_y, "position_z": position_z}
    turns = {"rotation_x": rotation_x, "rotation_y": rotation_y, "rotation_z": rotation_z}
    for axis, value in {**singles, **turns}.items():
        check.exclusive(where, **{axis.split("_")[0]: position if axis in singles else rotation, axis: value})
        check.exclusive(where, **{axis: value if axis in turns else None, "look_at": look_at})
    check.exclusive(where, rotation=rotation, look_at=look_at)
    check.exclusive(where, scale=scale, size=size)
    vectors = {"position": position, "rotation": rotation, "scale": scale, "size": size, "pivot": pivot}
    inputs = {key: check.vector(where, key, value) for key, value in vectors.items()}
    inputs |= {key: check.vector(where, key, value, (1,)) for key, value in {**singles, **turns}.items()}
    inputs["rotationOrder"] = check.one_of(where, "rotation_order", rotation_order, ORDERS)
    inputs["lookAt"] = target(look_at)
    inputs["lookAtUpAxis"] = check.vector(where, "look_at_up_axis", look_at_up_axis, (3,))
    graph = get_graph()
    return graph.schedule(PoseNode(graph, name, prims=prims_of(where, input_prims), **inputs))


@ReplicatorWrapper
def pose_orbit(
    barycentre: Any,
    distance: Any,
    azimuth: Any,
    elevation: Any,
    look_at_barycentre: bool = True,
    input_prims: Any = None,
    name: str | None = None,
) -> Any:
    """Put prims on a sphere round a point.

    Args:
        barycentre: item, path or point; its world position is the centre.
        distance: radius, stage units.
        azimuth, elevation: degrees.
        look_at_barycentre: turn the prims to the centre.
        input_prims: prims to pose.
        name: name of the node.
    """
    where = "modify.pose_orbit"
    given = {"distance": distance, "azimuth": azimuth, "elevation": elevation}
    inputs = {key: check.vector(where, key, value, (1,)) for key, value in given.items()}
    for key, value in inputs.items():
        if value is None:
            raise check.fail(where, key, None, "a number or a distribution", TypeError)
    graph = get_graph()
    options = {"barycentre": target(barycentre), "lookAtBarycentre": bool(look_at_barycentre)}
    return graph.schedule(OrbitNode(graph, name, prims=prims_of(where, input_prims), **options, **inputs))


@ReplicatorWrapper
def pose_camera_relative(
    camera: Any,
    render_product: Any,
    distance: Any,
    horizontal_location: Any = 0,
    vertical_location: Any = 0,
    input_prims: Any = None,
    name: str | None = None,
) -> Any:
    """Put prims in front of a camera.

    Args:
        camera: camera item or path.
        render_product: gives the image's aspect; a render product or its path.
        distance: along the view, stage units.
        horizontal_location, vertical_location: in [-1, 1] of the image, right and up.
        input_prims: prims to pose.
        name: name of the node.
    """
    where = "modify.pose_camera_relative"
    given = {"distance": distance, "horizontal": horizontal_location, "vertical": vertical_location}
    inputs = {key: check.vector(where, key, value, (1,)) for key, value in given.items()}
    graph = get_graph()
    options = {"camera": target(camera), "resolution": _resolution(where, render_product)}
    return graph.schedule(CameraRelativeNode(graph, name, prims=prims_of(where, input_prims), **options, **inputs))


def _resolution(where: str, render_product: Any) -> tuple[int, int]:
    path = str(getattr(render_product, "path", render_product))
    prim = current_stage().GetPrimAtPath(path) if path.startswith("/") else None
    attribute = prim.GetAttribute("resolution") if prim else None
    if not attribute:
        raise check.fail(where, "render_product", render_product, "a render product or its path")
    return tuple(attribute.Get())


@ReplicatorWrapper
def attribute(
    name: str, value: Any, attribute_type: str | None = None, input_prims: Any = None, node_name: str | None = None
) -> Any:
    """Write an attribute of prims.

    Args:
        name: attribute; `inputs:` may be left out for lights and materials.
        value: value, list to choose from, or distribution.
        attribute_type: USD type for an attribute that does not exist yet, e.g. "color3f".
        input_prims: prims to change.
        node_name: name of the node.
    """
    where = "modify.attribute"
    if not isinstance(name, str) or not name:
        raise check.fail(where, "name", name, "the name of an attribute", TypeError)
    if attribute_type is not None and not Sdf.ValueTypeNames.Find(str(attribute_type)):
        raise check.fail(where, "attribute_type", attribute_type, "a USD value type such as 'float' or 'color3f'")
    graph = get_graph()
    prims = prims_of(where, input_prims)
    if not check.is_item(value):
        value = choice(value if isinstance(value, list) else [value])
    inputs = {"attribute": name, "values": value, "attributeType": attribute_type}
    return graph.schedule(attributes.AttributeNode(graph, node_name, prims=prims, **inputs))


@ReplicatorWrapper
def semantics(semantics: Any = None, input_prims: Any = None, mode: str = "add", name: str | None = None) -> Any:
    """Add labels to prims, replace those of the same types, or clear all first.

    Args:
        semantics: {"class": "x"} or [("class", "x")]; values may be distributions.
        input_prims: prims to label.
        mode: "add", "replace" or "clear".
        name: name of the node.
    """
    where = "modify.semantics"
    check.one_of(where, "mode", mode, ("add", "replace", "clear"))
    labels = check.semantic_labels(where, semantics)
    graph = get_graph()
    node = attributes.SemanticsNode(graph, name, prims=prims_of(where, input_prims), semantics=labels, mode=mode)
    for value in labels.values():
        if isinstance(value, Node):
            value.consumers.append(node)
    return graph.schedule(node)


@ReplicatorWrapper
def visibility(value: Any = None, input_prims: Any = None, name: str | None = None) -> Any:
    """Show or hide prims.

    Args:
        value: bool, list of one bool a prim, or distribution; None tosses a coin for each prim.
        input_prims: prims to show or hide.
        name: name of the node.
    """
    where = "modify.visibility"
    graph = get_graph()
    prims = prims_of(where, input_prims)
    if value is None:
        value = choice([True, False])
    elif not check.is_item(value):
        flags = value if isinstance(value, list | tuple) else [value]
        if not flags or not all(isinstance(flag, bool) for flag in flags):
            raise check.fail(where, "value", value, "True, False, a list of these, or a distribution", TypeError)
    return graph.schedule(attributes.VisibilityNode(graph, name, prims=prims, values=value))


@ReplicatorWrapper
def material(value: Any, input_prims: Any = None, name: str | None = None) -> Any:
    """Bind a material.

    Args:
        value: material item, path, list to choose from, or distribution.
        input_prims: prims to bind to.
        name: name of the node.
    """
    graph = get_graph()
    prims = prims_of("modify.material", input_prims)
    node = check.source(value)
    if isinstance(value, list | tuple):
        node = choice(list(value))
    elif value is None:
        raise check.fail("modify.material", "value", value, "a material item, its path, or a distribution", TypeError)
    elif not isinstance(node, ValueNode):
        node = choice([value])
    return graph.schedule(attributes.MaterialNode(graph, name, prims=prims, values=node))


@ReplicatorWrapper
def projection_material(
    position: Any = None,
    rotation: Any = None,
    scale: Any = None,
    texture_group: Any = None,
    diffuse: Any = None,
    normal: Any = None,
    roughness: Any = None,
    metallic: Any = None,
    input_prims: Any = None,
    name: str | None = None,
) -> Any:
    """Change what `rep.create.projection_material` projects, or from where.

    Args:
        position, rotation, scale: of the proxy: stage units, degrees, factors; None leaves it.
        texture_group: files of one look, told apart by their names (normal, rough, metal, opacity; _N, _R, _M, _O; any
            other is the diffuse one); or a distribution of such lists.
        diffuse, normal, roughness, metallic: texture files or distributions of them; None leaves what is there.
        input_prims: projections; None takes those of `with projection:`.
        name: name of the node.
    """
    where = "modify.projection_material"
    poses = {"position": position, "rotation": rotation, "scale": scale}
    inputs = {key: check.vector(where, key, value) for key, value in poses.items()}
    files = {"diffuse": diffuse, "normal": normal, "roughness": roughness, "metallic": metallic}
    for key, value in files.items():
        if value is not None and not isinstance(value, str | Path) and not check.is_item(value):
            raise check.fail(where, key, value, "the path of an image file, or a distribution of these", TypeError)
        inputs[key] = str(value) if isinstance(value, Path) else check.source(value)
    inputs["texture_group"] = check.source(texture_group)
    graph = get_graph()
    return graph.schedule(ModifyProjection(graph, name, prims=prims_of(where, input_prims), **inputs))


@ReplicatorWrapper
def variant(name: str, value: Any, input_prims: Any = None) -> Any:
    """Select a variant of the set `name`: a name, a list to choose from, or a distribution."""
    if not isinstance(name, str) or not name:
        raise check.fail("modify.variant", "name", name, "the name of a variant set", TypeError)
    graph = get_graph()
    prims = prims_of("modify.variant", input_prims)
    if not check.is_item(value):
        value = choice(value if isinstance(value, list) else [value])
    return graph.schedule(attributes.VariantNode(graph, None, prims=prims, variantName=name, values=value))


TIMELINE_TYPES = ("time", "start_time", "end_time", "frame", "start_frame", "end_frame")


@ReplicatorWrapper
def timeline(value: Any, modify_type: str = "time", name: str | None = None) -> Any:
    """Set the timeline's time, its start or its end.

    Args:
        value: seconds or frames, or a distribution.
        modify_type: "time", "start_time" or "end_time" (seconds), "frame", "start_frame" or "end_frame".
        name: name of the node.

    Source: documentation of omni.replicator.core.modify.timeline.
    """
    modify_type = modify_type.lower() if isinstance(modify_type, str) else modify_type
    check.one_of("modify.timeline", "modify_type", modify_type, TIMELINE_TYPES)
    amount = check.vector("modify.timeline", "value", value, (1,))
    if amount is None:
        raise check.fail("modify.timeline", "value", value, "a number or a distribution", TypeError)
    graph = get_graph()
    return graph.schedule(attributes.TimelineNode(graph, name, values=amount, modifyType=modify_type))


def time(value: Any, name: str | None = None) -> Any:
    """Set the timeline's time, seconds."""
    return timeline(value, "time", name)


def frame(value: Any, name: str | None = None) -> Any:
    """Set the timeline's frame."""
    return timeline(value, "frame", name)


@ReplicatorWrapper
def animation(values: Any, reset_timeline: bool = False, input_prims: Any = None, name: str | None = None) -> Any:
    """Bind a skeletal animation to skeletons.

    Args:
        values: SkelAnimation path or item, list to choose from, or distribution.
        reset_timeline: go back to time zero as well.
        input_prims: skeletons or prims that hold them.
        name: name of the node.
    """
    graph = get_graph()
    prims = prims_of("modify.animation", input_prims)
    node = check.source(values)
    if not isinstance(node, ValueNode):
        node = choice(list(values) if isinstance(values, list | tuple) else [values])
    inputs = {"values": node, "resetTimeline": bool(reset_timeline)}
    return graph.schedule(attributes.AnimationNode(graph, name, prims=prims, **inputs))


def register(fn: Callable[..., Any], override: bool = True, fn_name: str | None = None) -> None:
    """Add `fn` as `rep.modify.<name>`."""
    register_into(sys.modules[__name__], fn, override, fn_name)


def __getattr__(name: str) -> Any:
    raise AttributeError(f"rep.modify has no '{name}'; see docs/parity.md for what the embedded engine has")
