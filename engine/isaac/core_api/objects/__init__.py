"""isaacsim.core.api.objects: shapes to look at (Visual), to stand on (Fixed) and that fall (Dynamic)."""

from __future__ import annotations

from .capsule import DynamicCapsule, FixedCapsule, VisualCapsule
from .cone import DynamicCone, FixedCone, VisualCone
from .cuboid import DynamicCuboid, FixedCuboid, VisualCuboid
from .cylinder import DynamicCylinder, FixedCylinder, VisualCylinder
from .ground_plane import GroundPlane
from .sphere import DynamicSphere, FixedSphere, VisualSphere

__all__ = [
    "DynamicCapsule",
    "DynamicCone",
    "DynamicCuboid",
    "DynamicCylinder",
    "DynamicSphere",
    "FixedCapsule",
    "FixedCone",
    "FixedCuboid",
    "FixedCylinder",
    "FixedSphere",
    "GroundPlane",
    "VisualCapsule",
    "VisualCone",
    "VisualCuboid",
    "VisualCylinder",
    "VisualSphere",
]
