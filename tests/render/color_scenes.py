"""Small scenes as numbers, for tests of colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.render.buffers import Aov, RenderSettings
from engine.render.frame import FrameRenderer
from engine.stage.scene import Camera, Instance, Light, Material, Mesh, SceneSnapshot

WHITE = Material("/white", "preview_surface", (1.0, 1.0, 1.0), roughness=1.0)  # a Lambertian of albedo 1


def quad(key: str = "quad", **fields: Any) -> Mesh:
    """Make a unit square in XY facing +Z, u along x, v along y."""
    points = np.array([[-0.5, -0.5, 0], [0.5, -0.5, 0], [0.5, 0.5, 0], [-0.5, 0.5, 0]], np.float32)
    triangles = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    uvs = (points[:, :2] + 0.5)[triangles]
    return Mesh(key, points, triangles, **{"corner_uvs": uvs, **fields})


def cube(key: str = "cube") -> Mesh:
    """Make a unit cube."""
    points = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)], np.float32)
    faces = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
    triangles = np.array([[f[0], f[i], f[i + 1]] for f in faces for i in (1, 2)], np.int32)
    return Mesh(key, points, triangles)


def ball(key: str = "ball", rings: int = 48) -> Mesh:
    """Make a sphere of radius 0.5 with smooth normals."""
    theta, phi = np.meshgrid(np.linspace(0, np.pi, rings + 1), np.linspace(0, 2 * np.pi, 2 * rings + 1), indexing="ij")
    normals = np.stack([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)], -1).reshape(-1, 3)
    index = np.arange(len(normals)).reshape(theta.shape)
    a, b, c, d = (i.ravel() for i in (index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]))
    triangles = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]).astype(np.int32)
    normals = normals.astype(np.float32)
    return Mesh(key, 0.5 * normals, triangles, normals[triangles])


def at(*translation: float, scale: float | Sequence[float] = 1.0) -> np.ndarray:
    """Make a matrix from a scale, then a translation."""
    matrix = np.diag([*np.broadcast_to(scale, 3), 1.0]).astype(np.float64)
    matrix[:3, 3] = translation
    return matrix


def looking(eye: Sequence[float], target: Sequence[float], up: Sequence[float] = (0, 0, 1)) -> np.ndarray:
    """Make the pose of something that looks along -Z from `eye` to `target`."""
    back = np.subtract(eye, target) / np.linalg.norm(np.subtract(eye, target))
    right = np.cross(up, back)
    right /= np.linalg.norm(right)
    matrix = np.eye(4)
    matrix[:3, :] = np.stack([right, np.cross(back, right), back, np.asarray(eye, float)], 1)
    return matrix


def camera(pose: np.ndarray, width: int = 32, height: int = 32, fx: float = 32.0, **fields: Any) -> Camera:
    """Make a pinhole camera."""
    values = {"cx": width / 2, "cy": height / 2, "near": 0.01, "far": 1e4, **fields}
    return Camera("/Camera", width, height, pose, pose, fx, values.pop("fy", fx), **values)


def item(mesh: Mesh, matrix: np.ndarray, material: Material | None = None, **fields: Any) -> Instance:
    """Make a drawable."""
    return Instance(fields.pop("path", f"/{mesh.key}"), mesh, material or Material(), matrix, matrix, **fields)


def radiance(
    instances: Sequence[Instance],
    lights: Sequence[Light],
    view: Camera,
    samples: int = 16,
    seed: int = 1,
    renderer: FrameRenderer | None = None,
    **scene: Any,
) -> np.ndarray:
    """Render linear colour without denoising."""
    settings = RenderSettings(samples=samples, denoise=False)
    snapshot = SceneSnapshot(tuple(instances), tuple(lights), **scene)
    frame = (renderer or FrameRenderer()).render(snapshot, view, frozenset({Aov.RADIANCE}), seed, settings)
    return frame[Aov.RADIANCE]


def z_score(pixels: np.ndarray, expected: float) -> float:
    """Return how many standard errors the mean of independent pixels lies from a number."""
    error = pixels.std(ddof=1) / np.sqrt(pixels.size) + 1e-4 * expected
    return float((pixels.mean() - expected) / error)
