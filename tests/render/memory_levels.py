"""Render frames that each bring new assets and print the process's memory after each, in megabytes, as JSON.

A process of its own: the checker of annotations that tests install would count as well.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from engine.render import mitsuba_materials, mitsuba_meshes, mitsuba_textures, textures
from engine.render.cache import BoundedCache
from engine.render.frame import FrameRenderer
from engine.stage.scene import Light, Material, Texture
from tests.render.color_scenes import at, ball, camera, item, looking, radiance


def resident_megabytes() -> float:
    """Return the process's resident memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def levels(folder: Path, frames: int) -> list[float]:
    """Return the memory after each frame; a frame brings 1.6 MB of new textures and meshes, the caches hold 16 MB."""
    textures._images = BoundedCache(4 << 20)
    mitsuba_textures.TextureStore.__init__.__defaults__ = (4 << 20,)  # type: ignore[attr-defined]
    mitsuba_meshes.ShapeStore.__init__.__defaults__ = (8 << 20, mitsuba_materials.MaterialWriter)  # type: ignore[attr-defined]
    renderer, random, base = FrameRenderer(), np.random.default_rng(0), ball(rings=20)
    dome = Light("/Dome", "dome", np.eye(4), intensity=1000.0, camera_visible=True)
    view = camera(looking((4, 3, 3), (0, 0, 0)), 16, 16, fx=20.0)
    uvs = random.random((len(base.triangles), 3, 2), dtype=np.float32)
    found = []
    for frame in range(frames):
        file = folder / f"{frame}.png"
        cv2.imwrite(str(file), random.integers(0, 255, (128, 128, 3), dtype=np.uint8))
        surface = Material("/m", "preview_surface", Texture(str(file)), float(random.random()))
        meshes = [replace(base, key=f"{frame}/{n}", corner_uvs=uvs) for n in range(3)]
        items = [item(mesh, at(*random.uniform(-1, 1, 3)), surface, path=f"/{n}") for n, mesh in enumerate(meshes)]
        pixels = radiance(items, [dome], view, 1, seed=frame, renderer=renderer)
        assert pixels[..., 1].max() > 0
        file.unlink()
        found.append(resident_megabytes())
    return found


if __name__ == "__main__":
    print(json.dumps(levels(Path(sys.argv[1]), int(sys.argv[2]))))
