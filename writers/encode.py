"""Arrays to member bytes, with fixed settings so that equal arrays give equal bytes.

The settings are measured (`benchmarks/encoders.py`, `docs/decisions.md`) and chosen among those whose bytes
are the same with any number of OpenCV's threads, any vector instructions, and every OpenCV from 4.10 to 5.0.
"""

from __future__ import annotations

import io
import json
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

JPEG = [
    *(cv2.IMWRITE_JPEG_QUALITY, 95),
    *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444),
]
PNG: list[
    int
] = []  # OpenCV's own choice, level 1 with run lengths: a level given by name is slower, and larger for ids
SMOOTH_PNG = [cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_DEFAULT]  # repetitions are sought too: halves depth


def _encode(extension: str, image: NDArray[Any], options: list[int]) -> bytes:
    done, data = cv2.imencode(extension, image, options) if image.size else (False, np.empty(0, np.uint8))
    if not done:
        raise ValueError(f"OpenCV could not encode a {image.dtype} image of shape {image.shape} as {extension}")
    return data.tobytes()


def png(image: NDArray[Any], options: list[int] = PNG) -> bytes:
    """Encode (h, w) uint8/uint16 or (h, w, 3|4) uint8 RGB(A) as PNG."""
    if image.ndim == 3:
        image = cv2.cvtColor(image, cv2.COLOR_RGBA2BGRA if image.shape[2] == 4 else cv2.COLOR_RGB2BGR)
    return _encode(".png", image, options)


def opaque(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Drop alpha of (h, w, 4) uint8; OpenCV does so 40 times as fast as NumPy copies a slice."""
    if image.shape[2] == 3:
        return np.ascontiguousarray(image)
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGBA2RGB), np.uint8)


def jpeg(rgb: NDArray[np.uint8]) -> bytes:
    """Encode (h, w, 3) uint8 RGB as JPEG, 4:4:4."""
    return _encode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), JPEG)


def depth_png(depth: NDArray[np.floating[Any]], scale: float) -> bytes:
    """Encode metres (h, w) as uint16 PNG: stored = round(metres / scale); 0 is no value or beyond the range.

    Args:
        depth: metres; inf or nan where nothing was hit.
        scale: metres of one stored unit.
    """
    stored = np.rint(depth / scale)
    stored[~((stored >= 0) & (stored <= 65535))] = 0  # not a number, too
    return png(stored.astype(np.uint16), SMOOTH_PNG)


def normals_png(normals: NDArray[np.floating[Any]]) -> bytes:
    """Encode (h, w, 3|4) unit vectors as RGB PNG: stored = round(127.5 (n + 1)), so nothing is 128."""
    stored = normals * np.float32(127.5)
    stored += 127.5
    return png(opaque(np.rint(stored, out=stored).astype(np.uint8)))


def ids_png(ids: NDArray[np.integer[Any]]) -> bytes:
    """Encode (h, w) ids below 65536 as uint16 PNG.

    Raises:
        ValueError: if an id does not fit.
    """
    if ids.size and int(ids.max()) > 65535:
        raise ValueError(f"id {int(ids.max())} does not fit a 16-bit mask; expected at most 65535")
    return png(ids.astype(np.uint16))


def npy(array: NDArray[Any]) -> bytes:
    """Encode as NumPy's .npy format."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} is not JSON serialisable")


def json_bytes(value: Any) -> bytes:
    """Encode as JSON: sorted keys, no spaces, UTF-8; NumPy values become plain ones."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=_plain, ensure_ascii=False)
    return text.encode()
