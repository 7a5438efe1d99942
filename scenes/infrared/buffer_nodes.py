"""The path through buffers as an OmniGraph node, so that Replicator's registry knows its annotators by name.

Replicator takes annotators with several inputs only as nodes. This one reads `instance_id_segmentation_fast`,
`normals`, `distance_to_camera` and `CameraParams` of one render product and the state that `scenes.infrared.author`
left, and gives an image. Its type is registered by code, through OmniGraph's interface for Python, so that no
generated files are needed.

Source: OmniGraph documentation, "Python Nodes and Scripts", `register_node_type`; Replicator,
`AnnotatorRegistry.register_annotator_from_node`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import omni.graph.core as og
import omni.replicator.core as rep
import omni.usd
from numpy.typing import NDArray
from omni.syntheticdata import SyntheticData

from scenes.infrared.buffer_light import near_radiance
from scenes.infrared.buffer_path import IDS, SOURCES, buffer_radiance
from sensors.bands import find_band
from sensors.checks import SensorError
from sensors.registry import find_camera

TYPE = "replicant.InfraredBuffers"
VERSION = 1
SEEN = {  # inputs of the node, their types, and the output of an annotator that each comes from
    "ids": ("uchar[]", IDS, "data"),
    "idToLabels": ("string", IDS, "idToLabels"),
    "width": ("uint", IDS, "width"),
    "height": ("uint", IDS, "height"),
    "normals": ("uchar[]", "normals", "data"),
    "distance": ("uchar[]", "distance_to_camera", "data"),
}
CAMERA = {  # inputs that have the names of CameraParams' outputs
    "cameraModel": "token",
    "cameraAperture": "float2",
    "cameraApertureOffset": "float2",
    "cameraFocalLength": "float",
    "cameraViewTransform": "matrix4d",
    "renderProductResolution": "int2",
}
GATE, GATE_TYPE = (
    "ReplicantInfraredSync",
    "omni.graph.action.RationalTimeSyncGate",
)  # waits for all that belong to a frame
CLOCK = {
    "outputs:referenceTimeNumerator": "inputs:rationalTimeNumerator",
    "outputs:referenceTimeDenominator": "inputs:rationalTimeDenominator",
}
PARAMS = "CameraParams"
CHOSEN = {"camera": "token", "product": "token"}
OUTPUTS = {"data": "uchar[]", "bufferSize": "uint", "width": "uint", "height": "uint", "band": "token"}
Finish = Callable[..., NDArray[Any]]


class InfraredBuffers:
    """The node type, as OmniGraph wants one: static functions of a context and a node."""

    products: Mapping[str, Finish] = {}

    @staticmethod
    def get_node_type() -> str:
        """Return the name of the type."""
        return TYPE

    @staticmethod
    def initialize_type(node_type: Any) -> None:
        """Declare inputs and outputs."""
        node_type.add_input("inputs:exec", "execution", True)
        kinds = {name: kind for name, (kind, _, _) in SEEN.items()} | CAMERA | CHOSEN
        for name, kind in kinds.items():
            node_type.add_input(f"inputs:{name}", kind, True)
        node_type.add_output("outputs:exec", "execution", True)
        for name, kind in OUTPUTS.items():
            node_type.add_output(f"outputs:{name}", kind, True)

    @staticmethod
    def compute(context: Any, node: Any) -> bool:
        """Make the image of this frame; false, with the reason on the node, where it cannot be made."""

        def read(name: str) -> Any:
            return node.get_attribute(f"inputs:{name}").get()

        try:
            image, band = infrared_image(read, InfraredBuffers.products)
        except ValueError as error:  # SensorError, or nothing authored
            node.log_compute_message(og.Severity.ERROR, str(error))
            return False
        found = np.ascontiguousarray(image)
        values = {"data": np.frombuffer(found.tobytes(), np.uint8), "bufferSize": found.nbytes, "band": band}
        values |= {"width": found.shape[1], "height": found.shape[0]}
        for name, value in values.items():
            node.get_attribute(f"outputs:{name}").set(value)
        node.get_attribute("outputs:exec").set(og.ExecutionAttributeState.ENABLED)
        return True


def infrared_image(read: Callable[[str], Any], products: Mapping[str, Finish]) -> tuple[NDArray[Any], str]:
    """Return the image, (h, w) in the type of the product, and the band's name.

    Args:
        read: gives the value of an input.
        products: functions by name that turn radiance into what is asked for.

    Raises:
        SensorError: if the buffers have not the size of the picture, or the lens is no pinhole.
        ValueError: if nothing was authored on the open stage.
    """
    from scenes.infrared import current

    sheet = find_camera(str(read("camera")))
    band = find_band(sheet.band)
    state = current(omni.usd.get_context().get_stage())
    see = buffer_radiance if band.is_thermal else near_radiance
    radiance = see(buffers_of(read), state, band)
    return products[str(read("product"))](radiance, camera=sheet.name), band.surface


def buffers_of(read: Callable[[str], Any]) -> dict[str, Any]:
    """Return the outputs of `SOURCES` as the path through buffers takes them.

    Raises:
        SensorError: for a buffer of another size than the picture.
    """
    height, width = int(read("height")), int(read("width"))

    def image(name: str, kind: type, channels: int = 1) -> NDArray[Any]:
        data = np.ascontiguousarray(read(name)).view(np.uint8).ravel()
        expected = height * width * channels * np.dtype(kind).itemsize
        if data.size != expected:
            raise SensorError(
                f"{TYPE}: {name} has {data.size} bytes; expected {expected} for {width} x {height} pixels"
            )
        return data.view(kind).reshape((height, width) if channels == 1 else (height, width, channels))

    labels = read("idToLabels")
    ids, normals, distance, camera = SOURCES
    return {
        ids: {
            "data": image("ids", np.uint32),
            "idToLabels": json.loads(labels) if isinstance(labels, str) else labels,
        },
        normals: {"data": image("normals", np.float32, 4)},
        distance: {"data": image("distance", np.float32)},
        camera: {name: read(name) for name in CAMERA},
    }


def register(names: Mapping[str, tuple[str, str, type]], products: Mapping[str, Finish]) -> None:
    """Register the node's type and its annotators.

    Args:
        names: of annotators, each with its camera, its product and the type of its pixels.
        products: functions by name that turn radiance into what is asked for.
    """
    InfraredBuffers.products = products
    og.register_node_type(InfraredBuffers, VERSION)
    feeds = register_gate()
    for name, (camera, product, kind) in names.items():
        rep.AnnotatorRegistry.register_annotator_from_node(
            name=name,
            input_rendervars=feeds,
            node_type_id=TYPE,
            init_params={"camera": camera, "product": product},
            output_data_type=kind,
            output_is_2d=True,
            documentation=f"{product} of camera {camera} from buffers and the state that scenes.infrared.author left",
        )


def register_gate() -> list[Any]:
    """Register what waits until all that the node reads is of one frame; return what feeds the node."""
    connect = SyntheticData.NodeConnectionTemplate
    sources = list(dict.fromkeys(source for _, source, _ in SEEN.values()))
    waits = [connect(source, attributes_mapping={"outputs:exec": "inputs:execIn"}) for source in (*sources, PARAMS)]
    rep.AnnotatorRegistry.register_annotator_from_node(
        name=GATE,
        input_rendervars=[connect("PostProcessDispatcher", attributes_mapping=CLOCK), *waits],
        node_type_id=GATE_TYPE,
    )
    feeds: list[Any] = [connect(GATE, attributes_mapping={"outputs:execOut": "inputs:exec"})]
    for source in sources:
        ends = {f"outputs:{output}": f"inputs:{name}" for name, (_, other, output) in SEEN.items() if other == source}
        feeds.append(connect(source, attributes_mapping=ends))
    return [*feeds, PARAMS]
