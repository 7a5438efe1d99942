"""Augmentations: a NumPy function or a warp kernel that changes an annotator's array."""

from __future__ import annotations

import inspect
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np


class AugmentationError(Exception):
    """An augmentation that cannot run."""


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
            parameters: passed on every execution; a `seed` that is None or negative is drawn for each frame.

        Raises:
            AugmentationError: if it is neither a function nor a kernel.
        """
        if not is_kernel(augmentation) and not callable(augmentation):
            raise AugmentationError(f"augmentation {augmentation!r} was given; expected a function or a warp kernel")
        return Augmentation(augmentation, data_out_shape, documentation, parameters)

    @staticmethod
    def from_node(node_type_id: str, *args: Any, **parameters: Any) -> Augmentation:
        """Return the augmentation that stands for a Replicator node.

        Raises:
            AugmentationError: if the embedded engine has none for that node.
        """
        from engine.replicator.augmentations_default import DEFAULT_AUGMENTATIONS

        name = node_type_id.rsplit(".", 1)[-1].removeprefix("Ogn").removeprefix("Augment")
        name = name.removesuffix("Augmentation")
        for known, augmentation in DEFAULT_AUGMENTATIONS.items():
            if known.lower() == name.lower():
                return augmentation.with_parameters(None, parameters)
        raise AugmentationError(
            f"augmentation node '{node_type_id}' is not one the embedded engine has; "
            f"expected one of: {', '.join(sorted(DEFAULT_AUGMENTATIONS))}, or Augmentation.from_function"
        )

    def with_parameters(self, data_out_shape: tuple[int, ...] | None, parameters: dict[str, Any]) -> Augmentation:
        """Return a copy with other parameters or shape; None keeps the shape."""
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
        if data is None:
            raise AugmentationError(f"augmentation of '{stream}': the annotator has no array; expected one with data")
        parameters = dict(self.parameters)
        if "seed" in parameters and (parameters["seed"] is None or parameters["seed"] < 0):
            parameters["seed"] = _drawn_seed(frame, stream)
        if is_kernel(self.function):
            return _launch(self.function, data, self.data_out_shape, parameters)
        array = data if isinstance(data, np.ndarray) else data.numpy()
        return self.function(array.copy(), **parameters)


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


def _drawn_seed(frame: int, stream: str) -> int:
    from engine.graph.sampling import global_seed

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
