"""The files of one annotator at one frame, as BasicWriter names them.

Every function takes the writer (for names and the backend), the place (folder or prefix) and the annotator's flat dict.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.replicator import tools
from engine.replicator.writers_default.destination import flat, plain

if TYPE_CHECKING:
    from engine.replicator.writers_default.basicwriter import BasicWriter

Output = dict[str, Any]
POINT_ARRAYS = {"rgb": "pointRgb", "normals": "pointNormals", "semantic": "pointSemantic", "instance": "pointInstance"}


def image(writer: BasicWriter, path: str, data: np.ndarray) -> None:
    """Queue an image."""
    from engine.output.images import write_image

    writer.backend.schedule(write_image, data=data, path=path)


def array(writer: BasicWriter, path: str, data: np.ndarray) -> None:
    """Queue a NumPy file."""
    from engine.output.images import write_np

    writer.backend.schedule(write_np, data=data, path=path)


def document(writer: BasicWriter, path: str, data: Any) -> None:
    """Queue a JSON file."""
    from engine.output.images import write_json

    writer.backend.schedule(write_json, data=plain(data), path=path)


def rgb(writer: BasicWriter, place: str, output: Output) -> None:
    """Write the picture."""
    image(writer, place + writer.file_name("rgb", writer.image_format), output["data"])


def normals(writer: BasicWriter, place: str, output: Output) -> None:
    """Write normals as colour."""
    image(writer, place + writer.file_name("normals", "png"), tools.colorize_normals(output["data"]))


def distance(name: str) -> Callable[[BasicWriter, str, Output], None]:
    """Return the function that writes distances as an array, and as a picture where asked."""

    def write(writer: BasicWriter, place: str, output: Output) -> None:
        array(writer, place + writer.file_name(name, "npy"), output["data"])
        if writer.colorize_depth:
            grey = tools.colorize_distance(output["data"])[..., 0]  # one channel, as Isaac Sim's golden files have
            image(writer, place + writer.file_name(name, "png"), np.ascontiguousarray(grey))

    return write


def raw(name: str) -> Callable[[BasicWriter, str, Output], None]:
    """Return the function that writes the array."""

    def write(writer: BasicWriter, place: str, output: Output) -> None:
        array(writer, place + writer.file_name(name, "npy"), output["data"])

    return write


def boxes(name: str) -> Callable[[BasicWriter, str, Output], None]:
    """Return the function that writes boxes, their labels and their prims."""

    def write(writer: BasicWriter, place: str, output: Output) -> None:
        array(writer, place + writer.file_name(name, "npy"), output["data"])
        document(writer, place + writer.file_name(f"{name}_labels", "json"), output["idToLabels"])
        document(writer, place + writer.file_name(f"{name}_prim_paths", "json"), output["primPaths"])

    return write


def semantic_segmentation(writer: BasicWriter, place: str, output: Output) -> None:
    """Write the mask and its labels."""
    image(writer, place + writer.file_name("semantic_segmentation", "png"), output["data"])
    document(writer, place + writer.file_name("semantic_segmentation_labels", "json"), output["idToLabels"])


def instance_id_segmentation(writer: BasicWriter, place: str, output: Output) -> None:
    """Write the mask and the prim of each id."""
    image(writer, place + writer.file_name("instance_id_segmentation", "png"), output["data"])
    document(writer, place + writer.file_name("instance_id_segmentation_mapping", "json"), output["idToLabels"])


def instance_segmentation(writer: BasicWriter, place: str, output: Output) -> None:
    """Write the mask, the prim and the labels of each id."""
    name = "instance_segmentation"
    image(writer, place + writer.file_name(name, "png"), output["data"])
    document(writer, place + writer.file_name(f"{name}_mapping", "json"), output["idToLabels"])
    document(writer, place + writer.file_name(f"{name}_semantics_mapping", "json"), output["idToSemantics"])


def camera_params(writer: BasicWriter, place: str, output: Output) -> None:
    """Write the camera."""
    document(writer, place + writer.file_name("camera_params", "json"), flat(output))


def pointcloud(writer: BasicWriter, place: str, output: Output) -> None:
    """Write points and what is known of each."""
    array(writer, place + writer.file_name("pointcloud", "npy"), output["data"])
    for name, key in POINT_ARRAYS.items():
        array(writer, place + writer.file_name(f"pointcloud_{name}", "npy"), output[key])


def skeleton_data(writer: BasicWriter, place: str, output: Output) -> None:
    """Write the skeletons; nothing for a stage without any."""
    count = int(output.get("numSkeletons", 0))
    if count == 0:
        return
    document(writer, place + writer.file_name("skeleton", "json"), json.loads(output["skeletonData"]))


WRITE: dict[str, Callable[[Any, str, Output], None]] = {
    "rgb": rgb,
    "bounding_box_2d_tight": boxes("bounding_box_2d_tight"),
    "bounding_box_2d_loose": boxes("bounding_box_2d_loose"),
    "semantic_segmentation": semantic_segmentation,
    "instance_id_segmentation": instance_id_segmentation,
    "instance_segmentation": instance_segmentation,
    "distance_to_camera": distance("distance_to_camera"),
    "distance_to_image_plane": distance("distance_to_image_plane"),
    "bounding_box_3d": boxes("bounding_box_3d"),
    "occlusion": raw("occlusion"),
    "normals": normals,
    "motion_vectors": raw("motion_vectors"),
    "camera_params": camera_params,
    "pointcloud": pointcloud,
    "skeleton_data": skeleton_data,
}
