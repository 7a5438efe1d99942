"""semantic_segmentation: which class each pixel shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.annotate.id_table import IdTable
from engine.annotate.labelling import FIRST_ID, Labelling, labelling
from engine.annotate.masks import MASK_DEFAULTS, IdImage, id_image, mapped_value, mask, parse_mapping, reserved, table
from engine.annotate.output import Annotator, AnnotatorOutput
from engine.render.buffers import Aov, FrameBuffers
from engine.stage.scene import Camera, SceneSnapshot


def semantic_ids(labels: Labelling) -> np.ndarray:
    """Return the semantic id of each instance; the last element, "no instance", is 0."""
    prim = labels.innermost
    ids = np.append(labels.class_of + FIRST_ID, 1)[prim]
    ids[-1] = 0
    return ids


def compute(buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Mapping[str, Any]) -> AnnotatorOutput:
    """Return class ids (h, w) uint32 or their colours; `idToLabels` holds the classes in the picture."""
    labels = labelling(scene, params)
    image = id_image(buffers[Aov.INSTANCE], semantic_ids(labels))
    names = {**reserved(), **{i: dict(labels.classes[i - FIRST_ID]) for i in image.present if i >= FIRST_ID}}
    if params.get("mapping"):
        return _mapped(image, names, parse_mapping(params["mapping"]), bool(params.get("colorize")))
    return AnnotatorOutput(mask(image, params), {"idToLabels": table(names, bool(params.get("colorize")), True)})


def _mapped(
    image: IdImage, names: Mapping[int, dict[str, str]], mapping: Mapping[str, Any], colorize: bool
) -> AnnotatorOutput:
    """Return the image with ids or colours of the user's choice; classes that the mapping leaves out are unlabelled."""
    chosen: dict[int, Any] = {i: mapped_value(value, mapping) for i, value in names.items()}
    fallback: Any = {0: (0, 0, 0, 0), 1: (0, 0, 0, 255)} if colorize else {0: 0, 1: 1}
    out: dict[int, Any] = {}
    for i, value in chosen.items():
        fits = isinstance(value, list | tuple) if colorize else isinstance(value, int)
        out[i] = value if fits else fallback[min(i, 1)] if i < FIRST_ID else out[1]
    size = max(image.present, default=0) + 1
    palette = np.zeros((size, 4), np.uint8) if colorize else np.zeros(size, np.uint32)
    info = IdTable()
    for i, value in out.items():
        full = (*(int(v) for v in value), 255)[:4] if colorize else int(value)
        if i < size:
            palette[i] = full
        info.setdefault(str(full), dict(names[i]))
    return AnnotatorOutput(palette[image.ids], {"idToLabels": info})


ANNOTATORS = (
    Annotator(
        "semantic_segmentation",
        frozenset({Aov.INSTANCE}),
        compute,
        {**MASK_DEFAULTS, "mapping": None},
        "Semantic ids uint32 (h, w), or their colours uint8 (h, w, 4) with colorize; info: idToLabels.",
    ),
)
