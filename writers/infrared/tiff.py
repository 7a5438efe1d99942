"""16-bit and floating-point TIFF with what the numbers mean inside: one strip, deflated, described."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

SHORT, LONG, ASCII = 3, 4, 2  # types of a tag's values
WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, DESCRIPTION = 256, 257, 258, 259, 262, 270
STRIP_OFFSETS, SAMPLES, ROWS, STRIP_BYTES, SAMPLE_FORMAT = 273, 277, 278, 279, 339
DEFLATE, BLACK_IS_ZERO, UNSIGNED, FLOAT = 8, 1, 1, 3


def tiff(image: NDArray[np.uint16] | NDArray[np.float32], description: str) -> bytes:
    """Encode one channel as TIFF.

    Args:
        image: (h, w) uint16 or float32.
        description: what the numbers are, ASCII: the tag ImageDescription.

    Returns:
        The file, little endian; equal input gives equal bytes.

    Raises:
        ValueError: for any other array.

    Source: TIFF 6.0 (Adobe 1992), sections 2 and 8; compression 8 (deflate) and sample formats of its supplements.
    """
    if image.ndim != 2 or image.dtype not in (np.uint16, np.float32):
        raise ValueError(f"a TIFF of {image.dtype} {image.shape} cannot be written; expected (h, w) uint16 or float32")
    height, width = image.shape
    strip = zlib.compress(np.ascontiguousarray(image, image.dtype.newbyteorder("<")).tobytes(), 6)
    text = description.encode("ascii", "replace") + b"\0"
    tags = [
        (WIDTH, LONG, width),
        (HEIGHT, LONG, height),
        (BITS, SHORT, 8 * image.dtype.itemsize),
        (COMPRESSION, SHORT, DEFLATE),
        (PHOTOMETRIC, SHORT, BLACK_IS_ZERO),
        (DESCRIPTION, ASCII, text),
        (STRIP_OFFSETS, LONG, 0),
        (SAMPLES, SHORT, 1),
        (ROWS, LONG, height),
        (STRIP_BYTES, LONG, len(strip)),
        (SAMPLE_FORMAT, SHORT, UNSIGNED if image.dtype == np.uint16 else FLOAT),
    ]
    behind = 8 + 2 + 12 * len(tags) + 4
    data = behind + len(text) + len(text) % 2
    entries = []
    for tag, kind, value in tags:
        if isinstance(value, bytes):
            held = struct.pack("<I", behind) if len(value) > 4 else value.ljust(4, b"\0")
            entries.append(struct.pack("<HHI", tag, kind, len(value)) + held)
        else:
            number = data if tag == STRIP_OFFSETS else value
            entries.append(struct.pack("<HHI", tag, kind, 1) + struct.pack("<I", number))
    head = b"II*\0" + struct.pack("<IH", 8, len(tags)) + b"".join(entries) + struct.pack("<I", 0)
    return head + text.ljust(data - behind, b"\0") + strip
