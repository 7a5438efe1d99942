"""isaacsim.core.api.robots and .articulations: robots, which the engine does not simulate; making one says so."""

from __future__ import annotations

from ..core_prims import Articulation as ArticulationView
from ..core_prims import SingleArticulation as Articulation

__all__ = ["Articulation", "ArticulationGripper", "ArticulationSubset", "ArticulationView", "Robot", "RobotView"]


class Robot(Articulation):
    """A robot: not simulated."""


class RobotView(ArticulationView):
    """Robots: not simulated."""


class ArticulationGripper(Articulation):
    """A gripper: not simulated."""


class ArticulationSubset(Articulation):
    """Some joints of a robot: not simulated."""
