"""Paired colour and thermal pictures as FLIR's ADAS dataset has them, with COCO boxes for each.

    images_rgb_train/      coco.json  index.json  data/<key>.jpg
    images_thermal_train/  coco.json  index.json  data/<key>.png  data_16_bit/<key>.png
    images_rgb_val/ ...    images_thermal_val/ ...    video_rgb_test/ ...    video_thermal_test/ ...
    rgb_to_thermal_map.json

The two pictures of a sample have the same COCO image id, and the same boxes where the thermal camera looks through the
colour camera; one with a view of its own has the boxes of that view. `data` of the thermal side is 8 bits after gain
control; `data_16_bit` holds the 16-bit picture, where the dataset has one: TLinear (kelvin, factor in `index.json`) or
RAW16, in PNG, not FLIR's TIFF. `index.json` lists the frames with the name of the other picture; it is our own, smaller
than FLIR's. Part depends on the frame's number alone, as in the YOLO export.

Source: FLIR ADAS v2, folder layout `images_{rgb,thermal}_{train,val}/{coco.json,index.json,data/}`, `video_*_test`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from writers.encode import json_bytes
from writers.exports.coco import InstancesFile, description
from writers.exports.views import RGB, Source, View, number_classes, pictures_of, views
from writers.exports.whole import JsonRows, JsonTable
from writers.exports.yolo import part_of, parts_of

FOLDERS = {"train": "images_{}_train", "val": "images_{}_val", "test": "video_{}_test"}
DEEP = ("tlinear.png", "raw16.png")


def write(
    dataset: Source,
    folder: Path,
    *,
    classes: list[str] | None = None,
    images: str = "copy",
    thermal: str = "thermal_lwir",
    split: Sequence[int] = (8, 1, 1),
) -> dict[str, int]:
    """Write the dataset as pairs of colour and thermal pictures.

    Args:
        dataset: an open dataset.
        folder: to fill.
        classes: which classes, in the order of their numbers; None is all.
        images: "copy" or "none".
        thermal: output whose pictures are the thermal ones.
        split: shares of train, val and test; the last may be left out.

    Returns:
        Counts of pairs a part, and of objects in the colour and in the thermal pictures.

    Raises:
        ValueError: for shares that are no shares, or samples without one of the two pictures.
    """
    names = parts_of(split)
    numbers = number_classes(dataset, classes)
    sides = {
        (part, side): _Side(folder / FOLDERS[part].format(side), numbers, description(dataset), images == "copy")
        for part in names
        for side in ("rgb", "thermal")
    }
    pairs = JsonTable(folder / "rgb_to_thermal_map.json")
    counts = dict.fromkeys(names, 0)
    for view in views(dataset, {*RGB, *pictures_of(thermal), *(f"{thermal}.{kind}" for kind in DEEP)}):
        part = part_of(view.key, split)
        color, warm = view.picture(), view.picture(thermal)
        first, second = (f"{view.key}{Path(name).suffix}" for name, _ in (color, warm))
        sides[part, "rgb"].add(view, first, color[1], second)
        sides[part, "thermal"].add(view.through(thermal), second, warm[1], first, _deep(view, thermal))
        pairs.add(first, second)
        counts[part] += 1
    pairs.close()
    objects = {(part, side): each.close() for (part, side), each in sides.items()}
    for side in ("rgb", "thermal"):
        counts[f"{side} objects"] = sum(objects[part, side] for part in names)
    return counts


def _deep(view: View, thermal: str) -> tuple[bytes, dict[str, Any]] | None:
    """Return the 16-bit picture of an output and what its values mean."""
    said = (view.about.get("infrared") or {}).get(thermal) or {}
    for kind in DEEP:
        if f"{thermal}.{kind}" in view.members:
            name = kind.removesuffix(".png")
            return view.members[f"{thermal}.{kind}"], {"encoding": name, **said.get(name, {})}
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
        self._folder, self._copies = folder, copies
        (folder / "data").mkdir(parents=True)
        self._coco = InstancesFile(folder / "coco.json", numbers, info)
        self._frames = JsonRows(folder)

    def add(
        self, view: View, name: str, data: bytes, other: str, deep: tuple[bytes, dict[str, Any]] | None = None
    ) -> None:
        """Add a picture, the name of the one beside it, and its 16-bit twin."""
        self._coco.add(view, f"data/{name}")
        entry: dict[str, Any] = {"key": view.key, "file_name": f"data/{name}", "image_id": view.image_id, "pair": other}
        files: Iterable[tuple[str, bytes]] = [(f"data/{name}", data)]
        if deep is not None:
            place = f"data_16_bit/{view.key}.png"
            entry["file_name_16_bit"], entry["meaning_16_bit"] = place, deep[1]
            files = [*files, (place, deep[0])]
        self._frames.add(entry)
        for place, written in files if self._copies else ():
            (self._folder / place).parent.mkdir(exist_ok=True)
            (self._folder / place).write_bytes(written)

    def close(self) -> int:
        """Complete the folder; returns the number of objects."""
        with open(self._folder / "index.json", "wb") as file:
            file.write(b'{"frames":[')
            self._frames.copy_to(file)
            file.write(b'],"made_by":' + json_bytes("Replicant") + b"}\n")
        self._frames.close()
        return self._coco.close()["objects"]
