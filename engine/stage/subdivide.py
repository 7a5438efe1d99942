"""Subdivision surfaces, refined only where a mesh asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pxr import Usd

from engine.carb.settings import get_settings
from engine.stage.complaints import Complaints

if TYPE_CHECKING:
    from engine.stage.geometry import Geometry
    from engine.stage.meshes import Cage

GLOBAL_LEVEL = "/rtx/hydra/subdivision/refinementLevel"
DEEPEST = 4


def refinement_level(prim: Usd.Prim, scheme: str, time: Usd.TimeCode) -> int:
    """Tell how often a mesh is to be refined.

    As in Omniverse: 0 by default, so the cage is drawn whatever its scheme; the global setting
    `/rtx/hydra/subdivision/refinementLevel` raises it for all subdivision surfaces, and a mesh whose
    `refinementEnableOverride` is true has its own `refinementLevel`.
    """
    if scheme == "none":
        return 0
    override = prim.GetAttribute("refinementEnableOverride")
    if override and override.Get(time):
        own = prim.GetAttribute("refinementLevel")
        return min(max(int((own.Get(time) if own else 0) or 0), 0), DEEPEST)
    return min(max(get_settings().get_as_int(GLOBAL_LEVEL), 0), DEEPEST)


def refine(prim: Usd.Prim, cage: Cage, level: int, time: Usd.TimeCode, complaints: Complaints) -> Geometry:
    """Return the refined surface."""
    from engine.stage.meshes import triangles_of

    return triangles_of(prim, cage, time, complaints)
