"""Run in an environment of its own: read the exports of a folder with datumaro, supervision and globox.

Prints one JSON object: reader -> image -> list of [class, x, y, width, height, area of the mask or null, more].
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import datumaro
import globox
import numpy as np
import supervision

ROOT = Path(sys.argv[1])
Found = dict[str, list[list[Any]]]


def imported(folder: str, kind: str) -> Found:
    dataset = datumaro.Dataset.import_from(str(ROOT / folder), kind)
    labels = [label.name for label in dataset.categories()[datumaro.AnnotationType.label]]
    found: Found = {}
    for item in dataset:
        rows = found.setdefault(item.id.split(".")[0], [])
        for each in item.annotations:
            mask = each.type == datumaro.AnnotationType.mask
            if kind == "coco_instances" and not mask:
                continue
            area = int(np.asarray(each.image).sum()) if mask else None
            extra = each.attributes if kind == "kitti3d" else None
            rows.append([labels[each.label], *map(float, each.get_bbox()), area, extra])
    return found


def with_supervision() -> Found:
    folder = ROOT / "yolo_segment"
    dataset = supervision.DetectionDataset.from_yolo(
        str(folder / "images" / "train"), str(folder / "labels" / "train"), str(folder / "data.yaml")
    )
    found: Found = {}
    for path, _, boxes in dataset:
        rows = found.setdefault(Path(path).stem, [])
        if boxes.mask is None:  # an image without objects
            continue
        for (x0, y0, x1, y1), mask, label in zip(boxes.xyxy.tolist(), boxes.mask, boxes.class_id, strict=True):
            rows.append([dataset.classes[label], x0, y0, x1 - x0, y1 - y0, int(mask.sum()), None])
    return found


def with_globox() -> Found:
    labels = ROOT / "yolo_detect" / "labels" / "train"
    images = ROOT / "yolo_detect" / "images" / "train"
    found: Found = {}
    for each in globox.AnnotationSet.from_yolo_v5(labels, image_folder=images, image_extension=".png"):
        rows = found.setdefault(Path(each.image_id).stem, [])
        for box in each.boxes:
            rows.append([int(box.label), box.xmin, box.ymin, box.width, box.height, None, None])
    return found


print(
    json.dumps(
        {
            "coco": imported("coco", "coco_instances"),
            "panoptic": imported("panoptic", "coco_panoptic"),
            "kitti": imported("kitti/training", "kitti3d"),
            "yolo": imported("yolo_detect", "yolo"),
            "supervision": with_supervision(),
            "globox": with_globox(),
        }
    )
)
