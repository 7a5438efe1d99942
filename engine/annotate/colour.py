"""rgb, LdrColor, HdrColor: the picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.annotate.output import Annotator, AnnotatorOutput
from engine.render.buffers import Aov, FrameBuffers
from engine.stage.scene import Camera, SceneSnapshot

LARGEST_HALF = 65504.0


def ldr(buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Mapping[str, Any]) -> AnnotatorOutput:
    """Return the display colour: uint8 (h, w, 4)."""
    return AnnotatorOutput(buffers[Aov.COLOR])


def hdr(buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Mapping[str, Any]) -> AnnotatorOutput:
    """Return linear scene-referred colour: float16 (h, w, 4), clipped to the largest half."""
    return AnnotatorOutput(np.minimum(buffers[Aov.RADIANCE], LARGEST_HALF).astype(np.float16))


_LDR = "Display colour, RGBA: uint8 (h, w, 4)."
ANNOTATORS = (
    Annotator("rgb", frozenset({Aov.COLOR}), ldr, documentation=_LDR),
    Annotator("LdrColor", frozenset({Aov.COLOR}), ldr, documentation=_LDR),
    Annotator("HdrColor", frozenset({Aov.RADIANCE}), hdr, documentation="Linear colour, RGBA: float16 (h, w, 4)."),
)
