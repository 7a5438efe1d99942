"""CosmosWriter: clips of pictures and videos as Cosmos Transfer takes them.

Source: Cosmos synthetic data generation tutorial of Isaac Sim (folders, file names, five modalities).
"""

from __future__ import annotations

import io
import os
import tempfile
from typing import Any

import cv2
import numpy as np

from engine.replicator import tools
from engine.replicator.annotator_registry import AnnotatorRegistry
from engine.replicator.augmentations_default import aug_colorize_depth
from engine.replicator.missing import PARITY
from engine.replicator.writer import Writer
from engine.replicator.writers_default.destination import backend_for
from engine.timeline import get_timeline_interface

MODALITIES = ("rgb", "shaded_seg", "segmentation", "depth", "edges")
LIGHT = np.array([0.0, 0.0, 1.0])  # world direction that shades the segmentation
AMBIENT = 0.4  # share of their colour that faces keep where they point away from the light
Image = np.ndarray


class CosmosWriter(Writer):
    """Write one render product as `clip_0000/<modality>/<modality>_0000.png` and `clip_0000/<modality>.mp4`."""

    def __init__(
        self,
        backend: Any = None,
        output_dir: str | None = None,
        segmentation_mapping: dict[str, Any] | None = None,
        use_instance_id: bool = True,
        canny_threshold_low: int = 10,
        canny_threshold_high: int = 100,
    ) -> None:
        """Choose a place and colours.

        Args:
            backend, output_dir: where to write.
            segmentation_mapping: label to RGBA; what has no label in it is black. None gives every prim its own colour.
            use_instance_id: colour drawn prims, labelled or not; otherwise labelled prims.
            canny_threshold_low, canny_threshold_high: hysteresis thresholds of the edges, 0 to 255.
        """
        self.backend = backend_for("CosmosWriter", output_dir, backend)
        self.version = "0.0.1"
        self.data_structure = "renderProduct"
        self._mapping = segmentation_mapping
        by_prim = use_instance_id and segmentation_mapping is None
        self._ids = "instance_id_segmentation_fast" if by_prim else "instance_segmentation_fast"
        self._thresholds = canny_threshold_low, canny_threshold_high
        self._frame_id = self._clip = 0
        ids = AnnotatorRegistry.get_annotator(self._ids, {"colorize": False})
        self.annotators = ["rgb", "normals", "distance_to_camera", ids]

    def attach(self, render_products: Any, *trigger: Any, **options: Any) -> None:
        """Write every captured frame of one render product.

        Raises:
            ValueError: if several are given.
        """
        if isinstance(render_products, list | tuple) and len(render_products) != 1:
            raise ValueError(
                f"CosmosWriter: {len(render_products)} render products were given; expected one, use a writer for each"
            )
        super().attach(render_products, *trigger, **options)

    def write(self, data: dict[str, Any]) -> None:
        """Write one frame; an on_time trigger that has fired begins the next clip."""
        clips = [count for name, count in data["trigger_outputs"].items() if name.startswith("on_time")]
        if clips and clips[0] != self._clip:
            self.next_clip()
            self._clip = clips[0]
        for output in data["renderProducts"].values():
            for name, picture in self._pictures(output).items():
                self._queue(self._path(name, self._frame_id), picture)
        self._frame_id += 1

    def on_final_frame(self) -> None:
        """Write the videos of the clip and begin its numbering again."""
        if self._frame_id == 0:
            return
        self.backend.wait_until_done()
        rate = float(get_timeline_interface().get_time_codes_per_seconds())
        for name in MODALITIES:
            frames = [_decoded(self.backend.read_blob(self._path(name, i))) for i in range(self._frame_id)]
            self.backend.write_blob(f"clip_{self._clip:04}/{name}.mp4", encode_mp4(frames, rate))
        self._frame_id = 0

    def next_clip(self) -> None:
        """Finish the clip and write the next frames to another one."""
        self.on_final_frame()
        self._clip += 1

    def detach(self) -> None:
        """Finish the clip, if frames are missing in its videos, and stop writing."""
        if self._unfinished:
            self._unfinished = False
            self.on_final_frame()
        super().detach()

    def _pictures(self, output: dict[str, Any]) -> dict[str, Image]:
        ids = output[self._ids]
        segmentation = tools.colorize_segmentation(ids["data"], ids.get("idToSemantics"), self._mapping)
        segmentation[..., 3] = np.where(segmentation[..., :3].any(axis=2), 255, 0)  # as Isaac Sim's golden images
        shaded = shade(segmentation, output["normals"]["data"])
        return {
            "rgb": output["rgb"]["data"],
            "shaded_seg": shaded,
            "segmentation": segmentation,
            "depth": aug_colorize_depth(output["distance_to_camera"]["data"]),
            "edges": edges(shaded, *self._thresholds),
        }

    def _queue(self, path: str, picture: Image) -> None:
        from engine.output.images import write_image

        self.backend.schedule(write_image, data=picture, path=path)

    def _path(self, name: str, frame: int) -> str:
        return f"clip_{self._clip:04}/{name}/{name}_{frame:04}.png"


def shade(colours: Image, normals: np.ndarray) -> Image:
    """Darken colours (h, w, 4) that face away from above: by ambient + (1 - ambient) * (1 + n.z) / 2."""
    facing = (1.0 + normals[..., :3] @ LIGHT) / 2.0
    result = colours.copy()
    result[..., :3] = np.round(colours[..., :3] * (AMBIENT + (1.0 - AMBIENT) * facing)[..., None]).astype(np.uint8)
    return result


def edges(picture: Image, low: int, high: int) -> Image:
    """Return Canny edges of a slightly blurred picture, white on black, uint8 (h, w, 4)."""
    grey = cv2.cvtColor(np.ascontiguousarray(picture[..., :3]), cv2.COLOR_RGB2GRAY)
    found = cv2.Canny(cv2.GaussianBlur(grey, (3, 3), 0), low, high)
    return np.dstack([found, found, found, np.full_like(found, 255)])


def encode_mp4(frames: list[Image], rate: float) -> bytes:
    """Return a video (MPEG-4 in MP4) of pictures (h, w, 3 or 4), uint8 RGB.

    Raises:
        RuntimeError: if OpenCV has no encoder for it.
    """
    height, width = frames[0].shape[:2]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "video.mp4")
        video = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*"mp4v"), rate, (width, height))
        if not video.isOpened():
            raise RuntimeError(
                f"CosmosWriter: OpenCV opened no MP4 encoder for {width}x{height}; expected one with FFmpeg: {PARITY}"
            )
        for frame in frames:
            video.write(np.ascontiguousarray(frame[..., 2::-1]))
        video.release()
        with open(path, "rb") as file:
            return file.read()


def _decoded(data: bytes) -> Image:
    from PIL import Image as Pictures

    with Pictures.open(io.BytesIO(data)) as picture:
        return np.array(picture)
