"""One small image that colours every plant, rock and post: a column for each colour, rows from shaded to lit.

A texture, not vertex colours: renderers agree on textures, also where a mesh is instanced.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pxr import Usd

from scenes.landscape.paint import save_rgb
from scenes.landscape.plants import Geometry
from scenes.meshes import bind, define_material, define_mesh

Floats = NDArray[np.floating[Any]]
COLUMNS, ROWS = 1024, 16
PLANTS = "leaf_grass"
STEPS = 40  # levels of the square root of a colour's part
DIMMEST, BRIGHTEST = 0.3, 1.4  # factors of the lowest and the highest row


class Palette:
    """Colours in the order in which they are first asked for."""

    def __init__(self) -> None:
        self._columns: dict[int, int] = {}

    def coordinates(self, colors: Floats, shade: Floats) -> Floats:
        """Return texture coordinates (n, 2).

        Args:
            colors: (n, 3) linear, the same over each triangle.
            shade: (n,) factor on the colour, DIMMEST to BRIGHTEST, may vary over a triangle.

        Raises:
            ValueError: if there are more different colours than columns.
        """
        code = np.round(np.sqrt(np.clip(colors, 0.0, 1.0)) * STEPS).astype(np.int64) @ [10000, 100, 1]
        unique, inverse = np.unique(code, return_inverse=True)
        for value in unique.tolist():
            self._columns.setdefault(value, len(self._columns))
        if len(self._columns) > COLUMNS:
            raise ValueError(f"palette has {len(self._columns)} colours; it holds {COLUMNS}: use fewer tones")
        column = np.array([self._columns[value] for value in unique.tolist()])[inverse]
        row = np.clip((shade - DIMMEST) / (BRIGHTEST - DIMMEST), 0.0, 1.0)
        return np.stack([(column + 0.5) / COLUMNS, (0.5 + row * (ROWS - 1)) / ROWS], 1)

    def save(self, path: Path) -> None:
        """Write the image, brightest row first."""
        codes = np.array(list(self._columns) or [0])
        parts = np.stack([codes // 10000, codes // 100 % 100, codes % 100], 1) / STEPS
        row = np.linspace(BRIGHTEST, DIMMEST, ROWS)[:, None, None]
        image = np.zeros((ROWS, COLUMNS, 3), np.float32)
        image[:, : len(codes)] = parts**2 * row
        save_rgb(path, image)


class Painted:
    """Meshes that share one palette and, where they are made of the same, one material.

    Args:
        stage: the stage to author on.
        path: of the plants' material; others add what they are made of to its name.
        file: the image as the material refers to it.
    """

    def __init__(self, stage: Usd.Stage, path: str, file: str) -> None:
        self.stage, self.palette = stage, Palette()
        self._path, self._file = path, file
        self._materials = {PLANTS: define_material(stage, path, texture=file, roughness=0.9, substance=PLANTS)}

    def define(self, path: str, shape: Geometry, both: bool = True, substance: str = PLANTS) -> None:
        """Author a geometry as a mesh; `both` sides are seen; `substance` is a SimReady token."""
        uvs = self.palette.coordinates(shape.colors, shape.shade)
        mesh = define_mesh(
            self.stage, path, shape.points, shape.triangles, normals=shape.normals, uvs=uvs, double_sided=both
        )
        if substance not in self._materials:
            self._materials[substance] = define_material(
                self.stage, f"{self._path}_{substance}", texture=self._file, roughness=0.9, substance=substance
            )
        bind(mesh.GetPrim(), self._materials[substance])
