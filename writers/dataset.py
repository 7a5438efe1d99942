"""DatasetWriter: a rep.Writer that streams samples into shards, COCO and a contact sheet.

It uses Replicator's public API alone, so it runs in Isaac Sim and on the embedded engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import omni.replicator.core as rep

from writers.camera import describe_camera
from writers.coco import CocoInstances
from writers.encode import depth_png, ids_png, jpeg, json_bytes, npy, png
from writers.objects import class_mask, count_classes, list_objects
from writers.preview import ContactSheet
from writers.shards import Sample, ShardSink, sink_class

# output name -> annotators it needs
OUTPUTS: dict[str, tuple[str, ...]] = {
    "rgb": ("rgb",),
    "depth": ("distance_to_image_plane",),
    "normals": ("normals",),
    "flow": ("motion_vectors",),
    "semantic": ("semantic_segmentation",),
    "instance": ("instance_segmentation_fast",),
    "boxes": (
        "instance_segmentation_fast",
        "bounding_box_2d_tight_fast",
        "bounding_box_2d_loose_fast",
        "bounding_box_3d_fast",
    ),
}
_UNCOLORED = {"semantic_segmentation", "instance_segmentation_fast"}
_LABELLED = _UNCOLORED | {"bounding_box_2d_tight_fast", "bounding_box_2d_loose_fast", "bounding_box_3d_fast"}


def make_annotators(outputs: list[str]) -> list[Any]:
    """Get the Replicator annotators that `outputs` need, camera parameters included.

    Raises:
        ValueError: for an output that does not exist.
    """
    names = {"camera_params": None}
    for output in outputs:
        if output not in OUTPUTS:
            raise ValueError(f"output '{output}' is unknown; choose from {', '.join(OUTPUTS)}")
        names.update(dict.fromkeys(OUTPUTS[output]))
    annotators = []
    for name in names:
        params: dict[str, Any] = {"semanticTypes": ["class"]} if name in _LABELLED else {}
        if name in _UNCOLORED:
            params["colorize"] = False
        annotators.append(rep.AnnotatorRegistry.get_annotator(name, init_params=params or None))
    return annotators


class DatasetWriter(rep.Writer):
    """Write every captured view as one sample.

    Args:
        output_dir: folder of the dataset; exists already or is made.
        outputs: names from `OUTPUTS`.
        classes: class names in order; the n-th (from 1) is its number in masks and COCO.
        settings: the rest of the dataset's settings: format, samples_per_shard, image_format ("jpg" or "png"),
            depth_scale (metres of one unit of the 16-bit depth PNG), preview (rows of the contact sheet), info.
    """

    def __init__(
        self, output_dir: str, outputs: list[str], classes: list[str], settings: Mapping[str, Any] | None = None
    ) -> None:
        settings = settings or {}
        self.version = "1.0.0"
        self.data_structure = "renderProduct"
        self.outputs = list(outputs)
        self.annotators = make_annotators(self.outputs)
        self.backend = rep.backends.get("DiskBackend", {"output_dir": output_dir, "overwrite": True})
        self.folder = Path(output_dir)
        self.classes = list(classes)
        self.image_format = settings.get("image_format", "jpg")
        self.depth_scale = float(settings.get("depth_scale", 0.001))
        self.sink: ShardSink = sink_class(settings.get("format", "webdataset"))(
            self.folder / "shards", int(settings.get("samples_per_shard", 256))
        )
        self.coco = CocoInstances(self.folder, self.classes, dict(settings.get("info", {})))
        self.sheet = ContactSheet(int(settings.get("preview", 8)))
        self.frame: dict[str, Any] = {}
        self.notes: Callable[[], Mapping[str, Any]] = dict
        self.samples = 0
        self.totals: dict[str, int] = {}

    def begin_frame(self, frame: Mapping[str, Any], notes: Callable[[], Mapping[str, Any]] = dict) -> None:
        """Say what the next captured frame is.

        Args:
            frame: its number ("frame") and whatever else the JSON of its samples should say, e.g. "seed".
            notes: called when the frame is written; gives values by name that no distribution publishes.
        """
        self.frame, self.notes = dict(frame), notes

    def write_metadata(self) -> None:
        """Leave out Replicator's metadata.txt: the manifest says all that it says, for every frame."""

    def write(self, data: dict[str, Any]) -> None:
        """Turn the payload of one frame into samples, one a render product."""
        views = data["renderProducts"]
        frame = self.frame.get("frame", self.samples // max(1, len(views)))
        drawn = {**data.get("distribution_outputs", {}), **self.notes()}
        for number, name in enumerate(sorted(views)):
            suffix = f"_{name}" if len(views) > 1 else ""
            view = {**views[name], "about": {**self.frame, "frame": frame, "drawn": drawn}}
            self._write_view(f"{frame:09d}{suffix}", frame * len(views) + number + 1, view)

    def on_final_frame(self) -> None:
        """Finish, for scripts that let the orchestrator run to its end."""
        self.finish()

    def finish(self) -> None:
        """Complete the last shard, then COCO and the contact sheet."""
        self.sink.flush()
        if {"rgb", "boxes"} <= set(self.outputs):
            self.coco.save(self.folder / "instances.json")
        self.sheet.save(self.folder / "preview.png")

    def abandon(self) -> None:
        """Leave no unfinished shard behind."""
        self.sink.abandon()

    def _write_view(self, key: str, image_id: int, view: Mapping[str, Any]) -> None:
        members: dict[str, bytes] = {}
        arrays: dict[str, Any] = {}
        for output in self.outputs:
            getattr(self, f"_add_{output}")(view, members, arrays)
        objects = list_objects(view) if "boxes" in self.outputs else []
        counts = count_classes(objects)
        members["json"] = json_bytes(self._meta(view, objects, counts))
        self.sink.write(Sample(key, members))
        title = (
            f"{key}  {', '.join(f'{number} {name}' for name, number in sorted(counts.items(), key=lambda c: -c[1]))}"
        )
        self.sheet.add(title, arrays.get("rgb"), arrays.get("instance"), arrays.get("depth"), objects)
        if "rgb" in arrays and "boxes" in self.outputs:
            self.coco.add(image_id, f"{key}.rgb.{self.image_format}", arrays["instance"], objects)
        self.samples += 1
        for name, number in counts.items():
            self.totals[name] = self.totals.get(name, 0) + number

    def _meta(self, view: Mapping[str, Any], objects: list[dict[str, Any]], counts: dict[str, int]) -> dict[str, Any]:
        return {
            **view["about"],
            "camera": describe_camera(view["camera_params"], str(view.get("camera", ""))),
            "depth_scale": self.depth_scale if "depth" in self.outputs else None,
            "classes": self.classes,
            "objects": objects,
            "counts": counts,
        }

    def _add_rgb(self, view: Mapping[str, Any], members: dict[str, bytes], arrays: dict[str, Any]) -> None:
        rgb = np.ascontiguousarray(np.asarray(view["rgb"]["data"])[..., :3])
        arrays["rgb"] = rgb
        members[f"rgb.{self.image_format}"] = jpeg(rgb) if self.image_format == "jpg" else png(rgb)

    def _add_depth(self, view: Mapping[str, Any], members: dict[str, bytes], arrays: dict[str, Any]) -> None:
        arrays["depth"] = np.asarray(view["distance_to_image_plane"]["data"])
        members["depth.png"] = depth_png(arrays["depth"], self.depth_scale)

    def _add_normals(self, view: Mapping[str, Any], members: dict[str, bytes], arrays: dict[str, Any]) -> None:
        normals = np.asarray(view["normals"]["data"])[..., :3]
        members["normals.png"] = png(np.round((normals * 0.5 + 0.5) * 255).astype(np.uint8))

    def _add_flow(self, view: Mapping[str, Any], members: dict[str, bytes], arrays: dict[str, Any]) -> None:
        members["flow.npy"] = npy(np.asarray(view["motion_vectors"]["data"])[..., :2].astype(np.float32))

    def _add_semantic(self, view: Mapping[str, Any], members: dict[str, bytes], arrays: dict[str, Any]) -> None:
        output = view["semantic_segmentation"]
        members["semantic.png"] = ids_png(class_mask(np.asarray(output["data"]), output["idToLabels"], self.classes))

    def _add_instance(self, view: Mapping[str, Any], members: dict[str, bytes], arrays: dict[str, Any]) -> None:
        arrays["instance"] = np.asarray(view["instance_segmentation_fast"]["data"])
        members["instance.png"] = ids_png(arrays["instance"])

    def _add_boxes(self, view: Mapping[str, Any], members: dict[str, bytes], arrays: dict[str, Any]) -> None:
        arrays.setdefault("instance", np.asarray(view["instance_segmentation_fast"]["data"]))


rep.WriterRegistry.register(DatasetWriter, category="replicant")
