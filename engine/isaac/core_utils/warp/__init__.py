"""isaacsim.core.utils.warp: the functions by which views work with warp arrays, by way of NumPy."""

from __future__ import annotations

from .rotations import deg2rad, euler_angles_to_quats, gf_quat_to_tensor, rad2deg, wxyz2xyzw, xyzw2wxyz
from .tensor import (
    arange,
    assign,
    clone_tensor,
    convert,
    create_tensor_from_list,
    create_zeros_tensor,
    expand_dims,
    move_data,
    ones,
    resolve_indices,
    tensor_cat,
    to_list,
    to_numpy,
)
from .transformations import assign_pose, get_local_from_world, get_pose, get_world_from_local

__all__ = [
    "arange",
    "assign",
    "assign_pose",
    "clone_tensor",
    "convert",
    "create_tensor_from_list",
    "create_zeros_tensor",
    "deg2rad",
    "euler_angles_to_quats",
    "expand_dims",
    "get_local_from_world",
    "get_pose",
    "get_world_from_local",
    "gf_quat_to_tensor",
    "move_data",
    "ones",
    "rad2deg",
    "resolve_indices",
    "tensor_cat",
    "to_list",
    "to_numpy",
    "wxyz2xyzw",
    "xyzw2wxyz",
]
