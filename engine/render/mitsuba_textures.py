"""Image files as Mitsuba textures: read once, wrapped and placed as UsdUVTexture asks, half precision, bounded."""

from __future__ import annotations

from typing import Any, Literal

import cv2
import mitsuba as mi
import numpy as np
from jaxtyping import Float64

from engine.render.cache import BoundedCache
from engine.render.textures import CHANNEL, file_stamp, is_srgb, load_rgba, srgb_to_linear
from engine.stage.scene import Texture

Use = Literal["color", "scalar", "cutout", "normal"]
LARGEST = 2048  # pixels; larger images are averaged down for shading
KEPT_BYTES = 512 << 20
BYTES_PER_TEXEL = 16  # a half-precision copy, what it was made from, and the allocator's slack
FLIP_V = np.array([[1.0, 0, 0], [0, -1.0, 1.0], [0, 0, 1.0]])  # USD's v grows up, image rows grow down
SAME_WRAPS = ("repeat", "mirror", "clamp")


class TextureStore:
    """Mitsuba textures by image, placement and use."""

    def __init__(self, limit_bytes: int = KEPT_BYTES) -> None:
        self._cache: BoundedCache[Any] = BoundedCache(limit_bytes)

    def begin_frame(self) -> None:
        """Let textures go that the last frames did not use, if there are too many bytes of them."""
        self._cache.begin_frame()

    def get(self, texture: Texture, use: Use, threshold: float = 0.0) -> Any:
        """Return a texture object.

        Args:
            texture: what to read.
            use: "color" (linear RGB), "scalar" (one channel), "cutout" (that channel, 1 from `threshold` up, else 0) or
                "normal" (encoded 0..1, as Mitsuba expects it).
            threshold: of a cutout.

        Raises:
            FileNotFoundError: if the image cannot be read.
        """
        return self._cache.get(
            (texture, file_stamp(texture.path), use, threshold), lambda: _build(texture, use, threshold)
        )


def _build(texture: Texture, use: Use, threshold: float) -> tuple[Any, int]:
    image = _reduced(load_rgba(texture.path))
    values, raw = _values(image, texture, use, threshold)
    values, mode, inner = _wrapped(values, texture.wrap)
    described = {
        "type": "bitmap",
        "bitmap": mi.Bitmap(np.ascontiguousarray(values)),
        "raw": raw,
        "wrap_mode": mode,
        "filter_type": "nearest" if use == "cutout" else "bilinear",
        "format": "fp16",
        "to_uv": mi.ScalarTransform3f(inner @ FLIP_V @ placement(texture)),
    }
    return mi.load_dict(described), BYTES_PER_TEXEL * values.shape[0] * values.shape[1]


def texture_bytes(texture: Texture) -> int:
    """Return about how much memory a texture takes as Mitsuba holds it."""
    height, width = load_rgba(texture.path).shape[:2]
    factor = min(1.0, LARGEST / max(height, width))
    return int(BYTES_PER_TEXEL * height * width * factor * factor)


def placement(texture: Texture) -> Float64[np.ndarray, "3 3"]:
    """Return UsdTransform2d as a matrix on (u, v, 1): scale, then rotate, then translate."""
    cos, sin = np.cos(texture.uv_rotation), np.sin(texture.uv_rotation)
    (su, sv), (tu, tv) = texture.uv_scale, texture.uv_translation
    return np.array([[cos * su, -sin * sv, tu], [sin * su, cos * sv, tv], [0.0, 0.0, 1.0]])


def _reduced(image: np.ndarray) -> np.ndarray:
    height, width = image.shape[:2]
    factor = LARGEST / max(height, width)
    if factor >= 1:
        return image
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def _values(image: np.ndarray, texture: Texture, use: Use, threshold: float) -> tuple[np.ndarray, bool]:
    """Return texels and whether they are to be taken as they are; plain 8-bit sRGB is decoded by Mitsuba."""
    identity = texture.scale == (1.0,) * 4 and texture.bias == (0.0,) * 4
    if use == "color" and image.dtype == np.uint8 and identity and texture.wrap != ("black", "black"):
        return image[..., :3], not is_srgb(texture)
    values = image.astype(np.float32) / np.float32(255.0 if image.dtype == np.uint8 else 1.0)
    if use in ("color", "normal"):
        if use == "color" and is_srgb(texture):
            values[..., :3] = srgb_to_linear(values[..., :3])
        values = values[..., :3] * np.array(texture.scale[:3], np.float32) + np.array(texture.bias[:3], np.float32)
        if use == "normal" and min(texture.bias[:3]) < 0:  # decoded by scale and bias: encode again
            values = values * 0.5 + 0.5
        return np.clip(values, 0.0, 1.0 if use == "normal" else None), True
    index = CHANNEL.get(texture.channel, 0)
    if index < 3 and is_srgb(texture) and texture.color_space == "sRGB":
        values[..., index] = srgb_to_linear(values[..., index])
    channel = values[..., index : index + 1] * np.float32(texture.scale[index]) + np.float32(texture.bias[index])
    return ((channel >= threshold).astype(np.float32) if use == "cutout" else np.clip(channel, 0.0, 1.0)), True


def _wrapped(image: np.ndarray, wrap: tuple[str, str]) -> tuple[np.ndarray, str, Float64[np.ndarray, "3 3"]]:
    """Give Mitsuba, which has one wrap mode for both axes and no black border, an image that wraps as asked.

    Returns:
        The image, the wrap mode, and the map from the texture's unit square to the new image's.
    """
    if wrap[0] == wrap[1] and wrap[0] in SAME_WRAPS:
        return image, wrap[0], np.eye(3)
    matrix = np.eye(3)
    if wrap == ("black", "black"):
        height, width = image.shape[:2]
        matrix[:2, 2] = 1 / (width + 2), 1 / (height + 2)
        matrix[0, 0], matrix[1, 1] = width / (width + 2), height / (height + 2)
        return np.pad(image, ((1, 1), (1, 1), (0, 0))), "clamp", matrix
    for axis, mode in ((1, wrap[0]), (0, wrap[1])):
        row = 1 - axis
        if mode == "mirror":
            image = np.concatenate([image, np.flip(image, axis)], axis)
            matrix[row, row] = 0.5
        elif mode in ("clamp", "black"):  # right within one image beyond either edge
            size = image.shape[axis]
            widths = [(size, size) if a == axis else (0, 0) for a in range(3)]
            image = np.pad(image, widths, mode="edge" if mode == "clamp" else "constant")
            matrix[row, row], matrix[row, 2] = 1 / 3, 1 / 3
    return image, "repeat", matrix
