"""Domes: orientation of every texture format, what the camera sees, what they light."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.render.dome import background, map_directions, sample_map
from engine.stage.scene import Light, SceneSnapshot, Texture
from tests.render.color_scenes import WHITE, at, camera, item, looking, quad, radiance

AXES = {"+x": (1, 0, 0), "-x": (-1, 0, 0), "+y": (0, 1, 0), "-y": (0, -1, 0), "+z": (0, 0, 1), "-z": (0, 0, -1)}
COLORS = {
    "+x": (1.0, 0.125, 0.125), "-x": (0.125, 1.0, 1.0), "+y": (0.125, 1.0, 0.125),
    "-y": (1.0, 0.125, 1.0), "+z": (0.125, 0.125, 1.0), "-z": (1.0, 1.0, 0.125),
}  # fmt: skip
# Where OpenEXR's latlong layout puts each direction: (column, row) as shares of the image.
LATLONG = {"+z": (0.5, 0.5), "+x": (0.25, 0.5), "-x": (0.75, 0.5), "-z": (0.0, 0.5), "+y": (0.5, 0.0), "-y": (0.5, 1.0)}
# poleAxis "scene" on a Z-up stage turns the map by +90 degrees about X.
Z_UP = {"+z": "+y", "+x": "+x", "-x": "-x", "-z": "-y", "+y": "-z", "-y": "+z"}


def painted(path: Path, places: dict[str, list[tuple[float, float]]], size: tuple[int, int]) -> str:
    """Write an HDR image with a spot of each direction's colour where the format has it."""
    width, height = size
    image = np.full((height, width, 3), 0.02, np.float32)
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    for name, spots in places.items():
        for column, row in spots:
            near = np.hypot(x - column * (width - 1), y - row * (height - 1)) < height / 14
            image[near] = COLORS[name]
    if size == (128, 64):  # the poles of a latlong map are whole rows
        image[:4], image[-4:] = COLORS["+y"], COLORS["-y"]
    assert cv2.imwrite(str(path), image[..., ::-1])
    return str(path)


def latlong_file(path: Path) -> str:
    """Write a latlong image with a coloured spot along each axis."""
    places = {name: [place] for name, place in LATLONG.items()}
    places["-z"] = [(0.0, 0.5), (1.0, 0.5)]
    return painted(path / "latlong.hdr", places, (128, 64))


def dome(file: str, matrix: np.ndarray | None = None, **fields: object) -> Light:
    """Make a textured dome of radiance 1 times its texels."""
    return Light(
        "/Dome", "dome", np.eye(4) if matrix is None else matrix, intensity=1000.0, camera_visible=True,
        texture=Texture(file), **fields,
    )  # type: ignore[arg-type]  # fmt: skip


def seen(light: Light, direction: tuple[int, int, int], up_axis: str = "Y") -> np.ndarray:
    """Render what a narrow camera sees of a dome along a direction."""
    up = (0, 0, 1) if abs(direction[1]) else (0, 1, 0)
    view = camera(looking((0, 0, 0), direction, up), 4, 4, fx=100.0)
    return radiance([], [light], view, 4, up_axis=up_axis)[..., :3].mean((0, 1))


@pytest.mark.parametrize("name", AXES)
def test_latlong_follows_openexr_on_a_y_up_stage(tmp_path: Path, name: str) -> None:
    assert seen(dome(latlong_file(tmp_path)), AXES[name]) == pytest.approx(COLORS[name], rel=0.05)


@pytest.mark.parametrize("name", AXES)
def test_the_pole_of_a_latlong_map_is_up_on_a_z_up_stage(tmp_path: Path, name: str) -> None:
    assert seen(dome(latlong_file(tmp_path)), AXES[name], "Z") == pytest.approx(COLORS[Z_UP[name]], rel=0.05)


def test_a_turned_dome_turns_its_map(tmp_path: Path) -> None:
    quarter = np.eye(4)
    quarter[:3, :3] = [[0, 0, 1], [0, 1, 0], [-1, 0, 0]]  # +90 degrees about Y: +z goes to +x
    assert seen(dome(latlong_file(tmp_path), quarter), AXES["+x"]) == pytest.approx(COLORS["+z"], rel=0.05)


@pytest.mark.parametrize("name", AXES)
def test_the_background_behind_hidden_lights_is_the_same_map(tmp_path: Path, name: str) -> None:
    scene = SceneSnapshot((), (dome(latlong_file(tmp_path)),), up_axis="Y")
    assert background(scene, np.array([AXES[name]], np.float64))[0] == pytest.approx(COLORS[name], rel=0.05)


def test_angular_maps_are_unrolled(tmp_path: Path) -> None:
    """Centre +z, rim -z, halfway right -x (looking along +z with y up, right is -x)."""
    rim = [(0.5 + 0.49 * np.cos(a), 0.5 + 0.49 * np.sin(a)) for a in np.arange(0, 2 * np.pi, 0.05)]
    places = {"+z": [(0.5, 0.5)], "-x": [(0.75, 0.5)], "+x": [(0.25, 0.5)], "+y": [(0.5, 0.25)], "-y": [(0.5, 0.75)]}
    file = painted(tmp_path / "angular.hdr", {**places, "-z": rim}, (129, 129))
    for name, direction in AXES.items():
        assert seen(dome(file, texture_format="angular"), direction) == pytest.approx(COLORS[name], rel=0.05), name


def test_mirror_balls_are_unrolled(tmp_path: Path) -> None:
    """A ball photographed from +z: its centre reflects the camera, sin 45 degrees from it what is at the side."""
    side = np.sin(np.pi / 4) / 2
    rim = [(0.5 + 0.49 * np.cos(a), 0.5 + 0.49 * np.sin(a)) for a in np.arange(0, 2 * np.pi, 0.05)]
    places = {
        "-z": rim, "+z": [(0.5, 0.5)], "+x": [(0.5 + side, 0.5)], "-x": [(0.5 - side, 0.5)],
        "+y": [(0.5, 0.5 - side)], "-y": [(0.5, 0.5 + side)],
    }  # fmt: skip
    file = painted(tmp_path / "ball.hdr", places, (257, 257))
    for name, direction in AXES.items():
        assert seen(dome(file, texture_format="mirroredBall"), direction) == pytest.approx(COLORS[name], rel=0.1), name


def test_vertical_crosses_are_unrolled(tmp_path: Path) -> None:
    third, quarter = 1 / 3, 1 / 4
    places = {
        "+y": [(1.5 * third, 0.5 * quarter)], "+x": [(0.5 * third, 1.5 * quarter)], "+z": [(1.5 * third, 1.5 * quarter)],
        "-x": [(2.5 * third, 1.5 * quarter)], "-y": [(1.5 * third, 2.5 * quarter)], "-z": [(1.5 * third, 3.5 * quarter)],
    }  # fmt: skip
    file = painted(tmp_path / "cross.hdr", places, (96, 128))
    light = dome(file, texture_format="cubeMapVerticalCross")
    for name, direction in AXES.items():
        assert seen(light, direction) == pytest.approx(COLORS[name], rel=0.05), name


@pytest.mark.parametrize("up_axis", ["Y", "Z"])
def test_light_comes_from_where_the_map_shows_it(tmp_path: Path, up_axis: str) -> None:
    image = np.zeros((64, 128, 3), np.float32)
    image[28:36, 28:36] = 50.0  # around +x, which both up axes share
    cv2.imwrite(str(tmp_path / "spot.hdr"), image)
    light, levels = dome(str(tmp_path / "spot.hdr")), {}
    for name in ("+x", "-x", "+y", "-y"):
        wall = looking((0, 0, 0), tuple(-v for v in AXES[name]))  # its +z, the quad's face, looks along the axis
        view = camera(looking(tuple(2.0 * v for v in AXES[name]), (0, 0, 0)), 4, 4, fx=400.0)
        levels[name] = radiance([item(quad(), wall, WHITE)], [light], view, 64, up_axis=up_axis)[..., 1].mean()
    assert levels["+x"] > 10 * max(levels["-x"], levels["+y"], levels["-y"])


def test_textured_domes_add_up(tmp_path: Path) -> None:
    file = latlong_file(tmp_path)
    half = np.diag([-1.0, 1.0, -1.0, 1.0])  # half a turn about Y
    both = [dome(file), dome(file, half)]
    view = camera(looking((0, 0, 0), (1, 0, 0), (0, 1, 0)), 4, 4, fx=100.0)
    sum_ = radiance([], both, view, 4, up_axis="Y")[..., :3].mean((0, 1))
    assert sum_ == pytest.approx(np.add(COLORS["+x"], COLORS["-x"]), rel=0.05)


def test_map_directions_and_reading_agree() -> None:
    image = np.random.default_rng(0).random((16, 32, 3)).astype(np.float32)
    assert sample_map(image, map_directions(16, 32)).reshape(16, 32, 3) == pytest.approx(image, abs=1e-4)


def test_a_missing_texture_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"texture '.*sky.hdr' cannot be read; expected an image file"):
        radiance([item(quad(), at(0, 0, 0))], [dome(str(tmp_path / "sky.hdr"))], camera(at(0, 0, 3)))
