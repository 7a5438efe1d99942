"""Cameras again, written apart from the engine: what the label tests compare with."""

from __future__ import annotations

import numpy as np

from engine.stage.scene import Camera


def bend(camera: Camera, radius: np.ndarray) -> np.ndarray:
    raw = camera.attributes
    return raw["fthetaPolyB"] * radius + raw["fthetaPolyD"] * radius**3


def rays(camera: Camera) -> tuple[np.ndarray, np.ndarray]:
    """World-space start points (h, w, 3) and unit directions (h, w, 3) of the pixel centres."""
    h, w = camera.height, camera.width
    v, u = np.mgrid[0:h, 0:w] + 0.5
    rotation, eye = camera.world_from_camera[:3, :3], camera.world_from_camera[:3, 3]
    start = np.broadcast_to(eye, (h, w, 3)).copy()
    if camera.orthographic:
        x = (u - camera.cx) / w * camera.ortho_size[0]
        y = (camera.cy - v) / h * camera.ortho_size[1]
        start += x[..., None] * rotation[:, 0] + y[..., None] * rotation[:, 1]
        return start, np.broadcast_to(-rotation[:, 2], (h, w, 3))
    if camera.model == "fisheyePolynomial":
        scale = 512.0 / w
        x, y = (u - w / 2) * scale, (h / 2 - v) * scale
        radius = np.maximum(np.sqrt(x * x + y * y), 1e-9)
        theta = bend(camera, radius)
        local = np.stack([np.sin(theta) * x / radius, np.sin(theta) * y / radius, -np.cos(theta)], -1)
    elif camera.model == "pinholeOpenCV":
        scale = w / 512.0
        local = np.stack([(u - w / 2) / (400 * scale), (h / 2 - v) / (350 * scale), -np.ones((h, w))], -1)
    else:
        local = np.stack([(u - camera.cx) / camera.fx, (camera.cy - v) / camera.fy, -np.ones((h, w))], -1)
    local /= np.linalg.norm(local, axis=-1, keepdims=True)
    return start, local @ rotation.T


def cosine(camera: Camera, directions: np.ndarray) -> np.ndarray:
    """Metres along the optical axis for a metre along a ray."""
    return directions @ -camera.world_from_camera[:3, 2]


def project(camera: Camera, world_from_camera: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pixels (n, 2) of world points, and which of them lie in front of the camera."""
    x, y, z = ((points - world_from_camera[:3, 3]) @ world_from_camera[:3, :3]).T
    w, h = camera.width, camera.height
    if camera.orthographic:
        return np.stack([camera.cx + x * w / camera.ortho_size[0], camera.cy - y * h / camera.ortho_size[1]], 1), z < 0
    if camera.model == "fisheyePolynomial":
        theta = np.arctan2(np.hypot(x, y), -z)
        low, high = np.zeros_like(theta), np.full_like(theta, 2000.0)
        for _ in range(60):
            middle = (low + high) / 2
            above = bend(camera, middle) > theta
            low, high = np.where(above, low, middle), np.where(above, middle, high)
        angle = np.arctan2(y, x)
        scale = w / 512.0
        pixels = np.stack([w / 2 + low * np.cos(angle) * scale, h / 2 - low * np.sin(angle) * scale], 1)
        return pixels, theta < np.radians(100)
    fx, fy, cx, cy = camera.fx, camera.fy, camera.cx, camera.cy
    if camera.model == "pinholeOpenCV":
        fx, fy, cx, cy = 400 * w / 512, 350 * w / 512, w / 2, h / 2
    return np.stack([cx - fx * x / z, cy + fy * y / z], 1), z < -1e-9
