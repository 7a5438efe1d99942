"""Nodes by type name, their targets, and custom events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from engine.graph import attributes, looks, pose, sampling, scatter, triggers
from engine.graph import graph as graphs
from engine.graph.handle import Attribute
from engine.graph.node import Node, ValueNode, resolve_paths
from engine.replicator.arguments import fail

from . import ogn

NODE_TYPES: dict[str, type[Node]] = {
    kind.type_name: kind
    for kind in (
        attributes.AttributeNode,
        attributes.MaterialNode,
        attributes.SemanticsNode,
        attributes.VisibilityNode,
        looks.ColorNode,
        looks.TextureNode,
        pose.OrbitNode,
        pose.PoseNode,
        sampling.Choice,
        sampling.LogUniform,
        sampling.Normal,
        sampling.Sequential,
        sampling.Uniform,
        scatter.RotationNode,
        scatter.Scatter2D,
        scatter.Scatter3D,
    )
}


class FunctionNode(Node):
    """A node whose action is a Python function of its prims and inputs."""

    action: Callable[..., Any] = staticmethod(lambda prims, **inputs: None)

    def run(self, moment: graphs.Moment) -> None:
        """Call `action(prims, **inputs)` with the target prims."""
        moment.edits.flush()
        prims = [moment.stage.GetPrimAtPath(path) for path in self.targets(moment)]
        self.action(prims, **{key: value for key, value in self.inputs.items() if key != "prims"})


def register_node_type(type_name: str, action: Callable[..., Any]) -> None:
    """Make `create_node(type_name)` known: its action is `action(prims, **inputs)`."""
    if not callable(action):
        raise fail("utils.register_node_type", "action", action, "a function of prims and inputs", TypeError)
    members = {"type_name": type_name, "action": staticmethod(action)}
    NODE_TYPES[type_name] = type("CustomNode", (FunctionNode,), members)


def create_node(node_type_id: str, node_name: str | None = None, **attrs: Any) -> Node:
    """Create a node by its type name and put it at the end of the open trigger's actions.

    Raises:
        ValueError: if the embedded engine has no node of that type.
    """
    graph = graphs.get_graph()
    return placed(graph, node_class(node_type_id)(graph, node_name, **attrs))


def node_class(node_type_id: str) -> type[Node]:
    """Return the class of a node type.

    Raises:
        ValueError: if the embedded engine has no node of that type.
    """
    if node_type_id not in NODE_TYPES and (found := ogn.node_type(node_type_id)) is not None:
        NODE_TYPES[node_type_id] = found
    if node_type_id not in NODE_TYPES:
        known = (
            f"one of: {', '.join(sorted(NODE_TYPES))} (add others with rep.utils.register_node_type or --ext-folder)"
        )
        raise fail("utils.create_node", "node_type_id", node_type_id, known)
    return NODE_TYPES[node_type_id]


def placed(graph: graphs.Graph, node: Node) -> Node:
    """Put a new node where it runs: at the end of the open trigger's actions, in every frame, or when it is asked."""
    if isinstance(node, ValueNode):
        return node
    if isinstance(node, ogn.OgnNode) and (node.only_computes or node.on_request):
        return node
    if isinstance(node, ogn.OgnNode) and node.is_trigger and not node.waits and not graph.exec_stack:
        triggers.EveryFrame(graph).chain.append(node)
        return node
    return graph.schedule(node)


def auto_connect(upstream: Node, downstream: Node) -> None:
    """Connect what a node gives to what another takes: samples to its values, outputs to inputs of the same name."""
    if isinstance(upstream, ValueNode):
        taken = next((key for key in ("values", "samples") if key in downstream.inputs), "values")
        upstream.get_attribute("outputs:samples").connect(downstream.get_attribute(f"inputs:{taken}"), True)
    for key in [key for key in upstream.outputs if key in downstream.inputs]:
        upstream.get_attribute(f"outputs:{key}").connect(downstream.get_attribute(f"inputs:{key}"), True)


def _disconnect(attribute: Attribute) -> None:
    """End the connections of an input."""
    attribute.node.drop(attribute.get_name().partition(":")[2])


def set_target_prims(node: Node, attribute: str, target_prims: Any) -> None:
    """Set the prims input of a node from an item, paths or prims."""
    node.connect(attribute.removeprefix("inputs:"), getattr(target_prims, "node", target_prims))


def get_node_targets(node: Any, attribute: str = "inputs:prims", replicatorXform: bool = True) -> list[str]:
    """Return the prim paths of a node's input or output.

    Args:
        node: node or item.
        attribute: name of the input or output.
        replicatorXform: accepted; paths are those of the Xforms.
    """
    return list(resolve_paths(getattr(node, "node", node)))


def send_og_event(event_name: str) -> None:
    """Fire the triggers made by `rep.trigger.on_custom_event(event_name)` in the next evaluation."""
    if not isinstance(event_name, str) or not event_name:
        raise fail("utils.send_og_event", "event_name", event_name, "the name of an event", TypeError)
    graphs.get_graph().fire_event(event_name)


def get_graph() -> graphs.Graph:
    """Return the stage's graph."""
    return graphs.get_graph()


def get_replicator_graph_exists() -> bool:
    """Tell whether anything has been added to the graph."""
    return bool(graphs.get_graph().nodes)


@contextmanager
def sequential() -> Iterator[None]:
    """Run what is made inside in creation order, which the embedded engine always does."""
    yield
