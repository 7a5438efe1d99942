"""What feeds the inputs of annotator nodes: outputs of annotators by name, and omni.syntheticdata's raw arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from engine.annotate.bounding_box_2d import visible_extents
from engine.annotate.labelling import Labelling, labelling
from engine.annotate.registry import annotator_names, get_annotator
from engine.render.buffers import Aov
from engine.replicator.capture import View

NO_PIXEL = 2**31 - 1  # x_min of what no pixel shows
TOKENS = 2  # of each labelled prim: its path, and its labels as "type:label type:label"
Outputs = dict[str, Any]


def _labels(view: View, params: Mapping[str, Any]) -> tuple[Labelling, np.ndarray]:
    """Return who is labelled what, and the labelled prims ordered by class, so that classes are met in their order."""
    labels = labelling(view.scene, {"semanticTypes": params.get("semanticTypes"), "semanticFilter": "*:*"})
    return labels, np.argsort(labels.class_of, kind="stable")


def _instance_mapping(view: View, params: Mapping[str, Any]) -> Outputs:
    """Return omni.syntheticdata's tables of labelled prims; ancestors' labels are merged into each prim's own."""
    labels, order = _labels(view, params)
    tokens: list[str] = []
    worlds = np.zeros((len(order), 4, 4), np.float32)
    for row, prim in enumerate(order.tolist()):
        pairs = [(kind, label) for kind, names in labels.semantics[prim].items() for label in names.split(",")]
        tokens += [labels.paths[prim], " ".join(f"{kind}:{label}" for kind, label in pairs)]
        world = labels.worlds[prim].copy()
        world[:3] /= view.scene.meters_per_unit
        worlds[row] = world.T
    return {
        "sdIMNumSemantics": len(order),
        "sdIMNumSemanticTokens": TOKENS,
        "sdIMInstanceSemanticMap": np.arange(len(order), dtype=np.uint16),
        "sdIMMinSemanticIndex": 0,
        "sdIMMaxSemanticHierarchyDepth": 1,
        "sdIMSemanticTokenMap": tokens,
        "sdIMSemanticWorldTransform": worlds.ravel(),
    }


def _tight_extents(view: View, params: Mapping[str, Any]) -> Outputs:
    """Return the extent of the pixels that show each labelled prim, int32 x_min, y_min, x_max, y_max a row."""
    labels, order = _labels(view, params)
    found = visible_extents(view.buffers[Aov.INSTANCE], labels)
    nothing = (NO_PIXEL, NO_PIXEL, -1, -1)
    rows = np.array([found.get(prim, nothing) for prim in order.tolist()], np.int32).reshape(-1, 4)
    return {"data": rows, "bufferSize": rows.nbytes}


def _nothing(view: View, params: Mapping[str, Any]) -> Outputs:
    return {}


FEEDS: dict[str, tuple[Callable[[View, Mapping[str, Any]], Outputs], frozenset[Aov]]] = {
    "InstanceMapping": (_instance_mapping, frozenset()),
    "InstanceMappingWithTransforms": (_instance_mapping, frozenset()),
    "PostProcessDispatcher": (_nothing, frozenset()),
    "SemanticBoundingBox2DExtentTightSDExportRawArray": (_tight_extents, frozenset({Aov.INSTANCE})),
}


def _registered(name: str) -> Any:
    from engine.replicator.annotator_registry import AnnotatorRegistry

    return AnnotatorRegistry._custom.get(name)


def is_known(name: str) -> bool:
    """Tell whether something gives outputs under a name."""
    return name in FEEDS or name in annotator_names() or _registered(name) is not None


def aovs_of(name: str) -> frozenset[Aov]:
    """Return the buffers that are needed for what goes by a name."""
    if name in FEEDS:
        return FEEDS[name][1]
    if name in annotator_names():
        return get_annotator(name).aovs
    registered = _registered(name)
    return frozenset() if registered is None else registered.source.aovs


def outputs_of(name: str, view: View, params: Mapping[str, Any]) -> Outputs:
    """Return the outputs that go by a name.

    Args:
        name: of a feed, an annotator or a registered annotator.
        view: of this frame.
        params: of the node; its `semanticTypes` is passed on.
    """
    if name in FEEDS:
        return FEEDS[name][0](view, params)
    if name in annotator_names():
        pure = get_annotator(name)
        types = params.get("semanticTypes")
        given = {"semanticTypes": types} if "semanticTypes" in pure.defaults and types is not None else {}
        found = pure.compute(view.buffers, view.scene, view.camera, {**pure.defaults, **given})
    else:
        registered = _registered(name)
        found = registered.source.compute(view, registered.params)
    data = {} if found.data is None else {"data": found.data, "bufferSize": found.data.nbytes}
    size = {"width": view.camera.width, "height": view.camera.height}
    return {**found.info, **size, **data}
