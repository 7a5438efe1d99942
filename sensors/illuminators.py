"""Lights of infrared cameras: floods and spots, and projectors of dots. World space, metres, watts.

Source: reference/infrared.md 1.11.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from sensors.checks import SensorError

Points = Float[np.ndarray, "*n 3"]


def lambert_order(half_angle: float) -> float:
    """Return m of I ~ cos^m whose power is half at an angle (radians): -ln 2 / ln cos(half angle)."""
    if not 0.0 < half_angle < np.pi / 2:
        raise SensorError(f"half angle: is {np.degrees(half_angle):g} degrees; expected 0..90")
    return float(-np.log(2.0) / np.log(np.cos(half_angle)))


@dataclass(frozen=True)
class Flood:
    """A light-emitting diode: I(th) = (m + 1) / (2 pi) P cos^m th. A small half angle makes it a spot.

    Args:
        power: W.
        half_angle: radians at which it is half as strong.
        position: (3,) m.
        direction: (3,) where it shines; need not be of length 1.
    """

    power: float
    half_angle: float
    position: tuple[float, float, float] = (0.0, 0.0, 0.0)
    direction: tuple[float, float, float] = (0.0, 0.0, -1.0)

    def intensity(self, cosine: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return W/sr by the cosine of the angle to its direction; 0 behind it."""
        m = lambert_order(self.half_angle)
        return (m + 1.0) / (2.0 * np.pi) * self.power * np.maximum(cosine, 0.0) ** m

    def irradiance(self, points: Points, normals: Points) -> Float[np.ndarray, "*n"]:
        """Return W m^-2 on surfaces, without shadows.

        Args:
            points: (..., 3) m.
            normals: (..., 3) of length 1.

        Source: E = I(th) cos(th_i) / R^2.
        """
        ray, distance = _rays(points, self.position)
        forward = np.asarray(self.direction, points.dtype) / np.linalg.norm(self.direction).astype(points.dtype)
        facing = np.maximum(-np.sum(ray * normals, axis=-1), 0.0)
        return self.intensity(ray @ forward) * facing / distance**2


@dataclass(frozen=True)
class DotProjector:
    """A laser and a pattern: dots over a rectangular field, as active stereo cameras have.

    Args:
        power: W through the whole field.
        width_angle: full field of view across, radians.
        height_angle: full field of view up, radians.
        pattern: (h, w) relative strength with mean 1 over the field, row 0 at the top (see `dot_pattern`).
        position: (3,) m.
        world_from_projector: (3, 3) rotation; the projector looks along its -Z, +Y up, as cameras do.
    """

    power: float
    width_angle: float
    height_angle: float
    pattern: Float[np.ndarray, "h w"]
    position: tuple[float, float, float] = (0.0, 0.0, 0.0)
    world_from_projector: Float[np.ndarray, "3 3"] = field(default_factory=lambda: np.eye(3))

    def irradiance(self, points: Points, normals: Points) -> Float[np.ndarray, "*n"]:
        """Return W m^-2 on surfaces, without shadows; 0 outside the field.

        Args:
            points: (..., 3) m.
            normals: (..., 3) of length 1.

        Source: on a plane across the axis at z the power is spread over 2 z tan(a) x 2 z tan(b); a surface gets that
        times cos(incidence) / cos(angle to the axis).
        """
        ray, _ = _rays(points, self.position)
        rotation = np.asarray(self.world_from_projector, points.dtype)
        local = ray @ rotation
        depth = (np.asarray(points) - np.asarray(self.position, points.dtype)) @ -rotation[:, 2]
        ahead = depth > 1e-6
        safe = np.where(ahead, depth, 1.0)
        axis = np.where(ahead, -local[..., 2], 1.0)
        half_w, half_h = np.tan(0.5 * self.width_angle), np.tan(0.5 * self.height_angle)
        u, v = local[..., 0] / axis / half_w, local[..., 1] / axis / half_h
        inside = ahead & (np.abs(u) < 1.0) & (np.abs(v) < 1.0)
        facing = np.maximum(-np.sum(ray * normals, axis=-1), 0.0)
        on_plane = self.power * self._strength(u, v) / (4.0 * safe**2 * half_w * half_h)
        return np.where(inside, on_plane * facing / axis, 0.0)

    def _strength(self, u: NDArray[np.floating], v: NDArray[np.floating]) -> NDArray[np.floating]:
        from scipy.ndimage import map_coordinates

        height, width = self.pattern.shape
        row = (1.0 - np.clip(v, -1, 1)) * 0.5 * height - 0.5
        column = (np.clip(u, -1, 1) + 1.0) * 0.5 * width - 0.5
        return map_coordinates(self.pattern, [row, column], order=1, mode="nearest")


def _rays(points: Points, position: tuple[float, float, float]) -> tuple[Points, Float[np.ndarray, "*n"]]:
    offset = np.asarray(points) - np.asarray(position, points.dtype)
    distance = np.maximum(np.sqrt(np.sum(offset * offset, axis=-1)), 1e-9)
    return offset / distance[..., None], distance
