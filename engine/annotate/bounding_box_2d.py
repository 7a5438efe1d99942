"""bounding_box_2d_tight and _loose: extents in pixels, the last pixel included.

Tight boxes bound the visible pixels of each labelled prim; prims that are fully hidden have none. Loose boxes bound the
projection of its whole geometry between near and far, hidden or not, and may reach beyond the image.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from scipy import ndimage

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


def visible_extents(instances: np.ndarray, labels: Labelling) -> Extents:
    """Return (x_min, y_min, x_max, y_max) of the pixels that show each visible labelled prim."""
    slices = ndimage.find_objects(instances + 1, len(labels.innermost) - 1)
    found: Extents = {}
    for prim, members in enumerate(labels.members):
        shown = [slices[n] for n in members if slices[n] is not None]
        if shown:
            rows, columns = [s[0] for s in shown], [s[1] for s in shown]
            found[prim] = (
                min(s.start for s in columns),
                min(s.start for s in rows),
                max(s.stop for s in columns) - 1,
                max(s.stop for s in rows) - 1,
            )
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
