"""Colour and labels see the same picture: principal point, clipping, orthographic views, lenses, focus, hidden lights."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from engine.render.buffers import Aov, RenderSettings
from engine.render.frame import FrameRenderer
from engine.render.mitsuba_color import in_view, must_hide
from engine.render.mitsuba_sensor import sensor
from engine.stage.scene import Camera, Instance, Light, Material, SceneSnapshot
from tests.render.color_scenes import WHITE, at, ball, camera, cube, item, looking, quad, radiance

BLACK = Material("/black", "preview_surface", (0.0, 0.0, 0.0), roughness=0.5)
POSE = looking((3, 2, 2.5), (0, 0, 0))


def solids() -> list[Instance]:
    """Make a few shapes around the origin."""
    squeezed = at(0.8, -0.6, 0.2, scale=(0.5, 0.9, 0.4))
    return [item(cube(), np.eye(4)), item(ball(), squeezed), item(cube("c2"), at(-1, 1, 0, scale=(-0.5, 0.5, 1)))]


def coverage_and_mask(view: Camera, instances: list[Instance] | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Render the share of each pixel that colour covers, and the label mask."""
    scene = SceneSnapshot(tuple(instances or solids()))
    settings = RenderSettings(samples=32, denoise=False)
    frame = FrameRenderer().render(scene, view, frozenset({Aov.RADIANCE, Aov.INSTANCE}), 1, settings)
    return frame[Aov.RADIANCE][..., 3], frame[Aov.INSTANCE] >= 0


VIEWS = {
    "centred": camera(POSE, 64, 48, fx=60.0),
    "shifted principal point": camera(POSE, 64, 48, fx=60.0, cx=20.0, cy=33.0),
    "tall": camera(POSE, 32, 64, fx=40.0, cx=19.0),
    "thin lens shifted": camera(
        POSE, 64, 48, fx=60.0, cx=20.0, cy=33.0, f_stop=1000.0, focus_distance=4.0, focal_length=0.03
    ),
    "near plane cuts": camera(POSE, 64, 48, fx=60.0, near=4.0),
    "far plane cuts": camera(POSE, 64, 48, fx=60.0, far=4.2),
    "orthographic": camera(POSE, 64, 48, orthographic=True, ortho_size=(4.0, 3.0)),
    "orthographic shifted": camera(POSE, 64, 48, orthographic=True, ortho_size=(4.0, 3.0), cx=22.0, cy=30.0),
    "fisheye": camera(
        POSE, 64, 64, model="fisheyePolynomial",
        attributes={
            "cameraProjectionType": "fisheyePolynomial", "fthetaWidth": 64.0, "fthetaHeight": 64.0, "fthetaCx": 32.0,
            "fthetaCy": 32.0, "fthetaMaxFov": 180.0, "fthetaPolyA": 0.0, "fthetaPolyB": 0.015,
        },
    ),
    "opencv": camera(POSE, 64, 48, model="pinholeOpenCV", attributes={
        "openCVFx": 50.0, "openCVFy": 70.0, "fthetaCx": 30.0, "fthetaCy": 22.0, "fthetaWidth": 64.0, "fthetaHeight": 48.0,
    }),
}  # fmt: skip


@pytest.mark.parametrize("name", VIEWS)
def test_color_covers_the_pixels_that_labels_cover(name: str) -> None:
    """A pixel whose centre is labelled is mostly covered; inside and outside agree exactly."""
    alpha, mask = coverage_and_mask(VIEWS[name])
    assert mask.sum() > 60
    inside = mask[1:-1, 1:-1] & mask[:-2, 1:-1] & mask[2:, 1:-1] & mask[1:-1, :-2] & mask[1:-1, 2:]
    around = mask[1:-1, 1:-1] | mask[:-2, 1:-1] | mask[2:, 1:-1] | mask[1:-1, :-2] | mask[1:-1, 2:]
    inner = alpha[1:-1, 1:-1]
    assert (inner[inside] > 0.95).mean() > 0.99 and (inner[~around] < 0.05).mean() > 0.99
    edge = around & ~inside
    assert alpha[1:-1, 1:-1][edge].mean() == pytest.approx(mask[1:-1, 1:-1][edge].mean(), abs=0.06)


def test_the_principal_point_test_sees_half_a_pixel() -> None:
    view = VIEWS["centred"]
    alpha, mask = coverage_and_mask(view)
    moved, _ = coverage_and_mask(replace(view, cx=view.cx + 1.0))
    assert np.abs(alpha - mask).mean() < 0.6 * np.abs(moved - mask).mean()


def test_a_point_out_of_focus_becomes_the_disc_of_the_thin_lens() -> None:
    """Blur diameter in the image: A f |d - s| / (d (s - f)) for aperture A, focus s, distance d; focal length f."""
    focal, stop, focus, distance = 0.05, 1.0, 2.0, 6.0
    fx = 400.0
    dot = item(
        ball(rings=12),
        at(0, 0, -distance, scale=0.01),
        Material("/dot", "preview_surface", (0, 0, 0), emission=(9e6,) * 3),
    )
    view = camera(np.eye(4), 64, 64, fx=fx, f_stop=stop, focus_distance=focus, focal_length=focal)
    pixels = radiance([dot], [], view, 400)[..., 1]
    lit = pixels > 0.3 * np.median(pixels[pixels > 0])
    measured = 2 * np.sqrt(lit.sum() / np.pi)
    pixels_per_metre_of_sensor = fx / (focus * focal / (focus - focal))  # fx belongs to the focused image plane
    diameter = focal / stop * abs(distance - focus) / distance * focal / (focus - focal)
    assert measured == pytest.approx(diameter * pixels_per_metre_of_sensor, abs=1.2)
    sharp = radiance([dot], [], replace(view, f_stop=0.0), 64)[..., 1]
    in_focus = radiance([dot], [], replace(view, focus_distance=distance), 64)[..., 1]
    assert (sharp > 0).sum() <= 9 and (in_focus > 0).sum() <= 16


@pytest.mark.parametrize("kind", ["sphere", "rect", "disk", "cylinder"])
def test_lights_in_view_are_not_seen_and_cast_no_shadow(kind: str) -> None:
    """With and without a strong light before a wall, what is behind it shows, lit; the dome stays visible."""
    dome = Light("/Dome", "dome", np.eye(4), intensity=500.0, camera_visible=True)
    facing = at(0, 0, 1)  # lights shine along -Z, at the wall; the camera looks at their back or, turned, their face
    turned = at(0, 0, 1) @ np.diag([1.0, -1.0, -1.0, 1.0])
    wall = item(quad("wall"), at(0, 0, 0, scale=2), WHITE)
    view = camera(at(0, 0, 3), 32, 32, fx=32.0)
    plain = radiance([wall], [dome], view, 64)
    for matrix in (facing, turned):
        light = Light("/Light", kind, matrix, intensity=8000.0, radius=0.2, width=0.5, height=0.5, length=0.5)  # type: ignore[arg-type]
        assert must_hide(SceneSnapshot((wall,), (dome, light)), view)
        pixels = radiance([wall], [dome, light], view, 64)
        assert pixels[16, 16, 1] < 7.0, "the light itself is seen"
        assert pixels[16, 16, 1] >= plain[16, 16, 1] * 0.9, "the light hides what is behind it"
        assert pixels[1, 1, :3] == pytest.approx([0.5] * 3, abs=1e-3) and (pixels[..., 3] == 1).all()


def test_hidden_lights_leave_emissive_meshes_seen() -> None:
    lamp = Material("/lamp", "preview_surface", (0.0, 0.0, 0.0), emission=(3000.0, 0.0, 0.0), roughness=1.0)
    light = Light("/Light", "sphere", at(0.6, 0, 1), intensity=5000.0, radius=0.1)
    view = camera(at(0, 0, 3), 32, 32, fx=32.0)
    wall = item(quad("wall"), at(0, 0, -0.5, scale=4), WHITE)
    one = item(cube("lamp"), at(-0.5, 0, 0.5, scale=0.5), lamp)
    hidden = radiance([one, wall], [light], view, 64)
    plain = radiance([one, wall], [], view, 64)
    assert plain[16, 10, 0] == pytest.approx(3.0, abs=0.1)
    assert hidden[16, 10, 0] == pytest.approx(3.0, abs=0.25)
    assert hidden[16, 22, 1] > 0.01


def test_lights_out_of_view_need_no_hiding() -> None:
    view = camera(at(0, 0, 3), 32, 32, fx=32.0)
    for center, expected in (((0, 0, 0), True), ((0, 0, 5), False), ((9, 0, 0), False), ((1.8, 0, 0), True)):
        assert in_view(np.array(center, float), 0.3, view) is expected, center
    shaped = Light("/Spot", "sphere", np.eye(4), intensity=1000.0, cone_angle=np.radians(20))
    assert not must_hide(SceneSnapshot((), (shaped,)), view)


def test_without_a_dome_the_background_is_black_and_clear_where_asked() -> None:
    """RTX's alpha is 255 everywhere: that of Isaac Sim's golden images with a black background is."""
    scene, view = SceneSnapshot(tuple(solids())), VIEWS["centred"]
    for settings, alpha in ((RenderSettings(samples=4), 255), (RenderSettings(samples=4, zero_alpha=True), 0)):
        frame = FrameRenderer().render(scene, view, frozenset({Aov.COLOR}), 1, settings)
        assert frame[Aov.COLOR][0, 0].tolist() == [0, 0, 0, alpha] and frame[Aov.COLOR][24, 32, 3] == 255


def digest(seed: int, settings: RenderSettings, renderer: FrameRenderer | None = None) -> str:
    """Hash a rendered picture."""
    lights = (
        Light("/D", "dome", np.eye(4), intensity=600.0, camera_visible=True),
        Light("/S", "sphere", at(2, 2, 5), intensity=9000.0),
    )
    scene = SceneSnapshot(tuple(solids()), lights)
    frame = (renderer or FrameRenderer()).render(
        scene, VIEWS["centred"], frozenset({Aov.RADIANCE, Aov.COLOR}), seed, settings
    )
    return hashlib.sha256(frame[Aov.RADIANCE].tobytes() + frame[Aov.COLOR].tobytes()).hexdigest()


@pytest.mark.parametrize("denoise", [False, True])
def test_the_same_arguments_give_the_same_bytes(denoise: bool) -> None:
    settings, renderer = RenderSettings(samples=4, denoise=denoise), FrameRenderer()
    first = digest(7, settings, renderer)
    assert first == digest(7, settings, renderer) == digest(7, settings)
    assert first != digest(8, settings)


@pytest.mark.parametrize("samples", range(1, 26))
def test_a_pixel_gets_the_samples_asked_for(samples: int) -> None:
    drawn = sensor(camera(POSE, 16, 16, fx=20.0), samples).sampler()
    drawn.set_sample_count(samples)
    assert drawn.sample_count() == samples


def test_samples_that_make_a_grid_are_spread_over_the_pixel() -> None:
    """The share of a pixel that an edge covers: 16 spread samples know it as well as 64 independent ones would."""
    view = camera(POSE, 64, 48, fx=60.0)
    scene = SceneSnapshot(tuple(solids()))

    def shares(samples: int, seed: int) -> np.ndarray:
        settings = RenderSettings(samples=samples, denoise=False)
        return FrameRenderer().render(scene, view, frozenset({Aov.RADIANCE}), seed, settings)[Aov.RADIANCE][..., 3]

    truth, spread, independent = shares(1024, 9), shares(16, 1), shares(17, 2)
    edge = (truth > 0.1) & (truth < 0.9)
    assert edge.sum() > 50
    expected = np.sqrt((truth * (1 - truth))[edge].mean() / 16)  # of independent samples: a binomial share
    assert np.sqrt(((spread - truth)[edge] ** 2).mean()) < 0.6 * expected
    assert np.sqrt(((independent - truth)[edge] ** 2).mean()) > 0.8 * expected
