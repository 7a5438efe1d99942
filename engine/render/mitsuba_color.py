"""The colour renderer: Mitsuba 3's path tracer on the CPU.

Pixels do not mix (box filter) and blocks have a fixed size, so a seed gives the same bytes for any number of threads.

Lights other than the dome must not be seen by the camera. Mitsuba can hide emitters, but not together with instances
(version 3.9.1 crashes), so a view is rendered in one of two ways: with instances where no emitting shape is in the
field of view, and otherwise with every mesh baked to world space, emitters hidden and the dome put behind afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import drjit as dr
import mitsuba as mi
import numpy as np
from jaxtyping import Float32

from engine import process
from engine.render.buffers import RenderSettings
from engine.stage.scene import Camera, Instance, SceneSnapshot

if mi.variant() is None:
    mi.set_variant("scalar_rgb")
if (_threads := process.threads()) is not None:
    dr.set_thread_count(_threads)

from engine.render.dome import active_domes, behind
from engine.render.lens_views import is_flat_image, lens_view
from engine.render.mitsuba_lights import bounding_sphere, emitters, has_shape, local_lights
from engine.render.mitsuba_materials import is_masked
from engine.render.mitsuba_meshes import ShapeStore, is_emissive
from engine.render.mitsuba_sensor import sensor
from engine.render.tracer import is_seen

BLOCK = 32
ROULETTE = 2  # bounces before dim paths may end: measured 15 % less time, 1 % more noise
GLOW_SAMPLES = 4


class ColorRenderer:
    """Render linear colour; keeps built geometry between calls, and the scene while the snapshot stays the same."""

    def __init__(self) -> None:
        self._store = ShapeStore()
        self._snapshot: SceneSnapshot | None = None
        self._scenes: dict[str, Any] = {}

    def radiance(
        self, scene: SceneSnapshot, camera: Camera, seed: int, settings: RenderSettings
    ) -> Float32[np.ndarray, "h w 4"]:
        """Path-trace a view.

        Returns:
            Linear radiance in thousands of nits, dome included; alpha is 1 where geometry or a dome is seen, the
            share of samples at edges.
        """
        if self._snapshot is not scene:
            self._store.begin_frame()
            self._snapshot, self._scenes = scene, {}
        if not is_flat_image(camera):
            return lens_view(camera, lambda face, n: self._view(scene, face, seed + n, settings))
        return self._view(scene, camera, seed, settings)

    def _view(
        self, scene: SceneSnapshot, camera: Camera, seed: int, settings: RenderSettings
    ) -> Float32[np.ndarray, "h w 4"]:
        items = [item for item in scene.instances if is_seen(item)]
        integrator = {
            "type": "volpath" if needs_clear_shadows(scene, items) else "path",
            "max_depth": settings.max_bounces + 1,
            "rr_depth": ROULETTE,
            "block_size": BLOCK,
        }
        if not must_hide(scene, camera):
            shapes = self._built("instanced", scene, lambda: self._store.instanced(items))
            return _clean(_trace(shapes, camera, integrator, settings.samples, seed))
        built = self._built("baked", scene, lambda: [s for item in items for s in self._store.hidden(item)])
        through = {"type": "volpath"} if any(is_emissive(item.material) for item in items) else {}
        pixels = _clean(_trace(built, camera, integrator | through | {"hide_emitters": True}, settings.samples, seed))
        glow = self._glow(items, camera, settings.samples, seed)
        if glow is not None:
            pixels[..., :3] += glow[..., :3]
        return composite(pixels, scene, camera)

    def _glow(self, items: Sequence[Instance], camera: Camera, samples: int, seed: int) -> np.ndarray | None:
        """Return what emissive surfaces show of their own light; None where there are none."""
        if not any(is_emissive(item.material) for item in items):
            return None
        if "glow" not in self._scenes:
            self._scenes["glow"] = assembled(self._store.instanced(items))
        integrator = {"type": "path", "max_depth": 1, "block_size": BLOCK}
        return _clean(_trace(self._scenes["glow"], camera, integrator, max(samples, GLOW_SAMPLES), seed + 1))

    def _built(self, name: str, scene: SceneSnapshot, shapes: Callable[[], list[Any]]) -> Any:
        if name not in self._scenes:
            self._scenes[name] = assembled([*shapes(), *emitters(scene, self._store.textures)])
        return self._scenes[name]


def must_hide(scene: SceneSnapshot, camera: Camera) -> bool:
    """Tell whether something that emits, and that the camera must not see, may be in view."""
    if any(not light.camera_visible for light in active_domes(scene)):
        return True
    return any(
        has_shape(light) and not light.camera_visible and in_view(*bounding_sphere(light), camera)
        for light in local_lights(scene)
    )


def in_view(center: np.ndarray, radius: float, camera: Camera) -> bool:
    """Tell whether a sphere may be in the camera's field of view; thin lenses count as wider ones."""
    local = camera.camera_from_world[:3, :3] @ center + camera.camera_from_world[:3, 3]
    depth = -local[2]
    if depth + radius < camera.near or depth - radius > camera.far:
        return False
    if camera.f_stop > 0:
        radius += camera.focal_length / (2 * camera.f_stop)
    if camera.orthographic:
        return True
    x0, x1 = -camera.cx / camera.fx, (camera.width - camera.cx) / camera.fx
    y0, y1 = -(camera.height - camera.cy) / camera.fy, camera.cy / camera.fy
    planes = ((1.0, 0.0, -x0), (-1.0, 0.0, x1), (0.0, 1.0, -y0), (0.0, -1.0, y1))  # inward normals over (x, y, depth)
    point = np.array([local[0], local[1], depth])
    return all(float(point @ plane) / np.linalg.norm(plane) > -radius for plane in planes)


def composite(
    pixels: Float32[np.ndarray, "h w 4"], scene: SceneSnapshot, camera: Camera
) -> Float32[np.ndarray, "h w 4"]:
    """Put the visible domes behind what was hit."""
    if not any(light.camera_visible for light in active_domes(scene)):
        return pixels
    color = pixels[..., :3] + behind(scene, camera) * (1.0 - pixels[..., 3:])
    return np.concatenate([color, np.ones_like(pixels[..., 3:])], axis=2)


def assembled(objects: Sequence[Any]) -> Any:
    """Assemble a Mitsuba scene from built objects."""
    properties = mi.Properties("scene")
    for number, one in enumerate(objects):
        properties[f"object_{number}"] = one
    return mi.PluginManager.instance().create_object(properties)


def needs_clear_shadows(scene: SceneSnapshot, items: Sequence[Instance]) -> bool:
    """Tell whether shadow rays may meet surfaces that let light through: only the dearer `volpath` follows them.

    Such surfaces are masked materials and the shapes of lights, where there is another light behind which they can be.
    """
    if any(is_masked(item.material) for item in items):
        return True
    local = local_lights(scene)
    others = len(local) + len(active_domes(scene)) + sum(is_emissive(item.material) for item in items)
    return others > 1 and any(map(has_shape, local))


def _trace(scene: Any, camera: Camera, integrator: dict[str, Any], samples: int, seed: int) -> np.ndarray:
    number: Any = seed % 2**32
    image = mi.render(
        scene, sensor=sensor(camera, samples), integrator=mi.load_dict(integrator), spp=samples, seed=number
    )
    return np.array(image, dtype=np.float32)


def _clean(pixels: np.ndarray) -> Float32[np.ndarray, "h w 4"]:
    """Replace numbers that are none, and keep alpha a share."""
    pixels = np.nan_to_num(pixels, nan=0.0, posinf=0.0, neginf=0.0)
    pixels[..., 3] = np.clip(pixels[..., 3], 0.0, 1.0)
    return pixels
