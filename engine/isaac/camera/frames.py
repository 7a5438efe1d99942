"""What a camera sees: annotators on its render product, computed when a script asks after a new app frame."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from ... import carb
from ...app import get_app
from ...timeline import get_timeline_interface
from .pixels import Pinhole

NAMES = (
    "normals",
    "motion_vectors",
    "occlusion",
    "distance_to_image_plane",
    "distance_to_camera",
    "bounding_box_2d_tight",
    "bounding_box_2d_loose",
    "bounding_box_3d",
    "semantic_segmentation",
    "instance_id_segmentation",
    "instance_segmentation",
    "pointcloud",
)


class Frames(Pinhole):
    """Annotators of one camera, by name; `add_<name>_to_frame` and `remove_<name>_from_frame` for each."""

    prim_path: str

    def __init__(self) -> None:
        self._annotators: dict[str, Any] = {}
        self._seen: dict[str, tuple[int, Any]] = {}
        self._frame: dict[str, Any] = {"rendering_time": 0.0, "rendering_frame": 0}
        self._paused = False
        self._product_path: str | None = None

    @property
    def supported_annotators(self) -> list[str]:
        """Names of annotators that can be added."""
        return list(NAMES)

    def attach_annotator(self, annotator_name: str, **init_params: Any) -> None:
        """Add an annotator.

        Raises:
            RuntimeError: if `initialize()` was not called.
        """
        from ...replicator.annotator_registry import AnnotatorRegistry

        if self._product_path is None:
            raise RuntimeError(f"Camera {self.prim_path}: no render product yet; call initialize() first")
        if annotator_name in self._annotators:
            carb.log_warn(f"Annotator {annotator_name} already attached to {self._product_path}")
            return
        annotator = AnnotatorRegistry.get_annotator(annotator_name, init_params=init_params or None)
        annotator.attach([self._product_path])
        self._annotators[annotator_name] = annotator
        self._frame[annotator_name] = None

    def detach_annotator(self, annotator_name: str) -> None:
        """Remove an annotator."""
        if annotator_name not in self._annotators:
            carb.log_warn(f"Annotator {annotator_name} not attached to {self._product_path}")
            return
        self._annotators.pop(annotator_name).detach()
        self._seen.pop(annotator_name, None)
        self._frame.pop(annotator_name, None)

    def _data(self, name: str, device: str | None = None) -> Any:
        """Return an annotator's data of this app frame; None, with a warning, if it is not attached."""
        if name not in self._annotators:
            carb.log_warn(f"Annotator '{name}' not attached to {self._product_path}")
            return None
        from ...replicator.orchestrator import capture_one

        annotator, now = self._annotators[name], get_app().frame
        seen_at, seen = self._seen.get(name, (now, None))
        if annotator._output is None or (now != seen_at and annotator._output is seen):
            capture_one(annotator, str(self._product_path))
        self._seen[name] = (now, annotator._output)
        return annotator.get_data(device=device)

    def get_current_frame(self, clone: bool = False) -> dict[str, Any]:
        """Return rendering_time (seconds), rendering_frame and the data of every annotator."""
        if not self._paused:
            self._frame["rendering_time"] = get_timeline_interface().get_current_time()
            self._frame["rendering_frame"] = get_app().frame
            for name in self._annotators:
                self._frame[name] = self._data(name)
        return copy.deepcopy(self._frame) if clone else self._frame

    def resume(self) -> None:
        """Go on."""
        self._paused = False

    def pause(self) -> None:
        """Keep the current frame."""
        self._paused = True

    def is_paused(self) -> bool:
        """Tell whether the current frame is kept."""
        return self._paused

    def get_rgba(self, device: str | None = None) -> Any:
        """Return the image (h, w, 4) uint8."""
        return self._data("rgb", device)

    def get_rgb(self, device: str | None = None) -> Any:
        """Return the image (h, w, 3) uint8."""
        image = self._data("rgb", device)
        return None if image is None else image[:, :, :3]

    def get_depth(self, device: str | None = None) -> Any:
        """Return the distance to the image plane (h, w), stage units."""
        return self._data("distance_to_image_plane", device)

    def get_pointcloud(self, device: str | None = None, world_frame: bool = True) -> Any:
        """Return points (n, 3), in the world or in the camera's ros axes; from depth where there is no annotator."""
        if "pointcloud" in self._annotators:
            points = np.asarray(self._data("pointcloud")["data"], dtype=float)
            if world_frame:
                return points
            view = self.get_view_matrix_ros().astype(np.float64)
            return points @ view[:3, :3].T + view[:3, 3]
        depth = self.get_depth()
        if depth is None:
            return np.array([])
        rows, columns = np.mgrid[0 : depth.shape[0], 0 : depth.shape[1]]
        pixels = np.column_stack([columns.ravel() + 0.5, rows.ravel() + 0.5])
        lift = self.get_world_points_from_image_coords if world_frame else self.get_camera_points_from_image_coords
        return lift(pixels, np.asarray(depth).ravel())

    def add_pointcloud_to_frame(
        self, include_unlabelled: bool = True, init_params: dict[str, Any] | None = None
    ) -> None:
        """Add the point cloud."""
        self.attach_annotator("pointcloud", **{"includeUnlabelled": include_unlabelled, **(init_params or {})})


def _add(name: str) -> Callable[..., None]:
    def add(self: Frames, init_params: dict[str, Any] | None = None) -> None:
        self.attach_annotator(name, **(init_params or {}))

    add.__doc__ = f"Add the annotator {name}."
    return add


def _remove(name: str) -> Callable[..., None]:
    def remove(self: Frames) -> None:
        self.detach_annotator(name)

    remove.__doc__ = f"Remove the annotator {name}."
    return remove


for _name in ("rgb", *NAMES):
    if _name != "pointcloud":
        setattr(Frames, f"add_{_name}_to_frame", _add(_name))
    setattr(Frames, f"remove_{_name}_from_frame", _remove(_name))
