"""Ambient occlusion: how much of the sky above each surface nothing near covers."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32

from engine.render.buffers import Aov, FrameBuffers
from engine.render.tracer import LabelTracer

NEEDED = frozenset({Aov.INSTANCE, Aov.POSITION, Aov.NORMAL})
DIRECTIONS = 16
LIFT = 1e-4  # metres above the surface where rays begin, and as much of the way to the origin


def openness(
    tracer: LabelTracer, buffers: FrameBuffers, length: float, generator: np.random.Generator
) -> Float32[np.ndarray, "h w"]:
    """Return the share of the sky, weighted by the cosine to the normal, that is open; 1 where nothing is hit.

    Each pixel sends `DIRECTIONS` rays, one in each ring of equal weight, turned by an angle of its own.

    Args:
        tracer: has the scene of the buffers.
        buffers: `NEEDED`.
        length: metres; what is further away covers nothing.
        generator: of the rays' angles.

    Source: Malley's method (Pharr, Jakob, Humphreys, Physically Based Rendering, 4th ed., A.5.3).
    """
    hit = np.flatnonzero(buffers[Aov.INSTANCE].ravel() >= 0)
    points = buffers[Aov.POSITION].reshape(-1, 3)[hit].astype(np.float64)
    normals = buffers[Aov.NORMAL].reshape(-1, 3)[hit].astype(np.float64)
    right, up = _frames(normals)
    lift = LIFT * np.maximum(1.0, np.abs(points).max(axis=1, keepdims=True, initial=0.0))
    origins = np.ascontiguousarray(points + lift * normals, np.float32)
    open_rays = np.zeros(len(hit), np.float32)
    for ring in range(DIRECTIONS):
        radius = np.sqrt((ring + generator.random(len(hit))) / DIRECTIONS)
        angle = 2 * np.pi * generator.random(len(hit))
        side, ahead = (radius * np.cos(angle))[:, None], (radius * np.sin(angle))[:, None]
        height = np.sqrt(np.maximum(1.0 - radius**2, 0.0))[:, None]
        directions = np.ascontiguousarray(right * side + up * ahead + normals * height, np.float32)
        open_rays += tracer.follow(origins, directions).parameter > length
    result = np.ones(buffers.height * buffers.width, np.float32)
    result[hit] = open_rays / DIRECTIONS
    return result.reshape(buffers.height, buffers.width)


def _frames(normals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return two unit vectors across each normal."""
    flat = np.abs(normals[:, 2:]) > 0.9
    other = np.where(flat, [1.0, 0.0, 0.0], [0.0, 0.0, 1.0])
    right = np.cross(other, normals)
    right /= np.linalg.norm(right, axis=1, keepdims=True)
    return right, np.cross(normals, right)
