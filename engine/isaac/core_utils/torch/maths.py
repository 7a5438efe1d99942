"""isaacsim.core.utils.torch.maths."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

__all__ = [
    "copysign",
    "cos",
    "inverse",
    "matmul",
    "normalize",
    "scale",
    "scale_transform",
    "set_seed",
    "sin",
    "tensor_clamp",
    "torch_rand_float",
    "torch_random_dir_2",
    "transpose_2d",
    "unscale",
    "unscale_np",
    "unscale_transform",
]


def normalize(x: Any, eps: float = 1e-9) -> Any:
    """Return vectors (..., k) of length 1; those shorter than `eps` are divided by it."""
    return x / torch.linalg.norm(x, dim=-1, keepdim=True).clamp(min=eps)


def unscale(x: Any, lower: Any, upper: Any) -> Any:
    """Return where numbers lie between bounds, from -1 to 1."""
    return (2.0 * x - upper - lower) / (upper - lower)


scale_transform = unscale
unscale_np = unscale


def scale(x: Any, lower: Any, upper: Any) -> Any:
    """Return numbers between bounds from numbers from -1 to 1."""
    return lower + (x + 1.0) * (upper - lower) / 2.0


unscale_transform = scale


def copysign(a: float, b: Any) -> Any:
    """Return the size of `a` with the signs (n,) of `b`."""
    return abs(a) * torch.sign(b.float())


def torch_rand_float(lower: float, upper: float, shape: Sequence[int], device: Any) -> Any:
    """Return numbers drawn by torch from [lower, upper)."""
    return lower + (upper - lower) * torch.rand(*shape, device=device)


def torch_random_dir_2(shape: Sequence[int], device: Any) -> Any:
    """Return unit vectors (n, 2) of random directions, drawn by torch."""
    angle = torch_rand_float(-math.pi, math.pi, shape, device).squeeze(-1)
    return torch.stack([torch.cos(angle), torch.sin(angle)], dim=-1)


def tensor_clamp(t: Any, min_t: Any, max_t: Any) -> Any:
    """Return numbers held between bounds."""
    return torch.minimum(torch.maximum(t, min_t), max_t)


def set_seed(seed: int, torch_deterministic: bool = False) -> int:
    """Seed torch and return the seed; -1 means 42.

    Args:
        seed: of torch's generator. NumPy's and Python's shared generators are left alone: nothing here draws from them.
        torch_deterministic: let torch use deterministic algorithms only.
    """
    chosen = 42 if seed == -1 else int(seed)
    torch.manual_seed(chosen)
    if torch_deterministic:
        torch.use_deterministic_algorithms(True)
    return chosen


def matmul(matrix_a: Any, matrix_b: Any) -> Any:
    """Return the product of matrices."""
    return torch.matmul(matrix_a, matrix_b)


def sin(data: Any) -> Any:
    """Return sines of radians."""
    return torch.sin(data)


def cos(data: Any) -> Any:
    """Return cosines of radians."""
    return torch.cos(data)


def transpose_2d(data: Any) -> Any:
    """Return a matrix with rows and columns exchanged."""
    return torch.transpose(data, 1, 0)


def inverse(data: Any) -> Any:
    """Return the inverse of a matrix."""
    return torch.linalg.inv(data)
