"""Controller: makes graphs, nodes and connections, sets and gets values, evaluates.

What names a node or an attribute may be the object itself, its path, or a name with the node or the graph it is in.

Source: OmniGraph documentation, omni.graph.core.Controller.
"""

from __future__ import annotations

from typing import Any

from pxr import Sdf, Usd

from ...graph.data_types import parse
from ...graph.graph import current_stage
from ...graph.handle import Attribute
from ...graph.node import Node
from . import graphs
from .edit_commands import apply
from .errors import OmniGraphError


class ObjectLookup:
    """Graphs, nodes, attributes and prims by what scripts name them with."""

    @staticmethod
    def graph(graph_id: Any) -> Any:
        """Return a graph by its path.

        Raises:
            OmniGraphError: if there is none.
        """
        if graph_id is None or hasattr(graph_id, "evaluate"):
            return graph_id
        path = str(graph_id["graph_path"] if isinstance(graph_id, dict) else graph_id)
        found = graphs.get_graph_by_path(path)
        if found is None:
            known = ", ".join([graphs.GRAPH_PATH, *(graph.path for graph in graphs.get_all_graphs())])
            raise OmniGraphError(f"no graph at '{path}'; there are: {known}")
        return found

    @classmethod
    def node(cls, node_id: Any, graph_id: Any = None) -> Any:
        """Return a node by its path, or by its name in a graph.

        Raises:
            OmniGraphError: if there is none.
        """
        if isinstance(node_id, list):
            return [cls.node(one, graph_id) for one in node_id]
        if isinstance(node_id, Node):
            return node_id
        if isinstance(node_id, tuple):
            node_id, graph_id = node_id
        path = str(node_id.GetPath()) if isinstance(node_id, Usd.Prim) else str(node_id)
        if graph_id is not None:
            found = cls.graph(graph_id).get_node(path)
        else:
            found = graphs.get_node_by_path(path)
        if found is None:
            where = f" in graph '{cls.graph(graph_id).path}'" if graph_id is not None else ""
            raise OmniGraphError(f"no node '{path}'{where}; expected the path of a node, or its name and its graph")
        return found

    @classmethod
    def attribute(cls, attribute_id: Any, node_id: Any = None, graph_id: Any = None) -> Attribute:
        """Return an attribute: of `inputs:x` and a node, of `node.inputs:x` and a graph, or of a path.

        Raises:
            OmniGraphError: if there is none.
        """
        if isinstance(attribute_id, Attribute):
            return attribute_id
        if isinstance(attribute_id, tuple):
            attribute_id, node_id, *rest = attribute_id
            graph_id = rest[0] if rest else graph_id
        name = str(attribute_id)
        if node_id is None:
            place, dot, name = name.rpartition(".")
            if not dot:
                raise OmniGraphError(
                    f"attribute '{attribute_id}' was given; expected 'node.inputs:x', or a node with it"
                )
            node_id = place
        node = cls.node(node_id, graph_id)
        found: Attribute = node.get_attribute(name)
        if not found.is_valid() and not isinstance(node_id, Node):
            raise OmniGraphError(cls._unknown(node, name))
        return found

    @staticmethod
    def _unknown(node: Node, name: str) -> str:
        known = ", ".join(attribute.get_name() for attribute in node.get_attributes())
        return f"node '{node.get_prim_path()}' has no attribute '{name}'; there are: {known}"

    @staticmethod
    def prim(prim_id: Any) -> Usd.Prim:
        """Return the prim of a node, or at a path."""
        path = prim_id.get_prim_path() if isinstance(prim_id, Node) else str(prim_id)
        return current_stage().GetPrimAtPath(path)


class DataView:
    """Values of attributes."""

    def __init__(self, attribute: Any = None, **accepted: Any) -> None:
        self._attribute = None if attribute is None else ObjectLookup.attribute(attribute)

    @staticmethod
    def get(attribute: Any = None, node_id: Any = None, **accepted: Any) -> Any:
        """Return the value of an attribute."""
        return ObjectLookup.attribute(attribute, node_id).get()

    @staticmethod
    def set(attribute: Any = None, value: Any = None, **accepted: Any) -> bool:
        """Set the value of an attribute."""
        return ObjectLookup.attribute(attribute).set(plain(value))


class AttributeValueHelper:
    """The value of one attribute."""

    def __init__(self, attribute: Attribute) -> None:
        self._attribute = attribute

    def get(self, on_gpu: bool = False) -> Any:
        """Return the value."""
        return self._attribute.get()

    def set(self, value: Any, on_gpu: bool = False) -> bool:
        """Set the value."""
        return self._attribute.set(value)


class NodeController(ObjectLookup):
    """Nodes and their attributes."""

    @classmethod
    def create_node(
        cls, node_id: Any, node_type_id: Any, allow_exists: bool = False, use_usd: bool = True, **accepted: Any
    ) -> Node:
        """Make a node.

        Args:
            node_id: path, or (name, graph).
            node_type_id: name of the type.
            allow_exists: return a node that is there already.
            use_usd: accepted; the node's prim is always made.

        Raises:
            OmniGraphError: if there is no such graph or node type, or the name is taken.
        """
        name, graph_id = node_id if isinstance(node_id, tuple) else (str(node_id), str(node_id).rpartition("/")[0])
        graph = cls.graph(graph_id)
        if isinstance(graph, graphs.ReplicatorGraph):
            from ...replicator.utils.nodes import create_node

            return create_node(str(node_type_id), str(name).rpartition("/")[2])
        known = graph.get_node(name)
        if known is not None and allow_exists:
            return known  # type: ignore[no-any-return]
        type_name = getattr(node_type_id, "get_node_type", lambda: node_type_id)()
        return graph.create_node(str(name), str(type_name))  # type: ignore[no-any-return]

    @classmethod
    def create_attribute(cls, node_id: Any, attr_name: str, attr_type: Any, *accepted: Any, **named: Any) -> Attribute:
        """Add an attribute to a node of a script's graph."""
        node = cls.node(node_id)
        side, _, key = attr_name.rpartition(":")
        kind = parse(attr_type) if isinstance(attr_type, str) else attr_type
        if side == "outputs":
            node.output_types[key] = kind
            node.outputs.setdefault(key, None)
        else:
            node.types[key] = kind
            node.inputs.setdefault(key, named.get("attr_default"))
        return node.get_attribute(f"{side or 'inputs'}:{key}")  # type: ignore[no-any-return]


class GraphController(NodeController):
    """Graphs, connections, prims and variables."""

    @classmethod
    def create_graph(cls, graph_id: Any, **options: Any) -> Any:
        """Make a graph: of its path, or of a dict with graph_path, evaluator_name and pipeline_stage.

        Raises:
            OmniGraphError: if the path is taken or no path, or the evaluator is unknown.
        """
        given = {"graph_path": graph_id} | options if not isinstance(graph_id, dict) else graph_id | options
        stage = given.get("pipeline_stage", graphs.SIMULATION)
        return graphs.make_graph(str(given["graph_path"]), given.get("evaluator_name", "push"), stage)

    @classmethod
    def delete_node(cls, node_id: Any, graph_id: Any = None, **accepted: Any) -> bool:
        """Remove a node."""
        node = cls.node(node_id, graph_id)
        return bool(node.graph.destroy_node(node))

    @classmethod
    def connect(cls, src_spec: Any, dst_spec: Any, graph_id: Any = None, **accepted: Any) -> bool:
        """Feed an attribute from another."""
        return cls.attribute(src_spec, graph_id=graph_id).connect(cls.attribute(dst_spec, graph_id=graph_id))

    @classmethod
    def disconnect(cls, src_spec: Any, dst_spec: Any, graph_id: Any = None, **accepted: Any) -> bool:
        """Feed an attribute from another no more."""
        return cls.attribute(src_spec, graph_id=graph_id).disconnect(cls.attribute(dst_spec, graph_id=graph_id))

    @classmethod
    def create_prim(
        cls,
        prim_path: str,
        attribute_values: dict[str, Any] | None = None,
        prim_type: str | None = None,
        **accepted: Any,
    ) -> Usd.Prim:
        """Make a prim with attributes, each a (type, value)."""
        prim = current_stage().DefinePrim(str(prim_path), prim_type or "")
        for name, (kind, value) in (attribute_values or {}).items():
            type_name = Sdf.ValueTypeNames.Find(str(kind))
            (prim.GetAttribute(name) or prim.CreateAttribute(name, type_name)).Set(value)
        return prim

    @classmethod
    def create_variable(cls, graph_id: Any, name: str, var_type: Any = None, **accepted: Any) -> str:
        """Add a variable to a graph and return its name."""
        cls.graph(graph_id).variables.setdefault(name, None)
        return name


class Controller(GraphController):
    """Everything that scripts do with graphs."""

    class Keys:
        """Keys of the commands of `edit`."""

        DELETE_NODES = "delete_nodes"
        CREATE_NODES = "create_nodes"
        CREATE_PRIMS = "create_prims"
        CREATE_VARIABLES = "create_variables"
        CREATE_ATTRIBUTES = "create_attributes"
        PROMOTE_ATTRIBUTES = "promote_attributes"
        EXPOSE_PRIMS = "expose_prims"
        DISCONNECT = "disconnect"
        CONNECT = "connect"
        SET_VALUES = "set_values"

    def __init__(self, graph_id: Any = None, **accepted: Any) -> None:
        self._graph_id = graph_id

    @classmethod
    def edit(cls, graph_id: Any, edit_commands: dict[str, Any] | None = None, **accepted: Any) -> Any:
        """Make or change a graph.

        Args:
            graph_id: a graph, its path, or a dict as of `create_graph`; made where it is not there.
            edit_commands: lists of what is to be done, by `Keys`; done in the order in which `Keys` lists them.

        Returns:
            The graph, the nodes and the prims that were made, and every node by the name it was given.

        Raises:
            OmniGraphError: if a command cannot be done.
        """
        path = graph_id.get("graph_path") if isinstance(graph_id, dict) else graph_id
        known = hasattr(graph_id, "evaluate") or graphs.get_graph_by_path(str(path)) is not None
        graph = cls.graph(graph_id) if known else cls.create_graph(graph_id)
        return apply(cls, graph, edit_commands or {})

    @classmethod
    def get(cls, attribute: Any = None, node_id: Any = None, **accepted: Any) -> Any:
        """Return the value of an attribute."""
        return DataView.get(attribute, node_id)

    @classmethod
    def set(cls, attribute: Any = None, value: Any = None, **accepted: Any) -> bool:
        """Set the value of an attribute."""
        return DataView.set(attribute, value)

    @classmethod
    def evaluate_sync(cls, graph_id: Any = None) -> None:
        """Evaluate one graph or several, or (None) run an app frame and every graph that waits to be asked."""
        if graph_id is not None:
            for one in graph_id if isinstance(graph_id, list | tuple) else [graph_id]:
                cls.graph(one).evaluate()
            return
        from ...app import get_app

        get_app().update()
        cls._evaluate_waiting()

    @classmethod
    async def evaluate(cls, graph_id: Any = None) -> None:
        """Evaluate as `evaluate_sync`, inside a coroutine."""
        if graph_id is not None:
            cls.evaluate_sync(graph_id)
            return
        from ...app import get_app

        await get_app().next_update_async()
        cls._evaluate_waiting()

    @staticmethod
    def _evaluate_waiting() -> None:
        for graph in graphs.get_all_graphs():
            if graph.get_pipeline_stage() == graphs.ON_DEMAND:
                graph.evaluate()


def plain(value: Any) -> Any:
    """Return a value that may be given with its type: {"type": ..., "value": ...}."""
    return value["value"] if isinstance(value, dict) and set(value) == {"type", "value"} else value
