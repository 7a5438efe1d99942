"""CameraSensor: one camera at one resolution, and what its annotators give."""

from __future__ import annotations

from typing import Any

from pxr import UsdRender

from ...replicator.create_sensors import render_product
from ...replicator.writers import WriterRegistry
from ..experimental_objects.camera import Camera
from .annotations import LISTS, Annotations, hand_over
from .rtx_camera import RtxCamera


class CameraSensor:
    """One camera."""

    def __init__(
        self,
        path: str | RtxCamera,
        *,
        resolution: tuple[int, int],
        annotators: str | list[str] | None = None,
        writers: str | list[str] | None = None,
        render_vars: list[str] | None = None,
    ) -> None:
        """Make a render product.

        Args:
            path: an `RtxCamera`, or the path of a camera, which is made if it is not there.
            resolution: height and width, pixels.
            annotators: what to compute.
            writers: names of writers to attach.
            render_vars: accepted; the engine renders what is asked for.

        Raises:
            ValueError: if an annotator is unknown.
        """
        self._rtx_camera = path if isinstance(path, RtxCamera) else RtxCamera(path, reset_xform_op_properties=False)
        self._resolution = (int(resolution[0]), int(resolution[1]))
        height, width = self._resolution
        path = self._rtx_camera.paths[0]
        self._product = render_product(path, (width, height), name=f"camera_sensor{path.replace('/', '_')}")
        self._annotations = Annotations(self._product)
        self._annotations.attach(annotators)
        self._writers: dict[str, Any] = {}
        for writer in [writers] if isinstance(writers, str) else writers or []:
            self.attach_writer(writer)
        self.camera.enforce_square_pixels(self._resolution, modes="horizontal")

    @property
    def authoring_object(self) -> RtxCamera:
        """The camera as a sensor."""
        return self._rtx_camera

    @property
    def camera(self) -> Camera:
        """The lens."""
        return self._rtx_camera.camera

    @property
    def resolution(self) -> tuple[int, int]:
        """Height and width, pixels."""
        return self._resolution

    @property
    def annotators(self) -> list[str]:
        """Names of the annotators, sorted."""
        return sorted(self._annotations.attached)

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

    def attach_writer(self, writer_name: str, **kwargs: Any) -> Any:
        """Initialise a writer, attach it and return it."""
        self._writers[writer_name] = WriterRegistry.get(writer_name, kwargs, self._product)
        return self._writers[writer_name]

    def detach_writer(self, writer_name: str) -> None:
        """Detach a writer; one that is not attached stays so."""
        writer = self._writers.pop(writer_name, None)
        if writer is not None:
            writer.detach()

    def get_data(self, annotator: str, *, out: Any = None) -> tuple[Any, dict[str, Any]]:
        """Return what an annotator gives now, images as (h, w, channels), and its info; None where there is nothing.

        Args:
            annotator: one of those attached.
            out: array to fill and return.

        Raises:
            ValueError: if the annotator is unknown or not attached.
        """
        data, info = self._annotations.read(annotator)
        if data is None:
            return None, {}
        if annotator in LISTS:
            return data, {**info, "resolution": self._resolution}
        return hand_over(data, out), info
