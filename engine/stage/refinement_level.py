"""How often a subdivision surface is refined."""

from __future__ import annotations

from pxr import Usd

from engine.carb.settings import get_settings

GLOBAL_LEVEL = "/rtx/hydra/subdivision/refinementLevel"
DEEPEST = 4


def refinement_level(prim: Usd.Prim, scheme: str, time: Usd.TimeCode) -> int:
    """Tell how often a mesh is to be refined.

    As in Omniverse: 0 by default, so the cage is drawn whatever its scheme; the global setting
    `/rtx/hydra/subdivision/refinementLevel` raises it for all subdivision surfaces, and a mesh whose
    `refinementEnableOverride` is true has its own `refinementLevel`.
    Source: Omniverse, "RTX - Common" render settings, Subdivision; omni.usd, refinementEnableOverride.
    """
    if scheme == "none":
        return 0
    override = prim.GetAttribute("refinementEnableOverride")
    if override and override.Get(time):
        own = prim.GetAttribute("refinementLevel")
        return min(max(int((own.Get(time) if own else 0) or 0), 0), DEEPEST)
    return min(max(get_settings().get_as_int(GLOBAL_LEVEL), 0), DEEPEST)
