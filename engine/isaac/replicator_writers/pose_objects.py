"""One object of PoseWriter: where it is, how it is turned, and its box in three frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from engine.isaac.replicator_writers.pose_projection import pixels

Matrix = Float[np.ndarray, "4 4"]
KEYPOINTS = ("Center", "LDB", "LDF", "LUB", "LUF", "RDB", "RDF", "RUB", "RUF")
DOPE_KEYPOINTS = ("LUF", "RUF", "RDF", "LDF", "LUB", "RUB", "RDB", "LDB", "Center")
MATRICES = {"camera_view_matrix": "cameraViewTransform", "camera_projection_matrix": "cameraProjection"}
LEFT_DOWN_BACK = "LDB"  # the letters of a keypoint at the lower bound of x, y, z


@dataclass(frozen=True)
class PosedObject:
    """A labelled box.

    Attributes:
        label, path: what and which.
        visibility: visible share of its pixels, 0 to 1.
        world_from_local: row-vector matrix, stage units.
        camera_from_world: row-vector matrix.
        low, high: corners of the box in the local frame.
        camera: what `camera_params` gives.
    """

    label: str
    path: str
    visibility: float
    world_from_local: Matrix
    camera_from_world: Matrix
    low: Float[np.ndarray, "3"]
    high: Float[np.ndarray, "3"]
    camera: Mapping[str, Any]

    @property
    def size(self) -> list[float]:
        """Edge lengths with the scale of the prim, stage units."""
        scale = np.linalg.norm(self.world_from_local[:3, :3], axis=1)
        return ((self.high - self.low) * scale).tolist()

    def keypoints(self, order: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return keypoints in the world (n, 3), in the camera's frame (n, 3), and as whole pixels (n, 2)."""
        local = np.array([self._keypoint(name) for name in order])
        world = local @ self.world_from_local[:3, :3] + self.world_from_local[3, :3]
        seen = world @ self.camera_from_world[:3, :3] + self.camera_from_world[3, :3]
        flat = pixels(seen, self.camera)
        return world, seen, np.rint(np.nan_to_num(flat)).astype(int)

    def _keypoint(self, name: str) -> np.ndarray:
        if name == "Center":
            return (self.low + self.high) / 2
        lower = [letter == first for letter, first in zip(name, LEFT_DOWN_BACK, strict=True)]
        return np.where(lower, self.low, self.high)

    def entry(self, form: str | None) -> dict[str, Any]:
        """Return the object as its JSON form has it: None, "dope" or "centerpose".

        The pose "in the camera's frame" is view times world, in that order, as PoseWriter of Isaac Sim 6 multiplies
        it: only for prims that are neither turned nor scaled is it where the camera sees them. The keypoints are right.

        Source: golden files of Isaac Sim 6.0.1, test_pose_writer.
        """
        order = DOPE_KEYPOINTS if form == "dope" else KEYPOINTS
        world, seen, flat = self.keypoints(order)
        in_camera = self.camera_from_world @ self.world_from_local
        head = {"class" if form == "dope" else "label": self.label, "prim_path": self.path}
        head["visibility"] = round(self.visibility, 3)  # type: ignore[assignment]
        quat = quaternion(in_camera)
        if form is None:
            body = {
                **_frame("world", self.world_from_local),
                **_frame("camera", in_camera),
                "size": self.size,
                "cuboid_keypoints_world_frame": world.tolist(),
                "cuboid_keypoints_camera_frame": seen.tolist(),
                "cuboid_keypoints_projected": flat.tolist(),
            }
            body = {"local_to_world_transform": self.world_from_local.tolist(), **body}
        else:
            body = {"location": in_camera[3, :3].tolist(), "quaternion_xyzw": [*quat[1:], quat[0]]}
            if form == "centerpose":
                body |= {"scale": self.size, "keypoints_3d": seen.tolist()}
            body["projected_cuboid"] = flat.tolist()
        return {**head, **body, "truncation_ratio": truncation(flat, self.camera["renderProductResolution"])}


def _frame(name: str, matrix: Matrix) -> dict[str, Any]:
    return {
        f"location_{name}_frame": matrix[3, :3].tolist(),
        f"rotation_matrix_{name}_frame": matrix[:3, :3].tolist(),
        f"quat_wxyz_{name}_frame": quaternion(matrix),
    }


def quaternion(matrix: Matrix) -> list[float]:
    """Return the rotation nearest to a row-vector matrix (its polar factor) as w, x, y, z."""
    left, _, right = np.linalg.svd(matrix[:3, :3])
    return Rotation.from_matrix((left @ right).T).as_quat(canonical=True, scalar_first=True).tolist()


def truncation(flat: np.ndarray, resolution: Sequence[int]) -> float:
    """Return the share of the keypoints' rectangle that lies outside the image, 1 for a rectangle without area."""
    low, high = flat.min(axis=0), flat.max(axis=0)
    area = float(np.prod(high - low))
    if area <= 0:
        return 1.0
    size = np.asarray(resolution)
    inside = np.clip(high, 0, size) - np.clip(low, 0, size)
    return 1.0 - float(np.prod(inside)) / area


def camera_entry(camera: Mapping[str, Any], focal: dict[str, float], form: str | None) -> dict[str, Any]:
    """Return the camera as its JSON form has it."""
    size = [int(v) for v in camera["renderProductResolution"]]
    found: dict[str, Any] = {}
    if form is None:
        found["aperture"] = camera["cameraAperture"].tolist()
        found["aperture_offset"] = camera["cameraApertureOffset"].tolist()
        found["focal_length"] = float(camera["cameraFocalLength"])
        found["resolution"] = size
        found["meters_per_scene_unit"] = float(camera["metersPerSceneUnit"])
    found["intrinsics"] = focal
    for key, source in (
        ("camera_view_matrix", "cameraViewTransform"),
        ("camera_projection_matrix", "cameraProjection"),
    ):
        found[key] = np.round(np.reshape(camera[source], (4, 4)).astype(np.float64), 5).tolist()
    if form == "centerpose":
        found["width"], found["height"] = size
    return found
