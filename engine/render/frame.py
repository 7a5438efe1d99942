"""One view, all its buffers: the label tracer and, only where colour is asked for, the colour renderer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Bool, Float32, Float64

from engine.render import openness, surface_values, textures
from engine.render.bands.renderer import BandRenderer
from engine.render.buffers import (
    BAND_AOVS,
    COLOR_AOVS,
    LIGHT_AOVS,
    PASS_AOVS,
    Aov,
    FrameBuffers,
    RenderSettings,
)
from engine.render.denoiser import denoise
from engine.render.dome import behind
from engine.render.guides import GUIDES, guides
from engine.render.photometry import RADIANCE_SCALE
from engine.render.quiet import without_llvm_notice
from engine.render.tonemap import display
from engine.render.tracer import LabelTracer
from engine.stage.scene import Camera, SceneSnapshot

if TYPE_CHECKING:
    from engine.render.mitsuba_color import ColorRenderer
    from engine.render.mitsuba_passes import PassRenderer

MADE_OF = {Aov.EMITTED: surface_values.NEEDED, Aov.BACKGROUND: {Aov.INSTANCE}, Aov.OPENNESS: openness.NEEDED}
QUALITY = {"RealTime": "fast", "PathTracing": "balanced"}


class FrameRenderer:
    """Render any buffers of a view; the same arguments give the same bytes."""

    def __init__(self) -> None:
        self._labels = LabelTracer()
        self._bands = BandRenderer(self._labels)
        self._color: ColorRenderer | None = None
        self._passes: PassRenderer | None = None

    def render(
        self, scene: SceneSnapshot, camera: Camera, aovs: frozenset[Aov], seed: int, settings: RenderSettings
    ) -> FrameBuffers:
        """Render the asked-for buffers.

        Args:
            scene: what is there.
            camera: from where.
            aovs: which buffers; colour loads Mitsuba on first use.
            seed: of the pixel samples; labels do not depend on it.
            settings: how colour is rendered.
        """
        textures.begin_frame()
        wanted_color, wanted_light = aovs & COLOR_AOVS, aovs & LIGHT_AOVS
        labels = aovs - COLOR_AOVS - LIGHT_AOVS - BAND_AOVS
        extra = GUIDES if (wanted_color or wanted_light & PASS_AOVS) and settings.denoise else frozenset()
        extra = extra.union(*(MADE_OF[aov] for aov in wanted_light & set(MADE_OF)))
        buffers = self._labels.render(scene, camera, labels | extra, seed, settings)
        arrays = {aov: buffers.arrays[aov] for aov in labels}
        if wanted_color:
            radiance = self._radiance(scene, camera, seed, settings, buffers)
            if Aov.RADIANCE in aovs:
                arrays[Aov.RADIANCE] = radiance * np.array([2.0**settings.exposure] * 3 + [1.0], np.float32)
            if Aov.COLOR in aovs:
                shown = radiance if settings.zero_alpha else radiance[..., :3]
                arrays[Aov.COLOR] = display(shown, settings.tonemap, settings.exposure)
        if wanted_light:
            arrays |= self._light(scene, camera, wanted_light, seed, settings, buffers)
        arrays |= self._beyond(scene, camera, aovs & BAND_AOVS, seed, settings)
        return FrameBuffers(camera.width, camera.height, arrays)

    @staticmethod
    def exposed(
        buffers: FrameBuffers, earlier: list[Float32[np.ndarray, "h w 4"]], settings: RenderSettings
    ) -> FrameBuffers:
        """Return buffers whose colour is the mean over the time that the shutter was open: motion blur.

        Args:
            buffers: of the last moment, RADIANCE among them.
            earlier: RADIANCE of the moments before.
            settings: how colour is shown.
        """
        radiance = np.stack([*earlier, buffers[Aov.RADIANCE]]).mean(axis=0).astype(np.float32)
        shown = radiance if settings.zero_alpha else radiance[..., :3]
        color = display(shown, settings.tonemap, 0.0)  # RADIANCE has the exposure already
        arrays = {**buffers.arrays, Aov.RADIANCE: radiance, Aov.COLOR: color}
        return FrameBuffers(buffers.width, buffers.height, arrays)

    def sees(
        self, scene: SceneSnapshot, origin: Float64[np.ndarray, "3"], points: Float32[np.ndarray, "n 3"]
    ) -> Bool[np.ndarray, "n"]:
        """Tell which surface points nothing hides from a place; world metres."""
        return self._labels.sees(scene, origin, points)

    def _beyond(
        self, scene: SceneSnapshot, camera: Camera, aovs: frozenset[Aov], seed: int, settings: RenderSettings
    ) -> dict[Aov, np.ndarray]:
        """Render bands beyond the visible."""
        arrays: dict[Aov, np.ndarray] = {}
        if Aov.BAND_RADIANCE in aovs:
            arrays[Aov.BAND_RADIANCE] = self._bands.radiance(scene, camera, seed, settings)
        if aovs - {Aov.BAND_RADIANCE}:
            found = self._bands.surfaces(scene, camera)
            named = zip((Aov.BAND_KELVIN, Aov.BAND_EMISSIVITY, Aov.BAND_CLEAR), found, strict=True)
            arrays |= {aov: image for aov, image in named if aov in aovs}
        return arrays

    def _light(
        self,
        scene: SceneSnapshot,
        camera: Camera,
        aovs: frozenset[Aov],
        seed: int,
        settings: RenderSettings,
        buffers: FrameBuffers,
    ) -> dict[Aov, np.ndarray]:
        """Render what light does at the first surface."""
        exposed = np.float32(2.0**settings.exposure)
        arrays: dict[Aov, np.ndarray] = {}
        if Aov.OPENNESS in aovs:
            self._labels.take(scene)
            generator = np.random.default_rng(seed)
            arrays[Aov.OPENNESS] = openness.openness(self._labels, buffers, settings.occlusion_length, generator)
        if Aov.EMITTED in aovs:
            arrays[Aov.EMITTED] = surface_values.emission(buffers, scene) * np.float32(RADIANCE_SCALE) * exposed
        if Aov.BACKGROUND in aovs:
            empty = (buffers[Aov.INSTANCE] < 0)[..., None]
            arrays[Aov.BACKGROUND] = np.where(empty, behind(scene, camera) * exposed, np.float32(0.0))
        if aovs & PASS_AOVS:
            found = self._pass_renderer().passes(scene, camera, seed, settings)
            told = guides(self._labels, scene, camera, buffers, settings) if settings.denoise else None
            for aov in sorted(aovs & PASS_AOVS):
                image = found[aov] if told is None else denoise(found[aov], *told, QUALITY[settings.mode])
                arrays[aov] = image * exposed
        return arrays

    def _pass_renderer(self) -> PassRenderer:
        if self._passes is None:
            with without_llvm_notice():
                from engine.render.mitsuba_passes import PassRenderer  # loads Mitsuba

            self._passes = PassRenderer()
        return self._passes

    def _radiance(
        self, scene: SceneSnapshot, camera: Camera, seed: int, settings: RenderSettings, buffers: FrameBuffers
    ) -> Float32[np.ndarray, "h w 4"]:
        if self._color is None:
            with without_llvm_notice():
                from engine.render.mitsuba_color import ColorRenderer  # loads Mitsuba

            self._color = ColorRenderer()
        image = self._color.radiance(scene, camera, seed, settings)
        if settings.denoise:
            albedo, normal = guides(self._labels, scene, camera, buffers, settings)
            image[..., :3] = denoise(image[..., :3], albedo, normal, QUALITY[settings.mode])
        return image
