"""omni.physics.core: there is no physics simulation in the engine yet, so there is no interface to give."""

from __future__ import annotations


def get_physics_benchmarks_interface() -> None:
    """Return None: no simulation, nothing to measure."""


def get_physics_simulation_interface() -> None:
    """Return None: no simulation."""


def get_physics_interface() -> None:
    """Return None: no simulation."""
