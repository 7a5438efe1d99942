"""A contact sheet: each row one sample, RGB beside masks, boxes and depth."""

from __future__ import annotations

import colorsys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from writers.encode import png

TILE_WIDTH = 480
Image = NDArray[np.uint8]


def id_color(identifier: int) -> tuple[int, int, int]:
    """Give an id a bright colour; neighbours in number are far apart in hue."""
    red, green, blue = colorsys.hsv_to_rgb((identifier * 0.61803398875) % 1.0, 0.75, 1.0)
    return int(red * 255), int(green * 255), int(blue * 255)


def paint_masks(rgb: Image, mask: NDArray[np.integer[Any]], objects: list[dict[str, Any]]) -> Image:
    """Lay each object's pixels over a dimmed picture in its own colour."""
    grey = cv2.cvtColor(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB) // 2
    table = np.zeros((int(mask.max(initial=0)) + 1, 3), np.uint8)
    for item in objects:
        table[item["id"]] = id_color(item["id"])
    color = table[mask]
    return np.where(color.any(axis=2, keepdims=True), (0.35 * grey + 0.65 * color).astype(np.uint8), grey)


def draw_boxes(rgb: Image, objects: list[dict[str, Any]]) -> Image:
    """Draw tight boxes with class names."""
    picture = np.ascontiguousarray(rgb.copy())
    for item in objects:
        x, y, width, height = item["box"]
        color = id_color(item["id"])
        cv2.rectangle(picture, (x, y), (x + width - 1, y + height - 1), color, 2)
        cv2.putText(
            picture, item["class"], (x + 2, max(y - 4, 12)), cv2.FONT_HERSHEY_SIMPLEX, 0.5, color, 1, cv2.LINE_AA
        )
    return picture


def color_depth(depth: NDArray[np.floating[Any]]) -> Image:
    """Show depth on a log scale, near bright; nothing hit is black."""
    seen = np.isfinite(depth) & (depth > 0)
    if not seen.any():
        return np.zeros((*depth.shape, 3), np.uint8)
    logs = np.log(np.where(seen, depth, 1.0))
    low, high = np.percentile(logs[seen], [1, 99])
    level = np.clip((high - logs) / max(high - low, 1e-6), 0, 1)
    picture = cv2.applyColorMap((level * 255).astype(np.uint8), cv2.COLORMAP_TURBO)
    return np.where(seen[..., None], cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), 0).astype(np.uint8)


class ContactSheet:
    """Collect rows and save them as one PNG.

    Args:
        rows: most samples shown; later ones are not kept.
    """

    def __init__(self, rows: int = 8) -> None:
        self._limit = rows
        self._rows: list[Image] = []

    @property
    def full(self) -> bool:
        """Tell whether more rows would be dropped."""
        return len(self._rows) >= self._limit

    def add(
        self,
        rgb: Image | None,
        mask: NDArray[np.integer[Any]] | None,
        depth: NDArray[np.floating[Any]] | None,
        objects: list[dict[str, Any]],
    ) -> None:
        """Add one sample; what is None is left out of its row. Without RGB the boxes are drawn on the masks."""
        if self.full:
            return
        tiles = [] if rgb is None else [rgb]
        base = rgb
        if mask is not None:
            masks = paint_masks(np.zeros((*mask.shape, 3), np.uint8) if rgb is None else rgb, mask, objects)
            tiles.append(masks)
            base = masks if rgb is None else rgb
        if base is not None:
            tiles.append(draw_boxes(base, objects))
        if depth is not None:
            tiles.append(color_depth(depth))
        if tiles:
            self._rows.append(np.hstack([_shrink(tile) for tile in tiles]))

    def save(self, path: Path) -> bool:
        """Write the sheet; returns False where there was nothing to show."""
        if not self._rows:
            return False
        path.write_bytes(png(np.vstack(self._rows)))
        return True


def _shrink(tile: Image) -> Image:
    height = max(1, round(tile.shape[0] * TILE_WIDTH / tile.shape[1]))
    return cv2.resize(tile, (TILE_WIDTH, height), interpolation=cv2.INTER_AREA)
