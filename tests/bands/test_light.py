"""Sun, floods and projectors in a band against closed forms, and what visible colours may not change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pxr import Gf, Sdf, Usd, UsdGeom, UsdLux, UsdShade

from engine.render.buffers import Aov, RenderSettings
from engine.render.frame import FrameRenderer
from engine.stage.reader import StageReader
from sensors.imager import MonoCamera
from sensors.material_table import find_material
from sensors.photon_detector import detect
from tests.bands.stages import camera, material, new_stage, number, planck, plane, render

GREY = {"reflectance": 0.5}


def lamp(
    stage: Usd.Stage, kind: Any, position: tuple[float, float, float], power: float = 1.0, **more: Any
) -> Usd.Prim:
    """A light that radiates in nir850 alone, looking down."""
    light = kind.Define(stage, "/World/Lamp")
    UsdGeom.XformCommonAPI(light).SetTranslate(Gf.Vec3d(*position))
    prim = light.GetPrim()
    prim.GetAttribute("inputs:intensity").Set(0.0)
    number(prim, "band:nir850:power", power)
    for name, value in more.items():
        if isinstance(value, tuple):
            prim.CreateAttribute(f"band:nir850:{name}", Sdf.ValueTypeNames.Float2).Set(Gf.Vec2f(*value))
        else:
            number(prim, f"band:nir850:{name}", value)
    return prim


def wall(height: float, tilt: float = 0.0, offset: float = 0.0) -> tuple[Usd.Stage, str]:
    """A Lambertian floor below a 45 degree flood, seen at `offset` metres from the axis."""
    stage = new_stage(nir850={})
    prim = plane(stage, "/World/Wall", 40, kelvin=300.0, nir850=GREY)
    if tilt:
        UsdGeom.XformCommonAPI(UsdGeom.Xformable(prim)).SetRotate(Gf.Vec3f(tilt, 0, 0))
    lamp(stage, UsdLux.SphereLight, (0, 0, height), halfAngle=45.0)
    place, target = (offset, -1e-3, height - 0.01), (offset, 0, 0)
    return stage, camera(stage, place, target, (0, 1, 0), degrees=0.2)


def seen(stage: Usd.Stage, path: str, **settings: Any) -> float:
    return float(render(stage, path, size=4, **{"band_samples": 1, "band_bounces": 0, **settings}).mean())


@pytest.mark.parametrize(("metres", "irradiance"), [(1.0, 0.4775), (2.0, 0.1194), (4.0, 0.0298)])
def test_a_flood_obeys_the_inverse_square(metres: float, irradiance: float) -> None:
    """1 W, half angle 45 degrees: I0 = .4775 W/sr; L = rho E / pi."""
    assert seen(*wall(metres)) == pytest.approx(0.5 * irradiance / np.pi, rel=3e-3)


def test_tilt_and_angle() -> None:
    assert seen(*wall(2.0, tilt=60.0)) / seen(*wall(2.0)) == pytest.approx(0.5, rel=5e-3)
    # at 45 degrees: cos^2 of the flood, cos of the floor, twice the squared distance
    assert seen(*wall(2.0, offset=2.0)) / seen(*wall(2.0)) == pytest.approx(0.5 * np.sqrt(0.5) * 0.5, rel=5e-3)


def test_a_floods_power_is_its_watts() -> None:
    """What a Lambertian dome of reflectance 1 would see: the intensity adds up to one watt over the hemisphere."""
    from engine.render.bands.sources import Lamp
    from engine.stage.band_data import Band, BandLight
    from engine.stage.scene import Light

    rng = np.random.default_rng(3)
    z = -rng.random(200_000)
    turn = rng.random(200_000) * 2 * np.pi
    flat = np.sqrt(1 - z * z)
    points = np.stack([flat * np.cos(turn), flat * np.sin(turn), z]).astype(np.float32)
    for told in (BandLight(1.0, np.radians(30.0)), BandLight(1.0, None, (1.2, 0.9))):
        light = Light("/L", "sphere", np.eye(4), bands={"nir": told})
        arriving = Lamp(light, [Band("nir")]).reach(points).irradiance[0]
        assert arriving.mean() * 2 * np.pi == pytest.approx(1.0, rel=0.02)


def test_a_projector_throws_its_picture(tmp_path: Path) -> None:
    dots = np.zeros((60, 80), np.uint8)
    dots[15, 20] = 255  # a quarter from the left, a quarter from the top
    cv2.imwrite(str(tmp_path / "dots.png"), dots)
    stage = new_stage(nir850={})
    plane(stage, "/World/Wall", 10, kelvin=300.0, nir850=GREY)
    prim = lamp(stage, UsdLux.RectLight, (0, 0, 2), fieldOfView=(60.0, 46.826448))
    prim.GetAttribute("inputs:texture:file").Set(Sdf.AssetPath(str(tmp_path / "dots.png")))
    path = camera(stage, (0, 0, 2.0), (0, 0, 0), (0, 1, 0), degrees=60)
    image = render(stage, path, size=80, band_samples=1, band_bounces=0)[..., 0]
    rows, columns = np.nonzero(image)
    assert 0 < len(rows) <= 4
    assert abs(columns.mean() - 20) < 1.0
    assert abs(rows.mean() - (10 + 15)) < 1.0  # the field is 3/4 as high as the picture
    power = (image * np.pi / 0.5).sum() * (2 * 2 * np.tan(np.radians(30)) / 80) ** 2
    assert power == pytest.approx(1.0, rel=0.25)  # one texel over one to four pixels


def test_a_lamp_casts_shadows_and_the_eye_sees_none_of_it() -> None:
    stage = new_stage(nir850={})
    plane(stage, "/World/Wall", 40, kelvin=300.0, nir850=GREY)
    plane(stage, "/World/Screen", 1, height=1.0, kelvin=300.0, nir850=GREY)
    lamp(stage, UsdLux.SphereLight, (0, 0, 2), halfAngle=60.0)
    UsdLux.DomeLight.Define(stage, "/World/Dome").CreateIntensityAttr(1.0)
    path = camera(stage, (0, 0, 30), (0, 0, 0), (0, 1, 0), degrees=10)
    image = render(stage, path, size=33, band_samples=1, band_bounces=0)[..., 0]
    assert image[16, 16] > 0  # the screen itself
    assert image[16, 16 + 5] == 0  # its shadow: 1.6 m from the axis is within 2 x 0.5 m ... of no direct light
    assert image[16, 16 + 12] > 0

    reader = StageReader(stage)
    settings = RenderSettings(samples=2, denoise=False)
    lit = FrameRenderer().render(reader.snapshot(), reader.camera(path, 24, 24), frozenset({Aov.COLOR}), 1, settings)
    stage.RemovePrim("/World/Lamp")
    reader = StageReader(stage)
    dark = FrameRenderer().render(reader.snapshot(), reader.camera(path, 24, 24), frozenset({Aov.COLOR}), 1, settings)
    assert (lit[Aov.COLOR] == dark[Aov.COLOR]).all()


def test_the_sun_lights_what_faces_it() -> None:
    direction = (0.0, np.sin(np.radians(60)), np.cos(np.radians(60)))
    stage = new_stage(mwir={"sky": 0.0, "sun": (direction, 21.8)})
    plane(stage, "/World/Plate", 10, kelvin=180.0, mwir={"emissivity": 0.9})
    image = render(stage, camera(stage, (0, 0, 5), (0, 0, 0), (0, 1, 0)), band_samples=1, band_bounces=0)
    # the last surface of a path counts as black
    assert image.mean() - planck(180.0, "mwir") == pytest.approx(0.1 * 21.8 * 0.5 / np.pi, rel=1e-3)


def test_faint_sunlight_is_all_there_though_few_paths_seek_it() -> None:
    """A few thousandths of what surfaces emit: single paths bring all or nothing, their mean is the closed form."""
    direction = (0.0, np.sin(np.radians(60)), np.cos(np.radians(60)))
    stage = new_stage(lwir={"sky": 0.0, "sun": (direction, 1.5)})
    plane(stage, "/World/Plate", 10, kelvin=180.0, lwir={"emissivity": 0.9})
    path = camera(stage, (0, 0, 5), (0, 0, 0), (0, 1, 0))
    image = render(stage, path, size=64, band_samples=16, band_bounces=0)
    few = render(stage, path, size=64, band_samples=1, band_bounces=0)
    assert image.mean() - planck(180.0) == pytest.approx(0.1 * 1.5 * 0.5 / np.pi, rel=0.02)
    assert 0.1 < (few < planck(180.0) * (1 + 1e-6)).mean() < 0.9


def test_a_gloss_answers_the_sun_with_all_it_reflects() -> None:
    """Seen from everywhere, the mirror lobe adds up to rho E: its density is normalised."""
    from engine.render.bands.lobes import glossy_density

    rng = np.random.default_rng(1)
    count = 400_000
    z, turn = rng.random(count), rng.random(count) * 2 * np.pi
    flat = np.sqrt(1 - z * z)
    towards = np.stack([flat * np.cos(turn), flat * np.sin(turn), z]).astype(np.float32)
    view = np.array([[0.5], [0.0], [-np.sqrt(0.75)]], np.float32)
    normal = np.array([[0], [0], [1]], np.float32)
    views, normals = np.broadcast_to(view, (3, count)), np.broadcast_to(normal, (3, count))
    density = glossy_density(views, normals, np.full(count, 0.2, np.float32), towards)
    assert density.mean() * 2 * np.pi == pytest.approx(1.0, rel=0.03)


def test_a_retroreflector_answers_its_own_lamp() -> None:
    def bright(retro: float, aside: float) -> float:
        stage = new_stage(nir850={})
        plane(stage, "/World/Wall", 40, kelvin=300.0, nir850={**GREY, "retro": retro})
        lamp(stage, UsdLux.SphereLight, (aside, 0, 10), halfAngle=45.0)
        return seen(stage, camera(stage, (0, 0, 9.99), (0, 0, 0), (0, 1, 0), degrees=0.2))

    assert bright(300.0, 0.0) > 200 * bright(0.0, 0.0)
    assert bright(300.0, 1.0) == pytest.approx(bright(0.0, 1.0), rel=0.01)


def painted(colour: tuple[float, float, float], band: dict[str, Any], name: str = "nir850") -> Usd.Stage:
    stage = new_stage(**{name: {"sky": 1.0}, "lwir": {"sky": 12.0}})
    prim = plane(stage, "/World/Wall", 40, kelvin=295.0, lwir={"emissivity": 0.9})
    made = material(stage, "/World/Paint", **{name: band}, lwir={"emissivity": 0.8, "specular": 0.4})
    shader = UsdShade.Shader.Define(stage, "/World/Paint/Shader")
    shader.CreateIdAttr("UsdPreviewSurface")
    shader.CreateInput("diffuseColor", Sdf.ValueTypeNames.Color3f).Set(Gf.Vec3f(*colour))
    made.CreateSurfaceOutput().ConnectToSource(shader.ConnectableAPI(), "surface")
    UsdShade.MaterialBindingAPI.Apply(prim).Bind(made)
    for key in ("emissivity",):
        prim.RemoveProperty(f"band:lwir:{key}")
    return stage


def test_reflectance_from_luminance() -> None:
    """rho = a + b Y, clipped; bright red has Y = .2126."""
    stage = painted((1.0, 0.0, 0.0), {"luminance": (0.1, 1.5)})
    path = camera(stage, (0, 0, 5), (0, 0, 0), (0, 1, 0))
    emissivity = render(stage, path, Aov.BAND_EMISSIVITY, size=4)
    assert emissivity[..., 1] == pytest.approx(1 - (0.1 + 1.5 * 0.2126), abs=1e-5)
    assert emissivity[..., 0] == pytest.approx(0.8)


def test_no_colour_changes_what_is_warm() -> None:
    """Bit for bit, though a band that follows colours is rendered along the same paths."""
    images = []
    for colour in ((1.0, 1.0, 1.0), (0.02, 0.3, 0.0)):
        stage = painted(colour, {"luminance": (0.1, 0.8), "specular": 0.2})
        path = camera(stage, (0, 0, 5), (0, 3, 0))
        images.append(render(stage, path, size=32, band_samples=4))
    assert (images[0][..., 0] == images[1][..., 0]).all()
    assert (images[0][..., 1] != images[1][..., 1]).any()


def test_swapping_temperatures_swaps_the_picture() -> None:
    def halves(left: float, right: float) -> np.ndarray:
        stage = new_stage(lwir={"sky": 12.0})
        for name, x, kelvin in (("Left", -0.5, left), ("Right", 0.5, right)):
            prim = plane(stage, f"/World/{name}", 1, kelvin=kelvin, lwir={"emissivity": 0.95})
            UsdGeom.XformCommonAPI(UsdGeom.Xformable(prim)).SetTranslate(Gf.Vec3d(x, 0, 0))
        return render(stage, camera(stage, (0, 0, 3), (0, 0, 0), (0, 1, 0), degrees=10), size=8, band_samples=4)[..., 0]

    one, other = halves(290.0, 310.0), halves(310.0, 290.0)
    assert one[:, :4].mean() < one[:, 4:].mean() - 10
    assert np.abs(one - other[:, ::-1]).max() < 1e-3


@pytest.mark.parametrize(("metres", "electrons"), [(1.0, 919), (2.0, 230), (4.0, 57)])
def test_electrons_of_a_flood(metres: float, electrons: float) -> None:
    """1 W, 45 degrees, rho .5, F/2, 3 um, 5 ms, lens .85, efficiency .40 at 850 nm; shot noise: variance is mean."""
    stage, path = wall(metres)
    radiance = render(stage, path, size=100, band_samples=1, band_bounces=0)[..., 0]
    imager = MonoCamera("nir", 100, 100, 3.0, 2.0, 2.8, efficiency=0.40, transmittance=0.85, exposure=0.005)
    mean = imager.electrons(radiance)
    assert mean.mean() == pytest.approx(electrons, abs=0.6)
    read = detect(mean, 0.0, 0.0, 10000.0, np.random.default_rng(0))
    assert read.var() / read.mean() == pytest.approx(1.0, abs=0.05)


def test_leaves_shine_beside_asphalt() -> None:
    """850 nm: 5.8 times as bright; water is black."""
    stage = new_stage(nir850={"sky": 1.0})
    for n, token in enumerate(("leaf_grass", "asphalt", "water")):
        rho = float(find_material(token).reflectance_at("nir850", 1.0))
        prim = plane(stage, f"/World/{token}", 1, kelvin=290.0, nir850={"reflectance": rho})
        UsdGeom.XformCommonAPI(UsdGeom.Xformable(prim)).SetTranslate(Gf.Vec3d(n - 1.0, 0, 0))
    path = camera(stage, (0, 0, 5), (0, 0, 0), (0, 1, 0), degrees=33)
    image = render(stage, path, size=33, band_samples=4)[16, :, 0]
    leaf, asphalt, water = image[4:9].mean(), image[14:19].mean(), image[24:29].mean()
    # what is reflected of an even sky of 1 is rho; the reference's table gives .445 / .09 = 4.9, earthlib's median of
    # asphalt is .077: 5.8
    assert leaf == pytest.approx(0.445, abs=0.005)
    assert leaf / asphalt == pytest.approx(0.445 / 0.09, rel=0.02)
    assert leaf / 0.077 == pytest.approx(5.8, abs=0.1)
    assert water == pytest.approx(0.02, abs=0.002)


def test_light_goes_through_panes() -> None:
    """Two panes of transmittance .8 and .5 between lamp and wall, and one that lets nothing through beside them."""
    direct = seen(*wall(4.0))
    stage, _ = wall(4.0)
    for name, height, tau in (("One", 1.0, 0.8), ("Two", 2.0, 0.5)):
        plane(stage, f"/World/{name}", 1, height=height, kelvin=300.0, nir850={"transmittance": tau})
    sides = camera(stage, (3, 0, 0.5), (0, 0, 0.0), degrees=0.5)
    assert seen(stage, sides) / direct == pytest.approx(0.4, rel=1e-2)
    plane(stage, "/World/Board", 1, height=3.0, kelvin=300.0, nir850={"reflectance": 0.5})
    assert seen(stage, sides) == 0.0
