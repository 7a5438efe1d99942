"""omni.graph.core: graphs that scripts build with `Controller`, and Replicator's own graph by its path."""

from __future__ import annotations

from ...graph.data_types import AttributeRole, BaseDataType, Type
from ...graph.node import Attribute, Node, NodeType
from .controller import AttributeValueHelper, Controller, DataView, GraphController, NodeController, ObjectLookup
from .errors import OmniGraphError
from .graphs import Graph, get_all_graphs, get_graph_by_path, get_node_by_path
from .python_types import deregister_node_type, register_node_type
from .states import ExecutionAttributeState, GraphPipelineStage, Severity

__all__ = [
    "Attribute",
    "AttributeRole",
    "AttributeValueHelper",
    "BaseDataType",
    "Controller",
    "DataView",
    "ExecutionAttributeState",
    "Graph",
    "GraphController",
    "GraphPipelineStage",
    "Node",
    "NodeController",
    "NodeType",
    "ObjectLookup",
    "OmniGraphError",
    "Severity",
    "Type",
    "deregister_node_type",
    "get_all_graphs",
    "get_graph_by_path",
    "get_node_by_path",
    "register_node_type",
]
