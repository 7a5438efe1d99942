"""A pair of infrared images under a dot projector, from each imager's buffers; and the depth they give.

Source: reference/infrared.md 1.13, after SAPIEN's simsense and DREDS: two images under a projector, then matching.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt8
from numpy.typing import NDArray

from sensors.dot_pattern import blue_noise_points, dot_image
from sensors.illuminators import DotProjector
from sensors.imager import MOST_GAIN, MonoCamera, auto_exposed, to_8_bit
from sensors.near_infrared import reflected_radiance
from sensors.stereo_depth import StereoCamera, match, speckle


@dataclass(frozen=True)
class View:
    """What one imager sees, one row of numbers a pixel.

    Args:
        points: (h, w, 3) m, in the frame of the left imager (looks along -Z, +Y up); anything where nothing is.
        normals: (h, w, 3) unit, same frame.
        reflectance: (h, w) 0..1 in the band; 0 where nothing is.
        ambient: (h, w) W m^-2 sr^-1 that arrives without the projector; None is darkness.
        lit: (h, w) 0..1 part that no shadow keeps from the projector; None is all.
    """

    points: Float[np.ndarray, "h w 3"]
    normals: Float[np.ndarray, "h w 3"]
    reflectance: Float[np.ndarray, "h w"]
    ambient: Float[np.ndarray, "h w"] | None = None
    lit: Float[np.ndarray, "h w"] | None = None


def projector_of(camera: StereoCamera, generator: np.random.Generator, sigma: float = 1.1) -> DotProjector:
    """Make a camera's projector with a pattern of our own.

    Args:
        camera: the pair.
        generator: source of the pattern: the camera's own, so that it stays the same from frame to frame.
        sigma: of a dot, in pixels of the imagers at the middle of the image.
    """
    across, up = np.tan(camera.projector_width / 2), np.tan(camera.projector_height / 2)
    width, height = int(2 * across * camera.focal_pixels), int(2 * up * camera.focal_pixels)
    points = blue_noise_points(camera.dots, width / height, generator)
    return DotProjector(
        power=camera.projector_power,
        width_angle=camera.projector_width,
        height_angle=camera.projector_height,
        pattern=dot_image(points, width, height, sigma),
        position=(camera.projector_offset, 0.0, 0.0),
    )


def view_radiance(view: View, projector: DotProjector | None, generator: np.random.Generator) -> NDArray[np.floating]:
    """Return the radiance (h, w) that an imager sees: projector with speckle, if it is on, and ambient light."""
    total = np.zeros_like(view.reflectance) if view.ambient is None else view.ambient.copy()
    if projector is not None:
        light = projector.irradiance(view.points, view.normals) * speckle(view.reflectance.shape, generator)
        total += reflected_radiance(view.reflectance, light if view.lit is None else light * view.lit)
    return total


def infrared_pair(
    imager: MonoCamera,
    left: View,
    right: View,
    projector: DotProjector | None,
    generator: np.random.Generator,
    auto_exposure: bool = True,
) -> tuple[UInt8[np.ndarray, "h w"], UInt8[np.ndarray, "h w"]]:
    """Return the two 8-bit images of a frame, left first; both with the exposure that suits the left one."""
    seen = [view_radiance(view, projector, generator) for view in (left, right)]
    return exposed_pair(imager, seen[0], seen[1], generator, auto_exposure)


def exposed_pair(
    imager: MonoCamera,
    left: Float[np.ndarray, "h w"],
    right: Float[np.ndarray, "h w"],
    generator: np.random.Generator,
    auto_exposure: bool = True,
) -> tuple[UInt8[np.ndarray, "h w"], UInt8[np.ndarray, "h w"]]:
    """Return two 8-bit images, left first, of radiances (W m^-2 sr^-1) that speckle is already in.

    Both have the exposure that suits the left one, unless `auto_exposure` is off: then the imager's own.
    """
    used = auto_exposed(imager, left) if auto_exposure else imager
    pair = [to_8_bit(used.expose(radiance, generator), used.bits) for radiance in (left, right)]
    return pair[0], pair[1]


def least_texture(imager: MonoCamera) -> float:
    """Return the contrast (8-bit counts) below which an image at the highest gain may be noise alone: 3 sigma."""
    return 3.0 * max(1.0, imager.read_noise * 2**8 / (imager.full_well / MOST_GAIN))


def stereo_depth(
    camera: StereoCamera,
    imager: MonoCamera,
    left: View,
    right: View,
    projector: DotProjector | None,
    generator: np.random.Generator,
    auto_exposure: bool = True,
) -> NDArray[np.float64]:
    """Return the depth (h, w) that a frame gives, m along the left imager's axis; nan in holes."""
    pair = infrared_pair(imager, left, right, projector, generator, auto_exposure)
    return match(*pair, camera, texture=least_texture(imager))
