"""Nodes of the deferred graph: named inputs, connections between them, and one action each.

Three kinds exist. A *value* node draws numbers or choices when a consumer pulls them. A *prim source* answers which
prims an action works on. An *action* writes to the stage when its trigger fires.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from engine.graph.graph import Graph, Moment

GRAPH_PATH = "/Replicator/SDGPipeline"


class NodeType:
    """The type of a node, as `node.get_node_type()` answers it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def get_node_type(self) -> str:
        """Return the registered type name."""
        return self._name


class Attribute:
    """One input or output of a node, addressed as `inputs:name` or `outputs:name`."""

    def __init__(self, node: Node, name: str) -> None:
        self.node = node
        self._name = name

    def _place(self) -> tuple[dict[str, Any], str]:
        full = self._name if ":" in self._name else self._name.replace("_", ":", 1)
        side, _, key = full.partition(":")
        if not key or side not in ("inputs", "outputs"):
            return self.node.inputs, self._name
        return (self.node.inputs if side == "inputs" else self.node.outputs), key

    def get_name(self) -> str:
        """Return the attribute's full name."""
        return self._name

    def get(self) -> Any:
        """Return the value, or what is connected."""
        values, key = self._place()
        return values.get(key)

    def set(self, value: Any) -> None:
        """Set the value."""
        values, key = self._place()
        values[key] = value

    def connect(self, target: Attribute, modify_usd: bool = True) -> bool:
        """Feed `target` from this attribute's node."""
        _, key = target._place()
        target.node.connect(key, self.node)
        return True


class Node:
    """Base of all nodes.

    Attributes:
        type_name: name of the Replicator node this one stands for.
        has_seed: the node owns a random stream and takes the next node id.
        is_trigger: `with item:` opens an execution context instead of a prim context.
        inputs: constants, or a `Node` where a connection was made.
        outputs: last published values.
        origin: where the node was asked for, such as the line of a file, for errors when it runs; "" is not known.
    """

    type_name = "omni.replicator.core.OgnNode"
    origin = ""
    has_seed = False
    is_trigger = False

    def __init__(self, graph: Graph, name: str | None = None, **inputs: Any) -> None:
        self.graph = graph
        self.inputs: dict[str, Any] = {}
        self.outputs: dict[str, Any] = {}
        self.consumers: list[Node] = []
        self.name = graph.add(self, name)
        for key, value in inputs.items():
            self.connect(key, value)

    def connect(self, key: str, value: Any) -> None:
        """Set input `key` to a constant, or connect it to a node.

        Args:
            key: input name without the `inputs:` prefix.
            value: constant, `Node`, or an object with a `.node`.
        """
        source = value if isinstance(value, Node) else getattr(value, "node", value)
        self.inputs[key] = source if isinstance(source, Node) else value
        if isinstance(source, Node):
            source.consumers.append(self)

    def get_attribute(self, name: str) -> Attribute:
        """Return the attribute called `inputs:x` or `outputs:x`."""
        return Attribute(self, name)

    def get_node_type(self) -> NodeType:
        """Return the node's type."""
        return NodeType(self.type_name)

    def get_prim_path(self) -> str:
        """Return the node's path below the graph prim."""
        return f"{GRAPH_PATH}/{self.name}"

    def reset(self) -> None:
        """Forget everything drawn or counted so far."""

    def run(self, moment: Moment) -> None:
        """Act on the stage; called in creation order when the trigger fires."""

    def targets(self, moment: Moment | None = None) -> list[str]:
        """Return the prim paths this node works on (its `prims` input)."""
        return resolve_paths(self.inputs.get("prims"), moment)

    def samples_needed(self, moment: Moment) -> int:
        """Return how many samples this node wants of a distribution connected to it (0: it does not care)."""
        return len(self.targets(moment)) if self.inputs.get("prims") is not None else 0

    def upstream(self) -> Iterator[Node]:
        """Iterate over the nodes connected to this one."""
        for value in self.inputs.values():
            yield from (v for v in (value if isinstance(value, list | tuple) else [value]) if isinstance(v, Node))


class PrimSource(Node):
    """A node whose output is a list of prim paths."""

    def paths(self, moment: Moment | None = None) -> list[str]:
        """Return the prim paths, in order."""
        return resolve_paths(self.inputs.get("prims"), moment)


class ValueNode(Node):
    """A node that draws samples; one draw serves all its consumers within one firing."""

    def __init__(self, graph: Graph, name: str | None = None, **inputs: Any) -> None:
        self._last: tuple[int, Any] = (-1, None)
        super().__init__(graph, None, **inputs)
        self.publish_as = name

    def reset(self) -> None:
        """Forget the last draw."""
        self._last = (-1, None)

    def draw(self, moment: Moment, count: int) -> Any:
        """Return at least `count` samples, the same ones for every consumer of this firing.

        Args:
            moment: the firing being evaluated.
            count: samples the caller needs; other consumers of this node may need more.
        """
        serial, samples = self._last
        if serial != moment.serial or len(samples) < count:
            samples = self.sample(moment, max(count, self._wanted(moment)))
            self._last = (moment.serial, samples)
            self.outputs["samples"] = samples
            if self.publish_as:
                self.graph.distribution_outputs[self.publish_as] = np.asarray(samples)
        return samples

    def _wanted(self, moment: Moment) -> int:
        needs = max((consumer.samples_needed(moment) for consumer in self.consumers), default=0)
        return needs or int(self.inputs.get("numSamples") or 1)

    def sample(self, moment: Moment, count: int) -> Any:
        """Draw exactly `count` samples from the node's stream."""
        raise TypeError(f"node '{self.name}' of type {self.type_name} draws no samples; expected a distribution node")


def resolve_paths(value: Any, moment: Moment | None = None) -> list[str]:
    """Turn what an input may hold into prim paths.

    Args:
        value: None, a path, a prim, a node, an item, or a list of these.
        moment: the firing being evaluated, if any.

    Returns:
        Prim paths in order.
    """
    if value is None:
        return []
    if isinstance(value, PrimSource):
        return value.paths(moment)
    if isinstance(value, Node):
        return value.targets(moment)
    if isinstance(value, list | tuple):
        return [path for item in value for path in resolve_paths(item, moment)]
    if hasattr(value, "GetPath"):
        return [str(value.GetPath())]
    if hasattr(value, "node"):
        return resolve_paths(value.node, moment)
    return [str(value)]


def node_of(value: Any) -> Node | None:
    """Return the node behind an item or a node, else None."""
    source = value if isinstance(value, Node) else getattr(value, "node", None)
    return source if isinstance(source, Node) else None
