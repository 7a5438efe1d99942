"""isaacsim.core.utils.warp.rotations: quaternions are wxyz."""

from __future__ import annotations

from typing import Any

from ..numpy import rotations as host
from .tensor import from_numpy, to_numpy


def gf_quat_to_tensor(orientation: Any, device: Any = None) -> Any:
    """Return a Gf quaternion as (4,)."""
    return from_numpy(host.gf_quat_to_tensor(orientation), device)


def euler_angles_to_quats(euler_angles: Any, degrees: bool = False, extrinsic: bool = True, device: Any = None) -> Any:
    """Return quaternions (n, 4) of Euler angles (n, 3)."""
    return from_numpy(host.euler_angles_to_quats(to_numpy(euler_angles), degrees, extrinsic), device)


def rad2deg(radian_value: Any, device: Any = None) -> Any:
    """Return degrees."""
    return from_numpy(host.rad2deg(to_numpy(radian_value)), device)


def deg2rad(degree_value: Any, device: Any = None) -> Any:
    """Return radians."""
    return from_numpy(host.deg2rad(to_numpy(degree_value)), device)


def xyzw2wxyz(q: Any) -> Any:
    """Move the last component first."""
    return from_numpy(host.xyzw2wxyz(to_numpy(q)))


def wxyz2xyzw(q: Any) -> Any:
    """Move the first component last."""
    return from_numpy(host.wxyz2xyzw(to_numpy(q)))
