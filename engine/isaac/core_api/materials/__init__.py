"""isaacsim.core.api.materials: what objects look like and how they rub and bounce."""

from __future__ import annotations

from typing import Any

from pxr import Usd

from ...views.looks import kind_of
from .omni_glass import OmniGlass
from .omni_pbr import OmniPBR
from .physics_material import PhysicsMaterial
from .preview_surface import PreviewSurface
from .visual_material import VisualMaterial

__all__ = ["OmniGlass", "OmniPBR", "PhysicsMaterial", "PreviewSurface", "VisualMaterial", "wrap"]


def wrap(prim: Usd.Prim) -> Any:
    """Return the object for a material of a known kind, else None."""
    classes = {"OmniGlass": OmniGlass, "OmniPBR": OmniPBR, "UsdPreviewSurface": PreviewSurface}
    kind = kind_of(prim)
    return classes[kind](str(prim.GetPath())) if kind else None
