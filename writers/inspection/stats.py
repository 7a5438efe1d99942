"""stats: what a dataset holds, in numbers; one pass, flat memory."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import cv2
import numpy as np

from writers.infrared.readings import READABLE, InfraredStats
from writers.inspection.histogram import Histogram, bars
from writers.inspection.opening import records_of
from writers.reader import Dataset, decode

SIDES = [2.0**n for n in range(15)]  # pixels: square root of a box's area
MANY = 64  # objects an image: as many or more are one bin
LUMA = np.array([0.299, 0.587, 0.114])  # Rec. 601


class Stats:
    """Counts over samples, added one by one."""

    def __init__(self) -> None:
        self.samples = self.objects = 0
        self.classes: dict[str, dict[str, int]] = {}
        self.per_image = Histogram(np.arange(MANY + 2))
        self.sides = Histogram(SIDES)
        self.visible = Histogram(np.linspace(0, 1, 101))
        self.depth = Histogram(np.geomspace(1e-3, 1e5, 1601))
        self.empty_depth = Histogram(np.linspace(0, 1, 101))
        self.brightness = Histogram(np.linspace(0, 256, 257))
        self.infrared = InfraredStats()
        self.resolutions: dict[str, int] = {}

    def add(self, decoded: dict[str, Any]) -> None:
        """Count one sample, decoded."""
        about = decoded["json"]
        self.samples += 1
        objects = about.get("objects", [])
        self.objects += len(objects)
        self.per_image.add([len(objects)])
        self.sides.add([float(np.sqrt(item["box"][2] * item["box"][3])) for item in objects])
        self.visible.add([item["visible_fraction"] for item in objects if item["visible_fraction"] is not None])
        names = [item["class"] for item in objects]
        for name in names:
            self.classes.setdefault(name, {"objects": 0, "images": 0})["objects"] += 1
        for name in set(names):
            self.classes[name]["images"] += 1
        size = f"{about['camera']['width']}x{about['camera']['height']}"
        self.resolutions[size] = self.resolutions.get(size, 0) + 1
        self._add_pictures(decoded, about)

    def _add_pictures(self, decoded: dict[str, Any], about: dict[str, Any]) -> None:
        if "depth.png" in decoded and about.get("depth_scale"):
            stored = decoded["depth.png"]
            self.depth.add(stored[stored > 0] * about["depth_scale"])
            self.empty_depth.add([float((stored == 0).mean())])
        for name in ("rgb.jpg", "rgb.png"):
            if name in decoded:
                small = cv2.resize(decoded[name][..., :3], (64, 64), interpolation=cv2.INTER_AREA)
                self.brightness.add([float((small @ LUMA).mean())])
        self.infrared.add(decoded, about)


def collect(dataset: Dataset, pictures: bool = True) -> dict[str, Any]:
    """Count a dataset.

    Args:
        dataset: an open dataset.
        pictures: also depth and brightness, for which images are decoded.

    Returns:
        JSON values, see `report`.
    """
    wanted = {"json", "depth.png", "rgb.jpg", "rgb.png", *READABLE} if pictures else {"json"}
    stats = Stats()
    for sample in dataset.samples(wanted):
        stats.add(decode(sample))
    shards = {"count": 0, "bytes": 0, "skipped": 0}
    for record in records_of(dataset):
        shards["count"] += 1
        shards["bytes"] += record.bytes
        shards["skipped"] += len(record.skipped)
    labels = [str(n) for n in range(MANY)] + [f"{MANY}+"]
    return {
        "dataset": dataset.storage.url,
        "format": dataset.plan.format,
        "finished": dataset.manifest is not None,
        "samples": stats.samples,
        "shards": shards["count"],
        "bytes": shards["bytes"],
        "skipped_frames": shards["skipped"],
        "resolutions": dict(sorted(stats.resolutions.items())),
        "objects": stats.objects,
        "classes": {name: stats.classes.get(name, {"objects": 0, "images": 0}) for name in _names(dataset, stats)},
        "objects_per_image": dict(zip(labels, stats.per_image.counts.tolist(), strict=True)),
        "box_side_px": stats.sides.summary(),
        "box_sides": dict(zip(_ranges(SIDES), stats.sides.counts.tolist(), strict=True)),
        "visible_fraction": stats.visible.summary(),
        "depth_m": stats.depth.summary(),
        "pixels_without_depth": stats.empty_depth.summary(),
        "brightness": stats.brightness.summary(),
        "infrared": stats.infrared.summary(),
    }


def _names(dataset: Dataset, stats: Stats) -> list[str]:
    known = dataset.classes
    return [*known, *sorted(set(stats.classes) - set(known))]


def _ranges(edges: list[float]) -> list[str]:
    return [f"{low:g}-{high:g}" for low, high in pairwise(edges)]


def report(found: dict[str, Any]) -> Iterator[str]:
    """Say the counts, line by line."""
    state = "finished" if found["finished"] else "unfinished"
    yield f"dataset     {found['dataset']} ({found['format']}, {state})"
    size = found["bytes"]
    each = f", {size / found['samples'] / 1000:.1f} kB a sample" if found["samples"] else ""
    yield f"samples     {found['samples']} in {found['shards']} shard(s), {size / 1e6:.1f} MB{each}"
    if found["skipped_frames"]:
        yield f"left out    {found['skipped_frames']} frame(s) that could not be made"
    yield f"resolution  {', '.join(f'{size} ({count})' for size, count in found['resolutions'].items())}"
    yield f"objects     {found['objects']}"
    width = max([5, *map(len, found["classes"])])
    yield f"  {'class':{width}} {'objects':>9} {'images':>9}"
    for name, counts in found["classes"].items():
        yield f"  {name:{width}} {counts['objects']:9} {counts['images']:9}"
    yield "objects an image"
    yield from bars(list(found["objects_per_image"]), list(found["objects_per_image"].values()))
    yield "box sizes (square root of the area, px)"
    yield from bars(list(found["box_sides"]), list(found["box_sides"].values()))
    for title, name in TITLES.items():
        if found[name]:
            numbers = ", ".join(f"{key} {value:g}" for key, value in found[name].items())
            yield f"{title:11} {numbers}"
    for title, summary in found["infrared"].items():
        yield f"{title:24} {', '.join(f'{key} {value:g}' for key, value in summary.items())}"


TITLES = {
    "visible": "visible_fraction",
    "depth (m)": "depth_m",
    "no depth": "pixels_without_depth",
    "brightness": "brightness",
}
