"""Colour split by the way of its light, against closed forms and against the colour renderer itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.render import openness, surface_values
from engine.render.buffers import LIGHT_AOVS, Aov, RenderSettings
from engine.render.frame import FrameRenderer
from engine.render.mitsuba_color import ColorRenderer
from engine.render.mitsuba_passes import PASSES, PassRenderer
from engine.render.tracer import LabelTracer
from engine.stage.scene import Camera, Instance, Light, Material, SceneSnapshot
from tests.annotate.building import box, camera, look_at, moved, quad, scene, thing, turned

MATTE = Material("/matte", "omni_pbr", (0.8, 0.4, 0.2), roughness=1.0)
DOWN = look_at((0, 0, 5), up=(0, 1, 0))


def settings(samples: int, **more: Any) -> RenderSettings:
    return RenderSettings(samples=samples, pass_samples=samples, denoise=False, **more)


def light(kind: Any, world: np.ndarray | None = None, **more: Any) -> Light:
    return Light(f"/{kind}", kind, np.eye(4) if world is None else world, **more)


def means(world: SceneSnapshot, view: Camera, samples: int = 64, **more: Any) -> list[np.ndarray]:
    found = PassRenderer().passes(world, view, 1, settings(samples, **more))
    return [found[aov].mean(axis=(0, 1)) for aov in PASSES]


def test_sun_on_a_matte_floor_is_direct_and_diffuse() -> None:
    """Lambert: albedo times irradiance times cosine, over pi; the sun is 60 degrees off the normal."""
    sun = light("distant", turned(x=60), intensity=3000.0)
    albedo = np.array([0.8, 0.4, 0.2]) + 0.03 * (1 - np.array([0.8, 0.4, 0.2]))  # with the sheen of matte surfaces
    found = means(scene(thing("/floor", quad(9, 9), material=MATTE), lights=(sun,)), camera(DOWN, (6, 4), 60), 4)
    np.testing.assert_allclose(found[0], albedo * 3.0 * 0.5 / np.pi, rtol=1e-4)
    assert not np.any(found[1:])


def test_a_furnace_of_one_open_surface_is_direct_and_sums_to_its_albedo() -> None:
    """Under an even sky a flat surface sees nothing else: what it sends on is its albedo, all of it direct."""
    floor = thing("/floor", quad(9, 9), material=MATTE)
    found = means(scene(floor, lights=(light("dome", intensity=1000.0),)), camera(DOWN, (8, 8), 80))
    np.testing.assert_allclose(found[0], [0.806, 0.418, 0.224], rtol=0.01)
    np.testing.assert_allclose(found[1:], 0, atol=1e-6)


def test_a_metal_has_no_diffuse_lobe() -> None:
    metal = Material("/metal", "omni_pbr", (0.9, 0.6, 0.3), roughness=0.3, metallic=1.0)
    floor = thing("/floor", quad(9, 9), material=metal)
    found = means(scene(floor, lights=(light("dome", intensity=1000.0),)), camera(DOWN, (8, 8), 80), 256)
    assert np.abs(found[0]).max() < 2e-3 and np.abs(found[1]).max() < 1e-6
    np.testing.assert_allclose(found[2], [0.9, 0.6, 0.3], rtol=0.03)  # normal incidence: the base colour


def test_light_of_a_surface_is_direct_and_what_it_reflects_is_indirect() -> None:
    """Inside a closed cube that emits e and reflects a, every point gets pi e straight, and pi e (a + a^2 ...) besides."""
    wall = Material("/wall", "omni_pbr", (0.5, 0.5, 0.5), roughness=1.0, emission=(1000.0, 1000.0, 1000.0))
    outwards = box(2.0)
    inwards = replace(outwards, triangles=np.ascontiguousarray(outwards.triangles[:, ::-1]))
    room = scene(thing("/room", inwards, material=wall))
    albedo, bounces = 0.515, 4
    found = means(room, camera(size=(12, 12), focal=12), 64, max_bounces=bounces)
    later = sum(albedo**n for n in range(1, bounces + 1))
    np.testing.assert_allclose(found[0], albedo, rtol=0.01)
    np.testing.assert_allclose(found[1], later - albedo, rtol=0.03)
    assert not np.any(found[2:])


def busy() -> tuple[SceneSnapshot, Camera]:
    """A floor with a mirror-like lobe, plastic, metal, something half there, something that glows; three lights."""

    def look(name: str, color: Any, **more: Any) -> Material:
        return Material(f"/{name}", "omni_pbr", color, **more)

    things: Sequence[Instance] = (
        thing("/floor", quad(20, 20)),
        thing("/plastic", box(), moved(-1, 0, 0.5), material=look("plastic", (0.8, 0.2, 0.1), roughness=0.3)),
        thing("/metal", box(), moved(1, 0, 0.5), material=look("metal", (0.8, 0.7, 0.2), roughness=0.3, metallic=0.6)),
        thing("/half", box(0.3), moved(0, -1.2, 1.4), material=look("half", (0.2, 0.9, 0.2), roughness=0.9, opacity=0.5)),
        thing("/glow", box(0.2), moved(1.5, -1.2, 0.2), material=look("glow", (0.2, 0.2, 0.2), emission=(900, 500, 200))),
    )  # fmt: skip
    lights = (
        light("dome", intensity=300.0, camera_visible=True),
        light("sphere", moved(0, -2, 3), intensity=20000.0, radius=0.3),
        light("rect", moved(2, 2, 3), intensity=3000.0, width=1.0, height=1.0),
    )
    view = camera(look_at((3, -6, 4), (0, 0, 0.4)), size=(48, 36), focal=56)
    return scene(*things, lights=lights), view


def test_the_passes_and_what_is_emitted_add_up_to_the_colour() -> None:
    """A z-test for each thing in the picture, its mean colour by the two renderers, away from its edges."""
    world, view = busy()
    labels = LabelTracer().render(world, view, surface_values.NEEDED, 0, RenderSettings())
    emitted = surface_values.emission(labels, world) / 1000
    runs = 6
    colours, sums = [], []
    for seed in range(runs):
        colours.append(ColorRenderer().radiance(world, view, seed, settings(64))[..., :3])
        found = PassRenderer().passes(world, view, 100 + seed, settings(16))
        sums.append(sum(found.values()) + emitted)
    shown = labels[Aov.INSTANCE]
    inner = np.zeros_like(shown, bool)
    inner[1:-1, 1:-1] = True
    for down, right in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        inner &= np.roll(shown, (down, right), (0, 1)) == shown
    compared = [number for number in range(len(world.instances)) if ((shown == number) & inner).sum() >= 4]
    assert compared == [0, 1, 2, 3, 4]
    for number in compared:
        chosen = (shown == number) & inner
        one, other = (np.array([image[chosen].mean(axis=0) for image in images]) for images in (colours, sums))
        error = np.sqrt((one.var(axis=0, ddof=1) + other.var(axis=0, ddof=1)) / runs)
        difference = np.abs(one.mean(axis=0) - other.mean(axis=0))
        assert (difference < 4 * error + 0.01 * one.mean(axis=0)).all(), world.instances[number].prim_path


FISHEYE = {
    "cameraProjectionType": "fisheyePolynomial", "fthetaWidth": 12.0, "fthetaHeight": 9.0, "fthetaCx": 6.0,
    "fthetaCy": 4.5, "fthetaMaxFov": 180.0, "fthetaPolyB": 0.06,
}  # fmt: skip


@pytest.mark.parametrize(
    "lens", [{}, {"model": "fisheyePolynomial", "attributes": FISHEYE}], ids=["pinhole", "fisheye"]
)
def test_frames_have_passes_by_name_and_repeat(lens: dict[str, Any]) -> None:
    world, view = busy()
    view = camera(view.world_from_camera, size=(12, 9), focal=14, **lens)
    aovs = LIGHT_AOVS
    one, other = (FrameRenderer().render(world, view, aovs, 7, RenderSettings(pass_samples=1)) for _ in range(2))
    assert set(one.arrays) == aovs
    for aov in aovs:
        np.testing.assert_array_equal(one[aov], other[aov])
        assert one[aov].dtype == np.float32 and one[aov].shape == ((9, 12) if aov is Aov.OPENNESS else (9, 12, 3))
        assert np.isfinite(one[aov]).all() and one[aov].max() > 0


def test_the_background_is_the_domes_that_are_seen_and_only_where_nothing_is() -> None:
    floor = thing("/floor", quad(1, 1), material=MATTE)
    domes = light("dome", intensity=300.0, camera_visible=True), light("dome", intensity=900.0)
    view = camera(DOWN, (9, 9), 9)
    found = FrameRenderer().render(scene(floor, lights=domes), view, frozenset({Aov.BACKGROUND}), 0, RenderSettings())
    hit = np.zeros((9, 9), bool)
    hit[4, 4] = True
    np.testing.assert_allclose(found[Aov.BACKGROUND], np.where(hit[..., None], 0.0, [0.3] * 3), rtol=1e-6)


def test_exposure_scales_light_and_not_openness() -> None:
    world, view = busy()
    aovs = LIGHT_AOVS
    plain, bright = (FrameRenderer().render(world, view, aovs, 7, settings(1, exposure=e)) for e in (0.0, 1.0))
    for aov in aovs:
        np.testing.assert_allclose(bright[aov], plain[aov] * (1 if aov is Aov.OPENNESS else 2), rtol=1e-6)


def sky(world: SceneSnapshot, view: Camera, length: float) -> np.ndarray:
    """Return openness averaged over several turns of the rays."""
    tracer = LabelTracer()
    found = tracer.render(world, view, openness.NEEDED, 0, RenderSettings())
    images = [openness.openness(tracer, found, length, np.random.default_rng(seed)) for seed in range(40)]
    return np.mean(images, axis=0)


def test_openness_beside_a_wall_is_the_form_factor_of_what_the_wall_leaves() -> None:
    """A long wall of height h at distance d covers (1 - d / sqrt(d^2 + h^2)) / 2 of the sky of a floor beside it.

    Source: Howell, A Catalog of Radiation Heat Transfer Configuration Factors, B-3 in the limit of a long plate.
    """
    wall = thing("/wall", quad(400, 1.0), moved(0, 0, 0.5) @ turned(x=90))
    world = scene(thing("/floor", quad(400, 4)), wall)
    view = camera(look_at((0, -1.0, 3), (0, -1.0, 0), up=(0, 1, 0)), size=(9, 9), focal=40)
    shown = sky(world, view, 1000.0)
    rows = 1.0 - (4 - np.arange(9)) * 3 / 40  # metres from the wall; up in the picture is towards it
    expected = 1 - (1 - rows / np.sqrt(rows**2 + 1)) / 2
    np.testing.assert_allclose(shown.mean(axis=1), expected, atol=0.01)


def test_openness_sees_no_further_than_its_length_and_is_one_where_nothing_is() -> None:
    world = scene(thing("/floor", quad(4, 4)), thing("/roof", quad(400, 400), moved(z=0.5)))
    view = camera(look_at((0, 0, 0.4), up=(0, 1, 0)), size=(7, 7), focal=7)
    assert not sky(world, view, 1000.0)[3].max() > 0.01
    np.testing.assert_array_equal(sky(world, view, 0.4), 1.0)
    np.testing.assert_array_equal(sky(scene(), view, 1.0), 1.0)
