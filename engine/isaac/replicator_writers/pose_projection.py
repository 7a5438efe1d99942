"""From the camera's frame to pixels, for the camera models that PoseWriter's keypoints follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float

Points = Float[np.ndarray, "n 3"]
Pixels = Float[np.ndarray, "n 2"]
EPSILON = 1e-10


def pixels(points: Points, camera: Mapping[str, Any]) -> Pixels:
    """Project points.

    Args:
        points: (n, 3), camera frame (looking along -Z, +Y up), stage units.
        camera: what the annotator `camera_params` gives.
    """
    model = {"pinholeOpenCV": _opencv, "fisheyePolynomial": _polynomial}.get(str(camera["cameraModel"]), _pinhole)
    return model(np.asarray(points, dtype=np.float64), camera)


def intrinsics(camera: Mapping[str, Any]) -> dict[str, float]:
    """Return fx, fy, cx, cy of the projection matrix, pixels."""
    matrix = np.reshape(camera["cameraProjection"], (4, 4)).astype(np.float64)
    width, height = (float(v) for v in camera["renderProductResolution"])
    return {
        "fx": matrix[0, 0] * width / 2,
        "fy": matrix[1, 1] * height / 2,
        "cx": (1 - matrix[2, 0]) * width / 2,
        "cy": (1 + matrix[2, 1]) * height / 2,
    }


def _pinhole(points: Points, camera: Mapping[str, Any]) -> Pixels:
    matrix = np.reshape(camera["cameraProjection"], (4, 4)).astype(np.float64)
    size = np.asarray(camera["renderProductResolution"], dtype=np.float64)
    clip = np.concatenate([points, np.ones((len(points), 1))], axis=1) @ matrix
    safe = np.where(np.abs(clip[:, 3:]) < EPSILON, np.inf, clip[:, 3:])
    return (clip[:, :2] / safe * [1, -1] + 1) * size / 2


def _opencv(points: Points, camera: Mapping[str, Any]) -> Pixels:
    focal = np.array([camera["cameraOpenCVFx"], camera["cameraOpenCVFy"]], dtype=np.float64)
    centre, scale = _centre_and_scale(camera)
    depth = np.where(np.abs(points[:, 2:]) < EPSILON, -np.inf, points[:, 2:])
    return (points[:, :2] / -depth * focal * [1, -1] + centre) * scale


def _polynomial(points: Points, camera: Mapping[str, Any]) -> Pixels:
    """Follow theta = a + b r + c r^2 + ..., solved for r: the angle from the axis, the radius in nominal pixels."""
    coefficients = np.asarray(camera["cameraFisheyePolynomial"], dtype=np.float64)
    centre, scale = _centre_and_scale(camera)
    across = np.linalg.norm(points[:, :2], axis=1)
    theta = np.arctan2(across, -points[:, 2])
    radius = np.array([_radius(angle, coefficients) for angle in theta])
    direction = points[:, :2] / np.maximum(across, EPSILON)[:, None]
    return (centre + radius[:, None] * direction * [1, -1]) * scale


def _radius(theta: float, coefficients: Float[np.ndarray, " k"]) -> float:
    """Return the smallest radius not below 0 at which the polynomial reaches an angle."""
    polynomial = np.polynomial.Polynomial(coefficients) - theta
    roots = polynomial.trim().roots()
    real = roots[np.abs(roots.imag) < 1e-9].real
    real = real[real >= -1e-9]
    return float(real.min()) if len(real) else float("nan")


def _centre_and_scale(camera: Mapping[str, Any]) -> tuple[Float[np.ndarray, "2"], Float[np.ndarray, "2"]]:
    """Return the optical centre in nominal pixels, and image pixels a nominal pixel."""
    size = np.asarray(camera["renderProductResolution"], dtype=np.float64)
    nominal = np.array([camera["cameraFisheyeNominalWidth"], camera["cameraFisheyeNominalHeight"]], dtype=np.float64)
    nominal = np.where(nominal > 0, nominal, size)
    centre = np.asarray(camera["cameraFisheyeOpticalCentre"], dtype=np.float64)
    return np.where(centre != 0, centre, nominal / 2), size / nominal
