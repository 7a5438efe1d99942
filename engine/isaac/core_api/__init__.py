"""isaacsim.core.api: World and what lives in it, as Isaac Sim 4.5 and 5.x have them (omni.isaac.core in 4.x)."""

from __future__ import annotations

from .physics_context import PhysicsContext
from .simulation_context import SimulationContext
from .world import World

__all__ = ["PhysicsContext", "SimulationContext", "World"]
