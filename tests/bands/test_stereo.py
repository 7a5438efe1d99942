"""Active stereo through the whole renderer: projector, two imagers, block matching, depth with holes.

Source: acceptance 15 of reference/infrared.md part 5; the imagers, the pattern and the matching are the library's.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from pxr import Gf, Sdf, Usd, UsdGeom, UsdLux

from engine.render.buffers import Aov, RenderSettings
from engine.render.frame import FrameRenderer
from engine.stage.reader import StageReader
from sensors.active_stereo import projector_of
from sensors.imager import MonoCamera, auto_exposed, to_8_bit
from sensors.registry import find_camera
from sensors.stereo_depth import StereoCamera, fill_rate, match, speckle
from tests.bands.stages import mesh, new_stage, number, render

SMALL: StereoCamera = replace(
    find_camera("d435"), width=424, height=120, focal_pixels=430.0, projector_power=1.0, disparities=64, nearest=0.3
)
WHOLE: StereoCamera = replace(find_camera("d435"), focal_pixels=430.0, projector_power=1.0, nearest=0.3)
GREY = {"reflectance": 0.5}


def imager_of(camera: StereoCamera) -> MonoCamera:
    return MonoCamera(
        "ir", camera.width, camera.height, 3.0, 2.0, 1.29, bits=8, full_well=6000.0, black_level=4, vignetting=False
    )


@lru_cache(maxsize=1)
def pattern(camera: StereoCamera) -> np.ndarray:
    return projector_of(camera, np.random.default_rng(3)).pattern


@pytest.fixture(scope="module")
def dots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pattern as a file: 16 bits, linear."""
    image, path = pattern(SMALL), tmp_path_factory.mktemp("dots") / "dots.png"
    cv2.imwrite(str(path), np.round(image / image.max() * 65535).astype(np.uint16))
    return path


def rig(camera: StereoCamera, dots: Path, ambient: float = 0.0) -> Usd.Stage:
    """Two imagers at (0, 0, 0) and a baseline to the right that look along -Z, and a projector between them."""
    stage = new_stage(nir850={"sky": ambient})
    for name, x in (("Left", 0.0), ("Right", camera.baseline)):
        made = UsdGeom.Camera.Define(stage, f"/World/{name}")
        UsdGeom.XformCommonAPI(made).SetTranslate(Gf.Vec3d(x, 0, 0))
        made.CreateHorizontalApertureAttr(20.0)
        made.CreateVerticalApertureAttr(20.0 * camera.height / camera.width)
        made.CreateFocalLengthAttr(20.0 * camera.focal_pixels / camera.width)
        made.CreateClippingRangeAttr(Gf.Vec2f(0.01, 100.0))
    light = UsdLux.RectLight.Define(stage, "/World/Projector")
    UsdGeom.XformCommonAPI(light).SetTranslate(Gf.Vec3d(camera.projector_offset, 0, 0))
    prim = light.GetPrim()
    light.CreateIntensityAttr(0.0)
    light.CreateTextureFileAttr(Sdf.AssetPath(str(dots)))
    number(prim, "band:nir850:power", camera.projector_power)
    view = np.degrees([camera.projector_width, camera.projector_height])
    prim.CreateAttribute("band:nir850:fieldOfView", Sdf.ValueTypeNames.Float2).Set(Gf.Vec2f(*map(float, view)))
    return stage


def wall(stage: Usd.Stage, name: str, metres: float, left: float = -20.0, right: float = 20.0) -> Usd.Prim:
    corners = [(left, -20, -metres), (right, -20, -metres), (right, 20, -metres), (left, 20, -metres)]
    return mesh(stage, f"/World/{name}", corners, [(0, 1, 2, 3)], 293.0, nir850=GREY)


def traced(stage: Usd.Stage, camera: StereoCamera, samples: int = 1) -> list[np.ndarray]:
    """The radiance that each imager sees, left first."""
    reader, renderer = StageReader(stage), FrameRenderer()
    scene = reader.snapshot()
    settings = RenderSettings(band_samples=samples, band_bounces=1)
    views = [reader.camera(f"/World/{name}", camera.width, camera.height) for name in ("Left", "Right")]
    wanted = frozenset({Aov.BAND_RADIANCE})
    return [
        renderer.render(scene, view, wanted, n, settings)[Aov.BAND_RADIANCE][..., 0] for n, view in enumerate(views)
    ]


def depth_of(stage: Usd.Stage, camera: StereoCamera, rng: np.random.Generator) -> np.ndarray:
    """Expose both imagers and match; the light is a laser's, so it has grain."""
    imager = imager_of(camera)
    seen = [radiance * speckle(radiance.shape, rng) for radiance in traced(stage, camera)]
    used = auto_exposed(imager, seen[0])
    left, right = (to_8_bit(used.expose(radiance, rng), used.bits) for radiance in seen)
    noise = imager.read_noise * 2**8 / (imager.full_well / used.gain)
    return match(left, right, camera, texture=3.0 * max(1.0, noise))


def errors(camera: StereoCamera, dots: Path, distances: list[float]) -> tuple[list[float], list[float]]:
    """Standard deviation and relative bias of the depth of a flat wall, m, by its distance."""
    rng, spread, bias = np.random.default_rng(0), [], []
    for metres in distances:
        stage = rig(camera, dots)
        wall(stage, "Wall", metres)
        depth = depth_of(stage, camera, rng)[:, 80:]
        assert fill_rate(depth) > 0.95
        found = depth[np.isfinite(depth)]
        spread.append(float(found.std()))
        bias.append(float(found.mean() / metres - 1))
    return spread, bias


@pytest.mark.parametrize(
    ("camera", "distances"),
    [
        (SMALL, [0.5, 1.0, 2.0, 4.0]),
        pytest.param(WHOLE, [0.5, 1.0, 1.6, 2.5, 4.0], marks=pytest.mark.slow),
    ],
    ids=["small", "d435"],
)
def test_depth_errs_with_the_distance_squared(camera: StereoCamera, distances: list[float], dots: Path) -> None:
    """Rho .5, projector on, no ambient: p = 2.00 +- .15, 3.7 +- 1.5 mm at 1 m."""
    spread, bias = errors(camera, dots, distances)
    power = np.polyfit(np.log(distances), np.log(spread), 1)[0]
    at_one = 1000 * spread[distances.index(1.0)]
    assert power == pytest.approx(2.0, abs=0.15)
    assert at_one == pytest.approx(3.7, abs=1.5)
    assert np.abs(bias).max() < 0.02


def test_without_light_there_is_no_depth(dots: Path) -> None:
    stage = rig(SMALL, dots)
    wall(stage, "Wall", 1.0)
    stage.RemovePrim("/World/Projector")
    assert fill_rate(depth_of(stage, SMALL, np.random.default_rng(0))) < 0.05


def test_a_near_thing_hides_a_band_beside_it(dots: Path) -> None:
    """Left of its left edge f B (1 / near - 1 / far) pixels have no partner in the right image."""
    near, far = 0.7, 2.0
    stage = rig(SMALL, dots)
    wall(stage, "Far", far)
    wall(stage, "Near", near, left=0.0)  # its left edge is in the middle of the left image
    depth = depth_of(stage, SMALL, np.random.default_rng(0))
    expected = SMALL.scale * (1 / near - 1 / far)
    middle = SMALL.width // 2
    right = np.isfinite(depth[:, middle + 5 : middle + 60]) & (np.abs(depth[:, middle + 5 : middle + 60] - near) < 0.05)
    assert right.mean() > 0.9
    behind = np.isfinite(depth) & (np.abs(depth - far) < 0.25)
    last = np.array([np.flatnonzero(row[:middle])[-1] for row in behind if row[:middle].any()])
    assert len(last) > 100
    assert middle - 1 - np.median(last) == pytest.approx(expected, abs=5)


def test_the_eye_sees_no_projector(dots: Path) -> None:
    """Mean difference below one; it is none at all."""
    images = []
    for power in (SMALL.projector_power, 0.0):
        stage = rig(SMALL, dots)
        wall(stage, "Wall", 1.0)
        UsdLux.DomeLight.Define(stage, "/World/Dome").CreateIntensityAttr(500.0)
        stage.GetPrimAtPath("/World/Projector").GetAttribute("band:nir850:power").Set(power)
        images.append(render(stage, "/World/Left", Aov.COLOR, size=24, samples=4, denoise=False))
    assert images[0][..., :3].mean() > 20
    assert np.array_equal(images[0], images[1])
