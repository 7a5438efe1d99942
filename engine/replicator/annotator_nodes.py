"""Annotators that a Python OmniGraph node of an extension computes from what other annotators give."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from engine.annotate.output import AnnotatorOutput
from engine.carb.logging import log_error, log_warn
from engine.kit.graph_core.python_types import PythonType, python_type
from engine.render.buffers import Aov
from engine.replicator import node_feeds
from engine.replicator.annotator import AnnotatorError
from engine.replicator.capture import View
from engine.replicator.missing import PARITY
from engine.replicator.utils.ogn import load_class, node_file

GATES = ("omni.graph.action.RationalTimeSyncGate",)  # nodes that only wait for all their inputs
BUFFERS = ("exec", "execOut", "data", "bufferSize", "width", "height")  # outputs that are no information
SCALARS = {"bool": False, "int": 0, "uint": 0, "int64": 0, "uint64": 0, "float": 0.0, "double": 0.0}
ARRAYS = {"float": np.float32, "double": np.float64, "int": np.int32, "uint": np.uint32, "uchar": np.uint8}


@dataclass(frozen=True)
class NodeSource:
    """An annotator registered for an OmniGraph node.

    Attributes:
        name: as registered.
        node_type_id: the extension's package and the node's name, "isaacsim.replicator.writers.Pose".
        feeds: what the node's inputs come from: names of annotators, or NodeConnectionTemplates with a mapping.
        output_type: of the records in the node's `data`; None leaves it as it is.
        is_image: the records are pixels, of the node's `width` and `height`.
        given: inputs set at registration.
    """

    name: str
    node_type_id: str
    documentation: str = ""
    feeds: tuple[Any, ...] = ()
    output_type: Any = None
    given: Mapping[str, Any] = field(default_factory=dict)
    is_image: bool = False

    @property
    def defaults(self) -> dict[str, Any]:
        """The node's inputs, as far as its description is found, and their values."""
        return {"semanticTypes": None, **dict.fromkeys(_inputs(self.node_type_id)), **self.given}

    @property
    def aovs(self) -> frozenset[Aov]:
        """The buffers that what feeds the node needs."""
        return frozenset().union(*(node_feeds.aovs_of(_source_name(feed)) for feed in self.feeds))

    def check(self) -> None:
        """Refuse to be attached where the node cannot run.

        Raises:
            AnnotatorError: if the node is not a Python node of an extension at hand, or nothing here feeds an input.
        """
        if self.node_type_id not in GATES and implementation(self.node_type_id) is None:
            raise AnnotatorError(
                f"annotator '{self.name}' needs '{self.node_type_id}', which the embedded engine does not run; "
                "expected a Python node of an extension given with --ext-folder, or one of its own annotators, see "
                f"{PARITY}"
            )
        for feed in self.feeds:
            if not node_feeds.is_known(_source_name(feed)):
                raise AnnotatorError(
                    f"annotator '{self.name}': nothing here gives '{_source_name(feed)}'; expected annotators or one "
                    f"of {', '.join(node_feeds.FEEDS)} as input_rendervars"
                )

    def compute(self, view: View, params: Mapping[str, Any]) -> AnnotatorOutput:
        """Run the node on this frame.

        Raises:
            AnnotatorError: if the node reports that it failed.
        """
        found = implementation(self.node_type_id)
        if found is None:
            return AnnotatorOutput()
        described = _inputs(self.node_type_id)
        values = {name: _empty(entry) for name, entry in described.items()}
        for feed in self.feeds:
            values |= _mapped(feed, node_feeds.outputs_of(_source_name(feed), view, params), described)
        values |= {key: value for key, value in params.items() if value is not None}
        types = {name: str(entry.get("type", "")) for name, entry in described.items()}
        typed = {name: _typed(value, types.get(name, "")) for name, value in values.items()}
        if isinstance(found, PythonType):
            worked, outputs = found.run(typed, self.name)
        else:
            database = Database(typed, self.name)
            worked, outputs = found.compute(database) is not False, vars(database.outputs)
        if not worked:
            raise AnnotatorError(
                f"annotator '{self.name}': node '{self.node_type_id}' failed; expected inputs it can work with, see "
                "the errors it logged"
            )
        return self._output(outputs)

    def _output(self, outputs: Mapping[str, Any]) -> AnnotatorOutput:
        data = outputs.get("data")
        if data is not None and self.output_type is not None:
            data = np.frombuffer(np.ascontiguousarray(data).tobytes(), self.output_type).copy()
            if self.is_image:
                data = data.reshape(int(outputs["height"]), int(outputs["width"]), -1)
                data = data[..., 0] if data.shape[2] == 1 else data
        info = {name: _parsed(value) for name, value in outputs.items() if name not in BUFFERS}
        return AnnotatorOutput(data, info)


class Database:
    """What a node's `compute` is given: inputs, outputs, and a place to log to."""

    def __init__(self, inputs: Mapping[str, Any], name: str) -> None:
        self.inputs, self.outputs = SimpleNamespace(**inputs), SimpleNamespace()
        self.node = self.abi_node = self
        self._name = name

    def get_attribute(self, name: str) -> SimpleNamespace:
        """Return an attribute such as `inputs:data`, whose `get_array` gives its value."""
        value = getattr(self.inputs, name.partition(":")[2])
        return SimpleNamespace(get_array=lambda *_: value, get=lambda *_: value, get_name=lambda: name)

    def log_warn(self, message: str) -> None:
        """Log a warning."""
        log_warn(f"annotator '{self._name}': {message}")

    def log_error(self, message: str) -> None:
        """Log an error."""
        log_error(f"annotator '{self._name}': {message}")

    log_warning = log_warn


def implementation(node_type_id: str) -> Any:
    """Return a type that a script registered, or the class of a Python node of an extension at hand, else None."""
    if (registered := python_type(node_type_id)) is not None:
        return registered
    file = _file(node_type_id)
    extension, _, name = node_type_id.rpartition(".")
    return None if file is None else load_class(extension, f"Ogn{name}", file)


def _file(node_type_id: str) -> Path | None:
    extension, _, name = node_type_id.rpartition(".")
    return node_file(extension, f"Ogn{name}")


def _inputs(node_type_id: str) -> dict[str, dict[str, Any]]:
    """Return what a node's type or .ogn file says of its inputs; {} where there is none."""
    if (registered := python_type(node_type_id)) is not None:
        return {name: entry for name, entry in registered.declared.inputs.items() if entry["type"] != "execution"}
    file = _file(node_type_id)
    description = file.with_suffix(".ogn") if file is not None else None
    if description is None or not description.is_file():
        return {}
    (described,) = json.loads(description.read_text(encoding="utf-8")).values()
    return {name: entry for name, entry in described.get("inputs", {}).items() if entry.get("type") != "execution"}


def _source_name(feed: Any) -> str:
    return str(getattr(feed, "node_template_id", feed))


def _mapped(feed: Any, outputs: Mapping[str, Any], described: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs that a feed sets: by its mapping, and outputs named like inputs."""
    found = {name: value for name, value in outputs.items() if name in described}
    for source, target in getattr(feed, "attributes_mapping", {}).items():
        name = source.partition(":")[2]
        if name in outputs:
            found[target.partition(":")[2]] = outputs[name]
    return found


def _empty(entry: Mapping[str, Any]) -> Any:
    kind = str(entry.get("type", ""))
    if "default" in entry:
        return entry["default"]
    if kind.startswith("matrixd"):
        return np.eye(int(kind[8:-1]))
    return SCALARS.get(kind, [] if kind.endswith("]") else "")


def _typed(value: Any, kind: str) -> Any:
    """Return a value as a node expects its input's type: bytes for uchar[], lists for token[], arrays of numbers."""
    if kind == "token[]":
        return [str(item) for item in value]
    if kind == "uchar[]":
        return np.frombuffer(np.ascontiguousarray(value).tobytes(), np.uint8).copy()
    if kind.startswith("matrixd"):
        return np.asarray(value, np.float64).reshape(4, 4)
    base = kind.partition("[")[0]
    return np.asarray(value, ARRAYS[base]).copy() if kind.endswith("]") and base in ARRAYS else value


def _parsed(value: Any) -> Any:
    """Return text that is a JSON document as what it says."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        return json.loads(value)
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
