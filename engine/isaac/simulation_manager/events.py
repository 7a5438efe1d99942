"""What SimulationManager tells: the events of Isaac Sim 6 and the older ones."""

from __future__ import annotations

from enum import Enum


class SimulationEvent(Enum):
    """Events of Isaac Sim 6."""

    PHYSICS_PRE_STEP = "isaacsim.simulation.physics_pre_step"
    PHYSICS_POST_STEP = "isaacsim.simulation.physics_post_step"
    SIMULATION_SETUP = "isaacsim.simulation.simulation_setup"
    SIMULATION_STARTED = "isaacsim.simulation.started"
    SIMULATION_PAUSED = "isaacsim.simulation.paused"
    SIMULATION_RESUMED = "isaacsim.simulation.resumed"
    SIMULATION_STOPPED = "isaacsim.simulation.stopped"
    PRIM_DELETED = "isaacsim.simulation.prim_deleted"


class IsaacEvents(Enum):
    """Events of Isaac Sim 5 and before."""

    PHYSICS_WARMUP = "isaac.physics_warmup"
    SIMULATION_VIEW_CREATED = "isaac.simulation_view_created"
    PHYSICS_READY = "isaac.physics_ready"
    POST_RESET = "isaac.post_reset"
    PRIM_DELETION = "isaac.prim_deletion"
    PRE_PHYSICS_STEP = "isaac.pre_physics_step"
    POST_PHYSICS_STEP = "isaac.post_physics_step"
    TIMELINE_STOP = "isaac.timeline_stop"


PRE_STEP = (SimulationEvent.PHYSICS_PRE_STEP, IsaacEvents.PRE_PHYSICS_STEP)
POST_STEP = (SimulationEvent.PHYSICS_POST_STEP, IsaacEvents.POST_PHYSICS_STEP)
