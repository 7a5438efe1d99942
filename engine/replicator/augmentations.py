"""Augmentations: a NumPy function or a warp kernel that changes an annotator's array."""

from __future__ import annotations

import inspect
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

EXTRA_EXECUTIONS = 2  # of a frame's augmentations, beside those of its subframes
ALIASES = {"bgrand": "backgroundrand", "imgblend": "imageblend"}


class AugmentationError(Exception):
    """An augmentation that cannot run."""


@dataclass(frozen=True, eq=False)
class Warped:
    """What an augmentation that is a node gives.

    Attributes:
        data: the array.
        xform: (3, 3) pixel coordinates (x, y, 1) before to those after, column vectors.
    """

    data: np.ndarray
    xform: np.ndarray = field(default_factory=lambda: np.eye(3))


class Augmentation:
    """A function of an array, its parameters, and the shape it gives."""

    def __init__(
        self,
        function: Callable[..., Any],
        data_out_shape: tuple[int, ...] | None = None,
        documentation: str | None = None,
        parameters: dict[str, Any] | None = None,
    ) -> None:
        self.function = function
        self.data_out_shape = data_out_shape
        self.docs = documentation or inspect.getdoc(function) or ""
        self.parameters = dict(parameters or {})

    @staticmethod
    def from_function(
        augmentation: Callable[..., Any],
        data_out_shape: tuple[int, ...] | None = None,
        documentation: str | None = None,
        **parameters: Any,
    ) -> Augmentation:
        """Make an augmentation of `fn(data_in, **parameters)` or of a warp kernel `(data_in, data_out, ...)`.

        Args:
            augmentation: the function or kernel.
            data_out_shape: shape a kernel writes; a negative size is taken from the input.
            documentation: what `docs` returns.
            parameters: passed on every execution; `seed` is drawn anew for each frame, see `frame_seed`, and so is one
                whose default is -1.

        Raises:
            AugmentationError: if it is neither a function nor a kernel.
        """
        if not is_kernel(augmentation) and not callable(augmentation):
            raise AugmentationError(f"augmentation {augmentation!r} was given; expected a function or a warp kernel")
        return Augmentation(augmentation, data_out_shape, documentation, parameters)

    @staticmethod
    def from_node(
        node_type_id: str,
        data_out_shape: tuple[int, ...] | None = None,
        documentation: str | None = None,
        **parameters: Any,
    ) -> Augmentation:
        """Return the augmentation that stands for a Replicator node, e.g. "omni.replicator.core.AugPixellateExp".

        Args:
            node_type_id: type of the node.
            data_out_shape: see `from_function`.
            documentation: what `docs` returns.
            parameters: inputs of the node.

        Raises:
            AugmentationError: if the embedded engine has none for that node, or it has no such input.
        """
        from engine.replicator.augmentations_default import DEFAULT_AUGMENTATIONS

        name = re.sub(r"^(Ogn)?(Augment|Aug)?|(Augmentation|Exp)$", "", node_type_id.rsplit(".", 1)[-1])
        known = {key.lower().replace("_", ""): augmentation for key, augmentation in DEFAULT_AUGMENTATIONS.items()}
        found = known.get(ALIASES.get(name.lower(), name.lower()))
        if found is None:
            raise AugmentationError(
                f"augmentation node '{node_type_id}' is not one the embedded engine has; "
                f"expected one of: {', '.join(sorted(DEFAULT_AUGMENTATIONS))}, or Augmentation.from_function"
            )
        made = found.with_parameters(data_out_shape, parameters)
        made.docs = documentation or made.docs
        return made

    def with_parameters(self, data_out_shape: tuple[int, ...] | None, parameters: dict[str, Any]) -> Augmentation:
        """Return a copy with other parameters or shape; None keeps the shape.

        Raises:
            AugmentationError: if a function has no such parameter.
        """
        taken = _parameters_of(self.function)
        unknown = [name for name in parameters if taken is not None and name not in taken]
        if unknown:
            named = ", ".join(taken or ()) or "none"
            raise AugmentationError(
                f"augmentation '{getattr(self.function, '__name__', self.function)}' was given "
                f"{unknown[0]}={parameters[unknown[0]]!r}; expected parameters among: {named}"
            )
        return Augmentation(
            self.function, data_out_shape or self.data_out_shape, self.docs, {**self.parameters, **parameters}
        )

    def apply(self, data: Any, frame: int, stream: str) -> Any:
        """Run on one frame's array.

        Args:
            data: NumPy or warp array; it is not changed.
            frame: frame number, for a drawn seed.
            stream: name of the seed's stream, e.g. annotator name and position.

        Raises:
            AugmentationError: if there is no array to change.
        """
        return self.run(data, frame, stream)[0]

    def run(self, data: Any, frame: int, stream: str, rt_subframes: int = 1) -> tuple[Any, dict[str, Any]]:
        """Do as `apply` does and return what it says beside the array: `xform` of those that are nodes.

        Args:
            data, frame, stream: see `apply`.
            rt_subframes: how often the frame is rendered, for a seed that is given.

        Raises:
            AugmentationError: if there is no array to change.
        """
        if data is None:
            raise AugmentationError(f"augmentation of '{stream}': the annotator has no array; expected one with data")
        parameters = {name: _drawn(value, frame) for name, value in self.parameters.items()}
        if _default_seed(self.function) == -1:
            parameters.setdefault("seed", -1)
        if "seed" in parameters:
            parameters["seed"] = frame_seed(parameters["seed"], frame, stream, rt_subframes)
        if is_kernel(self.function):
            return _launch(self.function, data, self.data_out_shape, parameters), {}
        array = data if isinstance(data, np.ndarray) else data.numpy()
        result = self.function(array.copy(), **parameters)
        if isinstance(result, Warped):
            return result.data, {"xform": result.xform.ravel()}
        return result, {}


def _default_seed(function: Any) -> Any:
    """Return the default of a function's `seed`, None where it has none."""
    try:
        found = inspect.signature(function).parameters.get("seed")
    except (TypeError, ValueError):
        return None
    return found.default if found is not None else None


def is_kernel(function: Any) -> bool:
    """Tell whether an object is a warp kernel."""
    return type(function).__name__ == "Kernel" and type(function).__module__.startswith("warp")


def warp_module(who: str) -> Any:
    """Return warp.

    Args:
        who: what needs it, for the error.

    Raises:
        AugmentationError: if warp is not installed.
    """
    try:
        import warp
    except ImportError as error:
        raise AugmentationError(
            f"{who} needs warp, which is not installed; install the extra: replicant[warp]"
        ) from error
    return warp


def _parameters_of(function: Any) -> list[str] | None:
    """Return the names a Python function takes beside the data; None where they cannot be told or any is taken."""
    if is_kernel(function):
        return None
    try:
        parameters = list(inspect.signature(function).parameters.values())[1:]
    except (TypeError, ValueError):
        return None
    return None if any(p.kind is p.VAR_KEYWORD for p in parameters) else [p.name for p in parameters]


def _drawn(value: Any, frame: int) -> Any:
    """Return a parameter, drawn anew for each frame where it is a distribution."""
    from engine.graph.node import ValueNode, node_of

    node = node_of(value)
    if not isinstance(node, ValueNode):
        return value
    from engine.graph.graph import Clock, Moment, current_stage
    from engine.graph.sampling import objects

    sample = objects(node, Moment(current_stage(), Clock(frame), -2 - frame), 1)[0]
    return sample.ravel()[0].item() if isinstance(sample, np.ndarray) and sample.size == 1 else sample


def frame_seed(given: int | None, frame: int, stream: str, rt_subframes: int) -> int:
    """Return what an augmentation is passed as its `seed` in a frame.

    A given seed starts a stream, of which every rendered subframe, and two more a frame, take one: read off Isaac Sim's
    golden images (`_out_augm_annot_numpy/annot_depth_*.png`: seed 42, 32 subframes, draws 34 and 68). None or a
    negative number gives each frame and augmentation one of its own that follows the global seed.

    Args:
        given: the script's own.
        frame: frame number.
        stream: name of the augmentation.
        rt_subframes: of every frame so far.
    """
    from engine.graph.sampling import global_seed
    from engine.graph.sampling import stream as random_stream

    if given is not None and given >= 0:
        executions = (frame + 1) * (rt_subframes + EXTRA_EXECUTIONS)
        return int(random_stream(given).integers(2**31 - 1, size=executions)[-1])
    words = np.random.SeedSequence([global_seed(), frame, zlib.crc32(stream.encode())]).generate_state(1)
    return int(words[0] % 2**31)


def _launch(kernel: Any, data: Any, out_shape: tuple[int, ...] | None, parameters: dict[str, Any]) -> Any:
    warp = warp_module("a warp kernel")
    data_in = data if isinstance(data, warp.array) else warp.array(np.ascontiguousarray(data), device="cpu")
    arguments = [argument for argument in kernel.adj.args if argument.label not in ("data_in", "data_out")]
    defaults = {
        name: parameter.default
        for name, parameter in inspect.signature(kernel.func).parameters.items()
        if parameter.default is not inspect.Parameter.empty
    }
    values = {**defaults, **parameters}
    absent = [argument.label for argument in arguments if argument.label not in values]
    if absent:
        raise AugmentationError(f"kernel '{kernel.key}' needs {', '.join(absent)}; pass them as keyword arguments")
    out_type = next(argument.type.dtype for argument in kernel.adj.args if argument.label == "data_out")
    wanted = tuple(out_shape) if out_shape else tuple(data_in.shape)
    shape = tuple(size if size >= 0 else data_in.shape[axis] for axis, size in enumerate(wanted))
    data_out = warp.zeros(shape, dtype=out_type, device="cpu")
    inputs = [{"data_in": data_in, "data_out": data_out}.get(a.label, values.get(a.label)) for a in kernel.adj.args]
    warp.launch(kernel, dim=shape[:2], inputs=inputs, device="cpu")
    return data_out
