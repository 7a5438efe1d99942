"""isaacsim.core.utils.warp.transformations: poses in frames, by way of NumPy (see there)."""

from __future__ import annotations

from typing import Any

from ..numpy import transformations as host
from .tensor import from_numpy, to_numpy


def get_local_from_world(parent_transforms: Any, positions: Any, orientations: Any, device: Any) -> tuple[Any, Any]:
    """Return translations (n, 3) and orientations (n, 4) in the frames of parents (n, 4, 4)."""
    found = host.get_local_from_world(*(to_numpy(part) for part in (parent_transforms, positions, orientations)))
    return from_numpy(found[0], device), from_numpy(found[1], device)


def get_world_from_local(parent_transforms: Any, translations: Any, orientations: Any, device: Any) -> tuple[Any, Any]:
    """Return positions (n, 3) and orientations (n, 4) in the world of poses in the frames of parents (n, 4, 4)."""
    found = host.get_world_from_local(*(to_numpy(part) for part in (parent_transforms, translations, orientations)))
    return from_numpy(found[0], device), from_numpy(found[1], device)


def get_pose(positions: Any, orientations: Any, device: Any) -> Any:
    """Return poses (n, 7)."""
    return from_numpy(host.get_pose(to_numpy(positions), to_numpy(orientations)), device)


def assign_pose(
    current_positions: Any,
    current_orientations: Any,
    positions: Any,
    orientations: Any,
    indices: Any,
    device: Any,
    pose: Any = None,
) -> Any:
    """Return poses (n, 7) with rotations xyzw, those at `indices` new; what is None stays."""
    given = (current_positions, current_orientations, positions, orientations, indices)
    return from_numpy(host.assign_pose(*(None if part is None else to_numpy(part) for part in given)), device)
