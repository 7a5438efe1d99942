"""isaacsim.core.utils.numpy.tensor: arrays made, moved and joined; devices are accepted, all is on the CPU."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

TYPES = {"float32": np.float32, "bool": bool, "int32": np.int32, "int64": np.int64, "long": np.int64, "uint8": np.uint8}


def as_type(data: Any, dtype: str) -> np.ndarray:
    """Return an array as one of another type.

    Raises:
        ValueError: if the type is unknown.
    """
    if dtype not in TYPES:
        raise ValueError(f"as_type: dtype={dtype!r} was given; expected one of: {', '.join(TYPES)}")
    return np.asarray(data).astype(TYPES[dtype])


def convert(data: Any, device: Any = None, dtype: str = "float32", indexed: Any = None) -> np.ndarray:
    """Return numbers as an array of a type."""
    return as_type(data, dtype)


def create_zeros_tensor(shape: Sequence[int], dtype: str, device: Any = None) -> np.ndarray:
    """Return an array of zeros."""
    return as_type(np.zeros(shape), dtype)


def create_tensor_from_list(data: Any, dtype: str, device: Any = None) -> np.ndarray:
    """Return a list as an array."""
    return as_type(data, dtype)


def clone_tensor(data: Any, device: Any = None) -> np.ndarray:
    """Return a copy."""
    return np.array(data)


def resolve_indices(indices: Any, count: int, device: Any = None) -> np.ndarray:
    """Return indices as an array; None is all of them."""
    return np.arange(count) if indices is None else np.asarray(indices)


def move_data(data: Any, device: Any = None) -> Any:
    """Return the data: there is one device."""
    return data


def tensor_cat(data: Sequence[Any], device: Any = None, dim: int = -1) -> np.ndarray:
    """Return arrays joined along an axis."""
    return np.concatenate(data, axis=dim)


def expand_dims(data: Any, axis: int) -> np.ndarray:
    """Return an array with one more axis."""
    return np.expand_dims(data, axis)


def pad(data: Any, pad_width: Any, mode: str = "constant", value: Any = None) -> np.ndarray:
    """Return an array with a border (`mode` as of `numpy.pad`)."""
    names = {"constant": "constant_values", "linear_ramp": "end_values"}
    options = {names[mode]: value} if value is not None and mode in names else {}
    return np.pad(data, pad_width, mode, **options)  # type: ignore[call-overload, no-any-return]


def tensor_stack(data: Sequence[Any], dim: int = 0) -> np.ndarray:
    """Return arrays side by side along a new axis."""
    return np.stack(data, axis=dim)


def to_list(data: Any) -> list[Any]:
    """Return an array as a list."""
    return data if isinstance(data, list) else np.asarray(data).tolist()


def to_numpy(data: Any) -> Any:
    """Return the array."""
    return data


def assign(src: Any, dst: Any, indices: Any) -> Any:
    """Put values into rows of an array (a list of indices is one an axis) and return it."""
    dst[tuple(indices) if isinstance(indices, list) else indices] = src
    return dst
