"""rep.augmentations_default: the augmentations that are registered from the start.

Images are uint8 (h, w, 3 or 4) RGB(A); a fourth channel is passed through. Here are those that are functions; those
that are nodes in Isaac Sim are in `augmentations_nodes`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from engine.replicator.augmentations import Augmentation
from engine.replicator.augmentations_nodes import NODE_AUGMENTATIONS
from engine.replicator.missing import refuse

Image = np.ndarray
DEFAULT_AUGMENTATIONS: dict[str, Augmentation] = dict(NODE_AUGMENTATIONS)


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
        brightness_factor: what is added, in image values (0..255).
        seed: accepted; nothing is drawn.

    Source: Omniverse documentation, "Data Augmentations", Brightness.
    """
    return _on_colour(data_in, lambda c: c + brightness_factor)


@_default("SpeckleNoise", sigma=0.1, seed=-1)
def aug_speckle_noise(data_in: Image, sigma: float = 0.1, seed: int = 0) -> Image:
    """Multiply by 1 + normal noise of standard deviation `sigma`."""
    noise = np.random.default_rng(seed).normal(0.0, sigma, data_in.shape[:2] + (3,))
    return _on_colour(data_in, lambda c: c * (1.0 + noise))


@_default("ShotNoise", sigma=20.0, seed=-1)
def aug_shot_noise(data_in: Image, sigma: float = 20.0, seed: int = 0) -> Image:
    """Add normal noise whose standard deviation is sqrt(value / sigma), values in 0..255.

    Source: Omniverse documentation, "Data Augmentations", Shot Noise.
    """
    noise = np.random.default_rng(seed).normal(0.0, 1.0, data_in.shape[:2] + (3,))
    return _on_colour(data_in, lambda c: c + noise * np.sqrt(c / max(float(sigma), 1e-6)))


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


def _grey_rgba(grey: np.ndarray) -> Image:
    values = np.clip(np.round(grey), 0, 255).astype(np.uint8)
    return np.dstack([values, values, values, np.full(values.shape, 255, np.uint8)])


__getattr__ = refuse("omni.replicator.core.augmentations_default")
