"""shaded_semantic_, shaded_instance_ and shaded_instance_id_segmentation: masks that show the shapes of things.

Replicator does not publish its shading; here a mask's colour is darkened as its surface turns away from the camera.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from engine.annotate import instance_id_segmentation, instance_segmentation, semantic_segmentation
from engine.annotate.masks import MASK_DEFAULTS
from engine.annotate.output import Annotator, AnnotatorOutput, Compute
from engine.render.buffers import Aov, FrameBuffers
from engine.render.rays import primary_rays
from engine.stage.scene import Camera, SceneSnapshot

DARKEST = 0.3

SOURCES: dict[str, Callable[..., AnnotatorOutput]] = {
    "shaded_semantic_segmentation": semantic_segmentation.compute,
    "shaded_instance_segmentation": partial(instance_segmentation.compute, legacy=True),
    "shaded_instance_id_segmentation": partial(instance_id_segmentation.compute, legacy=True),
}


def compute(
    buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Mapping[str, Any], source: Compute
) -> AnnotatorOutput:
    """Return the coloured mask times its surface's brightness: uint8 (h, w, 3); info as of the mask."""
    mask = source(buffers, scene, camera, {**params, "colorize": True})
    assert mask.data is not None
    directions = primary_rays(camera).directions.reshape(*mask.data.shape[:2], 3)
    facing = np.einsum("hwc,hwc->hw", buffers[Aov.NORMAL], directions) / np.linalg.norm(directions, axis=2)
    light = DARKEST + (1 - DARKEST) * np.clip(-facing, 0, 1)
    return AnnotatorOutput((mask.data[..., :3] * light[..., None]).astype(np.uint8), mask.info)


ANNOTATORS = tuple(
    Annotator(
        name,
        frozenset({Aov.INSTANCE, Aov.NORMAL}),
        partial(compute, source=source),
        {key: value for key, value in MASK_DEFAULTS.items() if key != "colorize"},
        "Coloured mask, shaded by how its surface faces the camera: uint8 (h, w, 3).",
    )
    for name, source in SOURCES.items()
)
