"""normals, SmoothNormal: world-space shading normals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.annotate.output import Annotator, AnnotatorOutput
from engine.render.buffers import Aov, FrameBuffers
from engine.stage.scene import Camera, SceneSnapshot


def normals(buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Mapping[str, Any]) -> AnnotatorOutput:
    """Return world-space unit normals, xyz and an unused 0: float32 (h, w, 4); 0 where nothing is hit."""
    found = buffers[Aov.NORMAL]
    result = np.zeros((*found.shape[:2], 4), np.float32)
    result[..., :3] = found
    return AnnotatorOutput(result)


_TEXT = "World-space unit normals, xyz and an unused 0: float32 (h, w, 4)."
ANNOTATORS = tuple(
    Annotator(name, frozenset({Aov.NORMAL}), normals, documentation=_TEXT) for name in ("normals", "SmoothNormal")
)
