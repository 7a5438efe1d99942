"""BaseTask: what a World does besides stepping; scripts override its methods."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core_prims.unsupported import SingleArticulation

__all__ = ["BaseTask", "FollowTarget", "PickPlace", "Stacking"]


class BaseTask:
    """A task; every method does nothing until it is overridden."""

    def __init__(self, name: str, offset: Any = None) -> None:
        """Name the task; `offset` (3,) is where its objects go."""
        self._name = name
        self._scene: Any = None
        self._offset = np.zeros(3) if offset is None else offset
        self._task_objects: dict[str, Any] = {}

    @property
    def device(self) -> str:
        """Where it runs."""
        return "cpu"

    @property
    def scene(self) -> Any:
        """The scene of the World, once set up."""
        return self._scene

    @property
    def name(self) -> str:
        """Name of the task."""
        return self._name

    def set_up_scene(self, scene: Any) -> None:
        """Put objects in the scene."""
        self._scene = scene

    def get_task_objects(self) -> dict[str, Any]:
        """Return its objects by name."""
        return self._task_objects

    def _move_task_objects_to_their_frame(self) -> None:
        for obj in self._task_objects.values():
            position, orientation = obj.get_world_pose()
            obj.set_world_pose(np.asarray(position) + self._offset, orientation)
            obj.set_default_state(np.asarray(position) + self._offset, orientation)

    def get_observations(self) -> dict[str, Any]:
        """Return what it observes."""
        return {}

    def calculate_metrics(self) -> dict[str, Any]:
        """Return what it measures."""
        return {}

    def is_done(self) -> bool:
        """Tell whether it is done."""
        return False

    def pre_step(self, time_step_index: int, simulation_time: float) -> None:
        """Run before every step."""

    def post_reset(self) -> None:
        """Run after every reset."""

    def get_description(self) -> str:
        """Return a description."""
        return ""

    def cleanup(self) -> None:
        """Run before every reset."""

    def set_params(self, *args: Any, **kwargs: Any) -> None:
        """Change parameters."""

    def get_params(self) -> dict[str, Any]:
        """Return parameters."""
        return {}


class FollowTarget(SingleArticulation):
    """A robot that follows a target: not simulated."""


class PickPlace(SingleArticulation):
    """A robot that picks and places: not simulated."""


class Stacking(SingleArticulation):
    """A robot that stacks: not simulated."""
