"""isaacsim.core.utils.torch.tensor: tensors made, moved and joined."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

__all__ = [
    "as_type",
    "assign",
    "clone_tensor",
    "convert",
    "create_tensor_from_list",
    "create_zeros_tensor",
    "expand_dims",
    "move_data",
    "pad",
    "resolve_indices",
    "tensor_cat",
    "tensor_stack",
    "to_list",
    "to_numpy",
]
TYPES = ("float32", "bool", "int32", "int64", "long", "uint8")


def as_type(data: Any, dtype: str) -> Any:
    """Return a tensor as one of another type.

    Raises:
        ValueError: if the type is unknown.
    """
    if dtype not in TYPES:
        raise ValueError(f"as_type: dtype={dtype!r} was given; expected one of: {', '.join(TYPES)}")
    return data.to(getattr(torch, dtype))


def convert(data: Any, device: Any, dtype: str = "float32", indexed: Any = None) -> Any:
    """Return numbers as a tensor of a type."""
    return as_type(torch.as_tensor(data, device=device), dtype)


def create_zeros_tensor(shape: Sequence[int], dtype: str, device: Any = None) -> Any:
    """Return a tensor of zeros."""
    return as_type(torch.zeros(shape, device=device), dtype)


def create_tensor_from_list(data: Any, dtype: str, device: Any = None) -> Any:
    """Return a list as a tensor."""
    return as_type(torch.tensor(data, device=device), dtype)


def clone_tensor(data: Any, device: Any) -> Any:
    """Return a copy."""
    return data.to(device=device).clone()


def resolve_indices(indices: Any, count: int, device: Any) -> Any:
    """Return indices as a tensor; None is all of them."""
    chosen = torch.arange(count) if indices is None else torch.as_tensor(indices)
    return chosen.to(dtype=torch.long, device=device)


def move_data(data: Any, device: Any) -> Any:
    """Return a tensor on a device."""
    return data.to(device=device)


def tensor_cat(data: Sequence[Any], device: Any = None, dim: int = -1) -> Any:
    """Return tensors joined along an axis."""
    return torch.cat(list(data), dim=dim)


def expand_dims(data: Any, axis: int) -> Any:
    """Return a tensor with one more axis."""
    return torch.unsqueeze(data, axis)


def pad(data: Any, pad_width: Any, mode: str = "constant", value: Any = None) -> Any:
    """Return a tensor with a border: widths as of NumPy (pairs, first axis first) or as of torch (flat)."""
    nested = len(pad_width) == 2 and isinstance(pad_width[0], tuple)
    widths = (*pad_width[1], *pad_width[0]) if nested else tuple(pad_width)
    return torch.nn.functional.pad(data, widths, mode, value)


def tensor_stack(data: Sequence[Any], dim: int = 0) -> Any:
    """Return tensors side by side along a new axis."""
    return torch.stack(list(data), dim=dim)


def to_list(data: Any) -> list[Any]:
    """Return a tensor as a list."""
    return data if isinstance(data, list) else data.tolist()  # type: ignore[no-any-return]


def to_numpy(data: Any) -> Any:
    """Return a tensor as a NumPy array."""
    return data.detach().cpu().numpy() if isinstance(data, torch.Tensor) else data


def assign(src: Any, dst: Any, indices: Any) -> Any:
    """Put values into rows of a tensor (a list of indices is one an axis) and return it."""
    dst[tuple(indices) if isinstance(indices, list) else indices] = src
    return dst
