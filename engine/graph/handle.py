"""Nodes and attributes as scripts address them: `inputs:x`, `outputs:y`, values, types and connections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.graph import data_types
from engine.graph.data_types import Type

if TYPE_CHECKING:
    from engine.graph.graph import Moment
    from engine.graph.node import Node

SIDES = ("inputs", "outputs", "state")


class NodeType:
    """The type of a node, as `node.get_node_type()` answers it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def get_node_type(self) -> str:
        """Return the registered type name."""
        return self._name


@dataclass(frozen=True, eq=False)
class Link:
    """What an input holds that is connected to one attribute of another node.

    Attributes:
        node: that node.
        side: "inputs" or "outputs".
        key: name of the attribute there.
    """

    node: Node
    side: str
    key: str

    def value(self, moment: Moment) -> Any:
        """Return the attribute's value in a firing; a node that only computes does so now."""
        if self.side == "outputs":
            return self.node.supply(self.key, moment)
        return resolved(self.node.inputs.get(self.key), moment)

    def peek(self) -> Any:
        """Return the value that is there, without computing."""
        held = (self.node.inputs if self.side == "inputs" else self.node.outputs).get(self.key)
        return held.peek() if isinstance(held, Link) else held


def resolved(value: Any, moment: Moment) -> Any:
    """Return a constant as it is, or what a link gives in a firing."""
    return value.value(moment) if isinstance(value, Link) else value


class AttributeValue:
    """The value of one attribute."""

    def __init__(self, node: Node, name: str) -> None:
        self.node = node
        self._name = name
        self._type: Type | None = None

    def _place(self) -> tuple[dict[str, Any], str]:
        full = self._name if ":" in self._name else self._name.replace("_", ":", 1)
        side, _, key = full.partition(":")
        if not key or side not in SIDES:
            return self.node.inputs, self._name
        return (self.node.outputs if side == "outputs" else self.node.inputs), key

    def get(self, on_gpu: bool = False, instance: int = 0) -> Any:
        """Return the value, or what is connected."""
        values, key = self._place()
        held = values.get(key)
        return held.peek() if isinstance(held, Link) else held

    def get_array(self, on_gpu: bool = False, get_for_write: bool = False, reserved_element_count: int = 0) -> Any:
        """Return the value as an array."""
        return np.asarray(self.get())

    def set(self, value: Any, on_gpu: bool = False, instance: int = 0) -> bool:
        """Set the value; a connection ends."""
        values, key = self._place()
        values[key] = value
        return True

    def get_resolved_type(self) -> Type:
        """Return the type that the attribute has now."""
        return self._type or self.node.attribute_type(self._name)

    def set_resolved_type(self, kind: Type) -> None:
        """Accept the type of an attribute that may have several; values keep theirs."""
        self._type = kind

    def get_type_name(self) -> str:
        """Return the name of the type."""
        return self.get_resolved_type().get_type_name()


class Attribute(AttributeValue):
    """One input or output of a node, addressed as `inputs:name` or `outputs:name`."""

    def get_name(self) -> str:
        """Return the attribute's full name."""
        return self._name

    def get_path(self) -> str:
        """Return the attribute's path on the stage."""
        return f"{self.node.get_prim_path()}.{self._name}"

    def get_node(self) -> Node:
        """Return the node."""
        return self.node

    def is_valid(self) -> bool:
        """Tell whether the node has this attribute."""
        return self.node.allows(self._name)

    def connect(self, target: Attribute, modify_usd: bool = True) -> bool:
        """Feed `target` from this attribute; execution attributes say that `target`'s node runs after this one."""
        values, key = self._place()
        side = "outputs" if values is self.node.outputs else "inputs"
        target.node.take(target._place()[1], Link(self.node, side, key))
        return True

    def disconnect(self, target: Attribute, modify_usd: bool = True) -> bool:
        """Feed `target` from this attribute no more."""
        target.node.drop(target._place()[1], self.node)
        return True

    def get_upstream_connections(self) -> list[Attribute]:
        """Return the attributes that feed this one."""
        values, key = self._place()
        held = values.get(key)
        return [held.node.get_attribute(f"{held.side}:{held.key}")] if isinstance(held, Link) else []

    def get_upstream_connection_count(self) -> int:
        """Return how many attributes feed this one."""
        return len(self.get_upstream_connections())


class NodeHandle:
    """What scripts ask of any node."""

    type_name: str
    name: str
    graph: Any
    inputs: dict[str, Any]
    outputs: dict[str, Any]

    def get_attribute(self, name: str) -> Attribute:
        """Return the attribute called `inputs:x` or `outputs:x`."""
        return Attribute(self, name)  # type: ignore[arg-type]

    def get_attributes(self) -> list[Attribute]:
        """Return the attributes that have a value."""
        named = [f"inputs:{key}" for key in self.inputs] + [f"outputs:{key}" for key in self.outputs]
        return [self.get_attribute(name) for name in named]

    def get_attribute_exists(self, name: str) -> bool:
        """Tell whether the node has an attribute `inputs:x` or `outputs:x`."""
        side, _, key = name.partition(":")
        return (key if key else side) in (self.outputs if side == "outputs" else self.inputs)

    def allows(self, name: str) -> bool:
        """Tell whether the node may have an attribute; those of Replicator's nodes come when they are set."""
        return True

    def attribute_type(self, name: str) -> Type:
        """Return the type of an attribute, `Type()` where any is allowed."""
        return data_types.UNKNOWN

    def get_node_type(self) -> NodeType:
        """Return the node's type."""
        return NodeType(self.type_name)

    def get_type_name(self) -> str:
        """Return the name of the node's type."""
        return self.type_name

    def get_prim_path(self) -> str:
        """Return the node's path below the graph prim."""
        return f"{self.graph.path}/{self.name}"

    def get_graph(self) -> Any:
        """Return the graph that the node is in."""
        return self.graph

    def is_valid(self) -> bool:
        """Tell whether the node is still in its graph."""
        return self in self.graph.nodes
