"""The annotators of camera sensors: their names here and in Replicator, and their channels.

Source: documentation of isaacsim.sensors.experimental.rtx 6.0 (shapes that `get_data` returns).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ...replicator.annotator_registry import AnnotatorRegistry
from ..arrays import fill, to_device

REPLICATOR = {
    "bounding_box_2d_loose": "bounding_box_2d_loose_fast",
    "bounding_box_2d_tight": "bounding_box_2d_tight_fast",
    "bounding_box_3d": "bounding_box_3d_fast",
    "distance_to_camera": "distance_to_camera",
    "distance_to_image_plane": "distance_to_image_plane",
    "instance_id_segmentation": "instance_id_segmentation_fast",
    "instance_segmentation": "instance_segmentation_fast",
    "motion_vectors": "motion_vectors",
    "normals": "normals",
    "pointcloud": "pointcloud",
    "rgb": "rgb",
    "rgba": "rgb",
    "semantic_segmentation": "semantic_segmentation",
}
CHANNELS = {"rgb": 3, "normals": 3, "motion_vectors": 2}  # of the four that Replicator gives
LISTS = ("bounding_box_2d_loose", "bounding_box_2d_tight", "bounding_box_3d", "pointcloud")
TILED = tuple(name for name in REPLICATOR if name not in LISTS)


class Annotations:
    """Annotators of one render product by the names of camera sensors."""

    def __init__(self, product: Any, known: Iterable[str] = REPLICATOR) -> None:
        """Begin without any.

        Args:
            product: the render product.
            known: which annotators there are.
        """
        self.product, self.known = product, tuple(known)
        self.attached: dict[str, Any] = {}

    def check(self, names: str | Iterable[str] | None) -> list[str]:
        """Return names as a list.

        Raises:
            ValueError: if one is unknown.
        """
        listed = [names] if isinstance(names, str) else list(names or [])
        for name in listed:
            if name not in self.known:
                raise ValueError(f"Unsupported annotator '{name}'. Supported annotator are {list(self.known)}")
        return listed

    def attach(self, names: str | Iterable[str] | None) -> dict[str, Any]:
        """Attach annotators and return them by name."""
        listed = self.check(names)
        for name in listed:
            if name not in self.attached:
                self.attached[name] = AnnotatorRegistry.get_annotator(REPLICATOR[name]).attach(self.product)
        return {name: self.attached[name] for name in listed}

    def detach(self, names: str | Iterable[str] | None) -> None:
        """Detach annotators; one that is not attached stays so."""
        for name in self.check(names):
            found = self.attached.pop(name, None)
            if found is not None:
                found.detach()

    def read(self, name: str) -> tuple[np.ndarray | None, dict[str, Any]]:
        """Return an annotator's array, images as (h, w, channels), and its info; None where there is nothing.

        Raises:
            ValueError: if the annotator is unknown or not attached.
        """
        self.check(name)
        if name not in self.attached:
            raise ValueError(f"The annotator '{name}' was not configured. Enable it when instantiating the class")
        found = self.attached[name].get_data(device="cpu")
        data, info = (found["data"], dict(found["info"])) if isinstance(found, dict) else (found, {})
        if data is None or not len(data):
            return None, {}
        if name in LISTS:
            return data, info
        image = np.asarray(data)
        image = image[:, :, None] if image.ndim == 2 else image
        return image[:, :, : CHANNELS.get(name, image.shape[2])], info


def hand_over(data: np.ndarray, out: Any) -> Any:
    """Return an array as the experimental API does, or `out` filled with it."""
    if out is None:
        return to_device(data, data.dtype.type)
    fill(out, data)
    return out
