"""The fitted tone curve and default material against the numbers of Isaac Sim's PoseWriter golden images.

Recorded: under a dome light of intensity 500 and its default exposure 1, an LDR background pixel is 228 and the faces of
default-grey cubes are 149 to 173.
"""

from __future__ import annotations

import numpy as np
import pytest

from engine.render.buffers import Aov, RenderSettings
from engine.render.frame import FrameRenderer
from engine.render.tonemap import CURVES, display
from engine.stage.scene import Light, SceneSnapshot
from tests.render.color_scenes import at, camera, cube, item, looking

DOME = Light("/World/DomeLight", "dome", np.eye(4), intensity=500.0 * 2.0, camera_visible=True)


def turned(degrees: float) -> np.ndarray:
    """Turn about Z."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    matrix = np.eye(4)
    matrix[:2, :2] = [[cos, -sin], [sin, cos]]
    return matrix


def test_background_and_faces_are_as_bright_as_on_rtx() -> None:
    boxes = [item(cube(), np.eye(4), path="/Cube1"), item(cube(), at(-1, -1, 0) @ turned(45), path="/Cube2")]
    view = camera(looking((-4, -4, 8), (0, 0, 0)), 128, 128, fx=24 / 20.955 * 128)
    aovs = frozenset({Aov.COLOR, Aov.INSTANCE, Aov.NORMAL})
    settings = RenderSettings(samples=64, denoise=False)
    frame = FrameRenderer().render(SceneSnapshot(tuple(boxes), (DOME,)), view, aovs, 1, settings)
    color, number, normal = frame[Aov.COLOR], frame[Aov.INSTANCE], frame[Aov.NORMAL]
    assert (color[:4, :4] == [228, 228, 228, 255]).all()
    faces = 0
    for one in (0, 1):
        for direction in np.unique(normal[number == one].round(1), axis=0):
            face = (number == one) & (np.abs(normal - direction).max(-1) < 0.06)
            if face.sum() > 30:
                faces += 1
                assert 147 <= color[face][:, :3].mean() <= 175, direction
    assert faces == 5


def test_the_curve_is_smooth_and_rising() -> None:
    light = np.geomspace(1e-4, 30, 400).astype(np.float32)
    shown = CURVES["rtx"](light)
    assert (np.diff(shown[shown < 1]) > 0).all() and shown[0] < 0.001 and shown[-1] == 1.0


def test_display_encodes_srgb_with_alpha() -> None:
    linear = np.array([[[0.0, 0.5, 1.0, 0.5], [0.0031308, 0.214041, 2.0, 1.0]]], np.float32)
    assert display(linear, "linear").tolist() == [[[0, 188, 255, 128], [10, 127, 255, 255]]]
    assert display(linear[..., :3], "linear", exposure=1.0).tolist() == [[[0, 255, 255, 255], [18, 175, 255, 255]]]


def test_an_unknown_curve_is_refused() -> None:
    with pytest.raises(ValueError, match=r"tone curve 'filmic' is unknown; choose from rtx, linear"):
        display(np.zeros((1, 1, 3), np.float32), "filmic")
