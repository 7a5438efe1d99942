"""Lens models: pixel to direction and back, one pair of functions a model.

Pixels are (x, y), origin top left, centres at +0.5. Directions are in the camera's frame, which looks along -Z with +Y
up. Source: isaacsim.replicator.writers (Isaac Sim 6.0), projection of points by camera model.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64

from engine.render.distorted_lenses import DISTORTED, PREFIX, as_fisheye_polynomial
from engine.stage.scene import Camera

POLYNOMIAL = ("fthetaPolyA", "fthetaPolyB", "fthetaPolyC", "fthetaPolyD", "fthetaPolyE", "fthetaPolyF")
NEWTON_STEPS = 30
Points = Float64[np.ndarray, "n 3"]
Pixels = Float64[np.ndarray, "n 2"]
Valid = Bool[np.ndarray, "n"]


@dataclass(frozen=True)
class Lens:
    """One model.

    Attributes:
        directions: (camera, pixels) -> (directions (n, 3), valid (n,)).
        pixels: (camera, points in the camera's frame) -> (pixels (n, 2), valid (n,)).
        planar: directions have length 1 along the optical axis and clipping planes are planes; else they are unit
            vectors and clip spheres.
    """

    directions: Callable[[Camera, Pixels], tuple[Points, Valid]]
    pixels: Callable[[Camera, Points], tuple[Pixels, Valid]]
    planar: bool = True


def _intrinsics(camera: Camera) -> tuple[float, float, float, float]:
    """Return fx, fy, cx, cy in pixels; pinholeOpenCV has its own."""
    if camera.model != "pinholeOpenCV":
        return camera.fx, camera.fy, camera.cx, camera.cy
    across, down, cx, cy = _nominal(camera)
    fx, fy = float(camera.attributes["openCVFx"]), float(camera.attributes["openCVFy"])
    return fx * across, fy * down, cx, cy


def _nominal(camera: Camera) -> tuple[float, float, float, float]:
    """Return pixels per nominal pixel in x and y, and the optical centre in pixels."""
    raw = camera.attributes
    width = float(raw.get("fthetaWidth") or camera.width)
    height = float(raw.get("fthetaHeight") or camera.height)
    across, down = camera.width / width, camera.height / height
    cx = float(raw.get("fthetaCx") or width / 2)
    cy = float(raw.get("fthetaCy") or height / 2)
    return across, down, cx * across, cy * down


def _pinhole_directions(camera: Camera, pixels: Pixels) -> tuple[Points, Valid]:
    fx, fy, cx, cy = _intrinsics(camera)
    x, y = (pixels[:, 0] - cx) / fx, (cy - pixels[:, 1]) / fy
    return np.stack([x, y, np.full_like(x, -1.0)], 1), np.ones(len(x), bool)


def _pinhole_pixels(camera: Camera, points: Points) -> tuple[Pixels, Valid]:
    fx, fy, cx, cy = _intrinsics(camera)
    valid = points[:, 2] < 0
    depth = np.where(valid, -points[:, 2], 1.0)
    return np.stack([cx + fx * points[:, 0] / depth, cy - fy * points[:, 1] / depth], 1), valid


def polynomial(camera: Camera) -> tuple[float, ...]:
    """Return a..f of theta = a + b r + c r^2 + ... + f r^5, r in nominal pixels."""
    return tuple(float(camera.attributes.get(name, 0.0)) for name in POLYNOMIAL)


def _fisheye_directions(camera: Camera, pixels: Pixels) -> tuple[Points, Valid]:
    across, down, cx, cy = _nominal(camera)
    x, y = (pixels[:, 0] - cx) / across, (cy - pixels[:, 1]) / down
    radius = np.hypot(x, y)
    theta = np.polynomial.polynomial.polyval(radius, polynomial(camera))
    scale = np.sin(theta) / np.maximum(radius, 1e-12)
    return np.stack([x * scale, y * scale, -np.cos(theta)], 1), _inside(camera, theta)


def _fisheye_pixels(camera: Camera, points: Points) -> tuple[Pixels, Valid]:
    across, down, cx, cy = _nominal(camera)
    sideways = np.hypot(points[:, 0], points[:, 1])
    theta = np.arctan2(sideways, -points[:, 2])
    coefficients = polynomial(camera)
    slope = np.polynomial.polynomial.polyder(coefficients)
    radius = (theta - coefficients[0]) / coefficients[1]
    for _ in range(NEWTON_STEPS if any(coefficients[2:]) else 0):
        error = np.polynomial.polynomial.polyval(radius, coefficients) - theta
        radius -= error / np.polynomial.polynomial.polyval(radius, slope)
    scale = radius / np.maximum(sideways, 1e-12)
    return np.stack([cx + points[:, 0] * scale * across, cy - points[:, 1] * scale * down], 1), _inside(camera, theta)


def _inside(camera: Camera, theta: Float64[np.ndarray, "n"]) -> Valid:
    """Tell which angles from the optical axis (radians) the lens images."""
    widest = np.radians(float(camera.attributes.get("fthetaMaxFov") or 360.0)) / 2
    return (theta >= 0) & (theta <= min(widest, np.pi))


def _parallel_directions(camera: Camera, pixels: Pixels) -> tuple[Points, Valid]:
    return np.broadcast_to([0.0, 0.0, -1.0], (len(pixels), 3)), np.ones(len(pixels), bool)


def _parallel_pixels(camera: Camera, points: Points) -> tuple[Pixels, Valid]:
    across, down = camera.width / camera.ortho_size[0], camera.height / camera.ortho_size[1]
    return np.stack([camera.cx + points[:, 0] * across, camera.cy - points[:, 1] * down], 1), points[:, 2] < 0


PINHOLE = Lens(_pinhole_directions, _pinhole_pixels)
PARALLEL = Lens(_parallel_directions, _parallel_pixels)
LENSES = {
    "pinhole": PINHOLE,
    "generalizedProjection": PINHOLE,
    "pinholeOpenCV": PINHOLE,
    "fisheyePolynomial": Lens(_fisheye_directions, _fisheye_pixels, planar=False),
    "ftheta": Lens(
        lambda camera, pixels: _fisheye_directions(as_fisheye_polynomial(camera), pixels),
        lambda camera, points: _fisheye_pixels(as_fisheye_polynomial(camera), points),
        planar=False,
    ),
    **{model: Lens(*functions, planar=False) for model, functions in DISTORTED.items()},
}


NEEDED = {
    "pinholeOpenCV": ("openCVFx", "openCVFy"),
    "fisheyePolynomial": ("fthetaPolyB",),
    "ftheta": (f"{PREFIX}ftheta:k1",),
    **{m: (f"{PREFIX}{m}:fx", f"{PREFIX}{m}:fy") for m in ("opencvPinhole", "opencvFisheye")},
}


def lens_of(camera: Camera) -> Lens:
    """Return the functions of a camera's lens.

    Raises:
        ValueError: if the model is not one of `LENSES`, or its parameters make no lens.
    """
    if camera.orthographic:
        return PARALLEL
    if camera.model not in LENSES:
        raise ValueError(
            f"camera '{camera.prim_path}': cameraProjectionType '{camera.model}' was given; the embedded engine has "
            f"{', '.join(LENSES)}: set cameraProjectionType to one of them"
        )
    for name in NEEDED.get(camera.model, ()):
        value = camera.attributes.get(name)
        if value is None or not float(value) > 0:
            raise ValueError(
                f"camera '{camera.prim_path}': {name} is {value}; expected a number above 0: set it, "
                f"{camera.model} needs it"
            )
    return LENSES[camera.model]
