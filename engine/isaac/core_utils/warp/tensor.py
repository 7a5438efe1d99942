"""isaacsim.core.utils.warp.tensor: warp arrays made, moved and joined."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import warp

from ..numpy import tensor as host


def to_numpy(data: Any) -> Any:
    """Return an array as a NumPy array."""
    return data.numpy() if hasattr(data, "numpy") else data


def from_numpy(values: Any, device: Any = None) -> Any:
    """Return a NumPy array as a warp array; doubles become single."""
    array = np.ascontiguousarray(values)
    single = array.astype(np.float32) if array.dtype == np.float64 else array
    return warp.from_numpy(single, device=device or "cpu")


def convert(data: Any, device: Any, dtype: str = "float32", indexed: bool = False) -> Any:
    """Return numbers as an array of a type."""
    return from_numpy(host.as_type(to_numpy(data), dtype), device)


def create_zeros_tensor(shape: Sequence[int], dtype: str, device: Any = None) -> Any:
    """Return an array of zeros."""
    return from_numpy(host.create_zeros_tensor(shape, dtype), device)


def create_tensor_from_list(data: Any, dtype: str, device: Any = None) -> Any:
    """Return a list as an array."""
    return from_numpy(host.as_type(data, dtype), device)


def clone_tensor(data: Any, device: Any) -> Any:
    """Return a copy."""
    return from_numpy(np.array(to_numpy(data)), device)


def arange(n: int, device: Any = "cpu") -> Any:
    """Return the numbers from 0 to n - 1."""
    return from_numpy(np.arange(n, dtype=np.int32), device)


def ones(n: int, device: Any = "cpu", dtype: Any = warp.float32) -> Any:
    """Return ones (n,)."""
    return warp.ones(n, dtype=dtype, device=device)


def resolve_indices(indices: Any, count: int, device: Any) -> Any:
    """Return indices as an array; None is all of them."""
    chosen = host.resolve_indices(None if indices is None else to_numpy(indices), count)
    return from_numpy(chosen.astype(np.int32), device)


def move_data(data: Any, device: Any) -> Any:
    """Return an array on a device."""
    return data.to(device or "cpu") if hasattr(data, "to") else from_numpy(data, device)


def tensor_cat(data: Sequence[Any], device: Any = None, dim: int = -1) -> Any:
    """Return arrays joined along an axis."""
    return from_numpy(np.concatenate([to_numpy(part) for part in data], axis=dim), device)


def expand_dims(data: Any, axis: int) -> Any:
    """Return an array with one more axis."""
    return from_numpy(np.expand_dims(to_numpy(data), axis))


def to_list(data: Any) -> list[Any]:
    """Return an array as a list."""
    return host.to_list(to_numpy(data))


def assign(src: Any, dst: Any, indices: Any) -> Any:
    """Put values into rows of an array (a list of indices is one an axis) and return it."""
    chosen = [to_numpy(part) for part in indices] if isinstance(indices, list) else to_numpy(indices)
    dst.assign(host.assign(to_numpy(src), np.array(to_numpy(dst)), chosen))
    return dst
