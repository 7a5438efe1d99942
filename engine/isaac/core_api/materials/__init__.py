"""isaacsim.core.api.materials: what objects look like and how they rub and bounce."""

from __future__ import annotations

from typing import Any

from pxr import Usd

from ...core_prims.unsupported import DeformablePrim, ParticleSystem
from ...views.looks import kind_of
from .omni_glass import OmniGlass
from .omni_pbr import OmniPBR
from .physics_material import PhysicsMaterial
from .preview_surface import PreviewSurface
from .visual_material import VisualMaterial

__all__ = [
    "DeformableMaterial",
    "DeformableMaterialView",
    "OmniGlass",
    "OmniPBR",
    "ParticleMaterial",
    "ParticleMaterialView",
    "PhysicsMaterial",
    "PreviewSurface",
    "VisualMaterial",
    "wrap",
]


class DeformableMaterial(DeformablePrim):
    """How a soft body yields: not simulated."""


class DeformableMaterialView(DeformablePrim):
    """How soft bodies yield: not simulated."""


class ParticleMaterial(ParticleSystem):
    """How particles stick: not simulated."""


class ParticleMaterialView(ParticleSystem):
    """How particles stick: not simulated."""


def wrap(prim: Usd.Prim) -> Any:
    """Return the object for a material of a known kind, else None."""
    classes = {"OmniGlass": OmniGlass, "OmniPBR": OmniPBR, "UsdPreviewSurface": PreviewSurface}
    kind = kind_of(prim)
    return classes[kind](str(prim.GetPath())) if kind else None
