"""rep.augmentations_default: the augmentations that are registered from the start.

Images are uint8 (h, w, 3 or 4) RGB(A); a fourth channel is passed through.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from engine.replicator.augmentations import Augmentation
from engine.replicator.missing import refuse

Image = np.ndarray
DEFAULT_AUGMENTATIONS: dict[str, Augmentation] = {}


def _default(*names: str, **parameters: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        for name in names:
            DEFAULT_AUGMENTATIONS[name] = Augmentation(function, parameters=parameters)
        return function

    return add


def _on_colour(image: Image, change: Callable[[Image], Image]) -> Image:
    """Apply `change` to the colour channels as floats in 0..255 and keep alpha."""
    result = image.copy()
    result[..., :3] = np.clip(change(image[..., :3].astype(np.float32)), 0, 255).astype(image.dtype)
    return result


@_default("rgba_to_rgb", "RgbaToRgb")
def aug_rgba_to_rgb(data_in: Image) -> Image:
    """Drop the alpha channel."""
    return np.ascontiguousarray(data_in[..., :3])


@_default("ColorizeDepth", near=0.1, far=100.0)
def aug_colorize_depth(data_in: np.ndarray, near: float = 0.1, far: float = 100.0) -> Image:
    """Show distance as grey RGBA on a logarithmic scale, near bright and far (or nothing) dark.

    Args:
        data_in: (h, w) distance, metres.
        near, far: distances shown white and black, metres.
    """
    depth = np.clip(np.nan_to_num(data_in, nan=far, posinf=far), near, far)
    grey = 255.0 * (1.0 - np.log(depth / near) / np.log(far / near))
    return _grey_rgba(grey)


@_default("ColorizeNormals")
def aug_colorize_normals(data_in: np.ndarray) -> Image:
    """Show normals as colour, (n * 0.5 + 0.5) * 255; alpha is 255."""
    colour = ((data_in[..., :3].astype(np.float32) * 0.5 + 0.5) * 255).astype(np.uint8)
    return np.dstack([colour, np.full(colour.shape[:2], 255, np.uint8)])


@_default("Sobel")
def aug_sobel(data_in: Image) -> Image:
    """Show the length of the Sobel gradient of the grey image."""
    grey = cv2.cvtColor(np.ascontiguousarray(data_in[..., :3]), cv2.COLOR_RGB2GRAY).astype(np.float32)
    across = cv2.Sobel(grey, cv2.CV_32F, 1, 0, ksize=3)
    return _grey_rgba(np.hypot(across, cv2.Sobel(grey, cv2.CV_32F, 0, 1, ksize=3)))


@_default("Canny", thresholdLow=10, thresholdHigh=100)
def aug_canny(data_in: Image, thresholdLow: int = 10, thresholdHigh: int = 100) -> Image:
    """Show Canny edges, white on black.

    Args:
        data_in: RGB(A) image.
        thresholdLow, thresholdHigh: hysteresis thresholds of the gradient.
    """
    grey = cv2.cvtColor(np.ascontiguousarray(data_in[..., :3]), cv2.COLOR_RGB2GRAY)
    return _grey_rgba(cv2.Canny(grey, thresholdLow, thresholdHigh).astype(np.float32))


@_default("AdjustSigmoid", cutoff=0.5, gain=10.0)
def aug_adjust_sigmoid(data_in: Image, cutoff: float = 0.5, gain: float = 10.0) -> Image:
    """Change contrast along a sigmoid: 1 / (1 + exp(gain * (cutoff - value)))."""
    return _on_colour(data_in, lambda c: 255.0 / (1.0 + np.exp(gain * (cutoff - c / 255.0))))


@_default("Brightness", brightness_factor=0.0)
def aug_brightness(data_in: Image, brightness_factor: float = 0.0, seed: int = 0) -> Image:
    """Add to every colour.

    Args:
        data_in: RGB(A) image.
        brightness_factor: what is added, in image values divided by 100 (1 adds 100).
        seed: accepted; nothing is drawn.
    """
    return _on_colour(data_in, lambda c: c + 100.0 * brightness_factor)


@_default("Contrast", contrastFactor=1.0)
def aug_contrast(data_in: Image, contrastFactor: float = 1.0) -> Image:
    """Stretch colours about the mean of the image."""
    return _on_colour(data_in, lambda c: (c - c.mean()) * contrastFactor + c.mean())


@_default("SpeckleNoise", sigma=0.1, seed=-1)
def aug_speckle_noise(data_in: Image, sigma: float = 0.1, seed: int = 0) -> Image:
    """Multiply by 1 + normal noise of standard deviation `sigma`."""
    noise = np.random.default_rng(seed).normal(0.0, sigma, data_in.shape[:2] + (3,))
    return _on_colour(data_in, lambda c: c * (1.0 + noise))


@_default("ShotNoise", sigma=0.1, seed=-1)
def aug_shot_noise(data_in: Image, sigma: float = 0.1, seed: int = 0) -> Image:
    """Add noise whose variance grows with the signal: Poisson counts of value / (sigma^2)."""
    scale = max(1e-6, float(sigma)) ** 2
    generator = np.random.default_rng(seed)
    return _on_colour(data_in, lambda c: generator.poisson(c / 255.0 / scale) * scale * 255.0)


@_default("RgbToHsv")
def aug_rgb_to_hsv(data_in: Image) -> Image:
    """Turn RGB into HSV, each 0..255 (hue over the full circle)."""
    result = data_in.copy()
    result[..., :3] = cv2.cvtColor(np.ascontiguousarray(data_in[..., :3]), cv2.COLOR_RGB2HSV_FULL)
    return result


@_default("HsvToRgb")
def aug_hsv_to_rgb(data_in: Image) -> Image:
    """Turn HSV (each 0..255) back into RGB."""
    result = data_in.copy()
    result[..., :3] = cv2.cvtColor(np.ascontiguousarray(data_in[..., :3]), cv2.COLOR_HSV2RGB_FULL)
    return result


@_default("GlassBlur", delta=4, seed=-1)
def aug_glass_blur(data_in: Image, delta: int = 4, seed: int = 0) -> Image:
    """Swap every pixel with a random one at most `delta` pixels away."""
    height, width = data_in.shape[:2]
    offsets = np.random.default_rng(seed).integers(-delta, delta + 1, (2, height, width))
    rows = np.clip(np.arange(height)[:, None] + offsets[0], 0, height - 1)
    return data_in[rows, np.clip(np.arange(width)[None, :] + offsets[1], 0, width - 1)]


@_default("Conv2d", kernel=None)
def aug_conv2d(data_in: Image, kernel: Any = None) -> Image:
    """Convolve the colours with a small kernel; None is a 3x3 mean."""
    weights = np.full((3, 3), 1.0 / 9.0) if kernel is None else np.asarray(kernel, np.float32)
    return _on_colour(data_in, lambda c: cv2.filter2D(c, -1, weights[::-1, ::-1]))


@_default("CropResize", xmin=0, xmax=None, ymin=0, ymax=None)
def aug_crop_resize(
    data_in: Image, xmin: int = 0, xmax: int | None = None, ymin: int = 0, ymax: int | None = None
) -> Image:
    """Cut a box out, pixels, and stretch it to the size of the image."""
    height, width = data_in.shape[:2]
    box = np.ascontiguousarray(data_in[ymin : ymax or height, xmin : xmax or width])
    return cv2.resize(box, (width, height), interpolation=cv2.INTER_LINEAR)


@_default("Rotate", rotateDegrees=0.0)
def aug_rotate(data_in: Image, rotateDegrees: float = 0.0) -> Image:
    """Turn counter-clockwise about the centre, degrees; what comes in from outside is 0."""
    height, width = data_in.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), float(rotateDegrees), 1.0)
    return cv2.warpAffine(np.ascontiguousarray(data_in), matrix, (width, height))


@_default("Pixellate", kernelSize=8)
def aug_pixellate(data_in: Image, kernelSize: int = 8) -> Image:
    """Replace every block of `kernelSize` pixels by its mean."""
    height, width = data_in.shape[:2]
    small = (max(1, width // kernelSize), max(1, height // kernelSize))
    means = cv2.resize(np.ascontiguousarray(data_in), small, interpolation=cv2.INTER_AREA)
    return cv2.resize(means, (width, height), interpolation=cv2.INTER_NEAREST)


@_default("MotionBlur", motionAngle=0.0, strength=0.7, kernelSize=11)
def aug_motion_blur(data_in: Image, motionAngle: float = 0.0, strength: float = 0.7, kernelSize: int = 11) -> Image:
    """Smear along a line.

    Args:
        data_in: RGB(A) image.
        motionAngle: direction, degrees counter-clockwise from the right.
        strength: share of the smeared image.
        kernelSize: length of the line, pixels.
    """
    line: np.ndarray = np.zeros((kernelSize, kernelSize), np.float32)
    line[kernelSize // 2] = 1.0 / kernelSize
    centre = ((kernelSize - 1) / 2, (kernelSize - 1) / 2)
    line = cv2.warpAffine(line, cv2.getRotationMatrix2D(centre, motionAngle, 1.0), (kernelSize, kernelSize))
    line = np.asarray(line / max(float(line.sum()), 1e-6), np.float32)
    return _on_colour(data_in, lambda c: (1 - strength) * c + strength * cv2.filter2D(c, -1, line))


@_default("BackgroundRand", background=(0, 0, 0), seed=-1)
def aug_background_rand(data_in: Image, background: Any = (0, 0, 0), seed: int = 0) -> Image:
    """Lay an RGBA image over a background colour, or over one of several drawn at random."""
    choices = np.atleast_2d(np.asarray(background, np.float32))
    colour = choices[np.random.default_rng(seed).integers(len(choices))][:3]
    share = data_in[..., 3:4].astype(np.float32) / 255.0
    result = np.full_like(data_in, 255)
    result[..., :3] = np.round(data_in[..., :3] * share + colour * (1.0 - share)).astype(np.uint8)
    return result


def _grey_rgba(grey: np.ndarray) -> Image:
    values = np.clip(np.round(grey), 0, 255).astype(np.uint8)
    return np.dstack([values, values, values, np.full(values.shape, 255, np.uint8)])


__getattr__ = refuse("omni.replicator.core.augmentations_default")
