"""DatasetWriter: a rep.Writer that turns captured views into samples and streams them into shards.

It uses Replicator's public API alone, so it runs in Isaac Sim and on the embedded engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import omni.replicator.core as rep

from writers.camera import describe_camera
from writers.encode import depth_png, ids_png, jpeg, json_bytes, normals_png, npy, opaque, png
from writers.encoding import EncoderPool
from writers.infrared.outputs import InfraredOutputs, describe_weather
from writers.infrared.settings import NAMES as INFRARED
from writers.infrared.settings import RIGHT
from writers.infrared.views import Gathering, OwnViewWriter, parent_of, split
from writers.objects import class_mask, count_classes, list_objects
from writers.scripted import ScriptedDataset
from writers.shards.sample import Sample, sample_key

ENCODERS = 1  # with the renderer on all cores, a second thread gains nothing
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
KNOWN = (*OUTPUTS, *INFRARED)
_UNCOLORED = {"semantic_segmentation", "instance_segmentation_fast"}
_LABELLED = _UNCOLORED | {"bounding_box_2d_tight_fast", "bounding_box_2d_loose_fast", "bounding_box_3d_fast"}


def make_annotators(outputs: list[str]) -> list[Any]:
    """Get the Replicator annotators that `outputs` need, camera parameters included; infrared ones have others.

    Raises:
        ValueError: for an output that does not exist.
    """
    names = {"camera_params": None}
    for output in outputs:
        if output not in KNOWN:
            raise ValueError(f"output '{output}' is unknown; choose from {', '.join(KNOWN)}")
        names.update(dict.fromkeys(OUTPUTS.get(output, ())))
    annotators = []
    for name in names:
        params: dict[str, Any] = {"semanticTypes": ["class"]} if name in _LABELLED else {}
        if name in _UNCOLORED:
            params["colorize"] = False
        annotators.append(rep.AnnotatorRegistry.get_annotator(name, init_params=params or None))
    return annotators


def distinct(annotators: list[Any]) -> list[Any]:
    """Return annotators without those whose name is there already."""
    return list({annotator.get_name(): annotator for annotator in annotators}.values())


def copied(value: Any) -> Any:
    """Copy the arrays of a payload: the runtime may fill them again with the next frame."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, str | int | float):  # most of what there is
        return value
    if isinstance(value, Mapping):
        return {name: copied(item) for name, item in value.items()}
    return value


class DatasetWriter(rep.Writer):
    """Write every captured view as one sample; cameras of infrared outputs belong to the views they hang on.

    Args:
        output_dir: new folder of the dataset, for scripts that decide as they go how many frames there are; its last
            files are written when the run ends.
        outputs: names from `OUTPUTS`.
        classes: class names in order; the n-th (from 1) is its number in masks and COCO.
        settings: the rest of the dataset's settings: format, samples_per_shard, image_format ("jpg" or "png"),
            depth_scale (metres of one unit of the 16-bit depth PNG), preview (rows of the contact sheet), exports,
            infrared (the scenario's section: cameras, path).
        take: where samples go instead, frame by frame and in order of their views; who gives it says with
            `begin_frame` which captures are frames, and completes the dataset.
        encoders: threads that encode while the next frame is made; 0 encodes at once. The bytes are the same.
    """

    def __init__(
        self,
        output_dir: str = "",
        outputs: list[str] | tuple[str, ...] = ("rgb",),
        classes: list[str] | tuple[str, ...] = (),
        settings: Mapping[str, Any] | None = None,
        take: Callable[[Sample], None] | None = None,
        encoders: int | None = None,
    ) -> None:
        settings = settings or {}
        self.version = "1.0.0"
        self.data_structure = "renderProduct"
        self.outputs = list(outputs)
        self.infrared = InfraredOutputs(self.outputs, settings.get("infrared"))
        shared = self.infrared.annotators(self.infrared.shared())
        self.annotators = distinct([*make_annotators(self.outputs), *shared])
        self.backend = None
        self.classes = list(classes)
        self.image_format = settings.get("image_format", "jpg")
        self.depth_scale = float(settings.get("depth_scale", 0.001))
        self.frame: dict[str, Any] | None = None
        self.notes: Callable[[], Mapping[str, Any]] = dict
        self.frames = 0
        self._script = None if take else ScriptedDataset(output_dir, self.outputs, self.classes, settings)
        self._pool = EncoderPool(self._hand_over, ENCODERS if encoders is None else encoders)
        self._take = take or self._script.take  # type: ignore[union-attr]
        self._gathering = Gathering(self.infrared.own_views(), self._frame)
        self._own = [self._own_writer(output) for output in self.infrared.own_views()]

    def _own_writer(self, output: str) -> OwnViewWriter:
        labels = make_annotators(["boxes"] if "boxes" in self.outputs and output != RIGHT else [])
        annotators = distinct([*labels, *self.infrared.annotators([output])])
        writer: OwnViewWriter = rep.WriterRegistry.get("OwnViewWriter")
        writer.initialize(
            output=output,
            annotators=annotators,
            deliver=lambda name, views: self._gathering.own(name, copied(views)),
        )
        return writer

    def attach(self, render_products: Any, *args: Any, **kwargs: Any) -> None:
        """Attach to render products; those of infrared outputs' own views get a writer of their own each."""
        listed = list(render_products) if isinstance(render_products, list | tuple) else [render_products]
        main, own = split(listed, self.infrared.own_views()) if self._own else (listed, {})
        super().attach(main, *args, **kwargs)  # detaches everything first
        for writer in self._own:
            writer.attach(own[writer.output], *args, **kwargs)

    def detach(self) -> None:
        """Stop writing."""
        for writer in self._own:
            writer.detach()
        super().detach()

    def schedule_write(self) -> None:
        """Write the next captured frame."""
        for writer in self._own:
            writer.schedule_write()
        super().schedule_write()

    def begin_frame(self, frame: Mapping[str, Any], notes: Callable[[], Mapping[str, Any]] = dict) -> None:
        """Say what the next captured frame is.

        Args:
            frame: its number ("frame") and whatever else the JSON of its samples should say, e.g. "seed".
            notes: called when the frame is written; gives values by name that no distribution publishes.
        """
        self.frame, self.notes = dict(frame), notes
        self._gathering.forget()

    def drop_frame(self) -> None:
        """Say that the frame begun will not be captured after all."""
        self.frame = None
        self._gathering.forget()

    def write_metadata(self) -> None:
        """Leave out Replicator's metadata.txt: the manifest says all that it says, for every frame."""

    def write(self, data: dict[str, Any]) -> None:
        """Turn the payload of one frame into samples, one a render product."""
        if self.frame is None and self._script is None:
            return  # captured for the motion seen in the next frame
        views = data["renderProducts"]
        about = {"frame": self.frames, **(self.frame or {})}
        about["drawn"] = {**data.get("distribution_outputs", {}), **self.notes()}
        if self._script is not None:
            self._script.begin(len(views))
        copies = {name: {**copied(view), "about": about} for name, view in views.items()}
        self.frames, self.frame, self.notes = self.frames + 1, None, dict
        self._gathering.main((about["frame"], copies, self.infrared.state()))

    def _frame(self, main: tuple[int, dict[str, Any], Any], own: Mapping[str, Mapping[str, Any]]) -> None:
        """Queue a frame whose views are all there."""
        number, views, state = main
        hanging = {(parent_of(view["camera"]), output): view for output in own for view in own[output].values()}
        kept = {}
        for name in sorted(views):
            camera = str(views[name].get("camera", ""))
            below = {output: hanging[camera, output] for output in own if (camera, output) in hanging}
            kept[sample_key(number, name if len(views) > 1 else None)] = views[name], below
        self._pool.submit(number, lambda: [self._sample(key, *parts, state) for key, parts in kept.items()])

    def drain(self) -> None:
        """Hand over every sample that is still being made.

        Raises:
            EncodingError: naming a frame that cannot be encoded; call again for those after it.
        """
        self._pool.drain()

    def abandon(self) -> None:
        """Drop what is still being made and end the threads."""
        self._pool.abandon()

    def _hand_over(self, samples: list[Sample]) -> None:
        for sample in samples:
            self._take(sample)

    def on_final_frame(self) -> None:
        """Complete the dataset of a script that let the orchestrator run to its end."""
        if self._script is not None:
            self.drain()
            self._pool.close()
            self._script.finish()

    def _sample(self, key: str, view: Mapping[str, Any], own: Mapping[str, Mapping[str, Any]], state: Any) -> Sample:
        """Make the sample of one view, and of the infrared cameras that hang on it."""
        members: dict[str, bytes] = {}
        for output in self.outputs:
            if output in OUTPUTS:
                getattr(self, f"_add_{output}")(view, members)
        objects = list_objects(view) if "boxes" in self.outputs else []
        about = self._meta(view, objects, count_classes(objects))
        if self.infrared.is_wanted:
            about["infrared"] = self._add_infrared(view, own, state, members)
            about["weather"] = None if state is None else describe_weather(state)
        members["json"] = json_bytes(about)
        return Sample(key, members)

    def _add_infrared(
        self, view: Mapping[str, Any], own: Mapping[str, Mapping[str, Any]], state: Any, members: dict[str, bytes]
    ) -> dict[str, Any]:
        """Add the infrared members; returns what the JSON says of them."""
        about = view["about"]
        camera = str(view.get("camera", "")).rpartition("/")[2]
        streams = {"seed": int(about.get("seed") or 0), "frame": about["frame"], "camera": camera}
        made, said = self.infrared.members(self.infrared.shared(), view, state, streams)
        members.update(made)
        for output, looking in own.items():
            if output == RIGHT:
                continue
            made, described = self.infrared.members([output], looking, state, streams, own.get(RIGHT))
            members.update(made)
            said[output] = {**described[output], **self._own_view(looking)}
        return said

    def _own_view(self, view: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is in the picture of an infrared camera of its own, and where that camera is."""
        objects = list_objects(view) if "boxes" in self.outputs else []
        camera = describe_camera(view["camera_params"], str(view.get("camera", "")))
        return {"view": camera, "objects": objects, "counts": count_classes(objects)}

    def _meta(self, view: Mapping[str, Any], objects: list[dict[str, Any]], counts: dict[str, int]) -> dict[str, Any]:
        return {
            **view["about"],
            "camera": describe_camera(view["camera_params"], str(view.get("camera", ""))),
            "depth_scale": self.depth_scale if "depth" in self.outputs else None,
            "classes": self.classes,
            "objects": objects,
            "counts": counts,
        }

    def _add_rgb(self, view: Mapping[str, Any], members: dict[str, bytes]) -> None:
        rgb = opaque(np.asarray(view["rgb"]["data"]))
        members[f"rgb.{self.image_format}"] = jpeg(rgb) if self.image_format == "jpg" else png(rgb)

    def _add_depth(self, view: Mapping[str, Any], members: dict[str, bytes]) -> None:
        members["depth.png"] = depth_png(np.asarray(view["distance_to_image_plane"]["data"]), self.depth_scale)

    def _add_normals(self, view: Mapping[str, Any], members: dict[str, bytes]) -> None:
        members["normals.png"] = normals_png(np.asarray(view["normals"]["data"]))

    def _add_flow(self, view: Mapping[str, Any], members: dict[str, bytes]) -> None:
        members["flow.npy"] = npy(np.asarray(view["motion_vectors"]["data"])[..., :2].astype(np.float32))

    def _add_semantic(self, view: Mapping[str, Any], members: dict[str, bytes]) -> None:
        output = view["semantic_segmentation"]
        members["semantic.png"] = ids_png(class_mask(np.asarray(output["data"]), output["idToLabels"], self.classes))

    def _add_instance(self, view: Mapping[str, Any], members: dict[str, bytes]) -> None:
        members["instance.png"] = ids_png(np.asarray(view["instance_segmentation_fast"]["data"]))

    def _add_boxes(self, view: Mapping[str, Any], members: dict[str, bytes]) -> None:
        """Boxes are in the JSON."""


rep.WriterRegistry.register(DatasetWriter, category="replicant")
