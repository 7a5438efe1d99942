"""TiledCameraSensor: many cameras of one resolution in one render product, and their images as a batch."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import UsdRender

from ...replicator.create_sensors import render_product_tiled
from ...replicator.viewport_manager import tile_grid
from ..experimental_objects.camera import Camera
from .annotations import TILED, Annotations, hand_over


class TiledCameraSensor:
    """Cameras side by side."""

    def __init__(
        self,
        paths: str | list[str] | Camera,
        *,
        resolution: tuple[int, int],
        annotators: str | list[str],
        render_vars: list[str] | None = None,
    ) -> None:
        """Make a tiled render product.

        Args:
            paths: a `Camera`, or paths or expressions of cameras.
            resolution: height and width of each image, pixels.
            annotators: what to compute: images only.
            render_vars: accepted; the engine renders what is asked for.

        Raises:
            ValueError: if an annotator is unknown.
        """
        self._camera = paths if isinstance(paths, Camera) else Camera(paths, reset_xform_op_properties=False)
        self._resolution = (int(resolution[0]), int(resolution[1]))
        self._camera.enforce_square_pixels(self._resolution, modes="horizontal")
        height, width = self._resolution
        name = f"tiled_camera_sensor{self._camera.paths[0].replace('/', '_')}"
        self._product = render_product_tiled(cameras=self._camera.paths, tile_resolution=(width, height), name=name)
        self._annotations = Annotations(self._product, TILED)
        self._annotations.attach(annotators)

    def __len__(self) -> int:
        return len(self._camera)

    @property
    def camera(self) -> Camera:
        """The cameras."""
        return self._camera

    @property
    def annotators(self) -> list[str]:
        """Names of the annotators, sorted."""
        return sorted(self._annotations.attached)

    @property
    def resolution(self) -> tuple[int, int]:
        """Height and width of each image, pixels."""
        return self._resolution

    @property
    def tiled_resolution(self) -> tuple[int, int]:
        """Height and width of the images side by side, pixels."""
        columns, rows = tile_grid(len(self))
        return rows * self._resolution[0], columns * self._resolution[1]

    @property
    def render_product(self) -> UsdRender.Product:
        """The render product, as USD has it."""
        return UsdRender.Product(self._product.prim)

    def attach_annotators(self, annotators: str | list[str]) -> dict[str, Any]:
        """Attach annotators and return them by name."""
        return self._annotations.attach(annotators)

    def detach_annotators(self, annotators: str | list[str]) -> None:
        """Detach annotators."""
        self._annotations.detach(annotators)

    def get_data(self, annotator: str, *, tiled: bool = False, out: Any = None) -> tuple[Any, dict[str, Any]]:
        """Return the images (n, h, w, channels) of an annotator, or side by side with `tiled`, and its info.

        Args:
            annotator: one of those attached.
            tiled: one image instead of a batch.
            out: array to fill and return.

        Raises:
            ValueError: if the annotator is unknown or not attached.
        """
        data, info = self._annotations.read(annotator)
        if data is None:
            return None, {}
        return hand_over(data if tiled else self._batch(data), out), info

    def _batch(self, image: np.ndarray) -> np.ndarray:
        height, width = self._resolution
        columns, rows = tile_grid(len(self))
        tiles = image.reshape(rows, height, columns, width, -1).swapaxes(1, 2)
        return tiles.reshape(rows * columns, height, width, -1)[: len(self)]
