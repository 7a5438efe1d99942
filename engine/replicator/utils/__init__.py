"""rep.utils: graph items, custom nodes, events, files and bounds."""

from engine.replicator.utils import utils
from engine.replicator.utils.files import get_files_group, get_usd_files
from engine.replicator.utils.items import ReplicatorItem, ReplicatorWrapper
from engine.replicator.utils.nodes import (
    create_node,
    get_graph,
    get_node_targets,
    get_replicator_graph_exists,
    register_node_type,
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
    "ReplicatorItem",
    "ReplicatorWrapper",
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
    "register_node_type",
    "send_og_event",
    "sequential",
    "set_target_prims",
    "utils",
]
