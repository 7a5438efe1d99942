from __future__ import annotations

import math

import pytest
from pxr import Gf, UsdGeom, UsdLux

from engine.kit import stage_templates
from engine.usd_context import get_context

from .running import HEAD, run

HAS_LIGHT = (
    "import omni.usd\nprint(bool(omni.usd.get_context().get_stage().GetPrimAtPath('/Environment/defaultLight')))\n"
)


@pytest.mark.parametrize(("up_axis", "expected"), [("Y", (0, -1, -1)), ("Z", (-1, 0, -1))])
def test_the_editor_s_light_shines_down_at_45_degrees(up_axis, expected):
    stage = get_context().get_stage()
    UsdGeom.SetStageUpAxis(stage, up_axis)
    stage_templates.furnish(stage, "sunlight")
    light = UsdLux.DistantLight.Get(stage, stage_templates.DEFAULT_LIGHT)
    assert (light.GetIntensityAttr().Get(), light.GetAngleAttr().Get()) == (3000.0, 1.0)
    direction = UsdGeom.Xformable(light).ComputeLocalToWorldTransform(0).TransformDir(Gf.Vec3d(0, 0, -1))
    assert direction * math.sqrt(2) == pytest.approx(expected, abs=1e-12)


def test_templates_of_new_stages():
    told = []
    stage_templates.new_stage(lambda *answer: told.append(answer))
    assert told == [(True, "")] and not get_context().get_stage().GetPrimAtPath("/Environment")
    stage_templates.new_stage(template=None)
    assert get_context().get_stage().GetPrimAtPath("/Environment/defaultLight").IsA(UsdLux.DistantLight)


def test_only_the_script_editor_has_a_lit_stage(tmp_path):
    assert run(tmp_path, HAS_LIGHT).stdout.splitlines()[0] == "True"
    assert run(tmp_path, HEAD + HAS_LIGHT).stdout.splitlines()[0] == "False"
