"""STL files, binary and text.

Source: M. Burns, Automated Fabrication (1993), section 6.5, The StL Format.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .model import Model, Part

HEADER = 84  # bytes: 80 of comment and the number of triangles
FACET = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])


def read(path: str) -> Model:
    """Read the triangles of a file as one mesh; corners at one place become one point.

    Raises:
        ValueError: if the file holds no triangle.
    """
    data = Path(path).read_bytes()
    count = int.from_bytes(data[80:HEADER], "little")
    if len(data) == HEADER + count * FACET.itemsize:
        corners = np.frombuffer(data, FACET, count, HEADER)["corners"].reshape(-1, 3)
    else:
        corners = _text(data)
    if len(corners) < 3:
        raise ValueError(f"{path}: no triangle found; expected an STL file, binary or text")
    points, indices = np.unique(corners, axis=0, return_inverse=True)
    counts = np.full(len(corners) // 3, 3)
    return Model([Part(Path(path).stem, points.astype(float), counts, indices.reshape(-1))], up="Z")


def _text(data: bytes) -> np.ndarray:
    words = [line.split() for line in data.decode("utf-8", "replace").splitlines() if "vertex" in line]
    return np.array([word[1:4] for word in words if len(word) >= 4], dtype=np.float32).reshape(-1, 3)
