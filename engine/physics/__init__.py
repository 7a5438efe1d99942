"""PhysX behind a small seam: rigid bodies of a stage move, and what moved is written to the stage.

The engine is `ovphysx` (NVIDIA's PhysX, optional extra `physics`), imported at the first simulation only. Lengths are
stage units, times seconds, rotations quaternions `wxyz`, angular velocities rad/s.
"""

from __future__ import annotations

import importlib.util

from pxr import Usd

from engine.physics.missing import PhysicsMissingError
from engine.physics.simulation import Simulation
from engine.physics.subscription import Subscription
from engine.usd_context import get_context

__all__ = ["PhysicsMissingError", "Simulation", "Subscription", "if_running", "is_available", "simulation"]
PACKAGES = ("ovphysx", "ovstage", "physx_usd_schemas")
_simulations: list[Simulation] = []


def is_available() -> bool:
    """Tell whether PhysX can be imported."""
    return all(importlib.util.find_spec(name) is not None for name in PACKAGES)


def if_running(stage: Usd.Stage | None = None) -> Simulation | None:
    """Return the simulation of a stage (default: the open one), or None where none has been made."""
    wanted = get_context().get_stage() if stage is None else stage
    return next((made for made in _simulations if made.stage == wanted), None)


def simulation(stage: Usd.Stage | None = None) -> Simulation:
    """Return the one simulation of a stage (default: the open one), made at first use.

    Raises:
        PhysicsMissingError: if PhysX is not installed.
        ValueError: if no stage is given and none is open.
    """
    wanted = get_context().get_stage() if stage is None else stage
    if wanted is None:
        raise ValueError("physics.simulation: no stage was given and none is open; expected an open stage")
    made = if_running(wanted)
    if made is None:
        if not is_available():
            raise PhysicsMissingError()
        made = Simulation(wanted)
        _simulations.append(made)
        if _drop_others not in get_context().on_stage_changed:
            get_context().on_stage_changed.append(_drop_others)
    return made


def _drop_others() -> None:
    """Forget the simulations of stages that are no longer open."""
    current = get_context().get_stage()
    for made in [other for other in _simulations if other.stage != current]:
        made.close()
        _simulations.remove(made)
