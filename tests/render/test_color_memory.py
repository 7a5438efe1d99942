"""Memory stays flat over frames that each bring new meshes, materials and textures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.render import mitsuba_meshes, mitsuba_textures, textures
from engine.render.cache import BoundedCache
from engine.render.frame import FrameRenderer
from engine.stage.scene import Light, Material, Texture
from tests.render.color_scenes import at, ball, camera, item, looking, radiance


def resident_megabytes() -> float:
    """Return the process's resident memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def test_200_frames_of_new_assets_do_not_grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each frame brings 1.6 MB of new textures and meshes: a leak of one in ten would show as 30 MB."""
    monkeypatch.setattr(textures, "_images", BoundedCache(4 << 20))
    monkeypatch.setattr(mitsuba_textures.TextureStore.__init__, "__defaults__", (4 << 20,))
    monkeypatch.setattr(mitsuba_meshes.ShapeStore.__init__, "__defaults__", (8 << 20,))
    renderer, random, base = FrameRenderer(), np.random.default_rng(0), ball(rings=20)
    dome = Light("/Dome", "dome", np.eye(4), intensity=1000.0, camera_visible=True)
    view = camera(looking((4, 3, 3), (0, 0, 0)), 16, 16, fx=20.0)
    uvs = random.random((len(base.triangles), 3, 2), dtype=np.float32)
    levels = []
    for frame in range(200):
        file = tmp_path / f"{frame}.png"
        cv2.imwrite(str(file), random.integers(0, 255, (128, 128, 3), dtype=np.uint8))
        surface = Material("/m", "preview_surface", Texture(str(file)), float(random.random()))
        items = [
            item(
                replace(base, key=f"{frame}/{n}", corner_uvs=uvs), at(*random.uniform(-1, 1, 3)), surface, path=f"/{n}"
            )
            for n in range(3)
        ]
        pixels = radiance(items, [dome], view, 1, seed=frame, renderer=renderer)
        assert pixels[..., 1].max() > 0
        file.unlink()
        levels.append(resident_megabytes())
    assert max(levels[-20:]) - max(levels[60:80]) < 15.0, levels[::20]


def test_a_cache_keeps_what_recent_frames_used_and_lets_the_oldest_go() -> None:
    cache: BoundedCache[str] = BoundedCache(10)
    for name in "abc":
        cache.begin_frame()
        assert cache.get(name, lambda name=name: (name, 6)) == name
    assert len(cache) == 2 and cache.bytes_held == 12  # what the last two frames used stays, though it is too much
    cache.begin_frame()
    assert len(cache) == 1 and cache.bytes_held == 6
    assert cache.get("c", lambda: ("built again", 6)) == "c"
    assert cache.get("a", lambda: ("built again", 6)) == "built again"
