"""band_radiance, and what is true of surfaces beyond the visible, on stages that author bands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from engine.annotate.output import Annotator, AnnotatorOutput
from engine.render.buffers import Aov, FrameBuffers
from engine.stage.scene import Camera, SceneSnapshot

NEEDED = {"band": ""}
Compute = Callable[[FrameBuffers, SceneSnapshot, Camera, Mapping[str, Any]], AnnotatorOutput]


def number_of(scene: SceneSnapshot, name: str) -> int:
    """Return the number of a band among those of the stage; no name means the only one.

    Raises:
        ValueError: if the stage has no such band, or several and none is named.
    """
    names = [band.name for band in scene.bands]
    if not name and len(names) == 1:
        return 0
    if name not in names:
        if not names:
            raise ValueError(
                f"band '{name}' is not on the stage, nor is any other; call scenes.infrared.author(stage, infrared, "
                "seed, frame) before the capture, or author <default prim>/Bands/<name> with band:* attributes"
            )
        raise ValueError(
            f"band '{name}' is not on the stage; expected one of: {', '.join(names)}: author <default prim>/Bands/"
            '<name>, or give the annotator init_params={"band": ...}'
        )
    return names.index(name)


def channel(aov: Aov) -> Compute:
    """Return the function that gives one band of a buffer: float32 (h, w)."""

    def compute(
        buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Mapping[str, Any]
    ) -> AnnotatorOutput:
        number = number_of(scene, str(params.get("band", "")))
        return AnnotatorOutput(np.ascontiguousarray(buffers[aov][..., number]), {"band": scene.bands[number].name})

    return compute


def kelvin(buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Mapping[str, Any]) -> AnnotatorOutput:
    """Return surface temperatures: float32 (h, w), nan where nothing is."""
    return AnnotatorOutput(buffers[Aov.BAND_KELVIN])


ANNOTATORS = (
    Annotator("surface_temperature", frozenset({Aov.BAND_KELVIN}), kelvin, documentation="Kelvin: float32 (h, w)."),
    *(
        Annotator(name, frozenset({aov}), channel(aov), NEEDED, f"{text}: float32 (h, w); init_params: band.")
        for name, aov, text in (
            ("band_radiance", Aov.BAND_RADIANCE, "In-band radiance at the camera, W m-2 sr-1"),
            ("band_emissivity", Aov.BAND_EMISSIVITY, "Emissivity towards the camera"),
            ("band_transmission", Aov.BAND_CLEAR, "Transmission of the air before the surface"),
        )
    ),
)
