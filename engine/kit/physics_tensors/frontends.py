"""Which arrays a view speaks: NumPy's, torch's or warp's, all on the CPU."""

from __future__ import annotations

from typing import Any

import numpy as np


class FrontendNumpy:
    """NumPy arrays."""

    def array(self, values: np.ndarray) -> Any:
        """Return values in the frontend's own kind of array."""
        return np.array(values)


class FrontendTorch(FrontendNumpy):
    """torch tensors; torch is the user's own."""

    def array(self, values: np.ndarray) -> Any:
        """Return values as a tensor.

        Raises:
            ImportError: if torch is not installed.
        """
        from ...isaac.torch_library import torch_or_error

        return torch_or_error("omni.physics.tensors with the torch frontend").from_numpy(np.array(values))


class FrontendWarp(FrontendNumpy):
    """warp arrays, where a script uses warp; else NumPy arrays that answer `.numpy()` too."""

    def array(self, values: np.ndarray) -> Any:
        """Return values as a warp array."""
        from ...isaac.arrays import to_device

        return to_device(values, values.dtype.type)


FRONTENDS = {"numpy": FrontendNumpy, "torch": FrontendTorch, "warp": FrontendWarp}


def frontend(name: str) -> FrontendNumpy:
    """Return a frontend by name.

    Raises:
        ValueError: if it is unknown.
    """
    if name not in FRONTENDS:
        raise ValueError(f"frontend_name={name!r} was given; expected one of: {', '.join(FRONTENDS)}")
    return FRONTENDS[name]()


def host(values: Any) -> np.ndarray:
    """Return an array of any of the kinds as float64 on the host."""
    plain = values.detach().cpu() if hasattr(values, "detach") else values
    return np.asarray(plain.numpy() if hasattr(plain, "numpy") else plain, dtype=np.float64)
