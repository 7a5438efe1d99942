"""Ultralytics YOLO: `data.yaml`, `images/<part>/<key>.jpg`, `labels/<part>/<key>.txt`, one object a line.

Lines by task, all lengths as shares of width and height, classes from 0 in the order of the dataset's:

- detect: class, centre x, centre y, width, height of the visible pixels' box.
- segment: class, then the outline's points at pixel centres. YOLO knows one polygon an object, so separate parts are
  joined by lines there and back, as Ultralytics' own converter does, and holes are cut by such a line.
- pose: the detect line, then 9 keypoints (x, y, visibility): the corners of the 3D box, then its centre. Corner k is on
  the high side of the object's own x, y, z axis where bits 2, 1, 0 of k are set. Visibility is 0 (and x, y 0) outside
  the image, 1 where depth says that something is in front of the point, else 2.
- obb: class, then the four corners of the smallest turned rectangle round the visible pixels.

Part (train, val, test) depends on a hash of the frame's number in the key: a frame's views stay together, and more
frames never move one.

Source: docs.ultralytics.com, "Datasets": detect, segment, pose, obb.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from writers.exports.masks import decode_png, mask_of, outline
from writers.exports.solids import intrinsics, project, solid_of
from writers.exports.views import Source, View, number_classes, pictures_of, views

PARTS = ("train", "val", "test")
KEYPOINTS = 9
MIRRORED = [2, 3, 0, 1, 6, 7, 4, 5, 8]  # keypoints when left and right (the object's y) change places
IN_FRONT = 0.02  # of a point's depth: nearer than that is something in front
Line = list[float]


def write(
    dataset: Source,
    folder: Path,
    *,
    classes: list[str] | None = None,
    images: str = "copy",
    task: str = "detect",
    split: Sequence[int] = (8, 1, 1),
    image: str = "rgb",
) -> dict[str, int]:
    """Write the dataset for Ultralytics YOLO.

    Args:
        dataset: an open dataset.
        folder: to fill.
        classes: which classes, in the order of their numbers; None is all.
        images: "copy" or "none".
        task: "detect", "segment", "pose" or "obb".
        split: shares of train, val and test; the last may be left out.
        image: output whose pictures are used, with the objects in its view, e.g. "rgb", "thermal_lwir".

    Returns:
        Counts of images a part and of objects.

    Raises:
        ValueError: for an unknown task or shares that are no shares.
    """
    if task not in TASKS:
        raise ValueError(f"task is '{task}'; expected one of {', '.join(TASKS)}")
    parts = parts_of(split)
    numbers = number_classes(dataset, classes)
    counts = dict.fromkeys((*parts, "objects"), 0)
    for part in parts:
        (folder / "labels" / part).mkdir(parents=True)
        (folder / "images" / part).mkdir(parents=True)
    wanted = {*(pictures_of(image) if images == "copy" else ()), *({"depth.png"} if task == "pose" else ())}
    for sample in views(dataset, wanted):
        view, part = sample.through(image), part_of(sample.key, split)
        lines = [(numbers[item["class"]] - 1, TASKS[task](view, item)) for item in view.objects(numbers)]
        text = "".join(f"{number} {' '.join(map(_written, line))}\n" for number, line in lines if line)
        (folder / "labels" / part / f"{view.key}.txt").write_text(text)
        if images == "copy":
            name, data = view.picture(image)
            (folder / "images" / part / f"{view.key}{Path(name).suffix}").write_bytes(data)
        counts[part] += 1
        counts["objects"] += text.count("\n")
    (folder / "data.yaml").write_text(_data_yaml(list(numbers), task, parts))
    return counts


def parts_of(split: Sequence[int]) -> tuple[str, ...]:
    """Return the parts that shares make: train, val and, with three shares, test.

    Raises:
        ValueError: for shares that are no shares.
    """
    if not 1 <= len(split) <= len(PARTS) or min(split) < 0 or sum(split) == 0:
        raise ValueError(f"split is {list(split)}; expected one to three shares of train, val, test, such as 8,1,1")
    return PARTS[: max(2, len(split))]


def part_of(key: str, split: Sequence[int]) -> str:
    """Tell which part a sample belongs to, from a hash of the frame in its key."""
    digest = hashlib.sha256(key.split("_")[0].encode()).digest()
    place = int.from_bytes(digest[:8], "big") % sum(split)
    bounds = np.cumsum(split)
    return PARTS[int(np.searchsorted(bounds, place, side="right"))]


def _written(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".") or "0"


def _data_yaml(names: list[str], task: str, parts: Sequence[str]) -> str:
    import yaml

    content: dict[str, Any] = {part: f"images/{part}" for part in parts}
    content["names"] = dict(enumerate(names))
    if task == "pose":
        content["kpt_shape"] = [KEYPOINTS, 3]
        content["flip_idx"] = MIRRORED
    return yaml.safe_dump(content, sort_keys=False, default_flow_style=None)


def _detect(view: View, item: dict[str, Any]) -> Line:
    width, height = view.size
    x, y, wide, high = item["box"]
    return [(x + wide / 2) / width, (y + high / 2) / height, wide / width, high / height]


def _segment(view: View, item: dict[str, Any]) -> Line:
    return ((outline(mask_of(view.key, item)) + 0.5) / view.size).ravel().tolist()


def _obb(view: View, item: dict[str, Any]) -> Line:
    ys, xs = np.nonzero(mask_of(view.key, item))
    corners = [np.stack([xs + right, ys + down], axis=1) for right in (0, 1) for down in (0, 1)]
    box = cv2.boxPoints(cv2.minAreaRect(np.concatenate(corners).astype(np.float32)))
    return np.clip(box.astype(np.float64) / view.size, 0, 1).ravel().tolist()


def _pose(view: View, item: dict[str, Any]) -> Line:
    line = _detect(view, item)
    if item["box_3d"] is None:
        return line + [0.0] * (3 * KEYPOINTS)
    camera = view.about["camera"]
    solid = solid_of(item["box_3d"], camera)
    points = np.concatenate([solid.corners(), solid.center[None]])
    pixels, depth = project(points, intrinsics(view.key, camera))
    nearest = _nearest(view)
    for (x, y), far in zip(pixels, depth, strict=True):
        line += _keypoint(x, y, far, nearest, view.size)
    return line


def _keypoint(x: float, y: float, far: float, nearest: NDArray[np.float64] | None, size: tuple[int, int]) -> Line:
    if not (0 <= x < size[0] and 0 <= y < size[1]):  # nan, behind the camera, is neither
        return [0.0, 0.0, 0.0]
    hidden = nearest is not None and nearest[int(y), int(x)] < far * (1 - IN_FRONT)
    return [x / size[0], y / size[1], 1.0 if hidden else 2.0]


def _nearest(view: View) -> NDArray[np.float64] | None:
    """Return depth in metres, inf where nothing was hit; None without depth."""
    if "depth.png" not in view.members:
        return None
    stored = decode_png(view.key, "depth.png", view.members["depth.png"])
    return np.where(stored == 0, np.inf, stored * float(view.about["depth_scale"]))


TASKS: dict[str, Callable[[View, dict[str, Any]], Line]] = {
    "detect": _detect,
    "segment": _segment,
    "pose": _pose,
    "obb": _obb,
}
