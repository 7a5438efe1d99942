"""Paired colour and thermal pictures laid out as FLIR's ADAS dataset, version 2, with COCO boxes for each.

    images_rgb_train/      coco.json  index.json  coco_annotation_counts.{tsv,txt}  data/<name>.jpg
    images_thermal_train/  the same, and analyticsData/<name>.tiff
    images_rgb_val/ ...    images_thermal_val/ ...    video_rgb_test/ ...    video_thermal_test/ ...
    rgb_to_thermal_vid_map.json   of the test part, as FLIR has it     rgb_to_thermal_map.json   of all parts

A name is `video-<camera>-frame-<frame>-<key>`. The two pictures of a sample have the same COCO image id, and the same
boxes where the thermal camera looks through the colour camera; one with a view of its own has the boxes of that view.
`data` of the thermal side is 8 bits after gain control; `analyticsData` holds the 16-bit picture, where the dataset has
one: TLinear (kelvin, factor in the TIFF and in `index.json`) or RAW16. `index.json` has the frames as FLIR's
Conservator lists them, as far as we know them. Classes of FLIR's names have FLIR's numbers, others follow from 80 on.
Part depends on the frame's number alone, as in the YOLO export.

Source: README of FLIR ADAS v2.0.0 (folders, files, categories); names and frames as FLIR's conservator-cli reads them.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from writers.encode import json_bytes
from writers.exports.coco import InstancesFile, description
from writers.exports.views import RGB, Source, View, number_classes, pictures_of, views
from writers.exports.whole import JsonRows, JsonTable
from writers.exports.yolo import part_of, parts_of
from writers.infrared.tiff import tiff

FOLDERS = {"train": "images_{}_train", "val": "images_{}_val", "test": "video_{}_test"}
DEEP = ("tlinear.png", "raw16.png")
CATEGORIES = {
    **{"person": 1, "bike": 2, "car": 3, "motor": 4, "bus": 6, "train": 7, "truck": 8, "light": 10, "hydrant": 11},
    **{"sign": 12, "dog": 17, "skateboard": 37, "stroller": 73, "scooter": 77, "other vehicle": 79},
}
QUALITY = 95  # of JPEG
Deep = tuple[bytes, dict[str, Any]]


def write(
    dataset: Source,
    folder: Path,
    *,
    classes: list[str] | None = None,
    images: str = "copy",
    thermal: str = "thermal_lwir",
    encoding: str = "jpg",
    split: Sequence[int] = (8, 1, 1),
) -> dict[str, int]:
    """Write the dataset as pairs of colour and thermal pictures.

    Args:
        dataset: an open dataset.
        folder: to fill.
        classes: which classes, in order; None is all.
        images: "copy" or "none".
        thermal: output whose pictures are the thermal ones.
        encoding: of `data`: "jpg", as FLIR has it, or "kept": as the dataset has them, PNG without loss.
        split: shares of train, val and test; the last may be left out.

    Returns:
        Counts of pairs a part, and of objects in the colour and in the thermal pictures.

    Raises:
        ValueError: for another encoding, shares that are no shares, or samples without one of the two pictures.
    """
    if encoding not in ("jpg", "kept"):
        raise ValueError(f"encoding is '{encoding}'; expected jpg or kept")
    names = parts_of(split)
    numbers = flir_numbers(list(number_classes(dataset, classes)))
    sides = {
        (part, side): _Side(folder / FOLDERS[part].format(side), numbers, description(dataset), images == "copy")
        for part in names
        for side in ("rgb", "thermal")
    }
    pairs, test_pairs = (JsonTable(folder / f"rgb_to_thermal{word}_map.json") for word in ("", "_vid"))
    counts = dict.fromkeys(names, 0)
    for view in views(dataset, {*RGB, *pictures_of(thermal), *(f"{thermal}.{kind}" for kind in DEEP)}):
        part = part_of(view.key, split)
        first, second = (_encoded(*view.picture(image), encoding) for image in ("rgb", thermal))
        one, other = (_name(view) + suffix for suffix in (first[0], second[0]))
        sides[part, "rgb"].add(view, one, first[1], other)
        sides[part, "thermal"].add(view.through(thermal), other, second[1], one, _deep(view, thermal))
        for table in (pairs, test_pairs) if part == "test" else (pairs,):
            table.add(one, other)
        counts[part] += 1
    pairs.close()
    test_pairs.close()
    objects = {(part, side): each.close() for (part, side), each in sides.items()}
    for side in ("rgb", "thermal"):
        counts[f"{side} objects"] = sum(objects[part, side] for part in names)
    return counts


def flir_numbers(names: Sequence[str]) -> dict[str, int]:
    """Number classes: FLIR's own numbers where it has the name, then from 80 on."""
    others = iter(range(max(CATEGORIES.values()) + 1, 10_000))
    return {name: CATEGORIES[name] if name in CATEGORIES else next(others) for name in names}


def _name(view: View) -> str:
    """Name a picture; nothing but the last part may depend on how keys are made, and there are no further hyphens."""
    return f"video-{_video(view)}-frame-{view.about['frame']:06d}-{view.key}"


def _video(view: View) -> str:
    return view.key.partition("_")[2] or "camera"


def _encoded(name: str, data: bytes, encoding: str) -> tuple[str, bytes]:
    """Return suffix and bytes of a picture."""
    suffix = Path(name).suffix
    if encoding == "kept" or suffix == ".jpg":
        return suffix, data
    return ".jpg", cv2.imencode(".jpg", _image(data), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()


def _image(data: bytes) -> Any:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)


def _deep(view: View, thermal: str) -> Deep | None:
    """Return the 16-bit picture of an output as TIFF, and what its values mean."""
    said = (view.about.get("infrared") or {}).get(thermal) or {}
    for kind in DEEP:
        if f"{thermal}.{kind}" in view.members:
            name = kind.removesuffix(".png")
            meaning = {"encoding": name, **said.get(name, {})}
            return tiff(_image(view.members[f"{thermal}.{kind}"]), json_bytes(meaning).decode()), meaning
    return None


class _Side:
    """One folder: pictures of one kind and one part.

    Args:
        folder: to make.
        numbers: category number of each class.
        info: COCO's `info` entry.
        copies: pictures are written.
    """

    def __init__(self, folder: Path, numbers: dict[str, int], info: dict[str, Any], copies: bool) -> None:
        self._folder, self._copies, self._numbers = folder, copies, numbers
        (folder / "data").mkdir(parents=True)
        self._coco = InstancesFile(folder / "coco.json", numbers, info)
        self._frames = JsonRows(folder)
        self._videos: dict[str, None] = {}
        self._labels: Counter[str] = Counter()

    def add(self, view: View, name: str, data: bytes, other: str, deep: Deep | None = None) -> None:
        """Add a picture, the name of the one beside it, and its 16-bit twin."""
        objects = view.objects(self._numbers)
        self._coco.add(view, f"data/{name}", {"video_id": _video(view), **_weather(view)})
        self._videos[_video(view)] = None
        self._labels.update(item["class"] for item in objects)
        entry = {**_frame(view, objects), "md5": _md5(data), "pair": other}
        files = {f"data/{name}": data}
        if deep is not None:
            place = f"analyticsData/{Path(name).stem}.tiff"
            entry |= {"analyticsMd5": _md5(deep[0]), "analyticsFile": place, "analyticsMeaning": deep[1]}
            files[place] = deep[0]
        self._frames.add(entry)
        for place, written in files.items() if self._copies else ():
            (self._folder / place).parent.mkdir(exist_ok=True)
            (self._folder / place).write_bytes(written)

    def close(self) -> int:
        """Complete the folder; returns the number of objects."""
        videos = [{"id": name, "filename": name} for name in self._videos]
        with open(self._folder / "index.json", "wb") as file:
            file.write(b'{"frames":[')
            self._frames.copy_to(file)
            file.write(b'],"made_by":' + json_bytes("Replicant") + b',"videos":' + json_bytes(videos) + b"}\n")
        self._frames.close()
        rows = [*((name, self._labels[name]) for name in self._numbers), ("Total", self._labels.total())]
        for suffix, line in (("tsv", "{}\t{}\n"), ("txt", "{:20}{:>10}\n")):
            text = "".join(line.format(*row) for row in (("Label", "Count"), *rows))
            (self._folder / f"coco_annotation_counts.{suffix}").write_text(text)
        return self._coco.close()["objects"]


def _frame(view: View, objects: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a frame as Conservator lists it."""
    width, height = view.size
    return {
        "datasetFrameId": view.key,
        "videoMetadata": {"videoId": _video(view), "frameIndex": view.about["frame"], "frameId": view.key},
        "width": width,
        "height": height,
        "isEmpty": not objects,
        "annotations": [
            {"labels": [item["class"]], "boundingBox": dict(zip("xywh", map(float, item["box"]), strict=True))}
            for item in objects
        ],
    }


def _weather(view: View) -> dict[str, Any]:
    """Return what the sample says of the weather, for COCO's `extra_info`."""
    found = view.about.get("weather")
    return {"weather": found} if found else {}


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()
