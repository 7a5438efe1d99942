"""pointcloud: the visible surface points in the world, and what is known of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.annotate.instance_segmentation import instance_ids
from engine.annotate.labelling import FILTER_DEFAULTS, labelling
from engine.annotate.output import Annotator, AnnotatorOutput
from engine.annotate.semantic_segmentation import semantic_ids
from engine.render.buffers import Aov, FrameBuffers
from engine.stage.scene import Camera, SceneSnapshot


def compute(buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Mapping[str, Any]) -> AnnotatorOutput:
    """Return a world-space point for each labelled pixel in row-major order: float32 (n, 3), stage units.

    `includeUnlabelled` adds the surfaces without a label. Info: pointRgb (n, 4) uint8, pointNormals (n, 4) float32,
    pointSemantic (n,) and pointInstance (n,) uint32, ids as in the segmentation masks.
    """
    labels = labelling(scene, params)
    instances = buffers[Aov.INSTANCE].ravel()
    semantic = semantic_ids(labels)[instances]
    kept = np.flatnonzero(semantic > (0 if params.get("includeUnlabelled") else 1))
    normals = np.zeros((len(kept), 4), np.float32)
    normals[:, :3] = buffers[Aov.NORMAL].reshape(-1, 3)[kept]
    points = buffers[Aov.POSITION].reshape(-1, 3)[kept] / np.float32(scene.meters_per_unit)
    return AnnotatorOutput(
        points.astype(np.float32),
        {
            "pointRgb": buffers[Aov.COLOR].reshape(-1, 4)[kept],
            "pointNormals": normals,
            "pointSemantic": semantic[kept].astype(np.uint32),
            "pointInstance": instance_ids(labels)[instances][kept].astype(np.uint32),
        },
    )


ANNOTATORS = (
    Annotator(
        "pointcloud",
        frozenset({Aov.INSTANCE, Aov.POSITION, Aov.NORMAL, Aov.COLOR}),
        compute,
        {**FILTER_DEFAULTS, "includeUnlabelled": False},
        "World-space points of labelled pixels, stage units: float32 (n, 3); "
        "info: pointRgb, pointNormals, pointSemantic, pointInstance.",
    ),
)
