"""Arrays, pictures and documents to bytes; the names and arguments are those of `rep.functional.write_*`.

A relative path without a backend is taken from the working directory.
"""

from __future__ import annotations

import io
import json
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.output.files import write_file

if TYPE_CHECKING:
    from PIL.Image import Image

    from engine.output.backends import BaseBackend

PIL_FORMATS = {".bmp": "BMP", ".jpeg": "JPEG", ".jpg": "JPEG", ".png": "PNG", ".tif": "TIFF", ".tiff": "TIFF"}
CHANNELS = (1, 3, 4)


def write_image(path: str, data: Any, backend_instance: BaseBackend | None = None, **options: Any) -> None:
    """Write an image; the ending of the path chooses the format: png, jpg, jpeg, exr, tif, tiff or bmp.

    Args:
        path: file, relative to the backend.
        data: (h, w), (h, w, 1), (h, w, 3) or (h, w, 4): uint8; one channel also uint16, or ids up to 65535 in other
            integers; exr takes floats. Warp and torch arrays are copied to the host.
        backend_instance: where to write.
        options: of `write_png`, `write_jpeg` or `write_exr`.

    Raises:
        ValueError: if the ending is unknown, or the array does not fit the format.
    """
    suffix = Path(path).suffix.lower()
    if suffix == ".exr":
        write_exr(path, data, backend_instance, **options)
    elif suffix in (".jpg", ".jpeg"):
        write_jpeg(path, data, backend_instance, **options)
    elif suffix == ".png":
        write_png(path, data, backend_instance, **options)
    elif suffix in PIL_FORMATS:
        _save(path, _picture(path, data), backend_instance, PIL_FORMATS[suffix], **options)
    else:
        known = ", ".join(sorted([*PIL_FORMATS, ".exr"]))
        raise ValueError(f"write_image: path='{path}' was given; expected one of the endings {known}")


def write_png(path: str, data: Any, backend_instance: BaseBackend | None = None, compress_level: int = 3) -> None:
    """Write a PNG; one channel of more than 8 bits becomes a 16-bit PNG."""
    _save(path, _picture(path, data), backend_instance, "PNG", compress_level=compress_level)


def write_jpeg(
    path: str,
    data: Any,
    backend_instance: BaseBackend | None = None,
    quality: int = 75,
    progressive: bool = False,
    optimize: bool = False,
) -> None:
    """Write a JPEG; alpha is dropped.

    Raises:
        ValueError: if the array has more than 8 bits a channel.
    """
    picture = _picture(path, data)
    if picture.mode not in ("L", "RGB", "RGBA"):
        raise ValueError(f"writing '{path}': {np.asarray(data).dtype} values were given; expected uint8 for a JPEG")
    if picture.mode == "RGBA":
        picture = picture.convert("RGB")
    _save(path, picture, backend_instance, "JPEG", quality=quality, progressive=progressive, optimize=optimize)


def write_exr(path: str, data: Any, backend_instance: BaseBackend | None = None, half_precision: bool = False) -> None:
    """Write an OpenEXR image of 32-bit (or 16-bit) floats, losslessly compressed.

    Raises:
        ValueError: if the array has another shape than (h, w[, 1, 3 or 4]).
    """
    from engine.output.exr import encode_exr

    _put(path, encode_exr(_shaped(path, host_array(data)), half_precision), backend_instance)


def read_exr(path: str, **options: Any) -> np.ndarray:
    """Return an OpenEXR image: float32 (h, w) or (h, w, c)."""
    from engine.output.exr import decode_exr

    return decode_exr(path)


def write_np(path: str, data: Any, backend_instance: BaseBackend | None = None, **options: Any) -> None:
    """Write a NumPy file (`options` are those of `np.save`)."""
    buffer = io.BytesIO()
    np.save(buffer, host_array(data), **options)
    _put(path, buffer.getvalue(), backend_instance)


def write_json(
    path: str,
    data: Any,
    backend_instance: BaseBackend | None = None,
    encoding: str = "utf-8",
    errors: str = "strict",
    **options: Any,
) -> None:
    """Write JSON; arrays become lists. `options` are those of `json.dumps`."""
    text = json.dumps(data, **{"default": _plain, **options})
    _put(path, text.encode(encoding, errors), backend_instance)


def write_pickle(path: str, data: Any, backend_instance: BaseBackend | None = None) -> None:
    """Write a pickle."""
    _put(path, pickle.dumps(data), backend_instance)


def host_array(data: Any) -> np.ndarray:
    """Return a NumPy array of what may be a warp or torch array, or nested lists."""
    if isinstance(data, np.ndarray):
        return data
    on_host = data.cpu() if hasattr(data, "cpu") else data
    return np.asarray(on_host.numpy() if hasattr(on_host, "numpy") else on_host)


def _picture(path: str, data: Any) -> Image:
    from PIL import Image

    array = _shaped(path, host_array(data))
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.dtype == np.bool_:
        array = array.astype(np.uint8) * np.uint8(255)
    if array.dtype != np.uint8:
        array = _sixteen_bits(path, array)
    return Image.fromarray(np.ascontiguousarray(array))


def _sixteen_bits(path: str, array: np.ndarray) -> np.ndarray:
    """Return one channel of wider integers as uint16.

    Raises:
        ValueError: if it has floats, several channels, or values that 16 bits cannot hold.
    """
    if array.dtype.kind not in "ui" or array.ndim != 2:
        raise ValueError(
            f"writing '{path}': {array.dtype} {array.shape} was given; expected uint8, or integers of one channel; "
            "write floats as .exr or with write_np"
        )
    if array.size and (array.min() < 0 or array.max() > 65535):
        raise ValueError(
            f"writing '{path}': values {array.min()} to {array.max()} were given; an image holds 0 to 65535, "
            "use write_np for larger ones"
        )
    return array.astype(np.uint16)


def _shaped(path: str, array: np.ndarray) -> np.ndarray:
    good = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in CHANNELS)
    if not good or 0 in array.shape:
        raise ValueError(
            f"writing '{path}': an array of shape {array.shape} was given; expected (h, w) or (h, w, 1, 3 or 4)"
        )
    return array


def _save(path: str, picture: Image, backend: BaseBackend | None, kind: str, **options: Any) -> None:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    _put(path, buffer.getvalue(), backend)


def _put(path: str, data: bytes, backend: BaseBackend | None) -> None:
    if backend is None:
        write_file(path, data)
    else:
        backend.write_blob(path, data)


def _plain(value: Any) -> Any:
    """Return what JSON can hold for an array, a NumPy scalar or a path.

    Raises:
        TypeError: if it is something else.
    """
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"write_json: {value!r} of type {type(value).__name__} is not something JSON can hold")
