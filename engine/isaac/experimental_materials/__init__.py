"""isaacsim.core.experimental.materials: OmniPBR, OmniGlass, preview surfaces and rigid-body materials."""

from __future__ import annotations

from .physics_materials import PhysicsMaterial, RigidBodyMaterial, SurfaceDeformableMaterial, VolumeDeformableMaterial
from .visual_materials import OmniGlassMaterial, OmniPbrMaterial, PreviewSurfaceMaterial, VisualMaterial

__all__ = [
    "OmniGlassMaterial",
    "OmniPbrMaterial",
    "PhysicsMaterial",
    "PreviewSurfaceMaterial",
    "RigidBodyMaterial",
    "SurfaceDeformableMaterial",
    "VisualMaterial",
    "VolumeDeformableMaterial",
]
