"""Bands see what labels see: hidden prims, cutouts, instances, motion, lenses."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade

from engine.render.buffers import Aov, RenderSettings
from engine.render.frame import FrameRenderer
from engine.stage.reader import StageReader
from tests.bands.stages import box, camera, material, new_stage, number, planck, plane, surface

BLACK = {"emissivity": 1.0}
DOWN = ((0, 0, 5), (0, 0, 0), (0, 1, 0))


def both(stage: Usd.Stage, path: str, size: int = 33) -> tuple[np.ndarray, np.ndarray]:
    """Kelvin of what the bands see, and of what labels say is there (nan for nothing)."""
    reader = StageReader(stage)
    scene, view = reader.snapshot(), reader.camera(path, size, size)
    wanted = frozenset({Aov.BAND_KELVIN, Aov.INSTANCE})
    found = FrameRenderer().render(scene, view, wanted, 1, RenderSettings())
    told = np.array([item.warmth.temperature + item.warmth.offset for item in scene.instances] + [np.nan])  # type: ignore[union-attr,operator]
    return found[Aov.BAND_KELVIN], told[found[Aov.INSTANCE]]


def test_hidden_prims_are_not_warm() -> None:
    stage = new_stage(lwir={"sky": 12.0})
    plane(stage, "/World/Floor", 20, kelvin=280.0, lwir=BLACK)
    for name, x in (("Seen", -1.0), ("Hidden", 1.0)):
        prim = box(stage, f"/World/{name}", 1, kelvin=310.0, lwir=BLACK)
        UsdGeom.XformCommonAPI(UsdGeom.Xformable(prim)).SetTranslate(Gf.Vec3d(x, 0, 0))
    UsdGeom.Imageable(stage.GetPrimAtPath("/World/Hidden")).MakeInvisible()
    kelvin, told = both(stage, camera(stage, *DOWN, degrees=40))
    assert (kelvin[:, :16] == 310.0).any()
    assert not (kelvin[:, 17:] == 310.0).any()
    assert np.array_equal(kelvin, told)


def test_what_is_cut_away_lets_warmth_through(tmp_path: Path) -> None:
    """A leaf whose left half has no opacity: the warm floor is seen through it, directly and by reflection."""
    alpha = np.full((8, 8), 255, np.uint8)
    alpha[:, :4] = 0
    cv2.imwrite(str(tmp_path / "alpha.png"), alpha)
    stage = new_stage(lwir={"sky": 12.0})
    plane(stage, "/World/Floor", 20, height=-1, kelvin=310.0, lwir=BLACK)
    leaf = plane(stage, "/World/Leaf", 2, kelvin=280.0, lwir=BLACK)
    uvs = UsdGeom.PrimvarsAPI(leaf).CreatePrimvar("st", Sdf.ValueTypeNames.TexCoord2fArray, "vertex")
    uvs.Set([Gf.Vec2f(0, 0), Gf.Vec2f(1, 0), Gf.Vec2f(1, 1), Gf.Vec2f(0, 1)])
    made = material(stage, "/World/Cut")
    shader = UsdShade.Shader.Define(stage, "/World/Cut/Shader")
    shader.CreateIdAttr("UsdPreviewSurface")
    shader.CreateInput("opacityThreshold", Sdf.ValueTypeNames.Float).Set(0.5)
    image = UsdShade.Shader.Define(stage, "/World/Cut/Image")
    image.CreateIdAttr("UsdUVTexture")
    image.CreateInput("file", Sdf.ValueTypeNames.Asset).Set(Sdf.AssetPath(str(tmp_path / "alpha.png")))
    output = image.CreateOutput("r", Sdf.ValueTypeNames.Float)
    shader.CreateInput("opacity", Sdf.ValueTypeNames.Float).ConnectToSource(output)
    made.CreateSurfaceOutput().ConnectToSource(shader.ConnectableAPI(), "surface")
    UsdShade.MaterialBindingAPI.Apply(leaf).Bind(made)
    path = camera(stage, *DOWN, degrees=20)
    kelvin, told = both(stage, path)
    assert (kelvin[10:22, 6:14] == 310.0).all()
    assert (kelvin[10:22, 19:27] == 280.0).all()
    assert np.array_equal(kelvin, told)


def test_what_moves_and_cools_is_seen_in_its_place() -> None:
    stage = new_stage(lwir={"sky": 12.0})
    prim = box(stage, "/World/Cow", 1, kelvin=310.0, lwir=BLACK)
    path = camera(stage, *DOWN, degrees=40)
    reader, renderer = StageReader(stage), FrameRenderer()

    def shot() -> np.ndarray:
        settings = RenderSettings(band_samples=1)
        found = renderer.render(reader.snapshot(), reader.camera(path, 33, 33), frozenset({Aov.BAND_RADIANCE}), 1, settings)  # fmt: skip
        return np.asarray(found[Aov.BAND_RADIANCE][..., 0])

    first = shot()
    UsdGeom.XformCommonAPI(UsdGeom.Xformable(prim)).SetTranslate(Gf.Vec3d(1, 0, 0))
    number(prim, "band:temperature", 300.0)
    second = shot()
    assert first[16, 16] == pytest.approx(planck(310.0), rel=1e-4)
    assert second[16, 16] == pytest.approx(12.0)
    assert second[16, 25] == pytest.approx(planck(300.0), rel=1e-4)


def test_instances_share_a_mesh_whose_parts_are_warmer_by_vertex(tmp_path: Path) -> None:
    """Offsets by vertex inside an instanced asset count for each of its copies, on top of each copy's temperature."""
    asset = Usd.Stage.CreateNew(str(tmp_path / "cow.usda"))
    asset.SetDefaultPrim(UsdGeom.Xform.Define(asset, "/Cow").GetPrim())
    body = plane(asset, "/Cow/Body", 1)
    offsets = UsdGeom.PrimvarsAPI(body).CreatePrimvar("band:temperatureOffset", Sdf.ValueTypeNames.FloatArray, "vertex")
    offsets.Set([0.0, 8.0, 8.0, 0.0])
    asset.Save()
    stage = new_stage(lwir={"sky": 12.0})
    for name, x, kelvin in (("A", -1.0, 300.0), ("B", 1.0, 310.0)):
        prim = UsdGeom.Xform.Define(stage, f"/World/{name}").GetPrim()
        prim.GetReferences().AddReference(str(tmp_path / "cow.usda"))
        prim.SetInstanceable(True)
        UsdGeom.XformCommonAPI(UsdGeom.Xformable(prim)).SetTranslate(Gf.Vec3d(x, 0, 0))
        surface(prim, kelvin, lwir=BLACK)
    reader = StageReader(stage)
    scene, view = reader.snapshot(), reader.camera(camera(stage, *DOWN, degrees=40), 65, 65)
    found = FrameRenderer().render(scene, view, frozenset({Aov.BAND_KELVIN, Aov.POSITION}), 1, RenderSettings())
    kelvin, x = found[Aov.BAND_KELVIN], found[Aov.POSITION][..., 0]
    for centre, base in ((-1.0, 300.0), (1.0, 310.0)):
        mask = np.isfinite(kelvin) & (np.abs(x - centre) <= 0.5)
        assert mask.sum() > 100
        np.testing.assert_allclose(kelvin[mask], base + 8.0 * (x[mask] - centre + 0.5), atol=2e-3)
    assert scene.instances[0].mesh is scene.instances[1].mesh


def test_a_fisheye_sees_bands_too() -> None:
    stage = new_stage(lwir={"sky": 12.0})
    box(stage, "/World/Room", 4, kelvin=300.0, lwir=BLACK)
    path = camera(stage, (0, 0, 0), (0, 0, -1), (0, 1, 0), degrees=60)
    prim = stage.GetPrimAtPath(path)
    for name, kind, value in (
        ("cameraProjectionType", Sdf.ValueTypeNames.Token, "fisheyePolynomial"),
        ("fthetaWidth", Sdf.ValueTypeNames.Float, 32.0),
        ("fthetaHeight", Sdf.ValueTypeNames.Float, 32.0),
        ("fthetaCx", Sdf.ValueTypeNames.Float, 16.0),
        ("fthetaCy", Sdf.ValueTypeNames.Float, 16.0),
        ("fthetaMaxFov", Sdf.ValueTypeNames.Float, 180.0),
        ("fthetaPolyB", Sdf.ValueTypeNames.Float, 0.1),
    ):
        prim.CreateAttribute(name, kind).Set(value)
    reader = StageReader(stage)
    view = reader.camera(path, 32, 32)
    found = FrameRenderer().render(reader.snapshot(), view, frozenset({Aov.BAND_RADIANCE, Aov.INSTANCE}), 1, RenderSettings())  # fmt: skip
    radiance, seen = found[Aov.BAND_RADIANCE][..., 0], found[Aov.INSTANCE] >= 0
    assert 0.5 < seen.mean() < 0.95  # the corners are beyond the lens
    assert np.abs(radiance[seen] / planck(300.0) - 1).max() < 1e-4
    assert (radiance[~seen] == 0).all()
