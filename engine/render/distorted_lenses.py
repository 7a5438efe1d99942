"""Lenses with measured distortion: OpenCV's pinhole and fisheye, Kannala-Brandt, thin prisms, and the f-theta schema.

Directions as in `lenses`. Inside, points are as OpenCV has them: x to the right, y down, z ahead. Source: OpenCV
documentation, "Camera Calibration and 3D Reconstruction" and "Fisheye camera model"; attribute names of the schemas
OmniLensDistortion...API (omni.usd.schema.omni_lens_distortion).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
from jaxtyping import Bool, Float64

from engine.stage.scene import Camera

PREFIX = "omni:lensdistortion:"
STEPS = 30  # of Newton's method
EXACT = 1e-9  # what it must come to, in focal lengths
WIDEST = 30.0  # tangent up to which distortion is looked at
Points = Float64[np.ndarray, "n 3"]
Pixels = Float64[np.ndarray, "n 2"]
Valid = Bool[np.ndarray, "n"]
Coefficients = tuple[float, ...]

FISHEYE = ("k1", "k2", "k3", "k4")
PINHOLE = ("k1", "k2", "k3", "k4", "k5", "k6", "p1", "p2", "s1", "s2", "s3", "s4")
KANNALA = ("k0", "k1", "k2", "k3")
PRISM = ("k0", "k1", "k2", "k3", "k4", "k5", "p0", "p1", "s0", "s1", "s2", "s3")


def value(camera: Camera, name: str, fallback: float = 0.0) -> float:
    """Return a number of the camera's distortion schema."""
    found = camera.attributes.get(f"{PREFIX}{camera.model}:{name}")
    return fallback if found is None else float(found)


def coefficients(camera: Camera, names: tuple[str, ...]) -> Coefficients:
    """Return some numbers of the camera's distortion schema; 0 where the prim says nothing."""
    return tuple(value(camera, name) for name in names)


def intrinsics(camera: Camera) -> tuple[float, float, float, float]:
    """Return fx, fy, cx, cy in pixels of the image: calibrated ones are scaled from the size they were measured at."""
    if camera.model.startswith("opencv"):
        size = camera.attributes.get(f"{PREFIX}{camera.model}:imageSize") or (camera.width, camera.height)
        across, down = camera.width / size[0], camera.height / size[1]
        focal = value(camera, "fx") * across, value(camera, "fy") * down
        return *focal, value(camera, "cx", size[0] / 2) * across, value(camera, "cy", size[1] / 2) * down
    width, height = value(camera, "nominalWidth", camera.width), value(camera, "nominalHeight", camera.height)
    centre = camera.attributes.get(f"{PREFIX}{camera.model}:opticalCenter") or (width / 2, height / 2)
    return camera.fx, camera.fy, centre[0] * camera.width / width, centre[1] * camera.height / height


def _imaged(camera: Camera, theta: Float64[np.ndarray, "n"]) -> Valid:
    """Tell which angles from the axis (radians) lie within `maxFov`."""
    return theta <= np.radians(value(camera, "maxFov", 360.0)) / 2


@lru_cache(maxsize=64)
def _steepest(found: Coefficients) -> float:
    """Return the angle up to which a fisheye's radius grows with the angle."""
    theta = np.linspace(0, np.pi, 4097)
    slope = np.polynomial.polynomial.polyval(theta**2, (1, 3 * found[0], 5 * found[1], 7 * found[2], 9 * found[3]))
    return float(theta[np.argmax(slope <= 0)]) if (slope <= 0).any() else np.pi


def _bent(theta: Float64[np.ndarray, "n"], found: Coefficients) -> Float64[np.ndarray, "n"]:
    return theta * np.polynomial.polynomial.polyval(theta**2, (1, *found))


def _fisheye(names: tuple[str, ...]) -> tuple[Callable[..., tuple[Points, Valid]], Callable[..., tuple[Pixels, Valid]]]:
    """Return the functions of theta_d = theta (1 + k theta^2 + k' theta^4 + ...)."""

    def directions(camera: Camera, pixels: Pixels) -> tuple[Points, Valid]:
        fx, fy, cx, cy = intrinsics(camera)
        found = coefficients(camera, names)
        x, y = (pixels[:, 0] - cx) / fx, (pixels[:, 1] - cy) / fy
        radius, last = np.hypot(x, y), _steepest(found)
        theta = np.minimum(radius, last)
        for _ in range(STEPS if any(found) else 0):
            slope = np.polynomial.polynomial.polyval(
                theta**2, (1, 3 * found[0], 5 * found[1], 7 * found[2], 9 * found[3])
            )
            theta = np.clip(theta - (_bent(theta, found) - radius) / np.maximum(slope, 1e-6), 0, last)
        valid = (np.abs(_bent(theta, found) - radius) < EXACT * 10) & _imaged(camera, theta)
        scale = np.sin(theta) / np.maximum(radius, 1e-12)
        return np.stack([x * scale, -y * scale, -np.cos(theta)], 1), valid

    def pixels(camera: Camera, points: Points) -> tuple[Pixels, Valid]:
        fx, fy, cx, cy = intrinsics(camera)
        found = coefficients(camera, names)
        sideways = np.hypot(points[:, 0], points[:, 1])
        theta = np.arctan2(sideways, -points[:, 2])
        scale = _bent(theta, found) / np.maximum(sideways, 1e-12)
        valid = (theta <= _steepest(found)) & _imaged(camera, theta)
        return np.stack([cx + fx * points[:, 0] * scale, cy - fy * points[:, 1] * scale], 1), valid

    return directions, pixels


def _shifted(xy: Pixels, found: Coefficients) -> Pixels:
    """Apply rational radial, tangential and thin-prism distortion to tangents."""
    k1, k2, k3, k4, k5, k6, p1, p2, s1, s2, s3, s4 = found
    x, y = xy[:, 0], xy[:, 1]
    r2 = x * x + y * y
    radial = (1 + r2 * (k1 + r2 * (k2 + r2 * k3))) / (1 + r2 * (k4 + r2 * (k5 + r2 * k6)))
    across = x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x) + s1 * r2 + s2 * r2 * r2
    down = y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y + s3 * r2 + s4 * r2 * r2
    return np.stack([across, down], 1)


@lru_cache(maxsize=64)
def _farthest(found: Coefficients) -> float:
    """Return the tangent up to which the radial distortion does not fold the image over."""
    r = np.linspace(0, WIDEST, 30001)[1:]
    radial = _shifted(np.stack([r, np.zeros_like(r)], 1), (*found[:6], *[0.0] * 6))[:, 0]
    folds = np.diff(radial, prepend=0.0) <= 0
    return float(r[np.argmax(folds)]) if folds.any() else np.inf


def _unshifted(target: Pixels, found: Coefficients) -> tuple[Pixels, Valid]:
    """Undo the distortion by Newton's method in two dimensions."""
    xy, last = target.copy(), _farthest(found)
    xy *= np.minimum(1.0, 0.9 * last / np.maximum(np.hypot(*target.T), 1e-12))[:, None]
    step = 1e-7
    for _ in range(STEPS):
        error = _shifted(xy, found) - target
        a, b = ((_shifted(xy + step * np.eye(2)[axis], found) - _shifted(xy, found)) / step for axis in (0, 1))
        determinant = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
        determinant = np.where(np.abs(determinant) < 1e-9, 1e-9, determinant)
        move = np.stack(
            [error[:, 0] * b[:, 1] - error[:, 1] * b[:, 0], a[:, 0] * error[:, 1] - a[:, 1] * error[:, 0]], 1
        )
        move /= determinant[:, None]
        xy = xy - move * np.minimum(1.0, 0.5 / np.maximum(np.hypot(*move.T), 1e-12))[:, None]
    near = np.hypot(*(_shifted(xy, found) - target).T) < EXACT * 100
    return xy, near & (np.hypot(*xy.T) <= last)


def _pinhole(names: tuple[str, ...]) -> tuple[Callable[..., tuple[Points, Valid]], Callable[..., tuple[Pixels, Valid]]]:
    """Return the functions of a pinhole with distortion."""

    def directions(camera: Camera, pixels: Pixels) -> tuple[Points, Valid]:
        fx, fy, cx, cy = intrinsics(camera)
        found = coefficients(camera, names)
        target = np.stack([(pixels[:, 0] - cx) / fx, (pixels[:, 1] - cy) / fy], 1)
        xy, valid = _unshifted(target, found) if any(found) else (target, np.ones(len(target), bool))
        length = np.sqrt(1 + (xy**2).sum(axis=1))
        ray = np.stack([xy[:, 0], -xy[:, 1], np.full(len(xy), -1.0)], 1) / length[:, None]
        return ray, valid & _imaged(camera, np.arccos(1 / length))

    def pixels(camera: Camera, points: Points) -> tuple[Pixels, Valid]:
        fx, fy, cx, cy = intrinsics(camera)
        found = coefficients(camera, names)
        ahead = points[:, 2] < 0
        depth = np.where(ahead, -points[:, 2], 1.0)
        xy = np.stack([points[:, 0] / depth, -points[:, 1] / depth], 1)
        radius = np.hypot(*xy.T)
        valid = ahead & (radius <= _farthest(found)) & _imaged(camera, np.arctan(radius))
        shifted = _shifted(xy, found)
        return np.stack([cx + fx * shifted[:, 0], cy + fy * shifted[:, 1]], 1), valid

    return directions, pixels


def as_fisheye_polynomial(camera: Camera) -> Camera:
    """Return a camera of the f-theta schema in the words of the older `fisheyePolynomial`."""
    older = {
        "nominalWidth": "fthetaWidth",
        "nominalHeight": "fthetaHeight",
        "maxFov": "fthetaMaxFov",
        **{f"k{number}": f"fthetaPoly{letter}" for number, letter in enumerate("ABCDE")},
    }
    raw = {new: camera.attributes.get(f"{PREFIX}ftheta:{name}") for name, new in older.items()}
    centre = camera.attributes.get(f"{PREFIX}ftheta:opticalCenter") or (None, None)
    raw |= {"fthetaCx": centre[0], "fthetaCy": centre[1]}
    given = {name: found for name, found in raw.items() if found is not None}
    return replace(camera, model="fisheyePolynomial", attributes={"fthetaPolyB": 0.0, **given})


DISTORTED = {
    "opencvFisheye": _fisheye(FISHEYE),
    "kannalaBrandtK3": _fisheye(KANNALA),
    "opencvPinhole": _pinhole(PINHOLE),
    "radTanThinPrism": _pinhole(PRISM),
}
