"""KittiWriter: the folder layout and label lines of the KITTI object and semantic benchmarks.

Source: Geiger et al., "Are we ready for Autonomous Driving?", object development kit (label lines); Alhaija et al.,
"Augmented Reality Meets Computer Vision", KITTI semantic instance format (id = class * 256 + instance).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from engine.replicator.annotator_registry import AnnotatorRegistry
from engine.replicator.annotators_default import writers_filter
from engine.replicator.writer import Writer
from engine.replicator.writers_default.destination import backend_for

FOLDERS = {
    False: ("rgb", "object_detection", "semantic_segmentation", "instance_segmentation"),
    True: ("image_02", "label_02", "semantic_rgb", "instance"),
}
DEPTH_SCALE = 256.0  # PNG units a metre


class KittiWriter(Writer):
    """Write pictures, boxes, masks and depth as KITTI does."""

    def __init__(
        self,
        output_dir: str | None = None,
        s3_bucket: str | None = None,
        s3_region: str | None = None,
        s3_endpoint: str | None = None,
        semantic_types: list[str] | None = None,
        omit_semantic_type: bool = False,
        bbox_height_threshold: int = 25,
        partly_occluded_threshold: float = 0.5,
        fully_visible_threshold: float = 0.95,
        renderproduct_idxs: list[tuple[Any, ...]] | None = None,
        mapping_path: str | None = None,
        mapping_dict: dict[str, Any] | None = None,
        colorize_instance_segmentation: bool = False,
        semantic_filter_predicate: str | None = None,
        use_kitti_dir_names: bool = False,
        backend: Any = None,
    ) -> None:
        """Choose a place and thresholds.

        Args:
            output_dir, backend: where to write.
            s3_bucket, s3_region, s3_endpoint: write into a bucket; `output_dir` is then what its keys begin with.
            semantic_types, semantic_filter_predicate: which labels count.
            omit_semantic_type: write the label alone in label lines.
            bbox_height_threshold: boxes lower than this are left out, pixels.
            partly_occluded_threshold, fully_visible_threshold: visible share for occlusion 1 and 0.
            renderproduct_idxs: accepted; folders follow the attached render products.
            mapping_path, mapping_dict: label to RGBA of the semantic picture, as a JSON file or a dict.
            colorize_instance_segmentation: write instance pictures in colour too.
            use_kitti_dir_names: name folders as the benchmark does.
        """
        s3 = {"bucket": s3_bucket, "region": s3_region, "endpoint": s3_endpoint}
        self.backend = backend_for("KittiWriter", output_dir, backend, s3)
        self.version = "0.0.1"
        self.data_structure = "renderProduct"
        self._omit_type = omit_semantic_type
        self._height, self._partly = bbox_height_threshold, partly_occluded_threshold
        self._fully = fully_visible_threshold
        self._colorize_instances = colorize_instance_segmentation
        self._folders = FOLDERS[use_kitti_dir_names]
        self._mapping = json.loads(Path(mapping_path).read_text()) if mapping_path else mapping_dict
        self._classes: dict[str, int] = {}
        self._frame_id = 0
        self.annotators = self._annotators(semantic_types, semantic_filter_predicate)

    def write(self, data: dict[str, Any]) -> None:
        """Write one frame."""
        products = data["renderProducts"]
        for name, output in products.items():
            camera = str(output["camera"]).rsplit("/", 1)[-1]
            root = camera if len(self._attached) == 1 else f"{name}/{camera}"
            self._write_product(root, output)
        self._frame_id += 1

    def _write_product(self, root: str, output: dict[str, Any]) -> None:
        rgb, label, colour, instance = self._folders
        semantic = output["semantic_segmentation"]
        ids, instances = self._class_image(semantic), self._instance_image(output["instance_segmentation_fast"])
        self._image(f"{root}/{rgb}", output["rgb"]["data"])
        self._image(f"{root}/semantic", ids)
        self._image(f"{root}/{colour}", self._colours(semantic))
        self._image(f"{root}/{instance}", instances)
        if self._colorize_instances:
            from engine.replicator.tools import colorize_segmentation

            self._image(f"{root}/instance_rgb", colorize_segmentation(output["instance_segmentation_fast"]["data"]))
        depth = np.nan_to_num(output["distance_to_camera"]["data"], posinf=0.0)
        self._image(f"{root}/depth", np.clip(depth * DEPTH_SCALE, 0, 65535).astype(np.uint16))
        lines = self._label_lines(output)
        self.backend.write_blob(f"{root}/{label}/{self._frame_id}.txt", "\n".join(lines).encode())

    def _label_lines(self, output: dict[str, Any]) -> list[str]:
        tight, loose = output["bounding_box_2d_tight_fast"], output["bounding_box_2d_loose_fast"]
        width, height = (int(v) for v in output["resolution"])
        whole = {path: _area(box, 0) for path, box in zip(loose["primPaths"], loose["data"], strict=True)}
        lines = []
        for path, box in zip(tight["primPaths"], tight["data"], strict=True):
            x0, y0, x1, y1 = (int(box[key]) for key in ("x_min", "y_min", "x_max", "y_max"))
            outside = x1 < 0 or y1 < 0 or x0 >= width or y0 >= height
            if outside or y1 - y0 < self._height:
                continue
            share = _area(box, 1) / max(whole.get(path, 0), 1)
            occlusion = 0 if share >= self._fully else 1 if share >= self._partly else 2
            label = self._label(tight["idToLabels"], int(box["semanticId"]))
            numbers = " ".join(f"{v:.2f}" for v in (x0, y0, x1, y1))
            lines.append(f"{label} 0.00 {occlusion} 0.00 {numbers}" + " 0.00" * 7)
        return lines

    def _label(self, labels: Any, identifier: int) -> str:
        found = labels[identifier] if identifier in labels else labels[str(identifier)]
        return str(found.get("class", next(iter(found.values())))) if self._omit_type else str(found)

    def _class_image(self, semantic: dict[str, Any]) -> np.ndarray:
        """Return class indices, 0 for nothing; an index stays with its class for the whole run."""
        table = {int(key): self._class_of(value) for key, value in semantic["idToLabels"].items()}
        return _looked_up(semantic["data"], table).astype(np.uint8)

    def _instance_image(self, instance: dict[str, Any]) -> np.ndarray:
        """Return class * 256 + running number of the instance within its class."""
        counts: dict[int, int] = {}
        table = {}
        for key, labels in instance["idToSemantics"].items():
            index = self._class_of(labels)
            if index:
                counts[index] = counts.get(index, 0) + 1
                table[int(key)] = index * 256 + counts[index]
        return _looked_up(instance["data"], table).astype(np.uint16)

    def _class_of(self, labels: Any) -> int:
        name = ",".join(str(v) for v in labels.values()) if isinstance(labels, dict) else str(labels)
        if name in ("BACKGROUND", "UNLABELLED"):
            return 0
        return self._classes.setdefault(name, len(self._classes) + 1)

    def _colours(self, semantic: dict[str, Any]) -> np.ndarray:
        from engine.replicator.tools import colorize_segmentation

        return colorize_segmentation(semantic["data"], semantic["idToLabels"], self._mapping)

    def _annotators(self, semantic_types: list[str] | None, predicate: str | None) -> list[Any]:
        labels: dict[str, Any] = {"semanticFilter": predicate or writers_filter()}
        if semantic_types is not None:
            labels = {"semanticTypes": semantic_types}
        labelled = ["bounding_box_2d_tight_fast", "bounding_box_2d_loose_fast"]
        labelled += ["semantic_segmentation", "instance_segmentation_fast"]
        ids = {name: {"colorize": False} if "segmentation" in name else {} for name in labelled}
        found = [AnnotatorRegistry.get_annotator(name, {**labels, **ids[name]}) for name in labelled]
        return [*found, "rgb", "distance_to_camera", "camera_params"]

    def _image(self, folder: str, data: np.ndarray) -> None:
        from engine.output.images import write_image

        self.backend.schedule(write_image, data=data, path=f"{folder}/{self._frame_id}.png")


def _area(box: Any, last: int) -> int:
    """Return a box's area, pixels.

    Args:
        box: with its last pixel included.
        last: 1 counts the pixels of a tight box; 0 takes one pixel off each side length of a loose box, whose corners
            are rounded outwards by half a pixel each on average.
    """
    width, height = int(box["x_max"]) - int(box["x_min"]) + last, int(box["y_max"]) - int(box["y_min"]) + last
    return max(0, width) * max(0, height)


def _looked_up(ids: np.ndarray, table: dict[int, int]) -> np.ndarray:
    """Return `table` of every pixel, 0 where it has no entry."""
    present, index = np.unique(ids, return_inverse=True)
    return np.array([table.get(int(i), 0) for i in present])[index.reshape(ids.shape)]
