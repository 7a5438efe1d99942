"""The dictionary a writer is given, in the three layouts of Replicator.

Source: Replicator writer documentation, `data_structure`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.annotate.output import AnnotatorOutput
from engine.graph.graph import get_graph
from engine.replicator import capture, viewport_manager
from engine.replicator.annotator import structured
from engine.replicator.annotators_default import reference_time

if TYPE_CHECKING:
    from engine.replicator.writer import Writer

Products = list[tuple[viewport_manager.HydraTexture, dict[str, AnnotatorOutput]]]


def enabled_products(writer: Writer) -> list[str]:
    """Return the paths of the writer's render products that the last capture rendered; one that is gone is left out."""
    return [path for path in writer._attached if viewport_manager.is_enabled(path)]


def payload(writer: Writer) -> dict[str, Any]:
    """Return the payload of the last captured frame.

    Raises:
        ValueError: if the writer's `data_structure` is not one of the three layouts.
    """
    layouts = {"legacy": _legacy, "annotator": _by_annotator, "renderProduct": _by_product}
    if writer.data_structure not in layouts:
        raise ValueError(
            f"writer '{type(writer).__name__}': data_structure={writer.data_structure!r} was given; "
            f"expected one of: {', '.join(layouts)}"
        )
    products = [
        (viewport_manager.get_render_product(path), _outputs(writer, path)) for path in enabled_products(writer)
    ]
    return {**_common(), **layouts[writer.data_structure](products, len(writer._attached) > 1)}


def _common() -> dict[str, Any]:
    frame, graph = capture.last_frame(), get_graph()
    return {
        "swhFrameNumber": frame.number,
        "reference_time": reference_time(frame.time),
        "trigger_outputs": dict(graph.trigger_outputs),
        "distribution_outputs": dict(graph.distribution_outputs),
        "named_outputs": {},
    }


def _outputs(writer: Writer, path: str) -> dict[str, AnnotatorOutput]:
    found = {name: annotator.last_output() for name, annotator in writer._attached[path].items()}
    return {name: output for name, output in found.items() if output is not None}


def _legacy(products: Products, several: bool) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for product, outputs in products:
        data[f"rp_{product.name}"] = _camera(product)
        for name, output in outputs.items():
            data[f"{name}-{product.name}" if several else name] = structured(output, True)
    return data


def _by_annotator(products: Products, several: bool) -> dict[str, Any]:
    data: dict[str, Any] = {"camera": {}, "resolution": {}}
    for product, outputs in products:
        data["camera"][product.name] = product.camera_path
        data["resolution"][product.name] = np.array(product.resolution)
        for name, output in outputs.items():
            data.setdefault(name, {})[product.name] = structured(output, False)
    return {"annotators": data}


def _by_product(products: Products, several: bool) -> dict[str, Any]:
    return {
        "renderProducts": {
            product.name: {**_camera(product), **{name: structured(o, False) for name, o in outputs.items()}}
            for product, outputs in products
        }
    }


def _camera(product: viewport_manager.HydraTexture) -> dict[str, Any]:
    return {"camera": product.camera_path, "resolution": np.array(product.resolution)}
