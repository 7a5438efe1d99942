"""What is in the picture: annotator outputs of one view to a list of objects and counts.

Pure functions of arrays and dictionaries in Replicator's own formats.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from writers.rle import measure_instances

_COLUMNS = {"x_min", "y_min", "z_min", "x_max", "y_max", "z_max", "transform", "occlusionRatio"}
FIRST_ID = 2  # Replicator keeps 0 for background and 1 for what has no label


def _clean(name: str) -> str:
    """Keep the first label of a comma-joined list: the prim's own, nearest to the surface."""
    return name.split(",")[0]


def list_objects(view: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List the visible labelled instances of one view.

    Args:
        view: the writer's payload of one render product with `instance_segmentation_fast` (uncoloured),
            `bounding_box_2d_tight_fast`, `bounding_box_2d_loose_fast`, `bounding_box_3d_fast`.

    Returns:
        One dictionary an instance in order of id: id (pixel value in the mask), prim, class, labels, area (px),
        box [x, y, width, height] (px, tight), loose_box (px), visible_fraction (0..1), box_3d, segmentation (COCO's
        run lengths: "size" and compressed "counts").

    Raises:
        ValueError: if the mask has ids above 65535.
    """
    segmentation = view["instance_segmentation_fast"]
    mask = np.asarray(segmentation["data"])
    instances = measure_instances(mask, FIRST_ID)
    tight = _by_path(view["bounding_box_2d_tight_fast"])
    loose = _by_path(view["bounding_box_2d_loose_fast"])
    solid = _by_path(view["bounding_box_3d_fast"])
    semantics = {int(k): v for k, v in segmentation["idToSemantics"].items()}
    objects = []
    for identifier, path in sorted((int(k), v) for k, v in segmentation["idToLabels"].items()):
        if identifier not in instances or path not in tight:
            continue
        labels = semantics.get(identifier, {})
        runs, area = instances[identifier]
        objects.append(
            {
                "id": identifier,
                "prim": path,
                "class": _clean(labels.get("class", "")),
                "labels": labels,
                "area": area,
                "box": _xywh(tight[path]),
                "loose_box": _xywh(loose[path]) if path in loose else None,
                "visible_fraction": round(1.0 - _number(tight[path]["occlusionRatio"]), 6),
                "box_3d": _solid(solid[path]) if path in solid else None,
                "segmentation": runs,
            }
        )
    return objects


def count_classes(objects: list[dict[str, Any]]) -> dict[str, int]:
    """Count objects a class."""
    counts: dict[str, int] = {}
    for item in objects:
        counts[item["class"]] = counts.get(item["class"], 0) + 1
    return counts


def class_mask(ids: NDArray[np.integer[Any]], labels: Mapping[Any, Mapping[str, str]], classes: list[str]) -> NDArray:
    """Map Replicator's per-frame semantic ids to fixed class numbers.

    Args:
        ids: (h, w) semantic ids of this frame.
        labels: idToLabels of this frame.
        classes: class names; the n-th (from 1) is pixel value n, anything else 0.

    Returns:
        (h, w) uint16.
    """
    number = {name: position + 1 for position, name in enumerate(classes)}
    table = np.zeros(int(ids.max(initial=0)) + 1, np.uint16)
    for key, entry in labels.items():
        if int(key) < len(table):
            table[int(key)] = number.get(_clean(entry.get("class", "")), 0)
    return np.take(table, ids)


def _by_path(boxes: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    columns = {name: _plain(boxes["data"][name]) for name in boxes["data"].dtype.names if name in _COLUMNS}
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return dict(zip(boxes["primPaths"], rows, strict=True))


def _plain(column: NDArray[Any]) -> list[Any]:
    """Turn a column into Python values, all at once; matrices are turned to act on column vectors."""
    return (column.astype(np.float64).swapaxes(-1, -2) if column.ndim == 3 else column).tolist()


def _number(value: float) -> float:
    """Return a ratio; one of nothing (not a number) is 0."""
    return 0.0 if math.isnan(value) else float(value)


def _xywh(row: Mapping[str, Any]) -> list[int]:
    x, y = row["x_min"], row["y_min"]
    return [x, y, row["x_max"] - x + 1, row["y_max"] - y + 1]


def _solid(row: Mapping[str, Any]) -> dict[str, Any]:
    low = [float(row[k]) for k in ("x_min", "y_min", "z_min")]
    high = [float(row[k]) for k in ("x_max", "y_max", "z_max")]
    return {"min": low, "max": high, "world_from_local": row["transform"]}
