"""instance_id_segmentation: which drawn prim each pixel shows, labelled or not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from engine.annotate.labelling import BACKGROUND, FIRST_ID, UNLABELLED
from engine.annotate.masks import MASK_DEFAULTS, id_image, mask, table
from engine.annotate.output import Annotator, AnnotatorOutput
from engine.render.buffers import Aov, FrameBuffers
from engine.stage.scene import Camera, SceneSnapshot


def drawn_ids(scene: SceneSnapshot) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the id of each instance (the last element, "no instance", is 0) and the prim path of each id from 2."""
    number: dict[str, int] = {}
    ids = [number.setdefault(item.prim_path, len(number) + FIRST_ID) for item in scene.instances]
    return np.array([*ids, 0], np.int64), tuple(number)


def compute(
    buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Mapping[str, Any], legacy: bool
) -> AnnotatorOutput:
    """Return ids of drawn prims (h, w) uint32 or their colours; `idToLabels` names the prims in the picture."""
    ids, paths = drawn_ids(scene)
    image = id_image(buffers[Aov.INSTANCE], ids)
    names = {0: BACKGROUND, 1: UNLABELLED, **{i: paths[i - FIRST_ID] for i in image.present if i >= FIRST_ID}}
    colorize = bool(params.get("colorize"))
    return AnnotatorOutput(mask(image, params), {"idToLabels": table(names, colorize, legacy)})


ANNOTATORS = tuple(
    Annotator(
        name,
        frozenset({Aov.INSTANCE}),
        partial(compute, legacy=legacy),
        MASK_DEFAULTS,
        "Ids of drawn prims uint32 (h, w), or their colours uint8 (h, w, 4) with colorize; info: idToLabels.",
    )
    for name, legacy in (("instance_id_segmentation", True), ("instance_id_segmentation_fast", False))
)
