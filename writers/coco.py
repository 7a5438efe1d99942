"""COCO instances: boxes, areas and run-length masks from a label image.

Source: cocodataset.org, "Data format", object detection; RLE through pycocotools.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as rle

from writers.encode import json_bytes


class CocoInstances:
    """Collect images and annotations, then write one `instances.json`.

    Args:
        classes: class names; the n-th (from 1) is category id n.
        info: COCO `info` entries (no clocks: the same run gives the same file).
    """

    def __init__(self, classes: list[str], info: dict[str, Any]) -> None:
        self._number = {name: position + 1 for position, name in enumerate(classes)}
        self._document: dict[str, Any] = {
            "info": info,
            "licenses": [],
            "images": [],
            "annotations": [],
            "categories": [{"id": n, "name": name, "supercategory": ""} for name, n in self._number.items()],
        }

    def add(self, file_name: str, mask: NDArray[np.integer[Any]], objects: list[dict[str, Any]]) -> None:
        """Add one image.

        Args:
            file_name: how the image is called in its shard (`<key>.rgb.jpg`).
            mask: (h, w) instance ids.
            objects: as `writers.objects.list_objects` gives them; classes that are not categories are left out.
        """
        images = self._document["images"]
        image_id = len(images) + 1
        height, width = mask.shape
        images.append({"id": image_id, "file_name": file_name, "width": width, "height": height})
        for item in objects:
            if item["class"] in self._number:
                self._annotate(image_id, np.asfortranarray(mask == item["id"], np.uint8), item)

    def _annotate(self, image_id: int, pixels: NDArray[np.uint8], item: dict[str, Any]) -> None:
        run = rle.encode(pixels)
        annotations = self._document["annotations"]
        annotations.append(
            {
                "id": len(annotations) + 1,
                "image_id": image_id,
                "category_id": self._number[item["class"]],
                "segmentation": {"size": list(run["size"]), "counts": run["counts"].decode()},
                "area": int(rle.area(run)),
                "bbox": [float(v) for v in item["box"]],
                "iscrowd": 0,
                "visible_fraction": item["visible_fraction"],
            }
        )

    def save(self, path: Path) -> None:
        """Write the file whole or not at all."""
        partial = path.with_name(f".{path.name}.partial")
        partial.write_bytes(json_bytes(self._document))
        os.replace(partial, path)
