"""Colour through lenses that are not pinholes: flat views around the camera, read along each pixel's ray."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from jaxtyping import Float32, Float64

from engine.render.dome import bilinear
from engine.render.rays import Rays, primary_rays
from engine.stage.scene import Camera

FORWARD = np.array([[0, 0, -1], [1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1]], np.float64)
UP = np.array([[0, 1, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1], [0, 0, -1], [0, 1, 0]], np.float64)
MARGIN = 2  # pixels around a view's field, for the bilinear reading
FINER = 1.25  # pixels of a view for one pixel of the image

View = Callable[[Camera, int], Float32[np.ndarray, "h w c"]]


def is_flat_image(camera: Camera) -> bool:
    """Tell whether one flat view of the camera's own size is its image."""
    return camera.orthographic or camera.model in ("pinhole", "generalizedProjection")


def lens_view(camera: Camera, view: View, channels: int = 4) -> Float32[np.ndarray, "h w c"]:
    """Render through any lens.

    Args:
        camera: its lens model gives the rays.
        view: renders a pinhole camera, given its number among the views.
        channels: of what it renders.

    Returns:
        What the views show, such as linear radiance and alpha; 0 where the lens images nothing.
    """
    rays = primary_rays(camera)
    local = rays.directions.astype(np.float64) @ camera.world_from_camera[:3, :3]
    local /= np.linalg.norm(local, axis=1, keepdims=True)
    result = np.zeros((camera.height * camera.width, channels), np.float32)
    if rays.valid is not None:
        local[~rays.valid] = 0.0
    face = np.where(np.abs(local).any(axis=1), (local @ FORWARD.T).argmax(axis=1), -1)
    size = _resolution(camera, rays, local)
    for number in range(len(FORWARD)):
        chosen = np.flatnonzero(face == number)
        if chosen.size:
            result[chosen] = _read(camera, view, number, local[chosen], size)
    return result.reshape(camera.height, camera.width, channels)


def _resolution(camera: Camera, rays: Rays, local: Float64[np.ndarray, "n 3"]) -> float:
    """Return pixels a unit of tangent that resolve the image where it is finest, at most four times its width."""
    image = local.reshape(camera.height, camera.width, 3)
    valid = np.ones(image.shape[:2], bool) if rays.valid is None else rays.valid.reshape(image.shape[:2])
    step = np.linalg.norm(np.diff(image, axis=1), axis=-1)[valid[:, 1:] & valid[:, :-1]]
    finest = float(np.percentile(step, 5)) if step.size else 1.0
    return float(np.clip(FINER / max(finest, 1e-6), 16.0, 4.0 * camera.width))


def _read(
    camera: Camera, view: View, number: int, local: Float64[np.ndarray, "n 3"], size: float
) -> Float32[np.ndarray, "n c"]:
    """Render the part of one view that its rays need and read it along them."""
    forward, up = FORWARD[number], UP[number]
    side = np.cross(forward, up)
    depth = local @ forward
    x, y = size * (local @ side) / depth, -size * (local @ up) / depth
    left, top = np.floor(x.min()) - MARGIN, np.floor(y.min()) - MARGIN
    width, height = int(np.ceil(x.max()) + MARGIN - left), int(np.ceil(y.max()) + MARGIN - top)
    pose = camera.world_from_camera.copy()
    pose[:3, :3] = camera.world_from_camera[:3, :3] @ np.stack([side, up, -forward], axis=1)
    flat = replace(
        camera, width=width, height=height, world_from_camera=pose, fx=size, fy=size, cx=-left, cy=-top,
        model="pinhole", near=camera.near / np.sqrt(3.0), f_stop=0.0,
    )  # fmt: skip
    return bilinear(view(flat, number), x - left - 0.5, y - top - 0.5)
