"""distance_to_camera, distance_to_image_plane: metres, inf where nothing is hit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.annotate.output import Annotator, AnnotatorOutput
from engine.render.buffers import Aov, FrameBuffers
from engine.stage.scene import Camera, SceneSnapshot


def to_camera(
    buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Mapping[str, Any]
) -> AnnotatorOutput:
    """Return metres from the camera's centre: float32 (h, w)."""
    return AnnotatorOutput(buffers[Aov.DISTANCE])


def to_image_plane(
    buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Mapping[str, Any]
) -> AnnotatorOutput:
    """Return metres along the optical axis: float32 (h, w)."""
    return AnnotatorOutput(buffers[Aov.DEPTH])


_PLANE = "Metres along the optical axis, inf where nothing is hit: float32 (h, w)."
ANNOTATORS = (
    Annotator(
        "distance_to_camera",
        frozenset({Aov.DISTANCE}),
        to_camera,
        documentation="Metres from the camera, inf where nothing is hit: float32 (h, w).",
    ),
    Annotator("distance_to_image_plane", frozenset({Aov.DEPTH}), to_image_plane, documentation=_PLANE),
    Annotator("DepthLinearized", frozenset({Aov.DEPTH}), to_image_plane, documentation=_PLANE),
)
