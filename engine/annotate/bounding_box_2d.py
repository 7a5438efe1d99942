"""bounding_box_2d_tight and _loose: extents in pixels, the last pixel included.

Tight boxes bound the visible pixels of each labelled prim; prims that are fully hidden have none. Loose boxes bound the
projection of its whole geometry between near and far, hidden or not, and may reach beyond the image.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Int32, Int64

from engine.annotate.box_info import box_info
from engine.annotate.labelling import FILTER_DEFAULTS, Labelling, labelling
from engine.annotate.output import Annotator, AnnotatorOutput
from engine.annotate.projection import prim_extents, touches
from engine.annotate.visibility import NEEDED, visibility
from engine.render.buffers import Aov, FrameBuffers
from engine.stage.scene import Camera, SceneSnapshot

BOX_2D = np.dtype(
    [
        ("semanticId", "<u4"),
        ("x_min", "<i4"),
        ("y_min", "<i4"),
        ("x_max", "<i4"),
        ("y_max", "<i4"),
        ("occlusionRatio", "<f4"),
    ]
)
ROUNDING = 1e-4  # pixels; a border on a pixel's edge stays there
Extents = dict[int, tuple[int, int, int, int]]


def instance_extents(instances: Int32[np.ndarray, "h w"], count: int) -> Int64[np.ndarray, "count 4"]:
    """Return (x_min, y_min, x_max, y_max) of the pixels of each index; x_max is -1 where there are none.

    Only the ends of runs along rows are looked at: they hold every extreme.
    """
    height, width = instances.shape
    begins = np.ones((height, width), bool)
    begins[:, 1:] = instances[:, 1:] != instances[:, :-1]
    start = np.flatnonzero(begins)
    last = np.append(start[1:], height * width) - 1
    index = instances.ravel()[start]
    start, last, index = start[index >= 0], last[index >= 0], index[index >= 0]
    row = start // width
    low, high = np.full((count, 2), 2**31 - 1, np.int64), np.full((count, 2), -1, np.int64)
    np.minimum.at(low[:, 0], index, start - row * width)
    np.minimum.at(low[:, 1], index, row)
    np.maximum.at(high[:, 0], index, last - row * width)
    np.maximum.at(high[:, 1], index, row)
    return np.concatenate([low, high], axis=1)


def visible_extents(instances: np.ndarray, labels: Labelling) -> Extents:
    """Return (x_min, y_min, x_max, y_max) of the pixels that show each visible labelled prim."""
    extents = instance_extents(instances, len(labels.innermost) - 1)
    found: Extents = {}
    for prim, members in enumerate(labels.members):
        shown = extents[members]
        shown = shown[shown[:, 2] >= 0]
        if len(shown):
            x_min, y_min = shown[:, :2].min(axis=0).tolist()
            x_max, y_max = shown[:, 2:].max(axis=0).tolist()
            found[prim] = (x_min, y_min, x_max, y_max)
    return found


def loose_extents(scene: SceneSnapshot, camera: Camera, labels: Labelling) -> Extents:
    """Return (x_min, y_min, x_max, y_max) of each labelled prim's projection that reaches into the image."""
    found: Extents = {}
    for prim, rectangle in enumerate(prim_extents(scene, camera, labels)):
        if rectangle is not None and touches(rectangle, camera):
            x0, y0, x1, y1 = np.clip(rectangle, -(2**30), 2**30)
            low = int(np.floor(x0 + ROUNDING)), int(np.floor(y0 + ROUNDING))
            high = int(np.ceil(x1 - ROUNDING)) - 1, int(np.ceil(y1 - ROUNDING)) - 1
            found[prim] = (*low, max(high[0], low[0]), max(high[1], low[1]))
    return found


def compute(
    buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Mapping[str, Any], tight: bool, legacy: bool
) -> AnnotatorOutput:
    """Return one row a labelled prim: semanticId, extents in pixels, occlusionRatio (0 visible, 1 hidden)."""
    labels = labelling(scene, params)
    extents = visible_extents(buffers[Aov.INSTANCE], labels) if tight else loose_extents(scene, camera, labels)
    occlusion = visibility(buffers, labels).occlusion
    rows = sorted(extents)
    data = np.zeros(len(rows), BOX_2D)
    for row, prim in enumerate(rows):
        data[row] = (labels.class_of[prim], *extents[prim], occlusion[prim])
    return AnnotatorOutput(data, box_info(labels, rows, legacy))


def _annotator(kind: str, tight: bool, suffix: str) -> Annotator:
    text = "visible pixels" if tight else "whole projection"
    return Annotator(
        f"bounding_box_2d_{kind}{suffix}",
        NEEDED,
        partial(compute, tight=tight, legacy=not suffix),
        FILTER_DEFAULTS,
        f"Boxes of the {text} of labelled prims: {BOX_2D.names}; info: idToLabels, bboxIds, primPaths.",
    )


ANNOTATORS = tuple(
    _annotator(kind, tight, suffix) for kind, tight in (("tight", True), ("loose", False)) for suffix in ("", "_fast")
)
