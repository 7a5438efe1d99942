"""isaacsim.core.api.controllers: base classes that scripts derive from; there is no robot that would obey."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from ..core_prims.unsupported import SingleArticulation
from ..core_utils.types import ArticulationAction

__all__ = ["ArticulationController", "BaseController", "BaseGripperController"]


class BaseController(ABC):
    """What turns observations into actions."""

    def __init__(self, name: str) -> None:
        self._name = name

    @abstractmethod
    def forward(self, *args: Any, **kwargs: Any) -> ArticulationAction:
        """Return the next action; overridden."""

    def reset(self) -> None:
        """Forget what was; overridden where there is something to forget."""
        return None


class BaseGripperController(BaseController):
    """What opens and closes a gripper."""

    def forward(self, action: str, current_joint_positions: Any) -> ArticulationAction:
        """Return the action of "open" or "close".

        Raises:
            ValueError: if the action is another.
        """
        if action not in ("open", "close"):
            raise ValueError(f"action='{action}' was given; expected 'open' or 'close'")
        return getattr(self, action)(current_joint_positions)  # type: ignore[no-any-return]

    @abstractmethod
    def open(self, current_joint_positions: Any) -> ArticulationAction:
        """Return the action that opens; overridden."""

    @abstractmethod
    def close(self, current_joint_positions: Any) -> ArticulationAction:
        """Return the action that closes; overridden."""


class ArticulationController(SingleArticulation):
    """What moves the joints of a robot: not simulated."""
