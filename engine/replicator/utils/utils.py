"""The module `omni.replicator.core.utils.utils`: the same names under their older place."""

from engine.graph.node import GRAPH_PATH
from engine.replicator.utils.files import get_files_group, get_usd_files
from engine.replicator.utils.items import ReplicatorItem, ReplicatorWrapper
from engine.replicator.utils.nodes import (
    _disconnect,
    auto_connect,
    create_node,
    get_graph,
    get_node_targets,
    get_replicator_graph_exists,
    send_og_event,
    sequential,
    set_target_prims,
)
from engine.replicator.utils.stage import (
    compute_aabb,
    find_prims,
    get_non_xform_prims,
    get_prim_variant_values,
    get_prims_from_paths,
    read_prim_transform,
)

__all__ = [
    "GRAPH_PATH",
    "ReplicatorItem",
    "ReplicatorWrapper",
    "_disconnect",
    "auto_connect",
    "compute_aabb",
    "create_node",
    "find_prims",
    "get_files_group",
    "get_graph",
    "get_node_targets",
    "get_non_xform_prims",
    "get_prim_variant_values",
    "get_prims_from_paths",
    "get_replicator_graph_exists",
    "get_usd_files",
    "read_prim_transform",
    "send_og_event",
    "sequential",
    "set_target_prims",
]
