"""rep.tools: turning ids and boxes into colours."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.replicator.missing import refuse

BACKGROUND = (0, 0, 0, 0)
UNLABELLED = (0, 0, 0, 255)
GOLDEN_RATIO = 0.618033988749895


def random_colours(N: int, enable_random: bool = True, num_channels: int = 3) -> list[list[int]]:
    """Return N colours spread evenly over the hues.

    Args:
        N: how many.
        enable_random: shuffle them (always in the same way).
        num_channels: 3, or 4 with alpha 255.
    """
    colours = [[int(255 * v) for v in colorsys.hsv_to_rgb(i / max(N, 1), 0.9, 1.0)] for i in range(N)]
    order = np.random.default_rng(10).permutation(N) if enable_random else range(N)
    return [colours[i] + [255] * (num_channels - 3) for i in order]


def random_colours_id(ids: Any, num_channels: int = 4) -> np.ndarray:
    """Return the colour of each id: (n, num_channels) uint8, the palette of the segmentation annotators."""
    from engine.annotate.palette import colours_of_ids

    return np.asarray(colours_of_ids(np.asarray(ids)))[:, :num_channels]


def data_to_colour(data: np.ndarray) -> np.ndarray:
    """Return the colours of an image of ids, the same id always in the same colour: uint8 (h, w, 4).

    Args:
        data: (h, w) whole numbers; 0 is background and 1 unlabelled.
    """
    values, index = np.unique(np.asarray(data), return_inverse=True)
    colours: np.ndarray = np.asarray(random_colours_id(values), np.uint8)
    return colours[index.reshape(np.shape(data))]


def colorize_segmentation(
    data: np.ndarray, labels: Mapping[Any, Any] | None = None, mapping: Mapping[str, Any] | None = None
) -> np.ndarray:
    """Colour an id image.

    Args:
        data: (h, w) ids; or packed RGBA, which is returned as it is.
        labels: the annotator's `idToLabels`.
        mapping: label to RGBA; ids whose label is not in it become "unlabelled", or transparent black.

    Returns:
        uint8 (h, w, 4).

    Raises:
        ValueError: if a mapping is given without labels, or the data is no image of ids.
    """
    ids = np.asarray(data)
    if ids.ndim == 3 and ids.dtype == np.uint8:
        return ids
    if ids.ndim != 2:
        raise ValueError(f"colorize_segmentation: data of shape {ids.shape} was given; expected ids (h, w)")
    if mapping is not None and labels is None:
        raise ValueError("colorize_segmentation: mapping was given without labels; expected the annotator's idToLabels")
    present, index = np.unique(ids, return_inverse=True)
    palette = _mapped(present, labels, mapping) if mapping is not None else random_colours_id(present)
    return palette.astype(np.uint8)[index.reshape(ids.shape)]


def _mapped(present: np.ndarray, labels: Any, mapping: Mapping[str, Any]) -> np.ndarray:
    wanted = {key.lower(): tuple(colour) for key, colour in mapping.items()}
    fallback = wanted.get("unlabelled", BACKGROUND)
    names = {int(key): _names(value) for key, value in labels.items()}
    colours = [next((wanted[n] for n in names.get(int(i), []) if n in wanted), fallback) for i in present]
    return np.array([(*colour, 255)[:4] for colour in colours])


def _names(value: Any) -> list[str]:
    """Return what a label may be called in a mapping: "class:cube", "cube", and each of "a,b"."""
    if not isinstance(value, Mapping):
        return [str(value).lower()]
    found = []
    for kind, label in value.items():
        for part in [str(label), *str(label).split(",")]:
            found += [f"{kind}:{part}".lower(), part.lower()]
    return found


def colorize_distance(distance_data: np.ndarray, near: float = 1e-5, far: float | None = None) -> np.ndarray:
    """Show distance as grey on a logarithmic scale, near bright: uint8 (h, w, 4).

    Args:
        distance_data: (h, w), metres; inf is shown black.
        near: smallest distance, metres.
        far: distance shown black; None takes the largest finite one.
    """
    finite = np.isfinite(distance_data)
    depth = np.where(finite, np.maximum(distance_data, near), np.nan).astype(np.float64)
    low = float(np.nanmin(depth)) if finite.any() else near
    high = float(far) if far is not None else (float(np.nanmax(depth)) if finite.any() else near)
    span = max(np.log(high) - np.log(low), 1e-12)
    grey = np.nan_to_num(255.0 * np.clip(1.0 - (np.log(depth) - np.log(low)) / span, 0, 1), nan=0.0)
    values = grey.astype(np.uint8)
    return np.dstack([values, values, values, np.full(values.shape, 255, np.uint8)])


def colorize_normals(data: np.ndarray) -> np.ndarray:
    """Show normals as (n * 0.5 + 0.5) * 255: uint8 (h, w, 4), alpha 255."""
    colour = ((np.asarray(data)[..., :3] * 0.5 + 0.5) * 255).astype(np.uint8)
    return np.dstack([colour, np.full(colour.shape[:2], 255, np.uint8)])


def colorize_bbox_2d(rgb_data: np.ndarray, bboxes_2d_data: np.ndarray, thickness: int = 2) -> np.ndarray:
    """Draw 2D boxes on a copy of an image, one colour a semantic id.

    Args:
        rgb_data: uint8 (h, w, 3 or 4).
        bboxes_2d_data: structured boxes of a bounding_box_2d annotator.
        thickness: of the lines, pixels.
    """
    import cv2

    image = np.ascontiguousarray(rgb_data).copy()
    colours = random_colours_id(bboxes_2d_data["semanticId"] + 2, 4)
    for box, colour in zip(bboxes_2d_data, colours, strict=True):
        corners = (int(box["x_min"]), int(box["y_min"])), (int(box["x_max"]), int(box["y_max"]))
        cv2.rectangle(image, *corners, tuple(int(v) for v in colour[: image.shape[2]]), thickness)
    return image


__getattr__ = refuse("omni.replicator.core.tools")
