"""Nodes of the deferred graph: named inputs, connections between them, and one action each.

Three kinds exist. A *value* node draws numbers or choices when a consumer pulls them. A *prim source* answers which
prims an action works on. An *action* writes to the stage when its trigger fires.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.graph.handle import Attribute, Link, NodeHandle, NodeType, resolved

if TYPE_CHECKING:
    from engine.graph.graph import Graph, Moment

GRAPH_PATH = "/Replicator/SDGPipeline"
EXECUTION_IN, EXECUTION_OUT = "execIn", "execOut"


class Wiring(NodeHandle):
    """What a node takes from others, and what it gives them.

    Attributes:
        gives_itself: what is connected to an output of it asks the node (for samples, or prims), not the attribute.
        consumers: nodes that take from this one.
    """

    gives_itself = True
    consumers: list[Node]

    def connect(self, key: str, value: Any) -> None:
        """Set input `key` to a constant, or connect it to a node.

        Args:
            key: input name without the `inputs:` prefix.
            value: constant, `Node`, or an object with a `.node`.
        """
        source = value if isinstance(value, Node) else getattr(value, "node", value)
        self.inputs[key] = source if isinstance(source, Node) else value
        if isinstance(source, Node):
            source.consumers.append(self)  # type: ignore[arg-type]

    def take(self, key: str, link: Link) -> None:
        """Connect input `key` to an attribute of another node.

        Execution attributes put this node at the end of what follows the other one.
        """
        if link.key.startswith(EXECUTION_OUT) or link.node.is_execution(link.key):
            link.node.followed_by(self, link.key)  # type: ignore[arg-type]
        elif link.side == "outputs" and link.node.gives_itself:
            self.connect(key, link.node)
        else:
            self.inputs[key] = link

    def drop(self, key: str, source: Node | None = None) -> None:
        """End the connection of input `key` from a node (any, if none is named)."""
        if key.startswith(EXECUTION_IN):
            self.graph.unchain(self, source)
        elif source is None or node_of(self.inputs.get(key)) is source:
            self.inputs[key] = None

    def supply(self, key: str, moment: Moment) -> Any:
        """Return the value of output `key` in a firing."""
        return self.outputs.get(key)

    def is_execution(self, key: str) -> bool:
        """Tell whether output `key` says when other nodes run."""
        return False

    def followed_by(self, node: Node, key: str) -> None:
        """Run `node` whenever this one has run and enabled output `key`."""
        chain = getattr(self, "chain", None)
        if chain is None:
            raise ValueError(
                f"node '{self.name}' of type {self.type_name} was connected to run '{node.name}'; expected a trigger "
                "or a node with an execution output"
            )
        if node not in chain:
            self.graph.unchain(node, None, only_impulse=True)
            chain.append(node)


class Node(Wiring):
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
            given = value if isinstance(value, list | tuple) else [value]
            nodes = (item.node if isinstance(item, Link) else item for item in given)
            yield from (node for node in nodes if isinstance(node, Node))


class PrimSource(Node):
    """A node whose output is a list of prim paths."""

    def paths(self, moment: Moment | None = None) -> list[str]:
        """Return the prim paths, in order."""
        return resolve_paths(self.inputs.get("prims"), moment)


class ValueNode(Node):
    """A node that draws samples; one draw serves all its consumers within one firing.

    Attributes:
        needs: inputs without which nothing can be drawn.
    """

    needs: tuple[str, ...] = ()

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
        return needs or int(resolved(self.inputs.get("numSamples"), moment) or 1)

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


__all__ = ["GRAPH_PATH", "Attribute", "Link", "Node", "NodeType", "PrimSource", "ValueNode", "node_of", "resolve_paths"]
