"""Depth from two infrared images: block matching with the holes that it has, and a fast model of its noise.

Source: reference/infrared.md 1.13. z = f B / d, so sigma_z = z^2 sigma_d / (f B).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, UInt8
from numpy.typing import ArrayLike, NDArray

from sensors.checks import SensorError


@dataclass(frozen=True)
class StereoCamera:
    """An active stereo camera.

    Args:
        name: of the preset.
        width: pixels.
        height: pixels.
        focal_pixels: focal length in pixels.
        baseline: m between the imagers; the right one is along +X.
        projector_offset: m from the left imager along +X.
        projector_width: full angle of the dot projector across, radians.
        projector_height: full angle up, radians.
        projector_power: W.
        dots: in the pattern.
        subpixel: standard deviation of matching with good texture, pixels.
        quantum: smallest step of disparity, pixels.
        nearest: m.
        farthest: m.
        disparities: searched; a multiple of 16.
    """

    name: str
    width: int
    height: int
    focal_pixels: float
    baseline: float
    projector_offset: float
    projector_width: float
    projector_height: float
    projector_power: float = 0.36
    dots: int = 20000
    subpixel: float = 0.08
    quantum: float = 1.0 / 32.0
    nearest: float = 0.2
    farthest: float = 10.0
    disparities: int = 128

    @property
    def scale(self) -> float:
        """Focal length times baseline, pixel m: depth = scale / disparity."""
        return self.focal_pixels * self.baseline

    def depth_noise(self, depth: ArrayLike) -> NDArray[np.float64]:
        """Return the standard deviation of depth (m) at depths (m): z^2 sigma_d / (f B)."""
        return np.asarray(depth, np.float64) ** 2 * self.subpixel / self.scale

    def depth_step(self, depth: ArrayLike) -> NDArray[np.float64]:
        """Return the step of depth (m) at depths (m): z^2 quantum / (f B)."""
        return np.asarray(depth, np.float64) ** 2 * self.quantum / self.scale


def occluded(depth: Float[np.ndarray, "h w"], camera: StereoCamera) -> Bool[np.ndarray, "h w"]:
    """Return which pixels of the left image the right imager cannot see.

    A pixel at column c lands at c - d in the right image; there the nearest surface wins. Beside a near thing's left
    edge a band of f B (1 / z_near - 1 / z_far) pixels is hidden. What lands outside the right image is hidden too.

    Args:
        depth: (h, w) m along the optical axis of the left imager; inf or nan where nothing is.
        camera: the pair.
    """
    height, width = depth.shape
    disparity = np.where(np.isfinite(depth) & (depth > 0), camera.scale / np.maximum(depth, 1e-6), 0.0)
    target = np.arange(width)[None, :] - disparity
    column = np.floor(target + 0.5).astype(int)
    inside = (column >= 0) & (column < width)
    best = np.zeros((height, width + 1))
    rows = np.broadcast_to(np.arange(height)[:, None], column.shape)
    np.maximum.at(best, (rows, np.where(inside, column, width)), disparity)
    spread = np.maximum(best[:, :-1], np.maximum(np.roll(best[:, :-1], 1, 1), np.roll(best[:, :-1], -1, 1)))
    winner = spread[rows, np.clip(column, 0, width - 1)]
    return ~inside | (winner > disparity + 1.0)


def noisy_depth(
    depth: Float[np.ndarray, "h w"],
    camera: StereoCamera,
    generator: np.random.Generator,
    correlation: float = 1.0,
) -> NDArray[np.float64]:
    """Return depth as such a camera would give it, from true depth: fast, without images.

    Args:
        depth: (h, w) m along the optical axis.
        camera: the pair.
        generator: source of randomness.
        correlation: pixels over which neighbours err alike (matching windows); the size of the error stays.

    Returns:
        (h, w) m; nan in holes: hidden from one imager, nearer or farther than the range, or nothing there.
    """
    from scipy.ndimage import gaussian_filter

    draw = generator.standard_normal(depth.shape)
    if correlation > 0:
        draw = gaussian_filter(draw, correlation, mode="wrap")
        draw *= 2.0 * np.sqrt(np.pi) * correlation if correlation >= 0.5 else 1.0 / max(float(draw.std()), 1e-9)
    valid = np.isfinite(depth) & (depth >= camera.nearest) & (depth <= camera.farthest) & ~occluded(depth, camera)
    disparity = camera.scale / np.where(valid, depth, 1.0) + camera.subpixel * draw
    disparity = np.round(disparity / camera.quantum) * camera.quantum
    return np.where(valid & (disparity > 0), camera.scale / np.maximum(disparity, 1e-9), np.nan)


def match(
    left: UInt8[np.ndarray, "h w"],
    right: UInt8[np.ndarray, "h w"],
    camera: StereoCamera,
    texture: float = 4.0,
    uniqueness: int = 12,
) -> NDArray[np.float64]:
    """Find depth by matching two rectified images (OpenCV's semi-global matching, left-right check).

    Args:
        left: (h, w) 8-bit.
        right: (h, w) 8-bit.
        camera: the pair.
        texture: least standard deviation, in counts over 9 x 9 pixels, at which a place counts as textured; above
            the noise of the imagers.
        uniqueness: percent by which the best match must win.

    Returns:
        (h, w) m along the optical axis of the left imager; nan in holes.

    Raises:
        SensorError: if the images differ in shape.
    """
    import cv2

    if left.shape != right.shape:
        raise SensorError(f"stereo: left image is {left.shape} and right is {right.shape}; expected the same")
    window = 7
    matcher = cv2.StereoSGBM.create(
        minDisparity=0,
        numDisparities=camera.disparities,
        blockSize=window,
        P1=8 * window**2,
        P2=32 * window**2,
        disp12MaxDiff=1,
        preFilterCap=31,
        uniquenessRatio=uniqueness,
        speckleWindowSize=60,
        speckleRange=2,
        mode=cv2.STEREO_SGBM_MODE_SGBM_3WAY,
    )
    reach = camera.disparities  # columns that have no partner are looked for outside the image
    padded = [cv2.copyMakeBorder(i, 0, 0, reach, 0, cv2.BORDER_CONSTANT, value=0) for i in (left, right)]
    disparity = matcher.compute(padded[0], padded[1])[:, reach:].astype(np.float32) / 16.0
    disparity = refine(left, right, disparity)
    values = left.astype(np.float32)
    mean = cv2.blur(values, (9, 9))
    spread = np.sqrt(np.maximum(cv2.blur(values * values, (9, 9)) - mean * mean, 0.0))
    depth = camera.scale / np.where(disparity > 0, disparity, np.inf)
    valid = (disparity > 0) & (spread >= texture) & (depth >= camera.nearest) & (depth <= camera.farthest)
    return np.where(valid, depth, np.nan)


def refine(
    left: UInt8[np.ndarray, "h w"],
    right: UInt8[np.ndarray, "h w"],
    disparity: Float[np.ndarray, "h w"],
    spread: float = 3.0,
    steps: int = 4,
) -> NDArray[np.float32]:
    """Return disparities refined below a pixel; the matcher's own are drawn to whole pixels.

    Args:
        left: (h, w) 8-bit.
        right: (h, w) 8-bit.
        disparity: (h, w) pixels; 0 and below is a hole and stays.
        spread: standard deviation of the window, pixels; Gaussian, for a box has negative lobes and diverges.
        steps: of the iteration; each moves by half a pixel at most.

    Source: Lucas and Kanade 1981: over a window, d += sum(g (right(x - d) - left)) / sum(g^2), g = d right / dx.
    """
    import cv2

    height, width = disparity.shape
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    first, second = (cv2.GaussianBlur(image.astype(np.float32), (5, 5), 0.8) for image in (left, right))
    slope = cv2.Sobel(second, cv2.CV_32F, 1, 0, ksize=1) * 0.5
    found = np.where(disparity > 0, disparity, 0.0).astype(np.float32)
    for _ in range(steps):
        at = columns - found
        moved = cv2.remap(second, at, rows, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        across = cv2.remap(slope, at, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        pull = cv2.GaussianBlur(across * (moved - first), (0, 0), spread)
        stiffness = cv2.GaussianBlur(across * across, (0, 0), spread)
        found += np.clip(pull / np.maximum(stiffness, 1e-3), -0.5, 0.5)
    return np.where(disparity > 0, found, disparity).astype(np.float32)


GRAINS = 80.0  # a pixel, so that matching errs by the 0.08 px that Intel's tuning guide calls good texture


def speckle(shape: tuple[int, ...], generator: np.random.Generator, grains: float = GRAINS) -> NDArray[np.float64]:
    """Draw the grain of laser light, mean 1: Gamma(grains, 1 / grains) a pixel, as in simsense, which has 1333 grains.

    It is the part of the error of matching that does not fall with more light.
    """
    return generator.gamma(grains, 1.0 / grains, shape)


def fill_rate(depth: Float[np.ndarray, "h w"]) -> float:
    """Return the part of pixels that have a depth."""
    return float(np.mean(np.isfinite(depth)))
