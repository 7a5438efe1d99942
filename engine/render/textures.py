"""Read image files once and sample them at texture coordinates."""

from __future__ import annotations

import os

import cv2
import numpy as np
from jaxtyping import Float, Float32

from engine.render.cache import BoundedCache
from engine.stage.scene import Texture

KEPT_BYTES = 384 << 20
_images: BoundedCache[np.ndarray] = BoundedCache(KEPT_BYTES)

CHANNEL = {"r": 0, "g": 1, "b": 2, "a": 3}


def srgb_to_linear(encoded: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """Decode sRGB 0..1 to linear. Source: IEC 61966-2-1."""
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def file_stamp(path: str) -> int:
    """Return a number that changes when the file does; 0 where there is no such file."""
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0


def begin_frame() -> None:
    """Let images go that the last frames did not use; the renderer calls this once a view."""
    _images.begin_frame()


def load_rgba(path: str) -> np.ndarray:
    """Read an image as (h, w, 4): uint8 stays uint8, anything else becomes float32; RGB order, opaque by default.

    Images are kept in memory up to `KEPT_BYTES` (see `begin_frame`), and read again when the file has changed.

    Raises:
        FileNotFoundError: if OpenCV cannot read it.
    """
    key = (path, file_stamp(path))
    return _images.get(key, lambda: _read(path))


def _read(path: str) -> tuple[np.ndarray, int]:
    image = cv2.imread(path, cv2.IMREAD_UNCHANGED)
    if image is None:
        raise FileNotFoundError(f"texture '{path}' cannot be read; expected an image file (PNG, JPEG, HDR, TIFF ...)")
    if image.dtype == np.uint16:
        image = image.astype(np.float32) / 65535.0
    if image.ndim == 2 or image.shape[2] == 1:
        image = np.repeat(image.reshape(*image.shape[:2], 1), 3, axis=2)
    full = 255 if image.dtype == np.uint8 else 1.0
    alpha = image[..., 3:4] if image.shape[2] == 4 else np.full((*image.shape[:2], 1), full, image.dtype)
    rgba = np.ascontiguousarray(np.concatenate([image[..., 2::-1], alpha], axis=2))
    return rgba, rgba.nbytes


def is_srgb(texture: Texture) -> bool:
    """Tell whether a texture's texels are sRGB encoded ("auto": 8-bit images are)."""
    return texture.color_space == "sRGB" or (
        texture.color_space == "auto" and load_rgba(texture.path).dtype == np.uint8
    )


def transform_uvs(texture: Texture, uvs: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, "n 2"]:
    """Apply UsdTransform2d: scale, then rotate, then translate."""
    scaled = uvs * np.asarray(texture.uv_scale)
    cos, sin = np.cos(texture.uv_rotation), np.sin(texture.uv_rotation)
    turned = np.stack([scaled[:, 0] * cos - scaled[:, 1] * sin, scaled[:, 0] * sin + scaled[:, 1] * cos], axis=1)
    return turned + np.asarray(texture.uv_translation)


def _wrap(index: np.ndarray, size: int, mode: str) -> np.ndarray:
    if mode == "mirror":
        folded = index % (2 * size)
        return np.where(folded >= size, 2 * size - 1 - folded, folded)
    return np.clip(index, 0, size - 1) if mode in ("clamp", "black") else index % size


def sample_rgba(texture: Texture, uvs: Float[np.ndarray, "n 2"]) -> Float32[np.ndarray, "n 4"]:
    """Read the nearest texels: linear RGB and alpha, scale and bias applied.

    Args:
        texture: what to read; v grows upwards from the image's bottom row.
        uvs: (n, 2) texture coordinates before the texture's own transform.
    """
    image = load_rgba(texture.path)
    height, width = image.shape[:2]
    st = transform_uvs(texture, uvs)
    column = _wrap(np.floor(st[:, 0] * width).astype(np.int64), width, texture.wrap[0])
    row = _wrap(np.floor((1.0 - st[:, 1]) * height).astype(np.int64), height, texture.wrap[1])
    texels = image[row, column].astype(np.float32)
    if image.dtype == np.uint8:
        texels /= 255.0
    if is_srgb(texture):
        texels[:, :3] = srgb_to_linear(texels[:, :3])
    for axis in (0, 1):
        if texture.wrap[axis] == "black":
            texels[(st[:, axis] < 0) | (st[:, axis] > 1)] = 0.0
    return texels * np.array(texture.scale, np.float32) + np.array(texture.bias, np.float32)


def sample_scalar(texture: Texture, uvs: Float[np.ndarray, "n 2"]) -> Float32[np.ndarray, "n"]:
    """Read one channel ("rgb" reads red)."""
    return sample_rgba(texture, uvs)[:, CHANNEL.get(texture.channel, 0)]
