"""DOPEWriter: pictures and poses as the trainer of DOPE reads them; Isaac Sim 2022 to 5.

Source: documentation of omni.replicator.isaac and of the tutorial "Offline Pose Estimation Synthetic Data Generation".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.isaac.core_utils.transformations import pose_from_tf_matrix
from engine.isaac.replicator_writers.camera_poses import TurnedCamera, labels_of
from engine.kit.syntheticdata_helpers import get_bbox_3d_corners
from engine.replicator import functional
from engine.replicator.annotator_registry import AnnotatorRegistry
from engine.replicator.writer import Writer
from engine.replicator.writers import WriterRegistry
from engine.replicator.writers_default.destination import backend_for

BOXES = "bounding_box_3d"
ORDER = [5, 4, 6, 7, 1, 0, 2, 3]  # corners counted with x fastest, as DOPE names them: LUF RUF RDF LDF LUB RUB RDB LDB
CENTIMETRES = 100.0


class DOPEWriter(Writer):
    """Write frames that show an object: `000000.png` and `000000.json`."""

    _turned: TurnedCamera | None = None

    def __init__(
        self,
        output_dir: str,
        class_name_to_index_map: Mapping[str, int],
        semantic_types: list[str] | None = None,
        image_output_format: str = "png",
        use_s3: bool = False,
        bucket_name: str = "",
        endpoint_url: str = "",
        s3_region: str = "us-east-1",
    ) -> None:
        """Choose a place.

        Args:
            output_dir: folder; with a bucket, what its keys begin with.
            class_name_to_index_map: index of each class.
            semantic_types: types of labels that count, by default "class".
            image_output_format: suffix of the pictures.
            use_s3, bucket_name, endpoint_url, s3_region: a bucket of S3.

        Raises:
            ValueError: if `register_pose_annotator` was not called before.
        """
        turned = type(self)._turned or TurnedCamera.registered("dope")
        if turned is None:
            raise ValueError(
                "DOPEWriter: no camera frame was given; call DOPEWriter.register_pose_annotator(config_data) first"
            )
        s3: dict[str, str | None] = {"bucket": bucket_name, "endpoint": endpoint_url, "region": s3_region}
        self.backend = backend_for("DOPEWriter", output_dir, None, s3 if use_s3 else None)
        self._frame = turned
        self.version, self.data_structure = "0.0.1", "renderProduct"
        self.class_to_index = dict(class_name_to_index_map)
        self.index_to_class = {index: name for name, index in self.class_to_index.items()}
        self._suffix, self._frame_id, self._last_frame_is_valid = image_output_format, 0, True
        boxes = AnnotatorRegistry.get_annotator(BOXES, init_params={"semanticTypes": semantic_types or ["class"]})
        self.annotators = ["rgb", boxes, "camera_params"]

    @staticmethod
    def register_pose_annotator(config_data: Mapping[str, Any]) -> None:
        """Take the camera frame from a script's configuration (WIDTH, HEIGHT, CAMERA_ROTATION in degrees)."""
        DOPEWriter._turned = TurnedCamera.of("DOPEWriter", config_data)

    @staticmethod
    def setup_writer(config_data: Mapping[str, Any], writer_config: Mapping[str, Any]) -> Any:
        """Return an initialised writer for a script's configuration."""
        writer = WriterRegistry.get("DOPEWriter")
        writer.initialize(
            output_dir=writer_config["output_folder"],
            class_name_to_index_map=config_data["CLASS_NAME_TO_INDEX"],
            **{key: writer_config[key] for key in ("use_s3", "bucket_name", "endpoint_url") if key in writer_config},
        )
        return writer

    def is_last_frame_valid(self) -> bool:
        """Tell whether the last frame showed an object and was written."""
        return self._last_frame_is_valid

    def write(self, data: dict[str, Any]) -> None:
        """Write one frame; one without a visible object is left out."""
        products = data["renderProducts"]
        records = {name: self._objects(output) for name, output in products.items()}
        self._last_frame_is_valid = any(one["visibility"] > 0 for record in records.values() for one in record)
        if not self._last_frame_is_valid:
            return
        for name, output in products.items():
            folder = f"{name}/" if len(products) > 1 else ""
            pictures = f"{folder}rgb/" if folder else ""
            stem = f"{self._frame_id:06d}"
            record = {"camera_data": {}, "objects": records[name]}
            self.backend.schedule(functional.write_json, path=f"{folder}{stem}.json", data=record, indent=2)
            picture = output["rgb"]["data"]
            self.backend.schedule(functional.write_image, path=f"{pictures}{stem}.{self._suffix}", data=picture)
        self._frame_id += 1

    def _objects(self, output: Mapping[str, Any]) -> list[dict[str, Any]]:
        boxes, camera, turned = output[BOXES], output["camera_params"], self._frame
        labels, found = labels_of(boxes), []
        for row in boxes["data"]:
            name = labels.get(int(row["semanticId"]))
            if name is None:
                continue
            place, quat = pose_from_tf_matrix(turned.pose(row["transform"], camera))
            centre = np.asarray(row["transform"], dtype=float)[3:, :3]
            corners = np.concatenate([get_bbox_3d_corners(row)[0][ORDER], centre])
            found.append(
                {
                    "class": f"0{name.lstrip('_')}" if name.startswith("_") else name,
                    "visibility": 1.0 - float(row["occlusionRatio"]),
                    "location": (place * CENTIMETRES).tolist(),
                    "quaternion_wxyz": quat.tolist(),
                    "projected_cuboid": turned.pixels(corners, camera).tolist(),
                }
            )
        return found
