"""What joints are and are told: plain records, which scripts fill whether or not there is a robot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pxr import Usd


@dataclass
class DOFInfo:
    """One degree of freedom."""

    prim_path: str
    handle: int
    prim: Usd.Prim
    index: int


@dataclass
class JointsState:
    """Positions, velocities and efforts (n,) of joints."""

    positions: Any
    velocities: Any
    efforts: Any


@dataclass
class ArticulationAction:
    """Targets of a robot's joints: positions, velocities or efforts (n,), of all joints or of some."""

    joint_positions: Any = None
    joint_velocities: Any = None
    joint_efforts: Any = None
    joint_indices: Any = None

    def get_dof_action(self, index: int) -> dict[str, Any]:
        """Return what one joint is told: its effort, or else its velocity and position."""
        if _told(self.joint_efforts, index):
            return {"effort": self.joint_efforts[index]}
        told = (("velocity", self.joint_velocities), ("position", self.joint_positions))
        return {name: values[index] for name, values in told if _told(values, index)}

    def get_dict(self) -> dict[str, Any]:
        """Return the three targets as lists."""
        names = ("joint_positions", "joint_velocities", "joint_efforts")
        values = ((name, getattr(self, name)) for name in names)
        return {name: value.tolist() if hasattr(value, "tolist") else value for name, value in values}

    def get_length(self) -> int | None:
        """Return the number of joints, None where nothing is told."""
        given = (self.joint_positions, self.joint_velocities, self.joint_efforts)
        return max((len(values) for values in given if values is not None), default=None)

    def __str__(self) -> str:
        return str(self.get_dict())


def _told(values: Any, index: int) -> bool:
    return values is not None and values[index] is not None


@dataclass
class ArticulationActions:
    """Targets of the joints of many robots (m, n), by index or by name."""

    joint_positions: Any = None
    joint_velocities: Any = None
    joint_efforts: Any = None
    joint_indices: Any = None
    joint_names: Any = None

    def __post_init__(self) -> None:
        """Refuse indices beside names.

        Raises:
            ValueError: if both are given.
        """
        if self.joint_names is not None and self.joint_indices is not None:
            raise ValueError("ArticulationActions: joint_indices and joint_names were both given; expected one of them")
