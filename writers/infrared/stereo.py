"""Depth by matching what two infrared imagers see of the dots of a projector, with the holes that matching has.

The images are radiance that the engine traced, made into counts with the speckle of laser light, shot and read noise.
Speckle is put on all light, ambient light too.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sensors.active_stereo import exposed_pair, least_texture
from sensors.registry import find_camera
from sensors.stereo_depth import StereoCamera, match, speckle
from writers.infrared.near import fitted

IMAGER = "mono_nir850"
Picture = NDArray[np.uint8]


def infrared_pair(
    left: NDArray[np.float32], right: NDArray[np.float32], focal_pixels: float, generator: np.random.Generator
) -> tuple[Picture, Picture, float]:
    """Return the two 8-bit images, left first, both with the exposure that suits the left one.

    Args:
        left: (h, w) W m^-2 sr^-1.
        right: the same size.
        focal_pixels: focal length in pixels.
        generator: of this frame's noise.

    Returns:
        The images, and the least texture (counts) that is more than their noise.
    """
    height, width = left.shape
    seen = [image * speckle(image.shape, generator).astype(np.float32) for image in (left, right)]
    imager = fitted(find_camera(IMAGER), width, height, focal_pixels)
    first, second = exposed_pair(imager, seen[0], seen[1], generator)
    return first, second, least_texture(imager)


def matched_depth(
    camera: StereoCamera, left: NDArray[np.float32], right: NDArray[np.float32], generator: np.random.Generator
) -> tuple[NDArray[np.floating], Picture, Picture]:
    """Return depth (h, w) along the left imager's axis, m, nan in holes; and the two images."""
    first, second, texture = infrared_pair(left, right, camera.focal_pixels, generator)
    return match(first, second, camera, texture=texture), first, second
