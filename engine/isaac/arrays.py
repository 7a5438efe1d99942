"""Arrays as the experimental API returns them: a warp array if the script uses warp, else NumPy with `.numpy()`."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from typing import Any

import numpy as np


class HostArray(np.ndarray):
    """A NumPy array that also answers `.numpy()`, as a warp array does."""

    def numpy(self) -> np.ndarray:
        """Return the plain NumPy array."""
        return self.view(np.ndarray)


def to_device(values: Any, dtype: type | None = None, device: Any = None) -> Any:
    """Return values as a warp array if warp has been imported, else as a `HostArray` (float32 unless told)."""
    array = np.ascontiguousarray(values, dtype=np.float32 if dtype is None else None)
    warp = sys.modules.get("warp")
    if warp is not None:
        is_numpy = isinstance(dtype, type) and issubclass(dtype, np.generic)
        kind = warp.dtype_from_numpy(np.dtype(dtype)) if is_numpy else dtype or warp.float32
        return warp.array(array, dtype=kind, device=device or "cpu")
    return array.view(HostArray)


def to_host(values: Any) -> np.ndarray:
    """Return a list, a NumPy array or anything with `.numpy()` as float64."""
    plain = values.numpy() if hasattr(values, "numpy") else values
    return np.asarray(plain, dtype=np.float64)


def to_tensor(array: np.ndarray) -> Any:
    """Return an array as a tensor of torch, or as it is where torch is not installed."""
    if importlib.util.find_spec("torch") is None:
        return array
    return importlib.import_module("torch").from_numpy(np.ascontiguousarray(array))


def fill(out: Any, array: np.ndarray) -> None:
    """Write an array into a NumPy array, a tensor of torch or a warp array that holds as many numbers."""
    values = np.ascontiguousarray(array).reshape(tuple(out.shape))
    if hasattr(out, "copy_"):
        out.copy_(to_tensor(values))
    elif hasattr(out, "assign"):
        out.assign(values)
    else:
        out[...] = values
