"""CocoWriter: pictures, panoptic masks and one COCO annotation file a run.

Source: COCO data format (cocodataset.org/#format-data): object detection and panoptic segmentation, where an id is
R + 256 * G + 256^2 * B.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from engine.carb.logging import log_warn
from engine.replicator.annotator_registry import AnnotatorRegistry
from engine.replicator.writer import Writer
from engine.replicator.writers_default.destination import backend_for

TYPES = ("class", "coco", "stuff", "thing")
EVERY = 25  # frames between two writings of the annotation file


class CocoWriter(Writer):
    """Write COCO annotations."""

    def __init__(
        self,
        output_dir: str | None = None,
        semantic_types: list[str] | None = None,
        coco_categories: dict[str, dict[str, Any]] | list[dict[str, Any]] | None = None,
        s3_bucket: str | None = None,
        s3_region: str | None = None,
        s3_endpoint: str | None = None,
        dataset_id: str | None = None,
        frame_padding: int = 4,
        image_output_format: str = "png",
        coco_license_info: list[dict[str, Any]] | None = None,
        backend: Any = None,
        **ignored: Any,
    ) -> None:
        """Choose a place and categories.

        Args:
            output_dir, backend: where to write; a folder that exists gets a new suffix.
            semantic_types: label types that name categories.
            coco_categories: label to category {"name", "id", ...}, or a list of these; without it, categories are
                numbered as they appear.
            s3_bucket, s3_region, s3_endpoint: write into a bucket; `output_dir` is then what its keys begin with.
            dataset_id: part of every file name; default "0".
            frame_padding: digits of the frame number.
            image_output_format: of the pictures.
            coco_license_info: `licenses` of the file.
            ignored: BasicWriter's switches, which many scripts give to this writer too: its files are always the same.
        """
        if ignored:
            log_warn(f"CocoWriter ignores {', '.join(ignored)}: it writes pictures, panoptic masks and annotations")
        s3 = {"bucket": s3_bucket, "region": s3_region, "endpoint": s3_endpoint}
        self.backend = backend_for("CocoWriter", output_dir, backend, s3, overwrite=False)
        self.version = "0.0.1"
        self.data_structure = "renderProduct"
        self._types = list(semantic_types or TYPES)
        self._fixed = coco_categories is not None
        self._categories = _by_label(coco_categories or {})
        self._dataset_id, self._padding, self._format = dataset_id or "0", frame_padding, image_output_format
        self._images: list[dict[str, Any]] = []
        self._annotations: list[dict[str, Any]] = []
        self._licenses = list(coco_license_info or [])
        self._frame_id = 0
        labels = {"semanticTypes": self._types}
        boxes = AnnotatorRegistry.get_annotator("bounding_box_2d_tight_fast", labels)
        masks = AnnotatorRegistry.get_annotator("instance_segmentation_fast", {**labels, "colorize": False})
        self.annotators = ["rgb", boxes, masks]

    def write(self, data: dict[str, Any]) -> None:
        """Write one frame; every 25th also the annotation file."""
        for name, output in data["renderProducts"].items():
            self._write_product(name, output)
        self._frame_id += 1
        if self._frame_id % EVERY == 0:
            self.write_annotations()

    def on_final_frame(self) -> None:
        """Write the annotation file."""
        self.write_annotations()

    def detach(self) -> None:
        """Write the annotation file, if frames are missing in it, and stop writing."""
        if self._unfinished:
            self._unfinished = False
            self.write_annotations()
        super().detach()

    def write_annotations(self) -> None:
        """Write everything so far to one JSON file."""
        document = {
            "info": {"description": "replicator", "version": self.version, "dataset_id": self._dataset_id},
            "images": self._images,
            "annotations": self._annotations,
            "categories": list(self._categories.values()),
            "licenses": self._licenses,
        }
        path = f"coco_annotations_{self._dataset_id}.json"
        self.backend.write_blob(path, json.dumps(document, indent=2).encode())

    def _write_product(self, product: str, output: dict[str, Any]) -> None:
        from engine.output.images import write_image

        camera = str(output["camera"]).strip("/").replace("/", "-")
        stem = f"{camera}_{self._dataset_id}.{self._frame_id:0{self._padding}}"
        picture = f"{product}/rgb_{stem}.{self._format}"
        width, height = (int(v) for v in output["resolution"])
        image_id = len(self._images)
        self._images.append({"id": image_id, "file_name": picture, "width": width, "height": height})
        self.backend.schedule(write_image, data=output["rgb"]["data"], path=picture)
        instance = output["instance_segmentation_fast"]
        self.backend.schedule(write_image, data=_panoptic(instance["data"]), path=f"{product}/panoptic_{stem}.png")
        self._annotate(image_id, output["bounding_box_2d_tight_fast"], instance)

    def _annotate(self, image_id: int, boxes: dict[str, Any], instance: dict[str, Any]) -> None:
        areas = dict(zip(*np.unique(instance["data"], return_counts=True), strict=True))
        by_path = {path: int(areas.get(int(key), 0)) for key, path in instance["idToLabels"].items()}
        for box, path in zip(boxes["data"], boxes["primPaths"], strict=True):
            category = self._category(boxes["idToLabels"], int(box["semanticId"]))
            if category is None:
                continue
            x, y, right, bottom = (int(box[key]) for key in ("x_min", "y_min", "x_max", "y_max"))
            self._annotations.append(
                {
                    "id": len(self._annotations) + 1,
                    "image_id": image_id,
                    "category_id": category,
                    "bbox": [x, y, right - x + 1, bottom - y + 1],  # corners are pixels that belong to the box
                    "area": by_path.get(path, 0),
                    "bbox_mode": 1,
                    "iscrowd": 0,
                    "segmentation": [],
                }
            )

    def _category(self, labels: Any, identifier: int) -> int | None:
        """Return the category of a label, or None for one that is not among the categories given."""
        found = labels[identifier] if identifier in labels else labels[str(identifier)]
        names = [part for kind in self._types for part in str(found.get(kind, "")).split(",") if part]
        for name in names:
            if name in self._categories:
                return int(self._categories[name]["id"])
        if self._fixed or not names:
            return None
        self._categories[names[0]] = {"id": len(self._categories) + 1, "name": names[0], "isthing": 1}
        return int(self._categories[names[0]]["id"])


def _by_label(categories: dict[str, dict[str, Any]] | list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return categories by label; those of a list are labelled by their names."""
    if isinstance(categories, dict):
        return {label: dict(category) for label, category in categories.items()}
    return {str(category["name"]): dict(category) for category in categories}


def _panoptic(ids: np.ndarray) -> np.ndarray:
    """Return ids as colours, id = R + 256 G + 256^2 B: uint8 (h, w, 3)."""
    values = np.asarray(ids).astype(np.uint32)
    return np.dstack([values & 255, values >> 8 & 255, values >> 16 & 255]).astype(np.uint8)
