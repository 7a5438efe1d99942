"""Where annotators get their data: from the engine's pure functions, or from the stage and the clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from pxr import UsdGeom

from engine.annotate.correspondence import correspondence
from engine.annotate.output import Annotator as PureAnnotator
from engine.annotate.output import AnnotatorOutput
from engine.carb.settings import get_settings
from engine.graph.graph import current_stage
from engine.graph.node import resolve_paths
from engine.render.buffers import Aov
from engine.replicator.capture import View, seen_from, view_from
from engine.replicator.missing import refuse
from engine.replicator.viewport_manager import render_products
from engine.stage.scene import Camera

SUBSET_SETTING = "/syntheticdata/sensors/perSubsetSegmentation"
FILTER_SETTING = "/omni/syntheticdata/semanticFilter"
REFERENCE_NAME = "crossCameraReferenceName"


class EngineSource:
    """An annotator of engine/annotate.

    Attributes:
        pure: True: the output depends on scene, camera, buffers and parameters alone.
    """

    pure = True

    def __init__(self, annotator: PureAnnotator) -> None:
        self._annotator = annotator
        self.name = annotator.name
        self.aovs: frozenset[Aov] = annotator.aovs
        self.defaults = dict(annotator.defaults)
        self.documentation = annotator.documentation

    def check(self) -> None:
        """Accept being attached."""

    def compute(self, view: View, params: Mapping[str, Any]) -> AnnotatorOutput:
        """Run the pure function; settings that Kit keeps in carb become parameters."""
        given = dict(params)
        subsets = get_settings().get(SUBSET_SETTING)
        if "perSubsetSegmentation" in self.defaults and subsets is not None:
            given["perSubsetSegmentation"] = bool(subsets)
        predicate = get_settings().get(FILTER_SETTING)
        if predicate and given.get("semanticFilter") == self.defaults.get("semanticFilter"):
            given["semanticFilter"] = predicate
        return self._annotator.compute(view.buffers, view.scene, view.camera, given)


def writers_filter() -> str:
    """Return which labels count for a writer that is told nothing else: those of type class, or as Kit is told."""
    return str(get_settings().get(FILTER_SETTING) or "class:*")


@dataclass(frozen=True)
class HostSource:
    """An annotator that reads the stage or the clock and needs no picture."""

    name: str
    function: Callable[[View, Mapping[str, Any]], AnnotatorOutput]
    documentation: str
    defaults: Mapping[str, Any] = field(default_factory=dict)
    aovs: frozenset[Aov] = frozenset()

    def check(self) -> None:
        """Accept being attached."""

    def compute(self, view: View, params: Mapping[str, Any]) -> AnnotatorOutput:
        """Run the function."""
        return self.function(view, params)


def reference_time(seconds: float) -> tuple[int, int]:
    """Return a time as (numerator, denominator), exact to a microsecond."""
    fraction = Fraction(seconds).limit_denominator(1_000_000)
    return fraction.numerator, fraction.denominator


def _reference_time(view: View, params: Mapping[str, Any]) -> AnnotatorOutput:
    numerator, denominator = reference_time(view.frame.time)
    return AnnotatorOutput(None, {"referenceTimeNumerator": numerator, "referenceTimeDenominator": denominator})


def _simulation_time(view: View, params: Mapping[str, Any]) -> AnnotatorOutput:
    return AnnotatorOutput(None, {"simulationTime": float(view.frame.time)})


def _attribute(view: View, params: Mapping[str, Any]) -> AnnotatorOutput:
    """Return the values of one attribute on some prims as a flat array.

    Raises:
        ValueError: if a prim has no such attribute.
    """
    stage, values = current_stage(), []
    for path in resolve_paths(params["prims"]):
        attribute = stage.GetAttributeAtPath(f"{path}.{params['attribute']}")
        if not attribute:
            raise ValueError(
                f"annotator 'Attribute': there is no attribute '{params['attribute']}' on '{path}'; "
                "expected init_params prims and attribute that are on the stage"
            )
        values.append(np.asarray(attribute.Get(view.frame.time * stage.GetTimeCodesPerSecond())).ravel())
    return AnnotatorOutput(np.concatenate(values) if values else np.empty(0))


def _prim_paths(view: View, params: Mapping[str, Any]) -> AnnotatorOutput:
    return AnnotatorOutput(None, {"primPaths": [labelled.path for labelled in view.scene.labelled]})


def _cross_correspondence(view: View, params: Mapping[str, Any]) -> AnnotatorOutput:
    """Return where the surface of each pixel lies in the picture of the camera that this one refers to."""
    reference = _reference_view(view)
    hit, positions = view.buffers[Aov.INSTANCE] >= 0, view.buffers[Aov.POSITION]
    seen = np.zeros(hit.shape, bool)
    seen[hit] = seen_from(view.scene, reference, positions[hit])
    return AnnotatorOutput(correspondence(view.camera, reference, hit, positions, seen))


def _reference_view(view: View) -> Camera:
    """Return the camera that `crossCameraReferenceName` names, at the size of its own render product if it has one.

    Raises:
        ValueError: if the attribute is missing or names no camera.
    """
    stage, path = current_stage(), view.camera.prim_path
    name = stage.GetPrimAtPath(path).GetAttribute(REFERENCE_NAME).Get()
    found = [str(p.GetPath()) for p in stage.Traverse() if p.IsA(UsdGeom.Camera) and name and p.GetName() == name]
    if not found:
        raise ValueError(
            f"annotator 'cross_correspondence': camera '{path}' has {REFERENCE_NAME} {name!r}; expected the name of a "
            "second camera on the stage: pass cross_camera_reference_name when creating the camera"
        )
    sizes = [product.resolution for product in render_products() if product.camera_path == found[0]]
    width, height = sizes[0] if sizes else (view.camera.width, view.camera.height)
    return view_from(found[0], width, height, view.frame.time)


HOST_ANNOTATORS: dict[str, HostSource] = {
    source.name: source
    for source in (
        HostSource("ReferenceTime", _reference_time, "Time of the frame as a fraction of seconds."),
        HostSource(
            "IsaacReadSimulationTime",
            _simulation_time,
            "Time of the frame on the timeline, seconds.",
            {"resetOnStop": None, "referenceTimeNumerator": None, "referenceTimeDenominator": None},
        ),
        HostSource("Attribute", _attribute, "Values of an attribute.", {"prims": (), "attribute": ""}),
        HostSource("primPaths", _prim_paths, "Paths of the labelled prims."),
        *(
            HostSource(
                name,
                _cross_correspondence,
                "Where each pixel's surface lies in a second camera's picture: float32 (h, w, 4), dx, dy in widths and "
                "heights, 1 for hidden or outside, 1 for tested.",
                aovs=frozenset({Aov.INSTANCE, Aov.POSITION}),
            )
            for name in ("cross_correspondence", "CrossCorrespondence")
        ),
    )
}
__getattr__ = refuse("omni.replicator.core.annotators_default")
