"""Textures in colour: orientation, wrapping, placement, scale and bias, colour space, normal maps, cut-outs, projection.

What the renderer shows is compared with colours put into the image by hand, and with `sample_rgba`, which the labels use.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.render.projected_uvs import box_uvs
from engine.render.textures import load_rgba, sample_rgba, srgb_to_linear
from engine.stage.scene import Light, Material, Texture
from tests.render.color_scenes import WHITE, at, camera, cube, item, looking, quad, radiance

FRONT = camera(at(0, 0, 3), 32, 32, fx=96.0)  # the unit square z = 0 fills the image
UPPER_LEFT, UPPER_RIGHT, LOWER_LEFT, LOWER_RIGHT = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)


def write(path: Path, rows: object) -> str:
    """Write rows of RGB or RGBA pixels as a PNG."""
    image = np.array(rows, np.uint8)
    order = [2, 1, 0, 3][: image.shape[2]] if image.ndim == 3 else slice(None)
    assert cv2.imwrite(str(path), image[..., order] if image.ndim == 3 else image)
    return str(path)


def four(path: Path) -> str:
    """Write a 64 by 64 image of four colours."""
    small = np.array([[UPPER_LEFT, UPPER_RIGHT], [LOWER_LEFT, LOWER_RIGHT]], np.uint8)
    return write(path / "four.png", np.kron(small, np.ones((32, 32, 1), np.uint8)))


def glowing(texture: Texture) -> Material:
    """Make a matte material; under a dome of radiance 1 a flat face shows its base colour."""
    return Material("/m", "preview_surface", texture, roughness=0.9)


def shown(texture: Texture, mesh: object = None, samples: int = 64) -> np.ndarray:
    """Render the unit square with a texture under a uniform dome."""
    dome = Light("/Dome", "dome", np.eye(4), intensity=1000.0)
    return radiance([item(mesh or quad(), np.eye(4), glowing(texture))], [dome], FRONT, samples)[..., :3]  # type: ignore[arg-type]


def expected(texture: Texture) -> np.ndarray:
    """Read the same texture at the pixels' own coordinates."""
    x, y = np.meshgrid((np.arange(32) + 0.5) / 32, (np.arange(32) + 0.5) / 32)
    return sample_rgba(texture, np.stack([x.ravel(), 1 - y.ravel()], 1))[:, :3].reshape(32, 32, 3)


def assert_alike(measured: np.ndarray, wanted: np.ndarray, least: float = 0.9) -> None:
    """Most pixels agree; those at edges between colours are filtered."""
    close = np.abs(measured - wanted).max(-1) < 0.12
    assert close.mean() > least


def test_v_grows_up_and_u_to_the_right(tmp_path: Path) -> None:
    pixels = shown(Texture(four(tmp_path)))
    corners = {"ul": pixels[4, 4], "ur": pixels[4, -5], "ll": pixels[-5, 4], "lr": pixels[-5, -5]}
    for name, color in zip(corners, (UPPER_LEFT, UPPER_RIGHT, LOWER_LEFT, LOWER_RIGHT), strict=True):
        assert corners[name] == pytest.approx(np.array(color) / 255, abs=0.12), name


@pytest.mark.parametrize(
    "wrap",
    [("repeat", "repeat"), ("mirror", "mirror"), ("clamp", "clamp"), ("black", "black"), ("repeat", "clamp"),
     ("mirror", "repeat"), ("black", "repeat"), ("clamp", "mirror")],
)  # fmt: skip
def test_wrapping(tmp_path: Path, wrap: tuple[str, str]) -> None:
    texture = Texture(four(tmp_path), wrap=wrap, uv_scale=(2.2, 1.8), uv_translation=(-0.7, -0.4))
    assert_alike(shown(texture), expected(texture), 0.85)


@pytest.mark.parametrize(
    "change",
    [{"uv_rotation": np.radians(30.0)}, {"uv_scale": (3.0, 0.5)}, {"uv_translation": (0.25, 0.1)},
     {"uv_scale": (2.0, 1.0), "uv_rotation": np.radians(-50.0), "uv_translation": (0.3, 0.2)}],
)  # fmt: skip
def test_placement_scales_then_rotates_then_moves(tmp_path: Path, change: dict[str, object]) -> None:
    texture = Texture(four(tmp_path), **change)  # type: ignore[arg-type]
    assert_alike(shown(texture), expected(texture), 0.8)


def test_rotation_is_counter_clockwise_about_the_lower_left(tmp_path: Path) -> None:
    """st' = R(90) st sends (u, v) = (0.9, 0.1) to (-0.1, 0.9): upper right texel after wrapping."""
    pixels = shown(Texture(four(tmp_path), uv_rotation=np.pi / 2))
    assert pixels[28, 28] == pytest.approx(np.array(UPPER_RIGHT) / 255, abs=0.12)


def test_color_spaces(tmp_path: Path) -> None:
    file = write(tmp_path / "gray.png", np.full((4, 4, 3), 128))
    linear = float(srgb_to_linear(np.array(128 / 255)))
    for space, value in (("sRGB", linear), ("auto", linear), ("raw", 128 / 255)):
        assert shown(Texture(file, space)).mean() == pytest.approx(value, abs=0.01), space  # type: ignore[arg-type]
    cv2.imwrite(str(tmp_path / "gray.hdr"), np.full((4, 4, 3), 0.5, np.float32))
    assert shown(Texture(str(tmp_path / "gray.hdr"))).mean() == pytest.approx(0.5, abs=0.01)


def test_scale_and_bias_come_after_decoding(tmp_path: Path) -> None:
    file = write(tmp_path / "gray.png", np.full((4, 4, 3), 128))
    texture = Texture(file, "sRGB", scale=(0.5, 1.0, 1.0, 1.0), bias=(0.1, 0.2, 0.0, 0.0))
    linear = float(srgb_to_linear(np.array(128 / 255)))
    wanted = (linear * 0.5 + 0.1, linear + 0.2, linear)
    assert shown(texture).mean((0, 1)) == pytest.approx(wanted, abs=0.01)


def test_a_tilted_normal_map_turns_the_shading(tmp_path: Path) -> None:
    """Normals of 30 degrees towards +u, +v, -u: the sun from +x lights them by the cosine."""
    sun = Light("/Sun", "distant", looking((1, 0, 1), (0, 0, 0)), intensity=1000.0 * np.pi)
    for direction, cosine in (((0.5, 0.0), np.cos(np.radians(15))), ((-0.5, 0.0), np.cos(np.radians(75)))):
        normal = np.array([*direction, np.sqrt(0.75)])
        file = write(tmp_path / f"n{direction[0]}.png", np.broadcast_to(np.rint((normal * 0.5 + 0.5) * 255), (4, 4, 3)))
        for texture in (Texture(file, "raw"), Texture(file, "raw", scale=(2.0,) * 4, bias=(-1.0,) * 4)):
            surface = replace(WHITE, normal_map=texture)
            pixels = radiance([item(quad(), np.eye(4), surface)], [sun], FRONT, 4)
            assert pixels[16, 16, 1] == pytest.approx(cosine, abs=0.02)
    up = Light("/Sun", "distant", looking((0, 1, 1), (0, 0, 0), (1, 0, 0)), intensity=1000.0 * np.pi)
    green = write(
        tmp_path / "green.png", np.broadcast_to(np.rint((np.array([0, 0.5, 0.866]) / 2 + 0.5) * 255), (4, 4, 3))
    )
    pixels = radiance([item(quad(), np.eye(4), replace(WHITE, normal_map=Texture(green, "raw")))], [up], FRONT, 4)
    assert pixels[16, 16, 1] == pytest.approx(np.cos(np.radians(15)), abs=0.02)  # green points along +v


def test_cut_outs_follow_the_alpha_channel_and_so_do_their_shadows(tmp_path: Path) -> None:
    rgba = np.zeros((64, 64, 4), np.uint8)
    rgba[:, 32:] = 255  # the right half is there
    file = write(tmp_path / "leaf.png", rgba)
    leaf = replace(WHITE, base_color=(0.0, 0.0, 0.0), opacity=Texture(file, "raw", "a"), opacity_threshold=0.5)
    pixels = radiance([item(quad(), np.eye(4), leaf)], [], FRONT, 4)
    assert (pixels[:, :15, 3] == 0).all() and (pixels[:, 17:, 3] == 1).all()
    sun = Light("/Sun", "distant", np.eye(4), intensity=1000.0 * np.pi)
    floor = item(quad("floor"), at(0, 0, -1), WHITE)
    below = camera(
        looking((0, 0, -0.4), (0, 0, -1), (0, 1, 0)), 32, 32, fx=19.2
    )  # the floor's square, from under the leaf
    lit = radiance([item(quad(), np.eye(4), leaf), floor], [sun], below, 4)[..., 1]
    assert lit[4:28, 4:14] == pytest.approx(1.0, abs=0.02) and lit[4:28, 18:28].max() < 0.02


def test_half_opaque_texels_let_half_the_light_through(tmp_path: Path) -> None:
    file = write(tmp_path / "half.png", np.full((4, 4, 4), 128))
    pane = replace(WHITE, base_color=(0.0, 0.0, 0.0), opacity=Texture(file, "raw", "a"))
    pixels = radiance([item(quad(), np.eye(4), pane)], [], FRONT, 512)
    assert pixels[..., 3].mean() == pytest.approx(128 / 255, abs=0.01)


def test_textures_need_coordinates(tmp_path: Path) -> None:
    mesh = replace(quad("bare"), corner_uvs=None)
    assert shown(Texture(four(tmp_path)), mesh).mean((0, 1)) == pytest.approx([0.18] * 3, abs=0.05)


def test_projected_textures_stand_upright_and_in_metres(tmp_path: Path) -> None:
    uvs = box_uvs(cube(), np.eye(4), 1.0)
    corners = cube().points[cube().triangles]
    for face, right, up in ((0, 1, 2), (2, 0, 1)):  # seen from +x: u along y; from +z: u along x, v along y
        front = np.flatnonzero((corners[..., face] > 0.4).all(1))
        assert len(front) == 2
        assert uvs[front] == pytest.approx(corners[front][..., [right, up]])
    back = np.flatnonzero((corners[..., 1] < -0.4).all(1))
    assert uvs[back] == pytest.approx(corners[back][..., [0, 2]])  # seen from -y: u along x, v along z
    assert box_uvs(cube(), np.eye(4), 0.5) == pytest.approx(2 * uvs)
    tile = Texture(four(tmp_path), project_size=1.0)
    bare = replace(quad("bare"), corner_uvs=None)
    pixels = shown(tile, bare)
    assert pixels[8, 24] == pytest.approx(np.array(LOWER_LEFT) / 255, abs=0.12)  # (0.25, 0.25)


def test_a_textured_rect_light_shows_its_image_upright_to_what_it_lights(tmp_path: Path) -> None:
    """Seen in a mirror: the light's upper left, as its receiver sees it, is the image's."""
    light = Light(
        "/Rect", "rect", at(0, 0, 2), intensity=1000.0, width=2.0, height=2.0, texture=Texture(four(tmp_path))
    )
    mirror = Material("/mirror", "preview_surface", (1.0, 1.0, 1.0), roughness=0.0, metallic=1.0)
    pixels = radiance([item(quad(), np.eye(4), mirror)], [light], camera(at(0, 0, 0.5), 16, 16, fx=16.0), 64)
    # The camera looks down at a mirror; +x is right, +y up. A receiver that looks up sees +x on its left.
    assert pixels[4, 12, :3].argmax() == 0 and pixels[4, 4, :3].argmax() == 1
    assert pixels[12, 12, :3].argmax() == 2 and pixels[12, 4, 2] < 0.1


def test_images_are_read_once_though_others_are_looked_up_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [write(tmp_path / name, np.full((2, 2, 3), 10)) for name in ("once.png", "often.png")]
    load_rgba(files[0])
    for _ in range(200):
        load_rgba(files[1])
    monkeypatch.setattr(cv2, "imread", lambda *_: None)
    assert load_rgba(files[0]).shape == (2, 2, 4)


def test_images_are_read_again_when_they_change(tmp_path: Path) -> None:
    file = write(tmp_path / "one.png", np.full((2, 2, 3), 10))
    assert load_rgba(file)[0, 0].tolist() == [10, 10, 10, 255]
    write(tmp_path / "one.png", np.full((2, 2, 3), 20))
    os.utime(file, ns=(1, 1))
    assert load_rgba(file)[0, 0].tolist() == [20, 20, 20, 255]


def test_a_missing_texture_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"texture '.*none.png' cannot be read; expected an image file"):
        shown(Texture(str(tmp_path / "none.png")))
