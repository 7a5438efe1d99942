"""isaacsim.core.simulation_manager: physics started, stepped and listened to by scripts."""

from __future__ import annotations

from .events import IsaacEvents, SimulationEvent
from .physics_scene import PhysicsScene, PhysxGpuCfg, PhysxScene
from .simulation_manager import SimulationManager

__all__ = ["IsaacEvents", "PhysicsScene", "PhysxGpuCfg", "PhysxScene", "SimulationEvent", "SimulationManager"]
