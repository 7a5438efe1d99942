"""Prim: the prims at a path, a regular expression, or a list of them."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from pxr import Usd

from ..core_utils.prims import find_matching_prim_paths, get_prim_at_path
from ..torch_library import torch_or_error
from ..views.values import selected


def out(values: Any) -> Any:
    """Return numbers in the arrays of the chosen backend: NumPy, or torch or warp where `SimulationManager` says so."""
    array = np.ascontiguousarray(values)
    chosen = sys.modules.get("engine.isaac.simulation_manager")
    backend = chosen.SimulationManager.get_backend() if chosen is not None else "numpy"
    if backend == "torch":
        return torch_or_error("World(backend='torch')").from_numpy(array.copy())
    if backend == "warp":
        import warp

        return warp.from_numpy(array)
    return array


class Prim:
    """One prim or many."""

    def __init__(self, prim_paths_expr: str | list[str], name: str = "prim_view") -> None:
        """Find the prims.

        Raises:
            ValueError: if an expression matches none.
        """
        expressions = [prim_paths_expr] if isinstance(prim_paths_expr, str) else list(prim_paths_expr)
        self._prim_paths: list[str] = []
        for expression in expressions:
            found = find_matching_prim_paths(str(expression))
            if not found:
                raise ValueError(
                    f"Prim path expression {expression} is invalid: no prim matches it; make the prim first"
                )
            self._prim_paths += found
        self._name = name
        self._prims = [get_prim_at_path(path) for path in self._prim_paths]

    def _pick(self, indices: Any = None) -> list[Usd.Prim]:
        return [self._prims[index] for index in selected(indices, len(self._prims))]

    @property
    def _backend(self) -> str:
        from ..simulation_manager import SimulationManager

        return SimulationManager.get_backend()

    @property
    def _device(self) -> str:
        return "cpu"

    @property
    def _backend_utils(self) -> Any:
        from ..simulation_manager import SimulationManager

        return SimulationManager._get_backend_utils()

    @property
    def prim_paths(self) -> list[str]:
        """Paths of the prims."""
        return self._prim_paths

    @property
    def name(self) -> str:
        """Name of the view."""
        return self._name

    @property
    def count(self) -> int:
        """Number of prims."""
        return len(self._prims)

    @property
    def prims(self) -> list[Usd.Prim]:
        """The prims."""
        return self._prims

    @property
    def initialized(self) -> bool:
        """Whether there is nothing left to set up: always."""
        return True

    def initialize(self, physics_sim_view: Any = None) -> None:
        """Accept: prims are ready once they exist."""

    def is_valid(self, indices: Any = None) -> bool:
        """Tell whether every prim is still there."""
        return all(self._pick(indices))

    def post_reset(self) -> None:
        """Put the prims back to their default state; overridden."""

    def destroy(self) -> None:
        """Let go of the prims."""
        self._prims, self._prim_paths = [], []
