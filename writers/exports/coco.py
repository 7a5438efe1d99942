"""COCO instances: boxes, areas and run-length masks of every object.

Out come `instances.json` and, with images, `images/<key>.rgb.jpg`; with `image="thermal_lwir"` the pictures are those
of a thermal camera, and the boxes those in its view: the same, where it looks through the scenario's camera. A class is
a category numbered from 1 in the order of the dataset's classes; an image's id depends on its frame and view alone.

Source: cocodataset.org, "Data format", object detection; masks as in "mask API".
"""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import Any

from writers.encode import json_bytes
from writers.exports.views import Source, View, number_classes, picture_member, pictures_of, views
from writers.exports.whole import JsonRows

INSTANCES = 1 << 16  # annotation id = image id * INSTANCES + instance id; masks have 16 bits


def write(
    dataset: Source, folder: Path, *, classes: list[str] | None = None, images: str = "copy", image: str = "rgb"
) -> dict[str, int]:
    """Write the dataset as COCO instances.

    Args:
        dataset: an open dataset.
        folder: to fill.
        classes: which classes, in the order of their numbers; None is all.
        images: "copy" or "none".
        image: output whose pictures are named, e.g. "rgb", "thermal_lwir" (8 bits), "thermal_lwir.tlinear" (16).

    Returns:
        Counts of images and objects.
    """
    numbers = number_classes(dataset, classes)
    if images == "copy":
        (folder / "images").mkdir()
    file = InstancesFile(folder / "instances.json", numbers, description(dataset))
    member = picture_member(dataset, image)
    for view in views(dataset, pictures_of(image) if images == "copy" else ()):
        name = f"{view.key}.{member}"
        if images == "copy":
            (folder / "images" / name).write_bytes(view.picture(image)[1])
        file.add(view.through(image), name)
    return file.close()


def write_instances(dataset: Source, path: Path, info: dict[str, Any] | None = None) -> dict[str, int]:
    """Write the one file `instances.json`, whole or not at all, from the samples' JSON alone.

    Args:
        dataset: an open dataset, finished or not.
        path: of the file.
        info: COCO's `info` entry; None describes the dataset.

    Returns:
        Counts of images and objects.
    """
    partial = path.with_name(f".{path.name}.partial-{uuid.uuid4().hex}")
    try:
        file = InstancesFile(partial, number_classes(dataset), description(dataset) if info is None else info)
        member = picture_member(dataset)
        for view in views(dataset):
            file.add(view, f"{view.key}.{member}")
        counts = file.close()
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return counts


def description(dataset: Source) -> dict[str, Any]:
    """Return COCO's `info`: which scenario it is, no clocks; the same before and after a run is finished."""
    about = dataset.plan.spec.get("scenario") or {}
    name, seed = about.get("name"), about.get("seed")
    text = f"Replicant scenario {name}, seed {seed}" if name is not None else "Replicant dataset"
    return {"description": text, "version": "1.0"}


class InstancesFile:
    """An `instances.json` written as its images come: annotations go to the file, images wait in another.

    Args:
        path: of the file.
        numbers: category number of each class; objects of other classes are left out.
        info: COCO's `info` entry.
    """

    def __init__(self, path: Path, numbers: dict[str, int], info: dict[str, Any]) -> None:
        self._numbers, self._info = numbers, info
        self._images = JsonRows(path.parent)
        self._file = open(path, "wb")
        self._file.write(b'{"annotations":[')
        self._objects = 0

    def add(self, view: View, file_name: str, extra: dict[str, Any] | None = None) -> None:
        """Add one image, called `file_name`, and its objects; `extra` is its `extra_info`."""
        width, height = view.size
        more = {} if extra is None else {"extra_info": extra}
        self._images.add({"id": view.image_id, "file_name": file_name, "width": width, "height": height, **more})
        for item in view.objects(self._numbers):
            self._file.write((b",\n" if self._objects else b"") + json_bytes(self._annotation(view, item)))
            self._objects += 1

    def _annotation(self, view: View, item: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": view.image_id * INSTANCES + item["id"],
            "image_id": view.image_id,
            "category_id": self._numbers[item["class"]],
            "segmentation": segmentation(view.key, item),
            "area": item["area"],
            "bbox": [float(v) for v in item["box"]],
            "iscrowd": 0,
            "visible_fraction": item["visible_fraction"],
        }

    def close(self) -> dict[str, int]:
        """Complete the file; returns counts of images and objects."""
        categories = [{"id": n, "name": name, "supercategory": ""} for name, n in self._numbers.items()]
        self._file.write(b'],"categories":' + json_bytes(categories) + b',"images":[')
        self._images.copy_to(self._file)
        self._file.write(b'],"info":' + json_bytes(self._info) + b',"licenses":[]}')
        self._file.close()
        self._images.close()
        return {"images": self._images.count, "objects": self._objects}


def segmentation(key: str, item: dict[str, Any]) -> dict[str, Any]:
    """Return an object's run-length mask.

    Raises:
        ValueError: if the dataset was written without masks of objects.
    """
    if not item.get("segmentation"):
        raise ValueError(
            f"object {item['id']} of sample '{key}' has no segmentation; make the dataset with output boxes, "
            "whose objects have run-length masks"
        )
    return item["segmentation"]
