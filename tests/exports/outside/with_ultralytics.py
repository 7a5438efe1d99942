"""Run where ultralytics is installed: check and load the four YOLO exports of a folder as its trainer does.

Prints one JSON object: task -> image -> {"classes", "boxes" (x, y, width, height in pixels), "masks" (areas at full
size), "keypoints"}, or {"corrupt": ...}.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from ultralytics.data.dataset import YOLODataset
from ultralytics.data.utils import check_det_dataset, polygons2masks

ROOT = Path(sys.argv[1])
found: dict[str, dict] = {}
for task in ("detect", "segment", "pose", "obb"):
    data = check_det_dataset(str(ROOT / f"yolo_{task}" / "data.yaml"), autodownload=False)
    dataset = YOLODataset(data["train"], data=data, task=task, augment=False, imgsz=160, batch_size=1)
    rows = found.setdefault(task, {})
    for number, label in enumerate(dataset.labels):
        height, width = label["shape"]
        boxes = np.asarray(label["bboxes"]) * [width, height, width, height]
        boxes[:, :2] -= boxes[:, 2:] / 2
        outlines = [np.asarray(each) * [width, height] for each in label["segments"]]
        masks = [polygons2masks((height, width), [each.reshape(-1)], 1, 1)[0] for each in outlines]
        rows[Path(label["im_file"]).stem] = {
            "classes": [data["names"][int(each)] for each in label["cls"].ravel()],
            "boxes": boxes.tolist(),
            "masks": [int(mask.sum()) for mask in masks],
            "keypoints": None if label["keypoints"] is None else np.asarray(label["keypoints"]).tolist(),
        }
        dataset[number]  # what the trainer is given
print(json.dumps(found))
