"""A contact sheet: each row one sample, RGB beside masks, boxes, depth and infrared."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from writers.encode import png
from writers.infrared.pictures import tiles as infrared_tiles
from writers.shards.sample import Sample

TILE_WIDTH = 480  # pixels
CAPTION_HEIGHT = 22
TITLE_LENGTH = 60  # characters
FONT = cv2.FONT_HERSHEY_SIMPLEX
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


def draw_boxes(picture: Image, objects: list[dict[str, Any]], scale: float = 1.0) -> Image:
    """Draw tight boxes with class names.

    Args:
        picture: (h, w, 3), already `scale` times as large as the image that the boxes are in.
        objects: as `writers.objects.list_objects` gives them.
        scale: pixels of the picture in one pixel of the image.
    """
    drawn = np.ascontiguousarray(picture.copy())
    for item in objects:
        x, y, width, height = (v * scale for v in item["box"])
        color = id_color(item["id"])
        corner = (round(x), round(y))
        cv2.rectangle(drawn, corner, (round(x + width) - 1, round(y + height) - 1), color, 1)
        write(drawn, item["class"], (corner[0] + 1, max(corner[1] - 3, 10)), color)
    return drawn


def write(picture: Image, text: str, place: tuple[int, int], color: tuple[int, int, int]) -> None:
    """Write a line of text in place, its lower left corner at `place`, on a dark rim."""
    for right, down in ((-1, 0), (1, 0), (0, -1), (0, 1), (0, 0)):
        ink = color if right == down else (0, 0, 0)
        cv2.putText(picture, text, (place[0] + right, place[1] + down), FONT, 0.4, ink, 1, cv2.LINE_AA)


def shortened(text: str) -> str:
    """Cut a text to what fits on a tile."""
    return text if len(text) <= TITLE_LENGTH else text[: TITLE_LENGTH - 3] + "..."


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
        self._titles: list[str] = []

    @property
    def full(self) -> bool:
        """Tell whether more rows would be dropped."""
        return len(self._rows) >= self._limit

    def add(
        self,
        title: str,
        rgb: Image | None,
        mask: NDArray[np.integer[Any]] | None,
        depth: NDArray[np.floating[Any]] | None,
        objects: list[dict[str, Any]],
        others: Mapping[str, Image] | None = None,
    ) -> None:
        """Add one sample; what is None is left out of its row. Without RGB the boxes are drawn on the masks.

        Args:
            title: of the row.
            rgb: (h, w, 3).
            mask: (h, w) instance ids.
            depth: (h, w) metres.
            objects: as `writers.objects.list_objects` gives them.
            others: more pictures (h, w, 3) by title; they are as high as the first.
        """
        if self.full:
            return
        tiles: dict[str, Image] = {}
        if rgb is not None:
            tiles["rgb"] = resized(rgb)
        if mask is not None:
            dark = np.zeros((*mask.shape, 3), np.uint8)
            tiles["masks"] = resized(paint_masks(dark if rgb is None else rgb, mask, objects))
            scale = TILE_WIDTH / mask.shape[1]
            tiles["boxes"] = draw_boxes(tiles["masks"] if rgb is None else tiles["rgb"], objects, scale)
        if depth is not None:
            tiles["depth"] = resized(color_depth(depth))
        for name, picture in (others or {}).items():
            first = next(iter(tiles.values()), None)
            tiles[name] = resized(picture) if first is None else fitted(picture, first.shape[0])
        if tiles:
            row = np.ascontiguousarray(np.hstack(list(tiles.values())))
            write(row, shortened(title), (6, row.shape[0] - 8), (255, 255, 255))
            self._titles = list(tiles)
            self._rows.append(row)

    def encode(self) -> bytes | None:
        """Return the sheet as PNG; None where there was nothing to show."""
        if not self._rows:
            return None
        caption = np.zeros((CAPTION_HEIGHT, self._rows[0].shape[1], 3), np.uint8)
        for number, title in enumerate(self._titles):
            write(caption, title, (number * TILE_WIDTH + 6, 15), (255, 255, 255))
        return png(np.vstack([caption, *self._rows]))


def add_sample(sheet: ContactSheet, sample: Sample) -> None:
    """Add a sample as it lies in a shard."""
    from writers.reader import decode

    decoded = decode(sample)
    about = decoded["json"]
    rgb = next((decoded[name] for name in ("rgb.jpg", "rgb.png") if name in decoded), None)
    depth = decoded.get("depth.png")
    if depth is not None:
        depth = depth.astype(np.float32) * about["depth_scale"]
    counts = sorted(about["counts"].items(), key=lambda item: (-item[1], item[0]))
    sheet.add(
        f"{sample.key}  {', '.join(f'{number} {name}' for name, number in counts)}",
        None if rgb is None else np.ascontiguousarray(rgb[..., :3]),
        decoded.get("instance.png"),
        depth,
        about["objects"],
        infrared_tiles(decoded, about),
    )


def resized(tile: Image) -> Image:
    """Scale an image to the width of a tile."""
    height = max(1, round(tile.shape[0] * TILE_WIDTH / tile.shape[1]))
    method = cv2.INTER_AREA if tile.shape[1] > TILE_WIDTH else cv2.INTER_NEAREST
    return np.asarray(cv2.resize(tile, (TILE_WIDTH, height), interpolation=method), np.uint8)


def fitted(picture: Image, height: int) -> Image:
    """Scale an image to a tile of a height, with black beside or above what has another shape."""
    factor = min(TILE_WIDTH / picture.shape[1], height / picture.shape[0])
    size = max(1, round(picture.shape[1] * factor)), max(1, round(picture.shape[0] * factor))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_NEAREST
    tile = np.zeros((height, TILE_WIDTH, 3), np.uint8)
    left, top = (TILE_WIDTH - size[0]) // 2, (height - size[1]) // 2
    tile[top : top + size[1], left : left + size[0]] = cv2.resize(picture, size, interpolation=method)
    return tile
