"""One view, all its buffers: the label tracer and, only where colour is asked for, the colour renderer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Bool, Float32, Float64

from engine.render import textures
from engine.render.bands.renderer import BandRenderer
from engine.render.buffers import BAND_AOVS, COLOR_AOVS, Aov, FrameBuffers, RenderSettings
from engine.render.denoiser import denoise
from engine.render.guides import GUIDES, guides
from engine.render.quiet import without_llvm_notice
from engine.render.tonemap import display
from engine.render.tracer import LabelTracer
from engine.stage.scene import Camera, SceneSnapshot

if TYPE_CHECKING:
    from engine.render.mitsuba_color import ColorRenderer

QUALITY = {"RealTime": "fast", "PathTracing": "balanced"}


class FrameRenderer:
    """Render any buffers of a view; the same arguments give the same bytes."""

    def __init__(self) -> None:
        self._labels = LabelTracer()
        self._bands = BandRenderer(self._labels)
        self._color: ColorRenderer | None = None

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
        wanted_color = aovs & COLOR_AOVS
        labels = aovs - COLOR_AOVS - BAND_AOVS
        extra = GUIDES if wanted_color and settings.denoise else frozenset()
        buffers = self._labels.render(scene, camera, labels | extra, seed, settings)
        arrays = {aov: buffers.arrays[aov] for aov in labels}
        if wanted_color:
            radiance = self._radiance(scene, camera, seed, settings, buffers)
            if Aov.RADIANCE in aovs:
                arrays[Aov.RADIANCE] = radiance * np.array([2.0**settings.exposure] * 3 + [1.0], np.float32)
            if Aov.COLOR in aovs:
                shown = radiance if settings.zero_alpha else radiance[..., :3]
                arrays[Aov.COLOR] = display(shown, settings.tonemap, settings.exposure)
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
