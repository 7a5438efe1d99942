"""The path through buffers against the traced one, on one stage."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import numpy as np
import omni.replicator.core as rep
import omni.usd
import pytest
from pxr import Gf, Sdf, Usd, UsdGeom

from engine.app import get_app
from engine.carb.settings import get_settings
from scenes.infrared import Infrared, annotators, author
from scenes.infrared.settings import WeatherSettings

NIGHT = WeatherSettings(air_temperature=283.15, relative_humidity=0.7, wind=2.0, cloud=0.1, hour=0.0)
SIZE = (128, 96)
DIFFUSE = ("fur_hair", "asphalt", "concrete", "rubber", "skin")
PLAIN = ("rubber", "skin", "snow")  # reflect near infrared alike whatever their colour
SHINY = ("clear_glass", "aluminum", "steel", "water")


def build(stage: Usd.Stage, tokens: tuple[str, ...], ground: float = 281.0) -> str:
    """A row of cubes that stand apart above wide ground, and a camera; returns its path."""
    stage.SetDefaultPrim(UsdGeom.Xform.Define(stage, "/World").GetPrim())
    UsdGeom.SetStageUpAxis(stage, "Z")
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    for number, token in enumerate(tokens):
        cube = UsdGeom.Cube.Define(stage, f"/World/Cube_{token}")
        cube.CreateSizeAttr(0.8)
        UsdGeom.XformCommonAPI(cube).SetTranslate((3.0 * number - 1.5 * (len(tokens) - 1), 0.0, 2.5))
        UsdGeom.XformCommonAPI(cube).SetRotate((20.0 * number, 30.0, 15.0))
        say(cube.GetPrim(), token, 285.0 + 6.0 * number)
    wide = UsdGeom.Cube.Define(stage, "/World/Ground")
    wide.CreateSizeAttr(1.0)
    UsdGeom.XformCommonAPI(wide).SetScale((400.0, 400.0, 0.01))
    wide.CreateDisplayColorAttr([Gf.Vec3f(0.058)])  # as dark as grass is: then it reflects 0.445 at 850 nm
    say(wide.GetPrim(), "leaf_grass", ground)
    camera = UsdGeom.Camera.Define(stage, "/World/Camera")
    matrix = Gf.Matrix4d().SetLookAt(Gf.Vec3d(0, -14, 5.0), Gf.Vec3d(0, 0, 2.0), Gf.Vec3d(0, 0, 1)).GetInverse()
    camera.AddTransformOp().Set(matrix)
    camera.CreateFocalLengthAttr(24.0)
    camera.CreateHorizontalApertureAttr(20.955)
    camera.CreateVerticalApertureAttr(20.955 * SIZE[1] / SIZE[0])
    camera.CreateClippingRangeAttr(Gf.Vec2f(0.05, 10000.0))
    return "/World/Camera"


def say(prim: Usd.Prim, token: str, kelvin: float) -> None:
    prim.CreateAttribute("ir:material", Sdf.ValueTypeNames.Token).Set(token)
    prim.CreateAttribute("ir:temperature", Sdf.ValueTypeNames.Float).Set(kelvin)


def captured(
    tokens: tuple[str, ...], listed: Callable[[], list[Any]], weather: WeatherSettings = NIGHT, samples: int = 1
) -> list[Any]:
    """Author a stage, capture one frame, and return what annotators and ids gave."""

    async def make() -> list[Any]:
        await omni.usd.get_context().new_stage_async()
        stage = omni.usd.get_context().get_stage()
        path = build(stage, tokens)
        outputs = ("thermal_lwir", "thermal_mwir", "nir850")
        author(stage, Infrared(weather=weather, outputs=outputs), 1, 0)
        product = rep.create.render_product(path, SIZE)
        labels = [annotators.buffered(name) for name in ("instance_id_segmentation_fast", "normals")]
        attached = [each.attach(product) for each in (*listed(), *labels)]
        get_settings().set("/replicant/render/band_samples", samples)
        await rep.orchestrator.step_async()
        *images, ids, normals = [each.get_data() for each in attached]
        return [*(image["data"] for image in images), ids, normals]

    asyncio.set_event_loop(get_app().loop)
    found: list[Any] = get_app().run_coroutine(make())
    return found


def both(output: str) -> list[Any]:
    return [annotators.get(output, path=path) for path in ("buffers", "trace")]


def apart(one: np.ndarray, other: np.ndarray, ids: Any, normals: np.ndarray, name: str) -> dict[Any, float]:
    """Mean difference on each face of a prim, without its edges: single pixels of the traced path are noisy."""
    number = int(next(key for key, path in ids["info"]["idToLabels"].items() if path == name))
    inner = ids["data"] == number
    for axis, step in ((0, 1), (0, -1), (1, 1), (1, -1)):
        inner &= np.roll(ids["data"], step, axis) == number
    sides = np.round(normals[..., :3], 2)
    found = {}
    for side in {tuple(each) for each in sides[inner]}:
        face = inner & (sides == side).all(axis=-1)
        if face.sum() >= 12:
            found[side] = float((one[face] - other[face]).mean())
    assert found, name
    return found


@pytest.mark.parametrize("output", ["thermal_lwir", pytest.param("thermal_mwir", marks=pytest.mark.slow)])
def test_both_paths_agree_on_diffuse_surfaces_within_half_a_kelvin(output: str) -> None:
    buffers, trace, ids, normals = captured(DIFFUSE, lambda: both(output), samples=64)
    for name in (*(f"/World/Cube_{token}" for token in DIFFUSE), "/World/Ground"):
        for side, gap in apart(buffers, trace, ids, normals, name).items():
            assert abs(gap) < 0.5, (name, side)


@pytest.mark.slow
@pytest.mark.parametrize(("output", "bound"), [("thermal_lwir", 5.0), ("thermal_mwir", 2.0)])
def test_both_paths_agree_on_mirrors_within_the_larger_bound(output: str, bound: float) -> None:
    """Mirrors see other things in the traced path, which buffers do not know of, and lobes are wide there."""
    buffers, trace, ids, normals = captured(SHINY, lambda: both(output), samples=64)
    worst = 0.0
    for token in SHINY:
        for side, gap in apart(buffers, trace, ids, normals, f"/World/Cube_{token}").items():
            assert abs(gap) < bound, (token, side)
            worst = max(worst, abs(gap))
    assert worst > 0.5  # the bound of diffuse surfaces would not do


@pytest.mark.slow
def test_near_infrared_agrees_on_surfaces_without_texture() -> None:
    """Without shadows and with grass of its usual brightness below, buffers are some percent off."""
    noon = WeatherSettings(air_temperature=290.15, cloud=0.0, hour=12.0)
    buffers, trace, ids, normals = captured(PLAIN, lambda: both("nir850"), noon, 64)
    for token in PLAIN:
        name = f"/World/Cube_{token}"
        levels = apart(buffers, np.zeros_like(trace), ids, normals, name)
        for side, gap in apart(buffers, trace, ids, normals, name).items():
            assert abs(gap) < 0.15 * levels[side], (token, side)
