"""isaacsim.core.utils.types: what a prim or a view goes back to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass
class XFormPrimState:
    """Pose of one prim: position (3,), orientation (4,) wxyz."""

    position: Any
    orientation: Any


@dataclass
class XFormPrimViewState:
    """Poses of many prims: positions (n, 3), orientations (n, 4) wxyz."""

    positions: Any
    orientations: Any


@dataclass
class DynamicState:
    """Pose and velocities of one body."""

    position: Any
    orientation: Any
    linear_velocity: Any
    angular_velocity: Any


@dataclass
class DynamicsViewState:
    """Poses and velocities of many bodies."""

    positions: Any
    orientations: Any
    linear_velocities: Any
    angular_velocities: Any


@dataclass
class DataFrame:
    """One record of a DataLogger."""

    current_time_step: int
    current_time: float
    data: dict[str, Any]

    def get_dict(self) -> dict[str, Any]:
        """Return the record as a dict."""
        return {"current_time": self.current_time, "current_time_step": self.current_time_step, "data": self.data}

    @classmethod
    def init_from_dict(cls, dict_representation: dict[str, Any]) -> DataFrame:
        """Return the record of a dict."""
        names = ("current_time_step", "current_time", "data")
        return cls(*(dict_representation[name] for name in names))

    def __str__(self) -> str:
        return str(self.get_dict())
