"""COCO panoptic: every pixel belongs to one segment or to none.

Out come `panoptic.json`, `panoptic/<key>.png` and, with images, `images/<key>.rgb.jpg`. A PNG pixel says R + 256 G +
65536 B = the id of its segment; 0 is void: whatever has no class (Replicator's background and unlabelled).
Classes are things: each object is a segment whose id is its pixel value in `instance.png`. Classes named as stuff are
one segment an image (id 65536 + class number); so are pixels that have a class in `semantic.png` but belong to no
object, as a crowd where the class is a thing.

Source: cocodataset.org, "Data format", panoptic segmentation.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from writers.encode import json_bytes, png
from writers.exports.coco import INSTANCES, description
from writers.exports.masks import decode_png, mask_of
from writers.exports.views import RGB, Source, View, number_classes, picture_member, views
from writers.exports.whole import JsonRows

Ids = NDArray[np.uint32]


def write(
    dataset: Source,
    folder: Path,
    *,
    classes: list[str] | None = None,
    images: str = "copy",
    stuff: list[str] | None = None,
) -> dict[str, int]:
    """Write the dataset as COCO panoptic.

    Args:
        dataset: an open dataset.
        folder: to fill.
        classes: which classes, in the order of their numbers; None is all.
        images: "copy" or "none".
        stuff: classes that are stuff (grass, sky); the others are things.

    Returns:
        Counts of images and segments.

    Raises:
        ValueError: for a stuff class that is not among the classes.
    """
    numbers = number_classes(dataset, classes)
    for name in stuff or []:
        if name not in numbers:
            raise ValueError(f"stuff class '{name}' is not among the classes {', '.join(numbers)}")
    things = {name: name not in (stuff or []) for name in numbers}
    (folder / "panoptic").mkdir()
    if images == "copy":
        (folder / "images").mkdir()
    rows, pictures, segments = JsonRows(folder), JsonRows(folder), 0
    member = picture_member(dataset)
    table = np.zeros(len(dataset.classes) + 1, np.uint32)  # pixel value of semantic.png -> class number here
    for name, number in numbers.items():
        table[dataset.classes.index(name) + 1] = number
    for view in views(dataset, {"semantic.png", *(RGB if images == "copy" else ())}):
        width, height = view.size
        pictures.add({"id": view.image_id, "file_name": f"{view.key}.{member}", "width": width, "height": height})
        if images == "copy":
            (folder / "images" / f"{view.key}.{member}").write_bytes(view.picture()[1])
        ids, infos = segment(view, numbers, things, table)
        (folder / "panoptic" / f"{view.key}.png").write_bytes(id_png(ids))
        rows.add({"image_id": view.image_id, "file_name": f"{view.key}.png", "segments_info": infos})
        segments += len(infos)
    _save(folder / "panoptic.json", rows, pictures, things, description(dataset))
    return {"images": rows.count, "segments": segments}


def segment(
    view: View, numbers: dict[str, int], things: dict[str, bool], table: NDArray[np.uint32]
) -> tuple[Ids, list[dict[str, Any]]]:
    """Divide a view into segments.

    Args:
        view: with `semantic.png` if the dataset has it.
        numbers: category number of each class.
        things: whether each class is a thing.
        table: category number of each pixel value of `semantic.png`.

    Returns:
        (h, w) segment ids, and COCO's `segments_info`.
    """
    width, height = view.size
    ids = np.zeros((height, width), np.uint32)
    category: dict[int, tuple[int, int]] = {}  # segment id -> category, iscrowd
    taken = np.zeros((height, width), bool)
    for item in view.about["objects"]:
        inside = mask_of(view.key, item) > 0
        taken |= inside
        number = numbers.get(item["class"])
        if number is not None:
            identifier = item["id"] if things[item["class"]] else INSTANCES + number
            ids[inside] = identifier
            category[identifier] = (number, 0)
    if "semantic.png" in view.members:
        semantic = decode_png(view.key, "semantic.png", view.members["semantic.png"])
        left = np.where(taken, 0, table[np.minimum(semantic, len(table) - 1)])
        kinds = list(things.values())
        for number in np.unique(left[left > 0]).tolist():
            ids[left == number] = INSTANCES + number
            category[INSTANCES + number] = (number, int(kinds[number - 1]))
    return ids, [_info(ids, identifier, *category[identifier]) for identifier in sorted(category)]


def _info(ids: Ids, identifier: int, number: int, crowd: int) -> dict[str, Any]:
    ys, xs = np.nonzero(ids == identifier)
    x, y = int(xs.min()), int(ys.min())
    box = [x, y, int(xs.max()) - x + 1, int(ys.max()) - y + 1]
    return {"id": identifier, "category_id": number, "area": len(xs), "bbox": box, "iscrowd": crowd}


def id_png(ids: Ids) -> bytes:
    """Encode segment ids below 2^24 as an RGB PNG."""
    return png(np.stack([(ids >> shift & 255).astype(np.uint8) for shift in (0, 8, 16)], axis=-1))


def _save(path: Path, rows: JsonRows, pictures: JsonRows, things: dict[str, bool], info: dict[str, Any]) -> None:
    categories = [
        {"id": position + 1, "name": name, "supercategory": "", "isthing": int(thing)}
        for position, (name, thing) in enumerate(things.items())
    ]
    with open(path, "wb") as file:
        file.write(b'{"annotations":[')
        rows.copy_to(file)
        file.write(b'],"categories":' + json_bytes(categories) + b',"images":[')
        pictures.copy_to(file)
        file.write(b'],"info":' + json_bytes(info) + b',"licenses":[]}')
    rows.close()
    pictures.close()
