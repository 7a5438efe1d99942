"""bounding_box_3d: extents of labelled prims in their own frames, and where those frames are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Float64

from engine.annotate.box_info import box_info
from engine.annotate.labelling import FILTER_DEFAULTS, Labelling, labelling
from engine.annotate.output import Annotator, AnnotatorOutput
from engine.annotate.projection import prim_extents, touches
from engine.annotate.visibility import NEEDED, visibility
from engine.render.buffers import FrameBuffers
from engine.render.transforms import inverse
from engine.stage.scene import Camera, Instance, Matrix, SceneSnapshot

BOX_3D = np.dtype(
    [
        ("semanticId", "<u4"),
        ("x_min", "<f4"),
        ("y_min", "<f4"),
        ("z_min", "<f4"),
        ("x_max", "<f4"),
        ("y_max", "<f4"),
        ("z_max", "<f4"),
        ("transform", "<f4", (4, 4)),
        ("occlusionRatio", "<f4"),
    ]
)
CORNERS = np.array([[i >> 2 & 1, i >> 1 & 1, i & 1] for i in range(8)])


def extent_in(item: Instance, frame: Matrix) -> Float64[np.ndarray, "2 3"]:
    """Bound an instance's points in another frame.

    Args:
        item: the instance.
        frame: world_from_frame.

    Returns:
        (2, 3) lower and upper corner in the frame's units.
    """
    matrix = inverse(frame) @ item.world_from_local
    matrix = np.where(np.abs(matrix) < 1e-12 * np.abs(matrix).max(), 0, matrix)
    aligned = (np.count_nonzero(matrix[:3, :3], axis=1) <= 1).all()
    low, high = item.mesh.extent.astype(np.float64)
    points = low + CORNERS * (high - low) if aligned else item.mesh.points.astype(np.float64)
    moved = points @ matrix[:3, :3].T + matrix[:3, 3]
    return np.stack([moved.min(axis=0), moved.max(axis=0)])


def in_view(scene: SceneSnapshot, camera: Camera, labels: Labelling) -> list[int]:
    """List the labelled prims whose projection reaches into the image."""
    return [prim for prim, rectangle in enumerate(prim_extents(scene, camera, labels)) if touches(rectangle, camera)]


def compute(
    buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Mapping[str, Any], around: bool, legacy: bool
) -> AnnotatorOutput:
    """Return one row a labelled prim: semanticId, extents in its frame (stage units), transform, occlusionRatio.

    `transform` takes local points to the world by row vectors, as USD does: stage units, translation in the last row.
    """
    labels = labelling(scene, params)
    rows = list(range(len(labels.paths))) if around else in_view(scene, camera, labels)
    occlusion = visibility(buffers, labels).occlusion
    data = np.zeros(len(rows), BOX_3D)
    for row, prim in enumerate(rows):
        extents = np.stack([extent_in(scene.instances[n], labels.worlds[prim]) for n in labels.members[prim]])
        low, high = extents[:, 0].min(axis=0), extents[:, 1].max(axis=0)
        transform = labels.worlds[prim].copy()
        transform[:3] /= scene.meters_per_unit
        data[row] = (labels.class_of[prim], *low, *high, transform.T, occlusion[prim])
    return AnnotatorOutput(data, box_info(labels, rows, legacy))


_TEXT = f"Boxes of labelled prims in their own frames: {BOX_3D.names}; info: idToLabels, bboxIds, primPaths."
ANNOTATORS = tuple(
    Annotator(name, NEEDED, partial(compute, around=around, legacy=legacy), FILTER_DEFAULTS, _TEXT)
    for name, around, legacy in (
        ("bounding_box_3d", False, True),
        ("bounding_box_3d_fast", False, False),
        ("bounding_box_3d_360", True, True),
    )
)
