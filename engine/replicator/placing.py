"""Authoring shared by the `rep.create` calls: where prims go, how they are placed, labelled, shown and bound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pxr import Sdf, Usd, UsdGeom

from engine.graph.authoring import shared
from engine.graph.graph import Clock, Moment, current_stage, get_graph
from engine.graph.node import Node, resolve_paths
from engine.graph.pose import PoseNode
from engine.graph.sources import FixedPrims
from engine.replicator import arguments as check
from engine.replicator import modify
from engine.replicator.utils.items import ReplicatorItem

SCOPE = "/Replicator"
POSE_KEYS = ("position", "rotation", "scale", "pivot", "look_at")


def parent_path(where: str, parent: Any) -> str:
    """Return the path prims are made under.

    Raises:
        ValueError: if no prim is there.
    """
    stage = current_stage()
    if parent is None:
        if not stage.GetPrimAtPath(SCOPE):
            UsdGeom.Scope.Define(stage, Sdf.Path(SCOPE))
        return SCOPE
    paths = resolve_paths(check.source(parent))
    if not paths or not paths[0].startswith("/") or not stage.GetPrimAtPath(paths[0]):
        raise check.fail(where, "parent", parent, "the path of an existing prim")
    return paths[0]


def new_xforms(where: str, base: str, count: int, parent: Any) -> list[Usd.Prim]:
    """Define `count` Xforms called base, base_01, ... below the parent."""
    stage, root = current_stage(), parent_path(where, parent)
    prims = []
    for _ in range(check.count_of(where, count)):
        prim = UsdGeom.Xform.Define(stage, Sdf.Path(shared().free_path(stage, root, base))).GetPrim()
        prim.CreateAttribute("replicatorXform", Sdf.ValueTypeNames.Bool, True).Set(True)
        prims.append(prim)
    return prims


def place(where: str, prims: Sequence[Usd.Prim], **pose: Any) -> None:
    """Author constant pose values now and schedule an action for those that are distributions."""
    up_axis = pose.pop("look_at_up_axis", None)
    check.exclusive(where, rotation=pose.get("rotation"), look_at=pose.get("look_at"))
    pose.setdefault("position", None)
    constant = {key: value for key, value in pose.items() if value is not None and not check.is_item(value)}
    random = {key: value for key, value in pose.items() if check.is_item(value)}
    if random and "look_at" in constant:
        random["look_at"] = constant.pop("look_at")
    paths = [str(prim.GetPath()) for prim in prims]
    inputs = {key: check.vector(where, key, value) for key, value in constant.items() if key != "look_at"}
    inputs["position"] = inputs.get("position", None if "position" in random else (0.0, 0.0, 0.0))
    inputs["lookAt"] = modify.target(constant.get("look_at"))
    inputs["lookAtUpAxis"] = check.vector(where, "look_at_up_axis", up_axis, (3,))
    graph = get_graph()
    write_now(PoseNode, prims=paths, **inputs)
    if random:
        if "look_at" in random:
            random["look_at_up_axis"] = up_axis
        modify.pose(input_prims=ReplicatorItem.of(FixedPrims(graph, None, paths)), **random)


def write_now(kind: type[Node], **inputs: Any) -> None:
    """Run one action at once, outside the graph."""
    graph = get_graph()
    node = kind.__new__(kind)
    node.graph, node.inputs, node.outputs, node.consumers = graph, inputs, {}, []
    moment = Moment(current_stage(), Clock(), -1)
    node.run(moment)
    moment.edits.flush()


def label(where: str, prims: Sequence[Usd.Prim], semantics: Any) -> None:
    """Apply constant labels now and schedule an action for those that are distributions."""
    labels = check.semantic_labels(where, semantics)
    constant = {kind: value for kind, value in labels.items() if not isinstance(value, Node)}
    random = {kind: value for kind, value in labels.items() if isinstance(value, Node)}
    for prim in prims if constant else ():
        shared().apply_semantics(prim, constant)
    if random:
        modify.semantics(random, input_prims=[str(prim.GetPath()) for prim in prims])


def show(where: str, prims: Sequence[Usd.Prim], visible: Any) -> None:
    """Author visibility, or schedule an action where it is a distribution."""
    if check.is_item(visible):
        modify.visibility(visible, input_prims=[str(prim.GetPath()) for prim in prims])
        return
    if not isinstance(visible, bool):
        raise check.fail(where, "visible", visible, "True, False or a distribution", TypeError)
    for prim in prims:
        if not visible:
            UsdGeom.Imageable(prim).MakeInvisible()


def item_of(prims: Sequence[Usd.Prim], name: str | None = None) -> Node:
    """Return a node that answers these prims."""
    return FixedPrims(get_graph(), None, [str(prim.GetPath()) for prim in prims])


def bind(where: str, prims: Sequence[Usd.Prim], material: Any) -> None:
    """Bind a material given as item, path or distribution."""
    if material is not None:
        paths = [str(prim.GetPath()) for prim in prims]
        node = check.source(material)
        choices = resolve_paths(node) if not hasattr(node, "draw") else None
        if choices == []:
            raise check.fail(where, "material", material, "a material item or the path of a material")
        if choices is None or len(choices) > 1:
            modify.material(choices or material, input_prims=paths)
            return
        for prim in prims:
            shared().bind_material(prim, current_stage().GetPrimAtPath(choices[0]))
