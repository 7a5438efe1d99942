"""Render variables of RTX that split colour by the way of its light, and ambient occlusion.

NVIDIA's documentation gives names and types only; what they hold is our reading of the names, such that
`PtDirectIllumation + PtGlobalIllumination + PtReflections + PtSelfIllumination + PtBackground` is `HdrColor`. Light is
direct where it reaches the first surface straight from a light, domes among them, and diffuse where that surface's
diffuse lobe sends it on, coloured. RTX gives the first five in its real-time mode and the `Pt` ones in its path tracer;
here all are there in both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from engine.annotate.output import Annotator, AnnotatorOutput
from engine.annotate.render_variables import COLOURED, halves_of, specular_albedo
from engine.render.buffers import Aov, FrameBuffers
from engine.stage.scene import Camera, SceneSnapshot

MATTES = 8
Compute = Callable[[FrameBuffers, SceneSnapshot, Camera, Mapping[str, Any]], AnnotatorOutput]


def halves_of_sum(*aovs: Aov) -> Compute:
    """Return the function that gives the sum of buffers as float16 (h, w, 4), the fourth channel 0."""

    def compute(
        buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Mapping[str, Any]
    ) -> AnnotatorOutput:
        return AnnotatorOutput(halves_of(np.sum([buffers[aov] for aov in aovs], axis=0)))

    return compute


def reflections(
    buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Mapping[str, Any]
) -> AnnotatorOutput:
    """Return what other surfaces send by lobes other than the diffuse one: float32 (h, w, 4), the fourth channel 0."""
    result = np.zeros((buffers.height, buffers.width, 4), np.float32)
    result[..., :3] = buffers[Aov.INDIRECT_SPECULAR]
    return AnnotatorOutput(result)


def ambient_occlusion(
    buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Mapping[str, Any]
) -> AnnotatorOutput:
    """Return the open share of the sky above the surface, 1 where nothing is near or hit: float16 (h, w, 4)."""
    return AnnotatorOutput(halves_of(buffers[Aov.OPENNESS]))


def nothing(buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Mapping[str, Any]) -> AnnotatorOutput:
    """Return 0 as float16 (h, w, 4): this engine has no surface that refracts, no volume and no matte identifiers."""
    return AnnotatorOutput(np.zeros((buffers.height, buffers.width, 4), np.float16))


def _sum(name: str, text: str, *aovs: Aov) -> Annotator:
    return Annotator(name, frozenset(aovs), halves_of_sum(*aovs), documentation=f"{text}: float16 (h, w, 4).")


_EMPTY = {
    "PtRefractions": "Light through refracting surfaces; there are none",
    "PtRefractionFilter": "Colour of refracting surfaces; there are none",
    "PtVolumes": "Light of volumes; there are none",
    **{f"PtMultiMatte{n}": "Mattes by identifier, none unless RTX is told some; not read here" for n in range(MATTES)},
}
ANNOTATORS = (
    _sum("DirectDiffuse", "Light straight from lights, by the diffuse lobe", Aov.DIRECT_DIFFUSE),
    _sum("IndirectDiffuse", "Light from other surfaces, by the diffuse lobe", Aov.INDIRECT_DIFFUSE),
    _sum("DirectSpecular", "Light straight from lights, by the other lobes", Aov.DIRECT_SPECULAR),
    Annotator(
        "Reflections",
        frozenset({Aov.INDIRECT_SPECULAR}),
        reflections,
        documentation="Light from other surfaces, by the other lobes: float32 (h, w, 4).",
    ),
    Annotator(
        "AmbientOcclusion",
        frozenset({Aov.OPENNESS}),
        ambient_occlusion,
        documentation="Open share of the sky within /rtx/ambientOcclusion/rayLength, 35 cm: float16 (h, w, 4).",
    ),
    _sum("PtSelfIllumination", "Emitted light", Aov.EMITTED),
    _sum("PtBackground", "Visible domes where nothing is hit", Aov.BACKGROUND),
    _sum("PtDirectIllumation", "Light straight from lights, by the diffuse lobe", Aov.DIRECT_DIFFUSE),
    _sum("PtGlobalIllumination", "Light from other surfaces, by the diffuse lobe", Aov.INDIRECT_DIFFUSE),
    _sum("PtReflections", "Light by all lobes but the diffuse one", Aov.DIRECT_SPECULAR, Aov.INDIRECT_SPECULAR),
    Annotator(
        "PtReflectionFilter",
        COLOURED,
        specular_albedo,
        documentation="Colour reflected at normal incidence: float16 (h, w, 4).",
    ),
    *(
        Annotator(name, frozenset(), nothing, documentation=f"{text}: 0, float16 (h, w, 4).")
        for name, text in _EMPTY.items()
    ),
)
