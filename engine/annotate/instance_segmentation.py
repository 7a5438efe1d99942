"""instance_segmentation: which labelled prim each pixel shows; unlabelled descendants belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from engine.annotate.labelling import BACKGROUND, FIRST_ID, UNLABELLED, Labelling, labelling
from engine.annotate.masks import MASK_DEFAULTS, id_image, mask, reserved, table
from engine.annotate.output import Annotator, AnnotatorOutput
from engine.render.buffers import Aov, FrameBuffers
from engine.stage.scene import Camera, SceneSnapshot


def instance_ids(labels: Labelling) -> np.ndarray:
    """Return the mask id of each instance: its nearest labelled prim's; the last element, "no instance", is 0."""
    prim = labels.innermost
    ids = np.where(prim >= 0, prim + FIRST_ID, 1)
    ids[-1] = 0
    return ids


def compute(
    buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Mapping[str, Any], legacy: bool
) -> AnnotatorOutput:
    """Return ids of labelled prims (h, w) uint32 or their colours; info names the prims and labels in the picture."""
    labels = labelling(scene, params)
    image = id_image(buffers[Aov.INSTANCE], instance_ids(labels))
    shown = [i for i in image.present if i >= FIRST_ID]
    paths = {0: BACKGROUND, 1: UNLABELLED, **{i: labels.paths[i - FIRST_ID] for i in shown}}
    semantics = {**reserved(), **{i: dict(labels.semantics[i - FIRST_ID]) for i in shown}}
    colorize = bool(params.get("colorize"))
    info = {"idToLabels": table(paths, colorize, legacy), "idToSemantics": table(semantics, colorize, legacy)}
    return AnnotatorOutput(mask(image, params), info)


ANNOTATORS = tuple(
    Annotator(
        name,
        frozenset({Aov.INSTANCE}),
        partial(compute, legacy=legacy),
        MASK_DEFAULTS,
        "Ids of labelled prims uint32 (h, w), or their colours uint8 (h, w, 4) with colorize; "
        "info: idToLabels (prim paths), idToSemantics.",
    )
    for name, legacy in (("instance_segmentation", True), ("instance_segmentation_fast", False))
)
