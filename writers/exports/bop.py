"""BOP, scene by scene: `<part>/<scene>/` with scene_camera, scene_gt, scene_gt_info, rgb, depth and mask_visib.

A scene holds the next 1000 images of the dataset, as in BOP's own rendered training sets (a frame is a scene of its own
really, so the division means nothing). See `writers.exports.bop_labels` for what the entries say.

Source: BOP toolkit, docs/bop_datasets_format.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from writers.encode import json_bytes, png
from writers.exports.bop_labels import (
    Models,
    annotated,
    camera_entry,
    depth_of,
    info_entry,
    notes,
    pose_entry,
)
from writers.exports.masks import mask_of
from writers.exports.views import RGB, Source, View, number_classes, views
from writers.exports.whole import JsonTable

SCENE_IMAGES = 1000
TABLES = ("scene_camera", "scene_gt", "scene_gt_info")


def write(
    dataset: Source,
    folder: Path,
    *,
    classes: list[str] | None = None,
    images: str = "copy",
    objects: str = "class",
    part: str = "train_pbr",
) -> dict[str, int]:
    """Write the dataset as BOP scenes.

    Args:
        dataset: an open dataset.
        folder: to fill.
        classes: which classes, in the order of their numbers; None is all.
        images: "copy" (rgb, depth, masks) or "none" (only the JSON).
        objects: what an object id stands for: "class" or "model".
        part: name of the folder of scenes.

    Returns:
        Counts of scenes, images, objects and models.
    """
    numbers, models = number_classes(dataset, classes), Models(objects)
    counts = {"scenes": 0, "images": 0, "objects": 0}
    scene: _Scene | None = None
    for view in views(dataset, {"depth.png", *(RGB if images == "copy" else ())}):
        place = folder / part / f"{view.index // SCENE_IMAGES:06d}"
        if scene is None or scene.folder != place:
            if scene is not None:
                scene.close()
            scene = _Scene(place, images == "copy")
            counts["scenes"] += 1
        counts["objects"] += scene.add(view, numbers, models)
        counts["images"] += 1
        if counts["images"] == 1:
            (folder / "camera.json").write_bytes(json_bytes(_sensor(view)))
    if scene is not None:
        scene.close()
    (folder / "models").mkdir()
    (folder / "models" / "models_info.json").write_bytes(json_bytes(models.info()))
    (folder / "dataset_info.md").write_text(notes(numbers, objects))
    return {**counts, "models": len(models.info())}


def _sensor(view: View) -> dict[str, Any]:
    (fx, _, cx), (_, fy, cy), _ = view.about["camera"]["intrinsics"]
    width, height = view.size
    entry = {"cx": cx, "cy": cy, "fx": fx, "fy": fy, "width": width, "height": height}
    if view.about["depth_scale"] is not None:
        entry["depth_scale"] = view.about["depth_scale"] * 1000.0
    return entry


class _Scene:
    """The folder of one scene."""

    def __init__(self, folder: Path, images: bool) -> None:
        self.folder = folder
        self._images = images
        for name in ("rgb", "mask_visib") if images else ():
            (folder / name).mkdir(parents=True)
        folder.mkdir(parents=True, exist_ok=True)
        self._tables = [JsonTable(folder / f"{name}.json") for name in TABLES]

    def add(self, view: View, numbers: dict[str, int], models: Models) -> int:
        """Add one image; returns its number of objects."""
        number = view.index % SCENE_IMAGES
        found, depth = annotated(view, numbers), depth_of(view)
        poses, infos = [], []
        for place, (item, solid) in enumerate(found):
            mask = mask_of(view.key, item)
            poses.append(pose_entry(models.number(item["class"], numbers[item["class"]], solid), solid))
            infos.append(info_entry(item, mask, depth))
            if self._images:
                (self.folder / "mask_visib" / f"{number:06d}_{place:06d}.png").write_bytes(png(mask * 255))
        for table, entry in zip(self._tables, (camera_entry(view), poses, infos), strict=True):
            table.add(str(number), entry)
        if self._images:
            self._write_images(view, number)
        return len(found)

    def _write_images(self, view: View, number: int) -> None:
        name, data = view.picture()
        (self.folder / "rgb" / f"{number:06d}{Path(name).suffix}").write_bytes(data)
        if "depth.png" in view.members:
            (self.folder / "depth").mkdir(exist_ok=True)
            (self.folder / "depth" / f"{number:06d}.png").write_bytes(view.members["depth.png"])

    def close(self) -> None:
        """End the tables."""
        for table in self._tables:
            table.close()
