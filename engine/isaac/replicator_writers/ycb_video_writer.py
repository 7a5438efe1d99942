"""YCBVideoWriter: frames laid out as the YCB-Video data set (Xiang et al. 2018, PoseCNN); Isaac Sim 2022 to 5.

Source: documentation of isaacsim.replicator.writers and of the tutorial "Pose Estimation Synthetic Data Generation".
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from scipy.io import savemat

from engine.isaac.core_utils.mesh import get_mesh_vertices_relative_to
from engine.isaac.replicator_writers.camera_poses import TurnedCamera, labels_of
from engine.replicator import functional
from engine.replicator.annotator_registry import AnnotatorRegistry
from engine.replicator.writer import Writer
from engine.replicator.writers import WriterRegistry
from engine.replicator.writers_default.destination import backend_for

FOLDER = "data/YCB_Video"
VIDEO = "0000"
FACTOR_DEPTH = 10000
RECTANGLES, SEGMENTS, DEPTH, SOLIDS = (
    "bounding_box_2d_tight",
    "semantic_segmentation",
    "distance_to_image_plane",
    "bounding_box_3d",
)


class YCBVideoWriter(Writer):
    """Write frames that show an object: `-color`, `-depth`, `-label`, `-box` and `-meta` files a frame."""

    _turned: TurnedCamera | None = None

    def __init__(
        self,
        output_dir: str,
        num_frames: int,
        semantic_types: list[str] | None = None,
        rgb: bool = False,
        bounding_box_2d_tight: bool = False,
        semantic_segmentation: bool = False,
        distance_to_image_plane: bool = False,
        image_output_format: str = "png",
        pose: bool = False,
        class_name_to_index_map: Mapping[str, int] | None = None,
        factor_depth: int = FACTOR_DEPTH,
        intrinsic_matrix: Any = None,
    ) -> None:
        """Choose a place and what to write.

        Args:
            output_dir: folder; the data lie in `data/YCB_Video` below it.
            num_frames: how many frames `train.txt` lists.
            semantic_types: types of labels that count, by default "class".
            rgb, bounding_box_2d_tight, semantic_segmentation, distance_to_image_plane, pose: what to write. Without
                `pose` no frame is known to show an object, and none is written.
            image_output_format: suffix of the pictures.
            class_name_to_index_map: class index of each class, in `-label` pictures and `-meta.mat`.
            factor_depth: units of depth a metre, as `-meta.mat` says it.
            intrinsic_matrix: (3, 3), as `-meta.mat` says it.

        Raises:
            ValueError: if `pose` is asked for and `register_pose_annotator` was not called before.
        """
        self._frame = type(self)._turned or TurnedCamera.registered("pose")
        if pose and self._frame is None:
            raise ValueError(
                "YCBVideoWriter: pose=True was given without a camera frame; "
                "call YCBVideoWriter.register_pose_annotator(config_data) first"
            )
        self.backend = backend_for("YCBVideoWriter", output_dir)
        self.version, self.data_structure = "0.0.1", "renderProduct"
        self.class_to_index = dict(class_name_to_index_map or {})
        self.factor_depth, self.intrinsic_matrix = factor_depth, intrinsic_matrix
        self._suffix, self._frame_id, self._last_frame_is_valid = image_output_format, 0, True
        self._wanted = {"rgb": rgb, RECTANGLES: bounding_box_2d_tight, SEGMENTS: semantic_segmentation, "pose": pose}
        self._wanted[DEPTH] = distance_to_image_plane
        types = {"semanticTypes": semantic_types or ["class"]}
        self.annotators = [name for name in ("rgb", DEPTH) if self._wanted[name]]
        if semantic_segmentation:
            self.annotators.append(AnnotatorRegistry.get_annotator(SEGMENTS, init_params={**types, "colorize": False}))
        if pose or bounding_box_2d_tight:
            self.annotators.append(AnnotatorRegistry.get_annotator(RECTANGLES, init_params=types))
        if pose:
            self.annotators += [AnnotatorRegistry.get_annotator(SOLIDS, init_params=types), "camera_params"]
        lines = "".join(f"{VIDEO}/{frame:06d}\n" for frame in range(num_frames))
        self.backend.write_blob(f"{FOLDER}/train.txt", lines.encode())

    @staticmethod
    def register_pose_annotator(config_data: Mapping[str, Any]) -> None:
        """Take the camera frame from a script's configuration (WIDTH, HEIGHT, CAMERA_ROTATION in degrees)."""
        YCBVideoWriter._turned = TurnedCamera.of("YCBVideoWriter", config_data)

    @staticmethod
    def setup_writer(config_data: Mapping[str, Any], writer_config: Mapping[str, Any]) -> Any:
        """Return an initialised writer for a script's configuration."""
        focal = [[config_data["F_X"], 0, config_data["C_X"]], [0, config_data["F_Y"], config_data["C_Y"]], [0, 0, 1]]
        everything = dict.fromkeys(("rgb", RECTANGLES, SEGMENTS, DEPTH, "pose"), True)
        writer = WriterRegistry.get("YCBVideoWriter")
        writer.initialize(
            output_dir=writer_config["output_folder"],
            num_frames=writer_config["train_size"],
            class_name_to_index_map=config_data["CLASS_NAME_TO_INDEX"],
            intrinsic_matrix=np.array(focal),
            **everything,
        )
        return writer

    @staticmethod
    def save_mesh_vertices(mesh_prim: Any, coord_prim: Any, model_name: str, output_folder: str) -> None:
        """Write the points of a mesh in the frame of a prim to `data/models/<name>/points.xyz`."""
        path = Path(output_folder, "data", "models", model_name, "points.xyz")
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savetxt(path, get_mesh_vertices_relative_to(mesh_prim, coord_prim), fmt="%.6f", delimiter=" ", newline="\n")

    def is_last_frame_valid(self) -> bool:
        """Tell whether the last frame showed an object and was written."""
        return self._last_frame_is_valid

    def write(self, data: dict[str, Any]) -> None:
        """Write one frame; one without a visible object is left out."""
        products = data["renderProducts"]
        poses = {name: self._poses(output) if self._wanted["pose"] else [] for name, output in products.items()}
        self._last_frame_is_valid = any(poses.values())
        if not self._last_frame_is_valid:
            return
        for name, output in products.items():
            self._write_one(f"{name}/" if len(products) > 1 else "", output, poses[name])
        self._frame_id += 1

    def _write_one(self, folder: str, output: Mapping[str, Any], poses: list[tuple[Any, ...]]) -> None:
        if self._wanted["rgb"]:
            self._picture(f"{folder}rgb/" if folder else "", "color", output["rgb"]["data"])
        if self._wanted[DEPTH]:
            self._picture(f"{folder}{DEPTH}/" if folder else "", "depth", inverse_depth(output[DEPTH]["data"]))
        if self._wanted[SEGMENTS]:
            self._picture(f"{folder}{SEGMENTS}/" if folder else "", "label", self._label_picture(output[SEGMENTS]))
        if self._wanted[RECTANGLES]:
            text = "".join(self._rectangle_lines(output[RECTANGLES]))
            self._bytes(f"{folder}{RECTANGLES}/" if folder else "", "box.txt", text.encode())
        self._bytes(folder, "meta.mat", self._meta(poses))

    def _picture(self, folder: str, kind: str, data: Any) -> None:
        path = f"{FOLDER}/data/{VIDEO}/{folder}{self._frame_id:06d}-{kind}.{self._suffix}"
        self.backend.schedule(functional.write_image, path=path, data=data)

    def _bytes(self, folder: str, name: str, data: bytes) -> None:
        self.backend.write_blob(f"{FOLDER}/data/{VIDEO}/{folder}{self._frame_id:06d}-{name}", data)

    def _label_picture(self, output: Mapping[str, Any]) -> np.ndarray:
        ids = np.asarray(output["data"])
        table = np.zeros(int(ids.max(initial=0)) + 1, np.uint8)
        for key, name in labels_of(output).items():
            if key < len(table):
                table[key] = self.class_to_index.get(name, 0)
        return table[ids]

    def _rectangle_lines(self, output: Mapping[str, Any]) -> list[str]:
        labels = labels_of(output)
        sides = ("x_min", "y_min", "x_max", "y_max")
        return [
            " ".join([labels[int(row["semanticId"])].split(",")[0], *(str(int(row[side])) for side in sides)]) + "\n"
            for row in output["data"]
            if int(row["semanticId"]) in labels
        ]

    def _poses(self, output: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Return class index, pose (4, 4) and centre (2,) in pixels of each object that is in view."""
        solids, camera, turned = output[SOLIDS], output["camera_params"], self._frame
        assert turned is not None
        seen, labels, found = set(output[RECTANGLES]["primPaths"]), labels_of(solids), []
        for row, path in zip(solids["data"], solids["primPaths"], strict=True):
            if path not in seen or int(row["semanticId"]) not in labels:
                continue
            centre = turned.pixels(np.asarray(row["transform"], dtype=float)[3:, :3], camera)[0]
            index = self._index(labels[int(row["semanticId"])].split(",")[0])
            found.append((index, turned.pose(row["transform"], camera), centre))
        return found

    def _index(self, name: str) -> int:
        if name not in self.class_to_index:
            raise ValueError(
                f"YCBVideoWriter: class '{name}' is in view; class_name_to_index_map has "
                f"{sorted(self.class_to_index)}: add the class, or label the prim with another semantic type"
            )
        return self.class_to_index[name]

    def _meta(self, poses: list[tuple[Any, ...]]) -> bytes:
        """Return a MATLAB file: poses are (3, 4, n), metres in the turned camera frame."""
        matrices = np.array([pose[:3] for _, pose, _ in poses])
        stacked = np.moveaxis(matrices, 0, -1) if poses else np.zeros((1, 1, 0))
        record = {
            "cls_indexes": np.array([index for index, _, _ in poses], np.uint8),
            "factor_depth": np.array([self.factor_depth], np.uint16),
            "intrinsic_matrix": np.asarray(self.intrinsic_matrix if self.intrinsic_matrix is not None else np.eye(3)),
            "poses": stacked,
            "center": np.array([centre for _, _, centre in poses], np.float64),
        }
        buffer = io.BytesIO()
        savemat(buffer, record)
        return buffer.getvalue()


def inverse_depth(depth: Any) -> np.ndarray:
    """Return a picture (h, w) uint8 for looking at: near is bright, the nearest 255, what is infinitely far 0.

    Args:
        depth: (h, w) or (h, w, 1), metres.
    """
    flat = np.asarray(depth, dtype=float)
    flat = flat.reshape(flat.shape[:2])
    near = np.divide(1.0, flat, out=np.zeros_like(flat), where=flat > 0)
    near -= near.min()
    top = near.max()
    return (near / top * 255 if top > 0 else near).astype(np.uint8)  # type: ignore[no-any-return]
