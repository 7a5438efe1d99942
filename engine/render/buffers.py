"""What a renderer gives back: the leaf that renderers and annotators share.

One primary ray a pixel centre fills every geometric buffer; ids and depth are never averaged. Only colour takes many
samples. A renderer fills exactly the buffers it was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol, runtime_checkable

import numpy as np

from engine.stage.scene import Camera, SceneSnapshot


class Aov(StrEnum):
    """Names of the buffers. Shapes are (h, w[, c]); no hit is -1 for indices, inf for distances, 0 for vectors."""

    INSTANCE = "instance"  # int32 (h, w): index into SceneSnapshot.instances, -1 = nothing
    TRIANGLE = "triangle"  # int32 (h, w): triangle of that instance's mesh, -1 = nothing
    BARYCENTRIC = "barycentric"  # float32 (h, w, 2): weights of the triangle's 2nd and 3rd vertex
    POSITION = "position"  # float32 (h, w, 3): world metres
    NORMAL = "normal"  # float32 (h, w, 3): world-space unit shading normal, facing the camera
    DISTANCE = "distance"  # float32 (h, w): metres along the ray (distance_to_camera)
    DEPTH = "depth"  # float32 (h, w): metres along the optical axis (distance_to_image_plane)
    ALBEDO = "albedo"  # float32 (h, w, 3): linear base colour at the primary hit (also feeds the denoiser)
    COVERAGE = "coverage"  # int32 (k, 2): unique (pixel index row-major, instance index) of every LABELLED instance the
    #                        pixel-centre ray meets between near and far, hidden or not; sorted. For occlusion.
    HIDDEN = "hidden"  # int32 (k, 2): those pairs of COVERAGE whose instance is not what the pixel shows, by instance
    RADIANCE = (
        "radiance"  # float32 (h, w, 4): linear scene-referred colour after exposure, alpha 1 where something is seen
    )
    DIRECT_DIFFUSE = "direct_diffuse"  # float32 (h, w, 3): light that comes straight from a light, by the diffuse lobe
    INDIRECT_DIFFUSE = "indirect_diffuse"  # float32 (h, w, 3): light that other surfaces send, by the diffuse lobe
    DIRECT_SPECULAR = "direct_specular"  # float32 (h, w, 3): as DIRECT_DIFFUSE, by all other lobes
    INDIRECT_SPECULAR = "indirect_specular"  # float32 (h, w, 3): as INDIRECT_DIFFUSE, by all other lobes
    EMITTED = "emitted"  # float32 (h, w, 3): of the primary hit's own light; units of these as of RADIANCE
    BACKGROUND = "background"  # float32 (h, w, 3): visible domes where the primary ray hits nothing, 0 elsewhere
    OPENNESS = "openness"  # float32 (h, w): share of the sky above the surface that nothing near covers, 1 = no hit
    BAND_RADIANCE = "band_radiance"  # float32 (h, w, k): W m-2 sr-1 in each band of the stage, air included
    BAND_KELVIN = "band_kelvin"  # float32 (h, w): surface temperature, nan where nothing is
    BAND_EMISSIVITY = "band_emissivity"  # float32 (h, w, k): towards the camera
    BAND_CLEAR = "band_clear"  # float32 (h, w, k): transmission of the air in front of the surface
    COLOR = "color"  # uint8 (h, w, 4): display colour (tone mapped, sRGB encoded)


COLOR_AOVS = frozenset({Aov.RADIANCE, Aov.COLOR})
PASS_AOVS = frozenset({Aov.DIRECT_DIFFUSE, Aov.INDIRECT_DIFFUSE, Aov.DIRECT_SPECULAR, Aov.INDIRECT_SPECULAR})
LIGHT_AOVS = PASS_AOVS | {Aov.EMITTED, Aov.BACKGROUND, Aov.OPENNESS}
BAND_AOVS = frozenset({Aov.BAND_RADIANCE, Aov.BAND_KELVIN, Aov.BAND_EMISSIVITY, Aov.BAND_CLEAR})


@dataclass(frozen=True)
class RenderSettings:
    """How colour is rendered; labels do not depend on it.

    Attributes:
        mode: "RealTime" (few samples, denoised) or "PathTracing", as RTX names its renderers.
        samples: samples a pixel.
        max_bounces: path depth.
        denoise: run Intel OIDN on the linear colour.
        tonemap: name of the tone curve ("rtx" is the fitted default).
        exposure: stops added before the tone curve.
        zero_alpha: the display colour's alpha is 0 where nothing is seen; else it is 255 everywhere, as on RTX.
        pass_samples: samples a pixel of colour split by the light's way.
        occlusion_length: metres within which surfaces close each other's sky.
        band_samples: paths a pixel of bands beyond the visible.
        band_bounces: how often their radiation is reflected.
        band_supersampling: pixels of their radiance each way for one of the camera's.
    """

    mode: Literal["RealTime", "PathTracing"] = "RealTime"
    samples: int = 4
    max_bounces: int = 4
    denoise: bool = True
    tonemap: str = "rtx"
    exposure: float = 0.0
    zero_alpha: bool = False
    pass_samples: int = 2
    occlusion_length: float = 0.35
    band_samples: int = 4
    band_bounces: int = 2
    band_supersampling: int = 1


@dataclass(frozen=True, eq=False)
class FrameBuffers:
    """The buffers of one camera at one frame."""

    width: int
    height: int
    arrays: dict[Aov, np.ndarray] = field(default_factory=dict)

    def __getitem__(self, aov: Aov) -> np.ndarray:
        """Return a buffer.

        Raises:
            KeyError: if the buffer was not asked for when the frame was rendered.
        """
        try:
            return self.arrays[aov]
        except KeyError:
            have = ", ".join(sorted(self.arrays)) or "none"
            raise KeyError(
                f"buffer '{aov}' was not rendered (rendered: {have}); add it to the annotator's `aovs`"
            ) from None


@runtime_checkable
class Renderer(Protocol):
    """Anything that turns numbers into buffers; implementations keep caches by mesh and material between calls."""

    def render(
        self, scene: SceneSnapshot, camera: Camera, aovs: frozenset[Aov], seed: int, settings: RenderSettings
    ) -> FrameBuffers:
        """Render the asked-for buffers; the same arguments give the same bytes."""
        ...
