"""COCO instances: boxes, areas and run-length masks from a label image.

Source: cocodataset.org, "Data format", object detection; RLE through pycocotools.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as rle

from writers.encode import json_bytes

INSTANCES = 1 << 16  # annotation id = image id * INSTANCES + instance id; masks have 16 bits


class CocoInstances:
    """Collect images and annotations on disk, then write one `instances.json`; memory stays flat.

    Args:
        folder: where the collections are kept; they have no name there and go with the process.
        classes: class names; the n-th (from 1) is category id n.
        info: COCO `info` entries (no clocks: the same run gives the same file).
    """

    def __init__(self, folder: Path, classes: list[str], info: dict[str, Any]) -> None:
        self._number = {name: position + 1 for position, name in enumerate(classes)}
        self._info = info
        self._images = _Rows(folder)
        self._annotations = _Rows(folder)

    def add(self, image_id: int, file_name: str, mask: NDArray[np.integer[Any]], objects: list[dict[str, Any]]) -> None:
        """Add one image.

        Args:
            image_id: number of the image, from 1; it depends on frame and view alone.
            file_name: how the image is called in its shard (`<key>.rgb.jpg`).
            mask: (h, w) instance ids.
            objects: as `writers.objects.list_objects` gives them; classes that are not categories are left out.
        """
        height, width = mask.shape
        self._images.add({"id": image_id, "file_name": file_name, "width": width, "height": height})
        for item in objects:
            if item["class"] in self._number:
                self._annotations.add(self._annotation(image_id, mask == item["id"], item))

    def _annotation(self, image_id: int, pixels: NDArray[np.bool_], item: dict[str, Any]) -> dict[str, Any]:
        run = rle.encode(np.asfortranarray(pixels, np.uint8))
        return {
            "id": image_id * INSTANCES + item["id"],
            "image_id": image_id,
            "category_id": self._number[item["class"]],
            "segmentation": {"size": list(run["size"]), "counts": run["counts"].decode()},
            "area": int(rle.area(run)),
            "bbox": [float(v) for v in item["box"]],
            "iscrowd": 0,
            "visible_fraction": item["visible_fraction"],
        }

    def save(self, path: Path) -> None:
        """Write the file whole or not at all."""
        categories = [{"id": n, "name": name, "supercategory": ""} for name, n in self._number.items()]
        partial = path.with_name(f".{path.name}.partial")
        with open(partial, "wb") as file:
            file.write(b'{"annotations":[')
            self._annotations.copy_to(file)
            file.write(b'],"categories":' + json_bytes(categories) + b',"images":[')
            self._images.copy_to(file)
            file.write(b'],"info":' + json_bytes(self._info) + b',"licenses":[]}')
        os.replace(partial, path)


class _Rows:
    """JSON rows in a file without a name."""

    def __init__(self, folder: Path) -> None:
        self._file = TemporaryFile(dir=folder)
        self._count = 0

    def add(self, row: dict[str, Any]) -> None:
        """Add a row."""
        self._file.write((b",\n" if self._count else b"") + json_bytes(row))
        self._count += 1

    def copy_to(self, file: BinaryIO) -> None:
        """Write all rows, separated by commas."""
        self._file.seek(0)
        shutil.copyfileobj(self._file, file)
        self._file.seek(0, os.SEEK_END)
