"""Materials in colour: furnace, lobes, displayColor, opacity, emission, sides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.render.frame import FrameRenderer
from engine.render.mitsuba_materials import DEFAULT_GREY, LAYER_MEAN
from engine.stage.scene import Light, Material
from tests.render.color_scenes import WHITE, at, ball, camera, cube, item, looking, quad, radiance, z_score

DOME = Light("/Dome", "dome", np.eye(4), intensity=1000.0, camera_visible=True)
FRONT = camera(looking((0, 0, 3), (0, 0, 0), (0, 1, 0)), 16, 16, fx=48.0)


def preview(color: tuple[float, float, float], **fields: object) -> Material:
    """Make a UsdPreviewSurface."""
    return Material("/material", "preview_surface", color, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("mesh", [cube(), ball()], ids=["cube", "ball"])
def test_a_white_diffuse_object_vanishes_in_a_uniform_dome(mesh: object) -> None:
    pixels = radiance([item(mesh, np.eye(4), WHITE)], [DOME], camera(looking((2, 1, 2), (0, 0, 0))), 64)  # type: ignore[arg-type]
    assert abs(z_score(pixels[..., 1].ravel(), 1.0)) < 4.0
    assert pixels[..., :3].min() > 0.9 and pixels[..., :3].max() < 1.1


def test_a_gray_furnace_shows_its_albedo() -> None:
    """A flat face sees the dome alone, so its radiance is albedo times 1 (and what a matte lobe adds, 3 % of the rest)."""
    pixels = radiance([item(quad(), at(0, 0, 0, scale=2), preview((0.5, 0.25, 0.0), roughness=1.0))], [DOME], FRONT, 64)
    for channel, albedo in enumerate((0.5, 0.25, 0.0)):
        assert abs(z_score(pixels[..., channel].ravel(), albedo + 0.03 * (1 - albedo))) < 4.0


def test_no_surface_gives_back_more_than_it_gets() -> None:
    for roughness in (0.05, 0.3, 0.6):
        for metallic in (0.0, 1.0):
            surface = preview((1.0, 1.0, 1.0), roughness=roughness, metallic=metallic)
            pixels = radiance([item(ball(), np.eye(4), surface)], [DOME], FRONT, 64)[..., 1]
            assert pixels[4:12, 4:12].mean() < 1.05, (roughness, metallic)
            assert pixels[4:12, 4:12].mean() > 0.75, (roughness, metallic)


def test_a_metal_tints_its_reflection_and_a_dielectric_does_not() -> None:
    red = (0.8, 0.1, 0.1)
    metal, plastic = (
        radiance([item(quad(), at(0, 0, 0, scale=2), preview(red, roughness=0.2, metallic=m))], [DOME], FRONT, 64)
        for m in (1.0, 0.0)
    )
    assert metal[..., :3].mean((0, 1)) == pytest.approx(red, rel=0.08)
    assert plastic[..., 1].mean() == pytest.approx(0.1 + 0.04, abs=0.02)


def test_the_index_of_refraction_sets_the_mirror_at_normal_incidence() -> None:
    for ior in (1.0, 1.5, 2.5):
        surface = preview((0.0, 0.0, 0.0), roughness=0.1, ior=ior)
        pixels = radiance([item(quad(), at(0, 0, 0, scale=2), surface)], [DOME], FRONT, 256)
        assert pixels[6:10, 6:10, 1].mean() == pytest.approx(((ior - 1) / (ior + 1)) ** 2, abs=0.01)


def test_the_specular_level_of_omnipbr_scales_the_mirror() -> None:
    levels = [
        radiance([item(quad(), at(0, 0, 0, scale=2), Material("/m", "omni_pbr", (0.0, 0.0, 0.0), 0.1, specular=s))],
                 [DOME], FRONT, 128)[6:10, 6:10, 1].mean()
        for s in (0.0, 0.5, 1.0)
    ]  # fmt: skip
    assert levels == pytest.approx([0.0, 0.04, 0.08], abs=0.01)


def test_display_color_constant_varying_and_absent() -> None:
    colors = np.array([[[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[1, 0, 0], [0, 0, 1], [1, 1, 1]]], np.float32)
    red, grey, varying = (
        radiance([one], [DOME], replace(FRONT, fx=80.0, fy=80.0), 64)[..., :3]
        for one in (
            item(quad(), at(0, 0, 0, scale=2), display_color=(0.5, 0.0, 0.0)),
            item(quad(), at(0, 0, 0, scale=2)),
            item(quad("varying", corner_colors=colors), np.eye(4)),
        )
    )
    base, mirror = 1 - LAYER_MEAN, 0.04  # at right angles
    assert grey.mean((0, 1)) == pytest.approx(base * np.array(DEFAULT_GREY) + mirror, abs=0.004)
    assert red.mean((0, 1)) == pytest.approx(base * np.array((0.5, 0, 0)) + mirror, abs=0.004)
    corner = {"lower left": varying[-1, 0], "lower right": varying[-1, -1], "upper left": varying[0, 0]}
    edge = 7.5 * 3 / 80 + 0.5  # of the square, where the outermost pixels are
    rest = 1 - edge
    shares = {  # of red, green and blue at the corners
        "lower left": (edge, 0, rest),
        "lower right": (rest, edge - rest, rest),
        "upper left": (edge, edge - rest, edge),
    }
    for name, share in shares.items():
        assert corner[name] == pytest.approx(base * np.array(share) + mirror, abs=0.025), name


def test_both_sides_are_drawn_alike_and_mirrored_placements_too() -> None:
    values = [
        radiance([item(quad(double_sided=sided), matrix, preview((0.5, 0.5, 0.5), roughness=1.0))], [sun], FRONT, 16)
        for sided in (False, True)
        for matrix in (np.eye(4), np.diag([1.0, -1.0, -1.0, 1.0]), np.diag([-1.0, 1.0, 1.0, 1.0]))
        for sun in [Light("/Sun", "distant", np.eye(4), intensity=1000.0 * np.pi)]
    ]
    assert len(values) == 6
    for pixels in values:
        assert pixels[8, 8, 1] == pytest.approx(0.5 + 0.03 * 0.5, rel=1e-3)


def test_smooth_normals_survive_a_mirrored_placement() -> None:
    sun = Light("/Sun", "distant", looking((1, 0, 1), (0, 0, 0)), intensity=3000.0)
    plain, mirrored = (
        radiance([item(ball(), matrix, preview((0.5, 0.5, 0.5), roughness=1.0))], [sun], FRONT, 32)
        for matrix in (np.eye(4), np.diag([1.0, -1.0, 1.0, 1.0]))
    )
    assert mirrored == pytest.approx(plain, abs=0.05)
    assert plain[8, 10, 1] > 1.5 * plain[8, 5, 1]


def test_opacity_blends_with_what_is_behind() -> None:
    wall = item(
        quad("wall"), at(0, 0, -1, scale=9), Material("/w", "preview_surface", (0.0, 0.0, 0.0), emission=(0, 0, 400.0))
    )
    pane = item(quad("pane"), at(0, 0, 0, scale=3), preview((0.0, 0.0, 0.0), opacity=0.25, roughness=1.0))
    pixels = radiance([wall, pane], [], FRONT, 256)
    assert pixels[..., 2].mean() == pytest.approx(0.75 * 0.4, rel=0.03)


@pytest.mark.parametrize("opacity", [0.2, 0.8])
def test_a_threshold_cuts_out(opacity: float) -> None:
    pane = item(quad(), at(0, 0, 0, scale=3), preview((0.0, 0.0, 0.0), opacity=opacity, opacity_threshold=0.5))
    pixels = radiance([pane], [], FRONT, 4)
    assert (pixels[..., 3] == (1.0 if opacity >= 0.5 else 0.0)).all()


def test_an_emissive_mesh_shows_its_color_and_lights_others() -> None:
    lamp = item(
        cube("lamp"), at(0, 0, 1, scale=0.5), preview((0.0, 0.0, 0.0), emission=(2000.0, 500.0, 0.0), roughness=1.0)
    )
    floor = item(quad("floor"), at(0, 0, 0, scale=8), WHITE)
    pixels = radiance([lamp, floor], [], camera(looking((0, -4, 1), (0, 0, 1)), 32, 32, fx=64.0), 64)
    assert pixels[15:17, 15:17, :3].mean((0, 1)) == pytest.approx([2.0 + 0.03 * 0, 0.5, 0.0], abs=0.05)
    below = pixels[26, 16, :3]
    assert below[0] > 0.01 and below[1] == pytest.approx(below[0] / 4, rel=0.2) and below[2] < 1e-6


def test_a_mirrored_lamp_still_shines_outwards() -> None:
    lamp = preview((0.0, 0.0, 0.0), emission=(1000.0, 1000.0, 1000.0))
    for matrix in (at(0, 0, 1, scale=0.5), at(0, 0, 1, scale=(-0.5, 0.5, 0.5))):
        pixels = radiance([item(cube(), matrix, lamp)], [], camera(looking((0, -4, 1), (0, 0, 1)), 8, 8, fx=32.0), 4)
        assert pixels[4, 4, 1] == pytest.approx(1.0, rel=0.01)


def test_changed_materials_are_seen_by_a_renderer_that_keeps_meshes() -> None:
    renderer = FrameRenderer()
    for color in ((0.9, 0.0, 0.0), (0.0, 0.9, 0.0), (0.9, 0.0, 0.0)):
        one = item(quad(), at(0, 0, 0, scale=2), preview(color, roughness=1.0))
        pixels = radiance([one], [DOME], FRONT, 16, renderer=renderer)
        assert pixels[..., :3].mean((0, 1)) == pytest.approx([c + 0.03 * (1 - c) for c in color], abs=0.03)
