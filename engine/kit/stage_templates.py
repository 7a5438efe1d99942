"""omni.kit.stage_templates: what a new stage holds before anything is done to it.

The editor's template is "sunlight": one distant light `/Environment/defaultLight`, turned as the up axis asks. A script
without SimulationApp runs as in the script editor and finds that light; a standalone script finds an empty stage.
"""

from __future__ import annotations

from typing import Any

from pxr import Gf, Usd, UsdGeom, UsdLux

from ..usd_context import get_context

DEFAULT_LIGHT = "/Environment/defaultLight"
SUN_ROTATION = {"Y": Gf.Vec3d(315, 0, 0), "Z": Gf.Vec3d(45, 0, 90)}  # degrees about x, y, z in that order
SUNLIT = ("sunlight", "default stage")


def new_stage(on_new_stage_fn: Any = None, template: str | None = "empty", usd_context: Any = None) -> bool:
    """Replace the stage by a new one.

    Args:
        on_new_stage_fn: called with (True, "") afterwards.
        template: "empty", or "sunlight" (also "default stage"); None is the editor's default, "sunlight".
        usd_context: accepted; there is one.
    """
    get_context().new_stage()
    furnish(get_context().get_stage(), "sunlight" if template is None else template)
    if on_new_stage_fn is not None:
        on_new_stage_fn(True, "")
    return True


def furnish(stage: Usd.Stage | None, template: str) -> None:
    """Add what a template holds to a stage.

    Raises:
        ValueError: if there is no such template.
    """
    if template in SUNLIT:
        assert stage is not None
        UsdGeom.Xform.Define(stage, "/Environment")
        light = UsdLux.DistantLight.Define(stage, DEFAULT_LIGHT)
        light.CreateAngleAttr(1.0)
        light.CreateIntensityAttr(3000.0)
        UsdGeom.Xformable(light).AddRotateXYZOp(UsdGeom.XformOp.PrecisionDouble).Set(
            SUN_ROTATION[UsdGeom.GetStageUpAxis(stage)]
        )
    elif template != "empty":
        raise ValueError(f"stage template '{template}': expected 'empty', 'sunlight' or 'default stage'")
