"""Render variables of RTX that are one buffer as it is: DiffuseAlbedo, PtWorldNormal, PtWorldPos, PtZDepth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from engine.annotate.output import Annotator, AnnotatorOutput
from engine.render.buffers import Aov, FrameBuffers
from engine.stage.scene import Camera, SceneSnapshot

LARGEST_HALF = 65504.0


def albedo(buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Mapping[str, Any]) -> AnnotatorOutput:
    """Return linear base colour times 255, alpha 255: uint8 (h, w, 4)."""
    found = buffers[Aov.ALBEDO]
    result = np.full((*found.shape[:2], 4), 255, np.uint8)
    result[..., :3] = np.round(np.clip(found, 0, 1) * 255)
    return AnnotatorOutput(result)


def halves(aov: Aov) -> Callable[[FrameBuffers, SceneSnapshot, Camera, Mapping[str, Any]], AnnotatorOutput]:
    """Return the function that gives a buffer as float16 (h, w, 4): its channels, then 0; depth in every channel."""

    def compute(
        buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Mapping[str, Any]
    ) -> AnnotatorOutput:
        found = np.clip(buffers[aov], -LARGEST_HALF, LARGEST_HALF)
        result = np.zeros((*found.shape[:2], 4), np.float16)
        if found.ndim == 2:
            result[:] = found[..., None]
        else:
            result[..., :3] = found
        return AnnotatorOutput(result)

    return compute


ANNOTATORS = (
    Annotator("DiffuseAlbedo", frozenset({Aov.ALBEDO}), albedo, documentation="Base colour: uint8 (h, w, 4)."),
    *(
        Annotator(name, frozenset({aov}), halves(aov), documentation=f"{text}: float16 (h, w, 4).")
        for name, aov, text in (
            ("PtWorldNormal", Aov.NORMAL, "World-space normals"),
            ("PtWorldPos", Aov.POSITION, "World-space positions, metres"),
            ("PtZDepth", Aov.DEPTH, "Metres along the optical axis"),
        )
    ),
)
