"""omni.physics.tensors: views of many rigid bodies as arrays of NumPy, torch or warp, over the engine's simulation."""

from __future__ import annotations

from .frontends import FrontendNumpy, FrontendTorch, FrontendWarp, frontend
from .rigid_body_view import RigidBodyView
from .simulation_view import SimulationView, create_simulation_view

__all__ = [
    "FrontendNumpy",
    "FrontendTorch",
    "FrontendWarp",
    "RigidBodyView",
    "SimulationView",
    "create_simulation_view",
    "frontend",
]
