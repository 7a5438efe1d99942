"""Which node types graphs of scripts can have: OmniGraph's common ones, Replicator's, those of extension folders."""

from __future__ import annotations

from typing import Any

from . import action_nodes, data_nodes
from .errors import OmniGraphError

OUT_OF_REACH = {
    "isaacsim.ros2": "ROS 2 bridges are",
    "omni.isaac.ros2_bridge": "ROS 2 bridges are",
    "isaacsim.robot": "robots are",
    "isaacsim.core.nodes.IsaacArticulation": "robots are",
    "isaacsim.sensors": "nodes of sensors are",
    "omni.sensors": "nodes of sensors are",
    "omni.syntheticdata": "nodes of the RTX renderer are",
}
CONSTANT = "omni.graph.nodes.Constant"
_made: dict[str, Any] = {}


def node_class(type_name: str) -> Any:
    """Return the class of a node type.

    Raises:
        OmniGraphError: if there are no nodes of that type here.
    """
    from ...replicator.utils import nodes, ogn

    known = _made.get(type_name) or nodes.NODE_TYPES.get(type_name) or ogn.node_type(type_name)
    if known is not None:
        return known
    built_in = action_nodes.NODES.get(type_name) or data_nodes.NODES.get(type_name)
    if built_in is None:
        raise OmniGraphError(_missing(type_name))
    implementation = type(type_name.rpartition(".")[2], (), {"compute": staticmethod(built_in.compute)})
    made = ogn.node_class(type_name, implementation, built_in.inputs, built_in.outputs)
    _made[type_name] = made
    return made


def _missing(type_name: str) -> str:
    reason = next((reason for start, reason in OUT_OF_REACH.items() if type_name.startswith(start)), None)
    message = f"node type '{type_name}' was given, which the embedded engine does not have"
    if reason is not None:
        return f"{message}: {reason} out of its reach; run the script in Isaac Sim"
    names = [name for name in (*action_nodes.NODES, *data_nodes.NODES) if not name.startswith(CONSTANT)]
    known = ", ".join(sorted([*names, f"{CONSTANT}<{'|'.join(data_nodes.CONSTANTS)}>"]))
    return f"{message}; expected a Python node of an --ext-folder, one of Replicator's, or one of: {known}"
