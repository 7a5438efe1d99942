"""OpenEXR scanline images.

Source: OpenEXR technical documentation, "OpenEXR File Layout" (header, chunk offsets, scanline blocks) and the ZIP
compression it names: bytes of even and odd place apart, differences of neighbours, zlib, 16 lines a block.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np

MAGIC = struct.pack("<ii", 20000630, 2)
HALF, FLOAT = 1, 2
ZIP, LINES = 3, 16
CHANNELS = {1: "Y", 3: "RGB", 4: "RGBA"}


def encode_exr(image: np.ndarray, half_precision: bool = False) -> bytes:
    """Return an image as an OpenEXR file.

    Args:
        image: (h, w), (h, w, 1), (h, w, 3) or (h, w, 4); stored as Y, RGB or RGBA.
        half_precision: store 16-bit floats instead of 32-bit ones.
    """
    planes = np.atleast_3d(image)
    height, width, count = planes.shape
    order = np.argsort(list(CHANNELS[count]))
    lines = np.moveaxis(planes[..., order], 2, 1).astype("<f2" if half_precision else "<f4")
    blocks = [_block(lines[y : y + LINES].tobytes()) for y in range(0, height, LINES)]
    header = MAGIC + _header(sorted(CHANNELS[count]), width, height, HALF if half_precision else FLOAT)
    start = len(header) + 8 * len(blocks)
    sizes = [8 + len(block) for block in blocks]
    offsets = start + np.concatenate([[0], np.cumsum(sizes[:-1])]).astype("<u8")
    chunks = [struct.pack("<ii", i * LINES, len(block)) + block for i, block in enumerate(blocks)]
    return b"".join([header, offsets.astype("<u8").tobytes(), *chunks])


def decode_exr(path: str | Path) -> np.ndarray:
    """Return an image file as float32 (h, w) or (h, w, c), whatever its compression.

    Raises:
        FileNotFoundError: if there is no such file.
    """
    import mitsuba

    if not Path(path).is_file():
        raise FileNotFoundError(f"read_exr: path='{path}' was given; there is no such file")
    if mitsuba.variant() is None:
        mitsuba.set_variant("scalar_rgb")
    image = np.array(mitsuba.Bitmap(str(path)), dtype=np.float32)
    return image[..., 0] if image.ndim == 3 and image.shape[2] == 1 else image


def _header(channels: list[str], width: int, height: int, kind: int) -> bytes:
    window = struct.pack("<4i", 0, 0, width - 1, height - 1)
    listed = b"".join(name.encode() + b"\0" + struct.pack("<iB3xii", kind, 0, 1, 1) for name in channels)
    attributes = [
        ("channels", "chlist", listed + b"\0"),
        ("compression", "compression", bytes([ZIP])),
        ("dataWindow", "box2i", window),
        ("displayWindow", "box2i", window),
        ("lineOrder", "lineOrder", b"\0"),
        ("pixelAspectRatio", "float", struct.pack("<f", 1.0)),
        ("screenWindowCenter", "v2f", struct.pack("<2f", 0.0, 0.0)),
        ("screenWindowWidth", "float", struct.pack("<f", 1.0)),
    ]
    entries = [f"{n}\0{t}\0".encode() + struct.pack("<i", len(value)) + value for n, t, value in attributes]
    return b"".join(entries) + b"\0"


def _block(raw: bytes) -> bytes:
    """Return a block compressed, or as it is where that is smaller."""
    values = np.frombuffer(raw, np.uint8)
    apart = np.concatenate([values[0::2], values[1::2]])
    change = np.empty_like(apart)
    change[0] = apart[0]
    change[1:] = apart[1:] - apart[:-1] + np.uint8(128)
    packed = zlib.compress(change.tobytes())
    return packed if len(packed) < len(raw) else raw
