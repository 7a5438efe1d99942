"""Poses of labelled objects in the turned camera frame that DOPEWriter and YCBVideoWriter share.

Both turn the camera's frame by the script's `CAMERA_ROTATION` (180 degrees about X: +Z ahead, +Y down), and project
into a picture of the script's `WIDTH` and `HEIGHT`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from engine.isaac.core_utils.rotations import euler_angles_to_quat
from engine.isaac.core_utils.transformations import get_transform_with_normalized_rotation, tf_matrix_from_pose
from engine.replicator.annotator_registry import AnnotatorRegistry

REQUIRED = ("WIDTH", "HEIGHT", "CAMERA_ROTATION")


@dataclass(frozen=True)
class TurnedCamera:
    """A camera frame and a picture.

    Attributes:
        turn: column-vector matrix, from USD's camera frame to the turned one.
        size: width and height, pixels.
    """

    turn: Float[np.ndarray, "4 4"]
    size: tuple[float, float]

    @classmethod
    def of(cls, writer: str, config: Mapping[str, Any]) -> TurnedCamera:
        """Return what a script's configuration describes.

        Raises:
            ValueError: if a key is missing.
        """
        missing = [key for key in REQUIRED if key not in config]
        if missing:
            raise ValueError(
                f"{writer}.register_pose_annotator: config_data without {', '.join(missing)} was given; "
                f"expected {', '.join(REQUIRED)}"
            )
        quat = euler_angles_to_quat(np.asarray(config["CAMERA_ROTATION"], dtype=float), degrees=True)
        return cls(tf_matrix_from_pose(np.zeros(3), quat), (float(config["WIDTH"]), float(config["HEIGHT"])))

    @classmethod
    def registered(cls, annotator: str) -> TurnedCamera | None:
        """Return what the parameters of an annotator say that a script registered itself, as those of 2022 do."""
        found = AnnotatorRegistry._custom.get(annotator)
        given = dict(found.params) if found is not None else {}
        keys = {"WIDTH": ("imageWidth", "width"), "HEIGHT": ("imageHeight", "height")}
        config = {key: given[name] for key, names in keys.items() for name in names if name in given}
        if len(config) < len(keys) or "cameraRotation" not in given:
            return None
        return cls.of(annotator, {**config, "CAMERA_ROTATION": given["cameraRotation"]})

    def pose(self, world_from_local: Any, camera: Mapping[str, Any]) -> Float[np.ndarray, "4 4"]:
        """Return the pose of a frame, scale left out, in the turned camera frame (column vectors).

        Args:
            world_from_local: row-vector matrix, stage units.
            camera: what `camera_params` gives.
        """
        place = get_transform_with_normalized_rotation(np.asarray(world_from_local, dtype=float).T)
        view = np.reshape(camera["cameraViewTransform"], (4, 4)).astype(float).T
        return self.turn @ view @ place  # type: ignore[no-any-return]

    def pixels(self, points: Float[np.ndarray, "n 3"], camera: Mapping[str, Any]) -> Float[np.ndarray, "n 2"]:
        """Return where points of the world lie in the picture; the turn flips its rows as it flips the frame's Y."""
        view, projection = (
            np.reshape(camera[key], (4, 4)).astype(float) for key in ("cameraViewTransform", "cameraProjection")
        )
        homogeneous = np.concatenate([np.asarray(points, dtype=float), np.ones((len(points), 1))], axis=1)
        clip = homogeneous @ view @ projection @ self.turn.T
        return (clip[:, :2] / clip[:, 3:] + 1) / 2 * np.array(self.size)  # type: ignore[no-any-return]


def labels_of(output: Mapping[str, Any]) -> dict[int, str]:
    """Return the class of each semantic id of a box annotator, without those that have none."""
    return {int(key): value["class"] for key, value in output["idToLabels"].items() if "class" in value}
