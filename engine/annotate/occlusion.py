"""occlusion: how much of each labelled prim in view is hidden."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.annotate.labelling import FILTER_DEFAULTS, FIRST_ID, labelling
from engine.annotate.output import Annotator, AnnotatorOutput
from engine.annotate.visibility import NEEDED, visibility
from engine.render.buffers import FrameBuffers
from engine.stage.scene import Camera, SceneSnapshot

OCCLUSION = np.dtype([("instanceId", "<u4"), ("semanticId", "<u4"), ("occlusionRatio", "<f4")])


def compute(buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Mapping[str, Any]) -> AnnotatorOutput:
    """Return one row a labelled prim that some pixel's ray meets; ids are those of the segmentation masks."""
    labels = labelling(scene, params)
    found = visibility(buffers, labels)
    rows = np.flatnonzero(found.whole > 0)
    data = np.zeros(len(rows), OCCLUSION)
    data["instanceId"] = rows + FIRST_ID
    data["semanticId"] = labels.class_of[rows] + FIRST_ID
    data["occlusionRatio"] = found.occlusion[rows]
    return AnnotatorOutput(data)


ANNOTATORS = tuple(
    Annotator(
        name,
        NEEDED,
        compute,
        FILTER_DEFAULTS,
        f"Hidden share of each labelled prim in view: {OCCLUSION.names}; 0 is visible, 1 hidden.",
    )
    for name in ("occlusion", "Occlusion")
)
