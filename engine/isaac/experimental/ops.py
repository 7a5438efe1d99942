"""isaacsim.core.experimental.utils.ops: arrays of any kind as the API's own."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import to_device


def _array(x: Any) -> np.ndarray:
    array = np.asarray(x.numpy() if hasattr(x, "numpy") else x)
    if array.dtype == np.float64:
        return array.astype(np.float32)
    return array.astype(np.int32) if array.dtype == np.int64 else array


def _placed(array: np.ndarray, dtype: Any, device: Any) -> Any:
    wanted = getattr(dtype, "__name__", dtype)
    if wanted is not None:
        array = array.astype(np.dtype({"bool": "bool", "float": "float32", "int": "int32"}.get(wanted, wanted)))
    return to_device(array, array.dtype.type, device)


def parse_device(device: Any, *, raise_on_invalid: bool = False) -> Any:
    """Return the device: the CPU."""
    return "cpu"


def place(x: Any, *, dtype: Any = None, device: Any = None) -> Any:
    """Return a number, a list or an array as an array of the API."""
    return _placed(np.atleast_1d(_array(x)), dtype, device)


def resolve_indices(x: Any, *, count: int | None = None, dtype: Any = None, device: Any = None) -> Any:
    """Return indices (n,); None means all `count` of them.

    Raises:
        ValueError: if neither indices nor a count are given.
    """
    if x is None and count is None:
        raise ValueError("resolve_indices: neither indices nor 'count' was given; expected one of them")
    array = np.arange(count or 0) if x is None else np.atleast_1d(_array(x)).ravel()
    return _placed(array.astype(np.int32), dtype, device)


def broadcast_to(x: Any, *, shape: list[int], dtype: Any = None, device: Any = None) -> Any:
    """Return values repeated to a shape."""
    array = _array(x)
    if array.ndim == 1 and len(shape) == 2 and shape[-1] == 1 and len(array) == shape[0]:
        array = array[:, None]
    return _placed(np.array(np.broadcast_to(array, tuple(shape))), dtype, device)
