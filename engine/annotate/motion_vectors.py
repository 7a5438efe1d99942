"""motion_vectors: where each pixel's surface was in the previous frame, from camera and object motion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float64

from engine.annotate.output import Annotator, AnnotatorOutput
from engine.render.buffers import Aov, FrameBuffers
from engine.render.lenses import lens_of
from engine.render.transforms import inverse
from engine.stage.scene import Camera, Instance, SceneSnapshot


def previous_positions(
    instances: np.ndarray, triangles: np.ndarray, positions: np.ndarray, scene: SceneSnapshot
) -> tuple[Float64[np.ndarray, "n 3"], np.ndarray]:
    """Return where surface points were in the previous frame, and which of them moved.

    Args:
        instances, triangles: (n,) numbers, -1 for none.
        positions: (n, 3) world metres now.
        scene: holds both transforms of each instance, and both shapes of what deforms.
    """
    now = np.array([item.world_from_local for item in scene.instances]).reshape(-1, 4, 4)
    before = np.array([item.previous_world_from_local for item in scene.instances]).reshape(-1, 4, 4)
    deforms = np.array([item.previous_mesh is not None for item in scene.instances], bool)
    moves = np.append((now != before).any(axis=(1, 2)) | deforms, False)
    moved = moves[instances]
    result = positions.astype(np.float64)
    for number in np.unique(instances[moved]):
        chosen = np.flatnonzero(instances == number)
        if deforms[number]:
            local = _on_former_mesh(scene.instances[number], triangles[chosen], result[chosen])
            result[chosen] = local @ before[number][:3, :3].T + before[number][:3, 3]
            continue
        matrix = before[number] @ inverse(now[number])
        result[chosen] = result[chosen] @ matrix[:3, :3].T + matrix[:3, 3]
    return result, moved


def _on_former_mesh(item: Instance, triangles: np.ndarray, positions: np.ndarray) -> Float64[np.ndarray, "n 3"]:
    """Return where points of an instance's surface were on the mesh it was before, in its own frame."""
    matrix = inverse(item.world_from_local)
    local = positions @ matrix[:3, :3].T + matrix[:3, 3]
    corners = item.mesh.triangles[triangles]
    a, b, c = (item.mesh.points[corners[:, i]].astype(np.float64) for i in range(3))
    first, second, point = b - a, c - a, local - a
    facing = np.cross(first, second)
    area = np.maximum((facing**2).sum(axis=1), 1e-300)
    u = (np.cross(point, second) * facing).sum(axis=1) / area
    v = (np.cross(first, point) * facing).sum(axis=1) / area
    former = item.previous_mesh.points.astype(np.float64)  # type: ignore[union-attr]
    a, b, c = (former[corners[:, i]] for i in range(3))
    return a + u[:, None] * (b - a) + v[:, None] * (c - a)


def flow(buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera) -> Float64[np.ndarray, "h w 2"]:
    """Return previous minus present pixel, x to the right and y down; what nothing is hit by lies infinitely far.

    Points that were behind the previous camera have no pixel there and give 0.
    """
    shape = (camera.height, camera.width)
    instances = buffers[Aov.INSTANCE].ravel()
    triangles, positions = buffers[Aov.TRIANGLE].ravel(), buffers[Aov.POSITION].reshape(-1, 3)
    points, moved = previous_positions(instances, triangles, positions, scene)
    if np.array_equal(camera.world_from_camera, camera.previous_world_from_camera):
        chosen = np.flatnonzero(moved)
    else:
        chosen = np.arange(len(instances))
    result = np.zeros((len(instances), 2))
    if chosen.size:
        result[chosen] = _displacement(camera, points[chosen], instances[chosen] < 0, chosen)
    return result.reshape(*shape, 2)


def _displacement(camera: Camera, points: np.ndarray, empty: np.ndarray, pixel: np.ndarray) -> np.ndarray:
    lens = lens_of(camera)
    here = np.stack([pixel % camera.width, pixel // camera.width], 1) + 0.5
    before = np.linalg.inv(camera.previous_world_from_camera)
    local = points @ before[:3, :3].T + before[:3, 3]
    seen = np.ones(len(points), bool)
    if empty.any():
        turn = before[:3, :3] @ camera.world_from_camera[:3, :3]
        directions, seen[empty] = lens.directions(camera, here[empty])
        local[empty] = directions @ turn.T
    there, valid = lens.pixels(camera, local)
    fixed = empty if camera.orthographic else np.zeros_like(empty)
    return np.where((seen & valid & ~fixed)[:, None], there - here, 0.0)


def compute(buffers: FrameBuffers, scene: SceneSnapshot, camera: Camera, params: Mapping[str, Any]) -> AnnotatorOutput:
    """Return motion in pixels since the last captured frame: float32 (h, w, 4), z and w unused.

    x is positive for movement to the left and y for movement to the top: previous minus present pixel.
    Source: Replicator documentation, motion_vectors (signs); the unit is not stated there and is pixels here.
    """
    result = np.zeros((camera.height, camera.width, 4), np.float32)
    result[..., :2] = flow(buffers, scene, camera)
    return AnnotatorOutput(result)


ANNOTATORS = tuple(
    Annotator(
        name,
        frozenset({Aov.INSTANCE, Aov.TRIANGLE, Aov.POSITION}),
        compute,
        documentation="Motion since the last captured frame, pixels, x left positive, y up positive: "
        "float32 (h, w, 4), z and w unused.",
    )
    for name in ("motion_vectors", "MotionVectors", "Motion2d")
)
