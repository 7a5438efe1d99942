"""BasicWriter: one file or a few for every annotator and frame.

Source: Replicator BasicWriter documentation; Isaac Sim test_recorder_outputs counts the files of each annotator.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.carb.logging import log_warn
from engine.graph.graph import current_stage
from engine.graph.sources import labels_of
from engine.replicator.annotator_registry import AnnotatorRegistry
from engine.replicator.annotators_default import writers_filter
from engine.replicator.arguments import one_of
from engine.replicator.writer import Writer
from engine.replicator.writers_default import basic_files
from engine.replicator.writers_default.destination import backend_for

FAST = {
    "bounding_box_2d_tight": "bounding_box_2d_tight_fast",
    "bounding_box_2d_loose": "bounding_box_2d_loose_fast",
    "bounding_box_3d": "bounding_box_3d_fast",
    "instance_segmentation": "instance_segmentation_fast",
    "instance_id_segmentation": "instance_id_segmentation_fast",
}
FILTERED = (*FAST, "semantic_segmentation", "occlusion", "pointcloud")
NEEDS_LABELS = frozenset(FILTERED) - {"pointcloud"}
LABELLED_PRIMS = "primPaths"
FORMATS = ("bmp", "exr", "jpeg", "jpg", "png", "tif", "tiff")


class BasicWriter(Writer):
    """Write annotators to images, arrays and JSON.

    A stage without labels gives no files of boxes, masks and occlusion, as Isaac Sim's test_recorder_outputs counts
    them, and a warning; one with labels gives them in every frame, whatever the camera sees.
    """

    def __init__(
        self,
        output_dir: str | None = None,
        s3_bucket: str | None = None,
        s3_region: str | None = None,
        s3_endpoint: str | None = None,
        semantic_types: list[str] | None = None,
        rgb: bool = False,
        bounding_box_2d_tight: bool = False,
        bounding_box_2d_loose: bool = False,
        semantic_segmentation: bool = False,
        instance_id_segmentation: bool = False,
        instance_segmentation: bool = False,
        distance_to_camera: bool = False,
        distance_to_image_plane: bool = False,
        bounding_box_3d: bool = False,
        occlusion: bool = False,
        normals: bool = False,
        motion_vectors: bool = False,
        camera_params: bool = False,
        pointcloud: bool = False,
        pointcloud_include_unlabelled: bool = False,
        image_output_format: str = "png",
        colorize_semantic_segmentation: bool = True,
        colorize_instance_id_segmentation: bool = True,
        colorize_instance_segmentation: bool = True,
        colorize_depth: bool = False,
        skeleton_data: bool = False,
        frame_padding: int = 4,
        semantic_filter_predicate: str | None = None,
        use_common_output_dir: bool = False,
        backend: Any = None,
    ) -> None:
        """Choose annotators and a place.

        Raises:
            ValueError: if both kinds of semantic filter are given, there is no place to write to, or the format of
                images is unknown.
        """
        chosen = {name: bool(value) for name, value in locals().items() if name in basic_files.WRITE}
        self.version = "0.0.2"
        self.data_structure = "annotator"
        s3 = {"bucket": s3_bucket, "region": s3_region, "endpoint": s3_endpoint}
        self.backend = backend_for("BasicWriter", output_dir, backend, s3)
        self._output_dir = output_dir
        self._frame_id = 0
        self._sequence_id: str = ""
        self._warned = False
        self._frame_padding = frame_padding
        self._image_output_format = one_of("BasicWriter", "image_output_format", image_output_format, FORMATS)
        self._use_common_output_dir = use_common_output_dir
        self.colorize_depth = colorize_depth
        self._filter = _filter(semantic_types, semantic_filter_predicate)
        parameters: dict[str, dict[str, Any]] = {
            "semantic_segmentation": {"colorize": colorize_semantic_segmentation},
            "instance_segmentation": {"colorize": colorize_instance_segmentation},
            "instance_id_segmentation": {"colorize": colorize_instance_id_segmentation},
            "pointcloud": {"includeUnlabelled": pointcloud_include_unlabelled},
        }
        self.annotators = [self._annotator(n, parameters.get(n, {})) for n in basic_files.WRITE if chosen[n]]
        if any(chosen[name] for name in NEEDS_LABELS):
            self.annotators.append(AnnotatorRegistry.get_annotator(LABELLED_PRIMS))

    def write(self, data: dict[str, Any]) -> None:
        """Write one frame."""
        self._follow_triggers(data["trigger_outputs"])
        several = len(self._attached) > 1
        labelled = any(found["primPaths"] for found in data["annotators"].get(LABELLED_PRIMS, {}).values())
        labelled = labelled or (LABELLED_PRIMS in data["annotators"] and _stage_has_labels())
        if not labelled:
            self._warn_of_missing_labels(data["annotators"])
        for annotator, products in data["annotators"].items():
            name = annotator.removesuffix("_fast")
            write = basic_files.WRITE.get(name)
            if write is None or (name in NEEDS_LABELS and not labelled):
                continue
            for product, output in products.items():
                write(self, self._place(product, name, several), output)
        self._frame_id += 1

    def file_name(self, stem: str, extension: str) -> str:
        """Return e.g. "rgb_0000.png"."""
        return f"{stem}_{self._sequence_id}{self._frame_id:0{self._frame_padding}}.{extension}"

    @property
    def image_format(self) -> str:
        """The format of rgb images."""
        return self._image_output_format

    def _place(self, product: str, annotator: str, several: bool) -> str:
        if not several:
            return ""
        return f"{annotator}/{product}_" if self._use_common_output_dir else f"{product}/{annotator}/"

    def _annotator(self, name: str, parameters: dict[str, Any]) -> Any:
        annotator = AnnotatorRegistry.get_annotator(FAST.get(name, name))
        wanted = {**parameters, **(self._filter if name in FILTERED else {})}
        return annotator.initialize(**{k: v for k, v in wanted.items() if k in annotator.source.defaults})

    def _warn_of_missing_labels(self, annotators: Iterable[str]) -> None:
        names = sorted({name.removesuffix("_fast") for name in annotators} & NEEDS_LABELS)
        if names and not self._warned:
            self._warned = True
            log_warn(
                f"BasicWriter: no prim of the stage has a label, so there are no files of {', '.join(names)}; "
                "expected labels: semantics=... where prims are created, or rep.functional.modify.semantics"
            )

    def _follow_triggers(self, trigger_outputs: dict[str, int]) -> None:
        """Restart the numbering, with the count of every on_time trigger as prefix, whenever one of them has fired."""
        counts = [count for name, count in trigger_outputs.items() if "on_time" in name]
        prefix = "".join(f"{count}_" for count in reversed(counts))
        if prefix != self._sequence_id:
            self._sequence_id, self._frame_id = prefix, 0


def _stage_has_labels() -> bool:
    """Tell whether any prim is labelled, those included that are not drawn in this frame."""
    return any(labels_of(prim) for prim in current_stage().Traverse())


def _filter(semantic_types: list[str] | None, predicate: str | None) -> dict[str, Any]:
    if semantic_types is not None and predicate is not None:
        raise ValueError(
            "BasicWriter: semantic_types and semantic_filter_predicate were given together; expected only one of them"
        )
    if semantic_types is not None:
        return {"semanticTypes": list(semantic_types)}
    return {"semanticFilter": predicate or writers_filter()}
