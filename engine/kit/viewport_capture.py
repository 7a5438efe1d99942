"""What a viewport would show, rendered when a script asks for it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ..app import get_app


class Capture:
    """A picture that has been taken."""

    async def wait_for_result(self, completion_frames: int = 2) -> bool:
        """Wait one app frame; the picture is there already."""
        await get_app().next_update_async()
        return True


def pixels_of(viewport: Any) -> np.ndarray:
    """Return what a viewport's camera sees, (h, w, 4) uint8."""
    from ..replicator.annotator_registry import AnnotatorRegistry
    from ..replicator.create_sensors import render_product

    product = render_product(str(viewport.camera_path), resolution=viewport.resolution, force_new=True)
    annotator = AnnotatorRegistry.get_annotator("rgb")
    annotator.attach([product.path])
    image = np.array(annotator.get_data())
    annotator.detach()
    product.destroy()
    return image


def capture_viewport_to_file(viewport_api: Any, file_path: str | None = None, **accepted: Any) -> Capture:
    """Write what a viewport's camera sees to a PNG or JPEG file.

    Raises:
        ValueError: if no file is named.
    """
    from PIL import Image

    if not file_path:
        raise ValueError("capture_viewport_to_file: no file_path was given; expected the name of an image file")
    path = Path(file_path)
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(pixels_of(viewport_api))
    (image if path.suffix.lower() == ".png" else image.convert("RGB")).save(path)
    return Capture()


def capture_viewport_to_buffer(viewport_api: Any, on_capture_fn: Callable[..., None], **accepted: Any) -> Capture:
    """Call `on_capture_fn(buffer, size, width, height, format)` with what a viewport's camera sees, RGBA8."""
    image = np.ascontiguousarray(pixels_of(viewport_api))
    address = ctypes.pythonapi.PyCapsule_New
    address.restype, address.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
    buffer = address(image.ctypes.data, None, None)
    on_capture_fn(buffer, image.nbytes, image.shape[1], image.shape[0], "RGBA8_UNORM")
    return Capture()
