"""UsdLux lights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pxr import Sdf, Usd, UsdGeom, UsdLux

from engine.stage.reader import StageReader
from engine.stage.scene import Light

KINDS = {
    "DistantLight": "distant",
    "DomeLight": "dome",
    "DomeLight_1": "dome",
    "SphereLight": "sphere",
    "RectLight": "rect",
    "DiskLight": "disk",
    "CylinderLight": "cylinder",
}


def light(stage: Usd.Stage, kind: str, path: str = "/L", **inputs: Any) -> Usd.Prim:
    prim = stage.DefinePrim(path, kind)
    for name, value in inputs.items():
        prim.GetAttribute(f"inputs:{name}").Set(value)
    return prim


def read(stage: Usd.Stage) -> Light:
    (found,) = StageReader(stage).snapshot().lights
    return found


@pytest.fixture
def image(tmp_path: Path) -> str:
    path = tmp_path / "sky.png"
    cv2.imwrite(str(path), np.zeros((4, 8, 3), np.uint8))
    return str(path)


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_every_kind_with_the_schema_s_own_defaults(stage: Usd.Stage, name: str, kind: str) -> None:
    prim = light(stage, name)
    found = read(stage)
    assert (found.prim_path, found.kind) == ("/L", kind)
    assert found.intensity == prim.GetAttribute("inputs:intensity").Get()
    for field in ("radius", "width", "height", "length"):
        attribute = prim.GetAttribute(f"inputs:{field}")
        if attribute:
            assert getattr(found, field) == pytest.approx(attribute.Get())
    assert found.camera_visible is (kind == "dome")
    assert found.cone_angle == pytest.approx(np.pi)
    if kind == "distant":
        assert found.angle == pytest.approx(np.radians(0.53))


def test_intensity_exposure_and_multipliers(stage: Usd.Stage) -> None:
    light(stage, "SphereLight", intensity=30.0, exposure=3.0, normalize=True, diffuse=0.5, specular=0.25, radius=2.0)
    found = read(stage)
    assert found.intensity == 240.0 and found.normalize
    assert (found.diffuse, found.specular, found.radius) == (0.5, 0.25, 2.0)


@pytest.mark.parametrize("kelvin", [1000.0, 2700.0, 5000.0, 6504.0, 10000.0])
def test_colour_temperature_is_usdlux_s(stage: Usd.Stage, kelvin: float) -> None:
    light(stage, "RectLight", color=(0.5, 1.0, 2.0), enableColorTemperature=True, colorTemperature=kelvin)
    tint = np.array(UsdLux.BlackbodyTemperatureAsRgb(kelvin))
    np.testing.assert_allclose(read(stage).color, tint * [0.5, 1.0, 2.0], rtol=1e-6)
    assert tint @ [0.2126, 0.7152, 0.0722] == pytest.approx(1.0, abs=1e-3)  # luminance is kept


def test_a_negative_intensity_is_darkness(stage: Usd.Stage) -> None:
    light(stage, "SphereLight", intensity=-2000.0, exposure=1.0)
    assert read(stage).intensity == 0.0


def test_colour_temperature_needs_its_switch(stage: Usd.Stage) -> None:
    light(stage, "RectLight", color=(0.5, 1.0, 2.0), colorTemperature=2000.0)
    assert read(stage).color == (0.5, 1.0, 2.0)


def test_attributes_without_the_prefix(stage: Usd.Stage) -> None:
    """As UsdLux wrote them before 21.02."""
    prim = stage.DefinePrim("/L", "SphereLight")
    for name, value in {"intensity": 7.0, "radius": 3.0, "exposure": 1.0}.items():
        prim.CreateAttribute(name, Sdf.ValueTypeNames.Float).Set(value)
    prim.CreateAttribute("color", Sdf.ValueTypeNames.Color3f).Set((0, 1, 0))
    found = read(stage)
    assert (found.intensity, found.radius, found.color) == (14.0, 3.0, (0.0, 1.0, 0.0))


def test_shaping(stage: Usd.Stage) -> None:
    prim = light(stage, "SphereLight")
    api = UsdLux.ShapingAPI.Apply(prim)
    api.CreateShapingConeAngleAttr(30.0)
    api.CreateShapingConeSoftnessAttr(0.2)
    api.CreateShapingFocusAttr(4.0)
    found = read(stage)
    assert found.cone_angle == pytest.approx(np.radians(30))
    assert (found.cone_softness, found.focus) == (pytest.approx(0.2), 4.0)
    api.GetShapingConeAngleAttr().Set(180.0)
    assert read(stage).cone_angle == pytest.approx(np.pi)


def test_points_and_lines(stage: Usd.Stage) -> None:
    light(stage, "SphereLight", "/P").GetAttribute("treatAsPoint").Set(True)
    light(stage, "CylinderLight", "/Q").GetAttribute("treatAsLine").Set(True)
    light(stage, "SphereLight", "/R")
    assert [found.pointlike for found in StageReader(stage).snapshot().lights] == [True, True, False]


def test_texture_of_a_dome(stage: Usd.Stage, image: str) -> None:
    prim = light(stage, "DomeLight")
    prim.GetAttribute("inputs:texture:file").Set(image)
    prim.GetAttribute("inputs:texture:format").Set("angular")
    found = read(stage)
    assert found.texture is not None and found.texture.path == image
    assert found.texture.color_space == "auto" and found.texture_format == "angular"


def test_missing_texture_of_a_dome(stage: Usd.Stage, warnings: list[str]) -> None:
    light(stage, "DomeLight").GetAttribute("inputs:texture:file").Set("/no/such/sky.exr")
    assert read(stage).texture is None
    assert warnings == ["/L: texture '/no/such/sky.exr' is not a file that can be read; its constant is used instead"]


@pytest.mark.parametrize(
    ("up", "axis"), [("Y", "scene"), ("Y", "Y"), ("Y", "Z"), ("Z", "scene"), ("Z", "Y"), ("Z", "Z")]
)
def test_pole_of_a_dome(stage: Usd.Stage, up: str, axis: str) -> None:
    """`world_from_light` starts from a pole along the stage's up axis."""
    UsdGeom.SetStageUpAxis(stage, up)
    light(stage, "DomeLight_1").GetAttribute("poleAxis").Set(axis)
    start = {"Y": np.array([0, 1.0, 0]), "Z": np.array([0, 0, 1.0])}
    pole = read(stage).world_from_light[:3, :3] @ start[up]
    np.testing.assert_allclose(pole, start[up if axis == "scene" else axis], atol=1e-12)


def test_pose_and_units(stage: Usd.Stage) -> None:
    UsdGeom.SetStageMetersPerUnit(stage, 0.01)
    prim = light(stage, "RectLight", width=50.0)
    UsdGeom.Xformable(prim).AddTranslateOp().Set((100, 200, 300))
    found = read(stage)
    np.testing.assert_allclose(found.world_from_light[:3], np.eye(4)[:3] * 0.01 + np.outer([1, 2, 3], [0, 0, 0, 1]))
    assert found.width == 50.0  # local units: 0.5 m in the world


def test_lights_follow_edits_visibility_and_time(stage: Usd.Stage) -> None:
    stage.SetTimeCodesPerSecond(1)
    prim = light(stage, "SphereLight", intensity=1.0)
    reader = StageReader(stage)
    first = reader.snapshot().lights[0]
    assert reader.snapshot(3.0).lights[0] is first
    prim.GetAttribute("inputs:intensity").Set(2.0)
    assert reader.snapshot(3.0).lights[0].intensity == 2.0
    UsdGeom.Imageable(prim).MakeInvisible()
    assert reader.snapshot(3.0).lights == ()
    UsdGeom.Imageable(prim).MakeVisible()
    prim.GetAttribute("inputs:intensity").Set(5.0, 5.0)
    prim.GetAttribute("inputs:intensity").Set(6.0, 6.0)
    assert [reader.snapshot(t).lights[0].intensity for t in (5.0, 5.5, 6.0)] == [5.0, 5.5, 6.0]


def test_visible_in_primary_ray(stage: Usd.Stage) -> None:
    light(stage, "DomeLight").CreateAttribute("visibleInPrimaryRay", Sdf.ValueTypeNames.Bool).Set(False)
    assert read(stage).camera_visible is False


def test_unknown_light(stage: Usd.Stage, warnings: list[str]) -> None:
    light(stage, "PortalLight")
    assert StageReader(stage).snapshot().lights == ()
    assert warnings[0].startswith("/L: lights of type PortalLight are not used; expected ")
