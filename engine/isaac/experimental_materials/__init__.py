"""isaacsim.core.experimental.materials: OmniPBR, OmniGlass, preview surfaces and rigid-body materials."""

from __future__ import annotations

from .deformable_materials import SurfaceDeformableMaterial, VolumeDeformableMaterial
from .physics_materials import PhysicsMaterial, RigidBodyMaterial
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
