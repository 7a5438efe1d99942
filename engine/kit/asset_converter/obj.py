"""OBJ files with their MTL materials.

Source: Wavefront, Advanced Visualizer manual (1995), appendix B1 (object files) and MTL material format, version 4.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .model import Look, Model, Part


@dataclass
class _Corners:
    """Faces of one object and one material, as indices into the lists of the file."""

    name: str
    look: str
    counts: list[int] = field(default_factory=list)
    points: list[int] = field(default_factory=list)
    uvs: list[int] = field(default_factory=list)
    normals: list[int] = field(default_factory=list)


def read(path: str) -> Model:
    """Read the faces of a file: one mesh for each object or group and material.

    Raises:
        ValueError: if the file holds no face, or one of its faces names a point that is not there.
    """
    lists: dict[str, list[list[float]]] = {"v": [], "vt": [], "vn": []}
    groups: dict[tuple[str, str], _Corners] = {}
    model, name, look = Model(), Path(path).stem, ""
    for key, words in _lines(path):
        if key in lists:
            lists[key].append([float(word) for word in words[: 2 if key == "vt" else 3]])
        elif key in ("o", "g") and words:
            name = "_".join(words)
        elif key == "usemtl":
            look = " ".join(words)
        elif key == "mtllib":
            model.looks |= read_looks(Path(path).parent / " ".join(words))
        elif key == "f":
            _face(groups.setdefault((name, look), _Corners(name, look)), words, lists)
    if not groups:
        raise ValueError(f"{path}: no face found; expected an OBJ file with lines 'f 1 2 3'")
    arrays = {key: np.array(rows, dtype=float) for key, rows in lists.items()}
    try:
        model.parts = [_part(group, arrays) for group in groups.values()]
    except IndexError as error:
        raise ValueError(f"{path}: a face names a point that is not there: {error}") from error
    return model


def read_looks(path: Path) -> dict[str, Look]:
    """Read the materials of an MTL file; one that is not there has none."""
    looks: dict[str, Look] = {}
    if not path.is_file():
        return looks
    look = Look("")
    for key, words in _lines(str(path)):
        if key == "newmtl":
            look = looks[" ".join(words)] = Look(" ".join(words))
        elif key in ("Kd", "Ke") and len(words) >= 3:
            red, green, blue = (float(word) for word in words[:3])
            setattr(look, "color" if key == "Kd" else "emission", (red, green, blue))
        elif key in ("d", "Tr") and words:
            look.opacity = float(words[-1]) if key == "d" else 1.0 - float(words[-1])
        elif key == "Ns" and words:
            look.roughness = float((2.0 / (float(words[0]) + 2.0)) ** 0.5)
        elif key in ("Pr", "Pm") and words:
            setattr(look, "roughness" if key == "Pr" else "metallic", float(words[0]))
        elif key == "map_Kd" and words:
            look.texture = str((path.parent / words[-1].replace("\\", "/")).resolve())
    return looks


def _lines(path: str) -> Iterator[tuple[str, list[str]]]:
    """Give the key and the words of every line, comments left out and continued lines joined."""
    text = Path(path).read_text(encoding="utf-8", errors="replace").replace("\\\n", " ")
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if words:
            yield words[0], words[1:]


def _face(group: _Corners, words: list[str], lists: dict[str, list[list[float]]]) -> None:
    """Add one face; negative indices count from the end of what has been read."""
    group.counts.append(len(words))
    for word in words:
        given = [int(part) if part else 0 for part in word.split("/")] + [0, 0]
        found = [
            index - 1 if index > 0 else len(lists[key]) + index if index else -1
            for index, key in zip(given, ("v", "vt", "vn"), strict=False)
        ]
        for listed, index in zip((group.points, group.uvs, group.normals), found, strict=True):
            listed.append(index)


def _part(group: _Corners, arrays: dict[str, np.ndarray]) -> Part:
    corners = np.array(group.points)
    if corners.min() < 0 or corners.max() >= len(arrays["v"]):
        raise IndexError(f"{int(corners.max()) + 1} of {len(arrays['v'])}")
    used, indices = np.unique(corners, return_inverse=True)
    part = Part(group.name, arrays["v"][used], np.array(group.counts), indices.reshape(-1), look=group.look)
    if min(group.uvs) >= 0:
        part.uvs = arrays["vt"][group.uvs]
    if min(group.normals) >= 0:
        part.normals = arrays["vn"][group.normals]
    return part
