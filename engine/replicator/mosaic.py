"""Tiled render products: the buffers and outputs of several cameras as those of one image, tile by tile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.annotate.output import AnnotatorOutput
from engine.render.buffers import Aov, FrameBuffers

if TYPE_CHECKING:
    from engine.replicator.capture import View

EMPTY: dict[Aov, float] = {
    Aov.INSTANCE: -1,
    Aov.TRIANGLE: -1,
    Aov.DISTANCE: np.inf,
    Aov.DEPTH: np.inf,
    Aov.BAND_KELVIN: np.nan,
    Aov.OPENNESS: 1.0,
}
PAIRS = (Aov.COVERAGE, Aov.HIDDEN)
BY_CAMERA = ("motion_vectors", "cross_correspondence", "shaded_")  # images that read the camera, not only buffers
OF_ONE_CAMERA = ("camera_params", "CameraParams", "skeleton_data")


def corners(count: int, tile: tuple[int, int], width: int) -> list[tuple[int, int]]:
    """Return the (x, y) of each tile's top left pixel, row by row.

    Args:
        count: tiles.
        tile: (width, height) of one, pixels.
        width: of the whole image, pixels.
    """
    columns = max(1, width // tile[0])
    return [(index % columns * tile[0], index // columns * tile[1]) for index in range(count)]


def compose(parts: Sequence[FrameBuffers], size: tuple[int, int]) -> FrameBuffers:
    """Put the buffers of the tiles into those of the whole image; what no tile covers has seen nothing.

    Args:
        parts: buffers of the tiles, row by row, all of one size.
        size: (width, height) of the whole image, pixels.
    """
    width, height = size
    tile = parts[0].width, parts[0].height
    places = corners(len(parts), tile, width)
    arrays: dict[Aov, np.ndarray] = {}
    for aov, first in parts[0].arrays.items():
        if aov in PAIRS:
            arrays[aov] = _pairs([part.arrays[aov] for part in parts], places, tile[0], width, aov)
            continue
        whole = np.full((height, width, *first.shape[2:]), EMPTY.get(aov, 0), first.dtype)
        arrays[aov] = _pasted(whole, [part.arrays[aov] for part in parts], places)
    return FrameBuffers(width, height, arrays)


def _pasted(whole: np.ndarray, images: Sequence[np.ndarray], places: list[tuple[int, int]]) -> np.ndarray:
    for image, (x, y) in zip(images, places, strict=True):
        whole[y : y + image.shape[0], x : x + image.shape[1]] = image
    return whole


def _pairs(lists: list[np.ndarray], places: list[tuple[int, int]], tile_width: int, width: int, aov: Aov) -> np.ndarray:
    """Move the pixels of (pixel, instance) pairs to where their tile is."""
    moved = []
    for pairs, (x, y) in zip(lists, places, strict=True):
        row, column = np.divmod(pairs[:, 0], tile_width)
        moved.append(np.stack([(row + y) * width + column + x, pairs[:, 1]], axis=1).astype(pairs.dtype))
    together = np.concatenate(moved)
    keys = (together[:, 1], together[:, 0]) if aov is Aov.COVERAGE else (together[:, 0], together[:, 1])
    return together[np.lexsort(keys)]


def compute(source: Any, view: View, params: Mapping[str, Any]) -> AnnotatorOutput:
    """Compute an annotator of a render product, tiled or not.

    Images of a tiled product are one image; 2D boxes are in its pixels, and boxes of all tiles follow each other.

    Raises:
        ValueError: if the annotator describes one camera and the product has several.
    """
    name = str(source.name)
    if not view.tiles:
        found: AnnotatorOutput = source.compute(view, params)
        return found
    if name in OF_ONE_CAMERA:
        raise ValueError(
            f"annotator '{name}' is of one camera, and render product '{view.product.path}' shows {len(view.tiles)}; "
            "expected rep.create.render_product, one for each camera"
        )
    if name.startswith(("bounding_box", *BY_CAMERA)):
        outputs = [source.compute(tile, params) for tile in view.tiles]
        places = corners(len(outputs), (view.camera.width, view.camera.height), view.product.resolution[0])
        return _boxes(outputs, places) if name.startswith("bounding_box") else _images(outputs, places, view)
    return source.compute(view, params)  # type: ignore[no-any-return]


def _images(outputs: list[AnnotatorOutput], places: list[tuple[int, int]], view: View) -> AnnotatorOutput:
    width, height = view.product.resolution
    first = outputs[0].data
    whole = np.zeros((height, width, *first.shape[2:]), first.dtype)
    return AnnotatorOutput(_pasted(whole, [output.data for output in outputs], places), _merged(outputs))


def _boxes(outputs: list[AnnotatorOutput], places: list[tuple[int, int]]) -> AnnotatorOutput:
    rows = []
    for output, (x, y) in zip(outputs, places, strict=True):
        data = output.data.copy()
        for field, shift in (("x_min", x), ("x_max", x), ("y_min", y), ("y_max", y)):
            if "z_min" not in data.dtype.names:
                data[field] += shift
        rows.append(data)
    return AnnotatorOutput(np.concatenate(rows), _merged(outputs))


def _merged(outputs: list[AnnotatorOutput]) -> dict[str, Any]:
    """Join the info of tiles: tables are united, lists follow each other."""
    merged: dict[str, Any] = {}
    for output in outputs:
        for key, value in output.info.items():
            if key not in merged:
                merged[key] = value
            elif isinstance(value, np.ndarray):
                merged[key] = np.concatenate([merged[key], value])
            elif isinstance(value, list):
                merged[key] = [*merged[key], *value]
            elif isinstance(value, dict):
                merged[key] = type(value)({**merged[key], **value})
    return merged
