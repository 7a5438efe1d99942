"""The commands of `Controller.edit`, in the order in which they are done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...graph.node import Node
from .errors import OmniGraphError

ORDER = (
    "delete_nodes",
    "create_variables",
    "create_nodes",
    "create_prims",
    "create_attributes",
    "disconnect",
    "connect",
    "set_values",
)
REFUSED = {
    "expose_prims": "ReadPrimAttribute and WritePrimAttribute nodes, which reach attributes of prims",
    "promote_attributes": "a graph without compounds",
}


class _Edit:
    """One call of `edit`."""

    def __init__(self, controller: Any, graph: Any) -> None:
        self.controller = controller
        self.graph = graph
        self.nodes: list[Node] = []
        self.prims: list[Any] = []
        self.named: dict[str, Any] = {}

    def attribute(self, spec: Any) -> Any:
        """Return an attribute; names of nodes are those of the graph."""
        if isinstance(spec, tuple):
            name, node = spec[0], spec[1]
            return self.controller.attribute((name, self.node(node)))
        if not isinstance(spec, str):
            return self.controller.attribute(spec)
        place, _, name = spec.rpartition(".")
        found = self.controller.attribute(name, self.node(place))
        if not found.is_valid():
            raise OmniGraphError(self.controller._unknown(found.node, name))
        return found

    def node(self, name: Any) -> Node:
        """Return a node: the object, its path, or its name in the graph."""
        if isinstance(name, Node):
            return name
        known = self.named.get(str(name)) or self.graph.get_node(str(name))
        return known or self.controller.node(name if str(name).startswith("/") else (str(name), self.graph))  # type: ignore[no-any-return]

    def delete_nodes(self, name: Any) -> None:
        """Remove a node."""
        self.graph.destroy_node(self.node(name))

    def create_variables(self, command: Sequence[Any]) -> None:
        """Add a variable: (name, type) or (name, type, value)."""
        name, _, *value = command
        self.graph.variables[str(name)] = value[0] if value else None

    def create_nodes(self, command: Sequence[Any]) -> None:
        """Make a node: (name, type)."""
        name, kind = command
        if isinstance(kind, dict):
            raise OmniGraphError(f"node '{name}': a graph inside a node was given; expected the name of a node type")
        node = self.controller.create_node((str(name), self.graph), kind)
        self.nodes.append(node)
        self.named[str(name)] = node

    def create_prims(self, command: Any) -> None:
        """Make a prim: path, (path, type), (path, attributes) or (path, attributes, type)."""
        path, *rest = (command,) if isinstance(command, str) else command
        values = next((part for part in rest if isinstance(part, dict)), None)
        kind = next((part for part in rest if isinstance(part, str)), None)
        prim = self.controller.create_prim(path, values, kind)
        self.prims.append(prim)
        self.named[str(path)] = prim

    def create_attributes(self, command: Sequence[Any]) -> None:
        """Add an attribute: ("node.inputs:x", type)."""
        place, _, name = str(command[0]).rpartition(".")
        self.controller.create_attribute(self.node(place), name, command[1])

    def disconnect(self, command: Sequence[Any]) -> None:
        """End a connection: (from, to)."""
        self.attribute(command[0]).disconnect(self.attribute(command[1]))

    def connect(self, command: Sequence[Any]) -> None:
        """Make a connection: (from, to)."""
        self.attribute(command[0]).connect(self.attribute(command[1]))

    def set_values(self, command: Sequence[Any]) -> None:
        """Set a value: ("node.inputs:x", value), or (..., value, type)."""
        self.controller.set(self.attribute(command[0]), command[1])


def apply(controller: Any, graph: Any, commands: dict[str, Any]) -> tuple[Any, list[Node], list[Any], dict[str, Any]]:
    """Do the commands (see `Controller.edit`).

    Raises:
        OmniGraphError: if a key is unknown or not supported, or a command cannot be done.
    """
    for key in commands:
        if key in REFUSED:
            raise OmniGraphError(f"Controller.edit: '{key}' was given; expected {REFUSED[key]}")
        if key not in ORDER:
            raise OmniGraphError(f"Controller.edit: key {key!r} was given; expected one of: {', '.join(ORDER)}")
    edit = _Edit(controller, graph)
    for key in ORDER:
        given = commands.get(key, [])
        act: Callable[[Any], None] = getattr(edit, key)
        for command in given if isinstance(given, list) else [given]:
            act(command)
    return graph, edit.nodes, edit.prims, edit.named
