"""Thermal images are no recoloured photographs: what is visible changes nothing, what is warm changes everything.

Source: acceptance 16 of reference/infrared.md part 5.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pxr import Gf, Sdf, Usd, UsdGeom, UsdLux, UsdShade
from scipy.stats import spearmanr

from engine.render.buffers import Aov, RenderSettings
from engine.render.frame import FrameRenderer
from engine.stage.reader import StageReader
from tests.bands.stages import box, camera, material, new_stage, number, planck, plane, render

AIR = ((0.8, 0.2), (1e-4, 1e-2), 283.0)
SKY = ([0.0, 0.5, 1.0], [45.0, 20.0, 12.0])


def yard(kelvin: dict[str, float] | None = None) -> tuple[Usd.Stage, str]:
    """Textured floor, glossy and dull boxes, a band that follows colours, a lamp in it; night."""
    stage = new_stage(
        lwir={"sky": SKY, "ground": 45.0, "air": AIR},
        mwir={"sky": 0.5, "ground": 0.9, "air": AIR},
        nir850={"sky": 0.01},
    )
    found = {"Floor": 281.0, "Cow": 300.0, "Car": 290.0, "Mirror": 283.0, **(kelvin or {})}
    looks: dict[str, dict[str, Any]] = {
        "Floor": {"emissivity": 0.95},
        "Cow": {"emissivity": 0.97},
        "Car": {"emissivity": 0.9, "specular": 0.3, "roughness": 0.2},
        "Mirror": {"emissivity": 0.2, "specular": 0.9, "roughness": 0.1},
    }
    for n, (name, look) in enumerate(looks.items()):
        prim = plane(stage, f"/World/{name}", 12) if name == "Floor" else box(stage, f"/World/{name}", 1)
        if name != "Floor":
            UsdGeom.XformCommonAPI(UsdGeom.Xformable(prim)).SetTranslate(Gf.Vec3d(1.2 * n - 2.4, 0, 0.5))
        number(prim, "band:temperature", found[name])
        near = {"luminance": (0.1, 0.8), "specular": look.get("specular", 0.0)}
        paint = material(stage, f"/World/Looks/{name}", lwir=look, mwir=look, nir850=near)
        shader = UsdShade.Shader.Define(stage, f"/World/Looks/{name}/Shader")
        shader.CreateIdAttr("UsdPreviewSurface")
        shader.CreateInput("diffuseColor", Sdf.ValueTypeNames.Color3f).Set(Gf.Vec3f(0.2, 0.4, 0.1))
        paint.CreateSurfaceOutput().ConnectToSource(shader.ConnectableAPI(), "surface")
        UsdShade.MaterialBindingAPI.Apply(prim).Bind(paint)
    lamp = UsdLux.SphereLight.Define(stage, "/World/Lamp")
    lamp.CreateIntensityAttr(0.0)
    UsdGeom.XformCommonAPI(lamp).SetTranslate(Gf.Vec3d(0, -4, 3))
    number(lamp.GetPrim(), "band:nir850:power", 2.0)
    UsdLux.DomeLight.Define(stage, "/World/Dome").CreateIntensityAttr(300.0)
    return stage, camera(stage, (0, -6, 3), (0, 0, 0.4), degrees=45)


def repaint(stage: Usd.Stage, folder: Path) -> None:
    """Give every surface another colour, the floor a texture, and the sky of the eye another light."""
    cv2.imwrite(str(folder / "check.png"), np.random.default_rng(0).integers(0, 255, (16, 16, 3)).astype(np.uint8))
    for n, name in enumerate(("Floor", "Cow", "Car", "Mirror")):
        shader = UsdShade.Shader.Get(stage, f"/World/Looks/{name}/Shader")
        shader.GetInput("diffuseColor").Set(Gf.Vec3f(0.9, 0.1 * n, 0.8))
        shader.CreateInput("roughness", Sdf.ValueTypeNames.Float).Set(0.1 * n)
        shader.CreateInput("emissiveColor", Sdf.ValueTypeNames.Color3f).Set(Gf.Vec3f(0.0, 1.0, 0.0))
    uvs = UsdGeom.PrimvarsAPI(stage.GetPrimAtPath("/World/Floor"))
    primvar = uvs.CreatePrimvar("st", Sdf.ValueTypeNames.TexCoord2fArray, "vertex")
    primvar.Set([Gf.Vec2f(0, 0), Gf.Vec2f(1, 0), Gf.Vec2f(1, 1), Gf.Vec2f(0, 1)])
    image = UsdShade.Shader.Define(stage, "/World/Looks/Floor/Image")
    image.CreateIdAttr("UsdUVTexture")
    image.CreateInput("file", Sdf.ValueTypeNames.Asset).Set(Sdf.AssetPath(str(folder / "check.png")))
    output = image.CreateOutput("rgb", Sdf.ValueTypeNames.Float3)
    UsdShade.Shader.Get(stage, "/World/Looks/Floor/Shader").GetInput("diffuseColor").ConnectToSource(output)
    UsdLux.DomeLight.Get(stage, "/World/Dome").GetIntensityAttr().Set(3000.0)


def shot(stage: Usd.Stage, path: str, size: int, *aovs: Aov) -> list[np.ndarray]:
    reader = StageReader(stage)
    settings = RenderSettings(samples=2, denoise=False, band_samples=4, band_bounces=3)
    found = FrameRenderer().render(reader.snapshot(), reader.camera(path, size, size), frozenset(aovs), 5, settings)
    return [found[aov] for aov in aovs]


@pytest.mark.parametrize("size", [40, pytest.param(480, marks=pytest.mark.slow)])
def test_no_colour_texture_or_light_for_the_eye_changes_a_bit(size: int, tmp_path: Path) -> None:
    stage, path = yard()
    before, seen = shot(stage, path, size, Aov.BAND_RADIANCE, Aov.COLOR)
    repaint(stage, tmp_path)
    after, repainted = shot(stage, path, size, Aov.BAND_RADIANCE, Aov.COLOR)
    assert np.abs(seen.astype(int) - repainted).mean() > 20
    assert np.array_equal(before[..., :2], after[..., :2])  # lwir, mwir
    assert (before[..., 2] != after[..., 2]).mean() > 0.3  # nir850 follows the paint, along the same paths


def test_exchanged_temperatures_are_exchanged_in_the_image() -> None:
    """Black boxes at mirrored places: exchanging their temperatures mirrors the image."""

    def image(left: float, right: float) -> np.ndarray:
        stage = new_stage(lwir={"sky": 12.0})
        for name, x, kelvin in (("Left", -1.0, left), ("Right", 1.0, right)):
            prim = box(stage, f"/World/{name}", 1, kelvin=kelvin, lwir={"emissivity": 1.0})
            UsdGeom.XformCommonAPI(UsdGeom.Xformable(prim)).SetTranslate(Gf.Vec3d(x, 0, 0))
        return render(stage, camera(stage, (0, -5, 0), (0, 0, 0), degrees=45), size=32, band_samples=4)[..., 0]

    one, other = image(290.0, 310.0), image(310.0, 290.0)
    assert np.ptp(one) > 40
    assert np.abs(one - other[:, ::-1]).max() < 1e-3


def test_all_of_one_temperature_is_flat() -> None:
    """Things, air, sky and ground alike: nothing is seen, though the eye sees all of it."""
    level, names = planck(285.0), ("Floor", "Cow", "Car", "Mirror")
    stage, path = yard(dict.fromkeys(names, 285.0))
    band = stage.GetPrimAtPath("/World/Bands/lwir")
    for name in ("band:ground:radiance", "band:air:radiance"):
        band.GetAttribute(name).Set(level)
    band.GetAttribute("band:sky:radiances").Set([level] * 3)
    thermal, seen = shot(stage, path, 40, Aov.BAND_RADIANCE, Aov.COLOR)
    assert np.abs(thermal[..., 0] / level - 1).max() < 1e-5
    assert seen[..., :3].std() > 10


@pytest.mark.slow
def test_warmth_goes_with_no_brightness() -> None:
    """1,024 tiles of independent colours and temperatures: rank correlation with luminance below .1, with kelvin high."""
    rng, side = np.random.default_rng(11), 32
    colours, kelvin = rng.random((side * side, 3)), rng.uniform(270.0, 320.0, side * side)
    stage = new_stage(lwir={"sky": 12.0})
    for n in range(side * side):
        prim = plane(stage, f"/World/Tile_{n}", 0.95, kelvin=float(kelvin[n]), lwir={"emissivity": 0.95})
        UsdGeom.Gprim(prim).CreateDisplayColorAttr([Gf.Vec3f(*map(float, colours[n]))])
        UsdGeom.XformCommonAPI(UsdGeom.Xformable(prim)).SetTranslate(Gf.Vec3d(n % side - 15.5, n // side - 15.5, 0))
    UsdLux.DomeLight.Define(stage, "/World/Dome").CreateIntensityAttr(500.0)
    path = camera(stage, (0, 0, 100), (0, 0, 0), (0, 1, 0), degrees=18.5)
    thermal, seen, which = shot(stage, path, 480, Aov.BAND_RADIANCE, Aov.COLOR, Aov.INSTANCE)
    luminance = (seen[..., :3] / 255.0) ** 2.2 @ [0.2126, 0.7152, 0.0722]
    counts = np.bincount(which[which >= 0], minlength=side * side)
    assert len(counts) >= 1000
    assert counts.min() > 50
    hit = which >= 0
    means = [np.bincount(which[hit], image[hit], side * side) / counts for image in (thermal[..., 0], luminance)]
    assert abs(spearmanr(means[0], means[1]).statistic) < 0.1
    assert spearmanr(means[0], kelvin).statistic > 0.99
    assert spearmanr(means[1], (colours @ [0.2126, 0.7152, 0.0722])).statistic > 0.8
