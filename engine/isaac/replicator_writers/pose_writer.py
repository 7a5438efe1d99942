"""PoseWriter: picture, camera and the poses of every labelled object, a JSON file a frame.

Source: golden files and parameters of Isaac Sim 6.0.1 (isaacsim.replicator.writers, version 0.2.0 of the writer).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.isaac.replicator_writers.pose_objects import DOPE_KEYPOINTS, KEYPOINTS, PosedObject, camera_entry
from engine.isaac.replicator_writers.pose_overlay import overlay
from engine.isaac.replicator_writers.pose_projection import intrinsics
from engine.replicator import functional
from engine.replicator.writer import Writer
from engine.replicator.writers_default.destination import backend_for

FORMATS = (None, "dope", "centerpose")
PICTURES = ("png", "jpg", "jpeg", "exr")
BOXES = "bounding_box_3d_fast"


class PoseWriter(Writer):
    """Write poses."""

    def __init__(
        self,
        output_dir: str | None = None,
        use_subfolders: bool = False,
        visibility_threshold: float = 0.0,
        skip_empty_frames: bool = True,
        write_debug_images: bool = False,
        frame_padding: int = 6,
        format: str | None = None,
        use_s3: bool = False,
        s3_bucket: str | None = None,
        s3_endpoint_url: str | None = None,
        s3_region: str | None = None,
        backend: Any = None,
        image_output_format: str = "png",
    ) -> None:
        """Choose a place and a form.

        Args:
            output_dir, backend: where to write.
            use_subfolders: a folder for each render product.
            visibility_threshold: objects of which no more than this share is visible are left out.
            skip_empty_frames: write nothing where no object is visible.
            write_debug_images: write the picture with boxes drawn over it too.
            frame_padding: digits of the frame number.
            format: None, "dope" or "centerpose".
            use_s3, s3_bucket, s3_endpoint_url, s3_region: refused.
            image_output_format: png, jpg, jpeg or exr.

        Raises:
            ValueError: if the format or the image format is unknown.
        """
        s3 = {"bucket": s3_bucket, "endpoint": s3_endpoint_url, "region": s3_region, "use_s3": "True" if use_s3 else ""}
        self.backend = backend_for("PoseWriter", output_dir, backend, s3)
        self.version, self.data_structure = "0.2.0", "renderProduct"
        self._form = format.lower() if format else None
        if self._form not in FORMATS:
            raise ValueError(f"PoseWriter: format={format!r} was given; expected None, 'dope' or 'centerpose'")
        self._suffix = str(image_output_format).lower()
        if self._suffix not in PICTURES:
            raise ValueError(
                f"PoseWriter: image_output_format={image_output_format!r} was given; expected {', '.join(PICTURES)}"
            )
        self._subfolders, self._threshold = use_subfolders, visibility_threshold
        self._skip_empty, self._debug, self._digits = skip_empty_frames, write_debug_images, frame_padding
        self._frame_id = 0
        self.annotators = ["rgb", BOXES, "camera_params"]

    def get_current_frame_id(self) -> int:
        """Return the number of the next frame."""
        return self._frame_id

    def write(self, data: dict[str, Any]) -> None:
        """Write one frame; without subfolders each render product is a frame of its own."""
        for name, output in data["renderProducts"].items():
            objects = self._objects(output[BOXES], output["camera_params"])
            if self._skip_empty and not objects:
                continue
            self._write_one(f"{name}/" if self._subfolders else "", output, objects)
            if not self._subfolders:
                self._frame_id += 1
        if self._subfolders:
            self._frame_id += 1

    def detach(self) -> None:
        """Stop writing and count from 0 again."""
        super().detach()
        self._frame_id = 0

    def _objects(self, boxes: Mapping[str, Any], camera: Mapping[str, Any]) -> list[PosedObject]:
        labels = {int(key): value["class"] for key, value in boxes["idToLabels"].items() if "class" in value}
        view = np.reshape(camera["cameraViewTransform"], (4, 4)).astype(np.float64)
        found = []
        for row, path in zip(boxes["data"], boxes["primPaths"], strict=True):
            visibility = 1.0 - abs(float(row["occlusionRatio"]))
            if not visibility > self._threshold or int(row["semanticId"]) not in labels:
                continue
            low, high = (np.array([float(row[f"{axis}_{end}"]) for axis in "xyz"]) for end in ("min", "max"))
            place = np.asarray(row["transform"], dtype=np.float64)
            label = labels[int(row["semanticId"])]
            found.append(PosedObject(label, str(path), visibility, place, view, low, high, camera))
        return found

    def _write_one(self, folder: str, output: Mapping[str, Any], objects: list[PosedObject]) -> None:
        camera, picture = output["camera_params"], output["rgb"]["data"]
        stem = f"{folder}{self._frame_id:0{self._digits}d}"
        record = {
            "camera_data": camera_entry(camera, intrinsics(camera), self._form),
            "keypoint_order": list(DOPE_KEYPOINTS if self._form == "dope" else KEYPOINTS),
            "objects": [one.entry(self._form) for one in objects],
        }
        self.backend.schedule(functional.write_json, path=f"{stem}.json", data=record, indent=2)
        self.backend.schedule(functional.write_image, path=f"{stem}.{self._suffix}", data=picture)
        if self._debug:
            drawn = np.asarray(overlay(np.asarray(picture), objects))
            self.backend.schedule(functional.write_image, path=f"{stem}_overlay.{self._suffix}", data=drawn)
