"""The annotator object: a source, its parameters and augmentations, and what `get_data` answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from engine.annotate.output import AnnotatorOutput
from engine.replicator import capture, viewport_manager
from engine.replicator.augmentations import Augmentation


class AnnotatorError(Exception):
    """An annotator was used in a way that cannot work."""


class Annotator:
    """One annotator: a source of data, its parameters, augmentations, and the last frame's output."""

    def __init__(
        self,
        source: Any,
        init_params: dict[str, Any] | None = None,
        name: str | None = None,
        device: str | None = None,
        do_array_copy: bool = True,
    ) -> None:
        self.source = source
        self.device = device
        self.params: dict[str, Any] = dict(source.defaults)
        self._name = name or source.name
        self._augmentations: list[Augmentation] = []
        self._copy = do_array_copy
        self._paths: list[str] = []
        self._output: AnnotatorOutput | None = None
        self._moment: capture.Moment | None = None
        self.initialize(**(init_params or {}))

    def initialize(self, **params: Any) -> Annotator:
        """Set parameters.

        Args:
            params: init_params of the annotator; None keeps the default.

        Raises:
            AnnotatorError: if the annotator has no such parameter.
        """
        for key, value in params.items():
            if key not in self.source.defaults:
                known = ", ".join(sorted(self.source.defaults)) or "none"
                raise AnnotatorError(
                    f"annotator '{self._name}' was given init_params '{key}'; expected one of: {known}"
                )
            if value is not None:
                self.params[key] = value
        return self

    def attach(self, render_products: Any) -> Annotator:
        """Compute this annotator on every capture of a render product.

        Attached to one render product after another, it is computed for each; `get_data` answers with the last one's.

        Args:
            render_products: one HydraTexture, prim or path, or a list of one.

        Raises:
            AnnotatorError: if several render products are given, or the annotator is attached to this one already.
        """
        listed = viewport_manager.listed(render_products)
        if len(listed) != 1:
            raise AnnotatorError(
                f"annotator '{self._name}' was given {len(listed)} render products; expected exactly one: "
                "get one annotator for each"
            )
        product = viewport_manager.get_render_product(listed[0])
        if product.path in self._paths:
            raise AnnotatorError(
                f"annotator '{self._name}' is attached to {product.path} already; detach it or get another one"
            )
        self.source.check()
        self._paths, self._output = [*self._paths, product.path], None
        capture.attach(self, product.path)
        return self

    def detach(self, render_products: Any = None) -> None:
        """Stop computing, for some render products or for all; an annotator that is not attached stays so."""
        listed = viewport_manager.listed(render_products)
        chosen = self._paths if render_products is None else [viewport_manager.path_of(one) for one in listed]
        for path in chosen:
            capture.detach(self, path)
        self._paths = [path for path in self._paths if path not in chosen]

    @property
    def is_attached(self) -> bool:
        """True while attached to a render product."""
        return bool(self._paths)

    def get_data(
        self, device: str | None = None, do_array_copy: bool = False, use_legacy_structure: bool = True
    ) -> Any:
        """Return the data of the last captured frame, or of a later one that the application has shown since.

        Args:
            device: "cpu", the default, for NumPy; "cuda" for warp arrays (on warp's CPU device).
            do_array_copy: return a copy of the array.
            use_legacy_structure: array, dict, or {"data", "info"}; False gives one flat dict.

        Raises:
            AnnotatorError: if the annotator is not attached.
        """
        if not self._paths:
            raise AnnotatorError(f"annotator '{self._name}' is not attached; call attach(render_product) first")
        if self._output is None or self._is_outdated():
            from engine.replicator.orchestrator import capture_one

            capture_one(self, self._paths[-1])
        assert self._output is not None
        data = _on_device(self._output.data, device or self.device, do_array_copy)
        return structured(AnnotatorOutput(data, self._output.info), use_legacy_structure)

    def augment(
        self,
        augmentation: Any,
        data_out_shape: tuple[int, ...] | None = None,
        name: str | None = None,
        device: str | None = None,
        **parameters: Any,
    ) -> Annotator:
        """Append an augmentation (an Augmentation, a function, a warp kernel or a registered name)."""
        from engine.replicator.annotator_registry import AnnotatorRegistry

        chosen = AnnotatorRegistry.augmentation_of(augmentation)
        self._augmentations.append(chosen.with_parameters(data_out_shape, parameters))
        self._name = name or self._name
        self.device = device or self.device
        return self

    def augment_compose(self, augmentations: Iterable[Any], name: str | None = None) -> Annotator:
        """Append several augmentations, in order."""
        for augmentation in augmentations:
            self.augment(augmentation)
        self._name = name or self._name
        return self

    def get_name(self) -> str:
        """Return the name under which writers see the data."""
        return self._name

    @property
    def name(self) -> str:
        """The name under which writers see the data."""
        return self._name

    @property
    def template_name(self) -> str:
        """The name of the source, whatever the annotator is called."""
        return str(self.source.name)

    def _is_outdated(self) -> bool:
        if self._moment is None or not self._moment.is_past:
            return False
        return bool(viewport_manager.get_render_product(self._paths[-1]).enabled)

    def receive(
        self,
        output: AnnotatorOutput,
        frame: int = 0,
        rt_subframes: int = 1,
        path: str = "",
        moment: capture.Moment | None = None,
    ) -> None:
        """Take in the output of a frame, rendered so many times, and run the augmentations on it.

        Args:
            output: of one render product.
            frame: number of the frame.
            rt_subframes: how often it was rendered.
            path: the render product; only that of the one attached last is kept.
            moment: when it was seen.
        """
        if path and self._paths[-1:] != [path]:
            return
        data, info = output.data, output.info
        for index, augmentation in enumerate(self._augmentations):
            data, told = augmentation.run(data, frame, f"{self._name}/{index}", rt_subframes)
            if "xform" in told and "xform" in info:
                told = {"xform": (told["xform"].reshape(3, 3) @ info["xform"].reshape(3, 3)).ravel()}
            info = {**info, **told} if told else info
        self._output, self._moment = AnnotatorOutput(data, info), moment

    @property
    def may_wait(self) -> bool:
        """Whether the output may be computed later from what was seen: nothing else is read and no code is run."""
        return bool(getattr(self.source, "pure", False)) and not self._augmentations

    def forget(self) -> None:
        """Drop the last output, so that `get_data` computes."""
        self._output = None

    def last_output(self) -> AnnotatorOutput | None:
        """Return the last captured output, NumPy or warp as the device asks."""
        if self._output is None:
            return None
        return AnnotatorOutput(_on_device(self._output.data, self.device, False), self._output.info)

    def clone(self) -> Annotator:
        """Return an unattached annotator with the same source, parameters and augmentations."""
        twin = Annotator(self.source, None, self._name, self.device, self._copy)
        twin.params = dict(self.params)
        twin._augmentations = list(self._augmentations)
        return twin

    def get_node(self) -> None:
        """Return the OmniGraph node: the embedded engine has none."""

    @property
    def docs(self) -> str:
        """What the annotator gives."""
        return str(self.source.documentation)

    def __repr__(self) -> str:
        return f"Annotator('{self._name}')"


def structured(output: AnnotatorOutput, legacy: bool) -> Any:
    """Return an output in the structure scripts expect.

    Args:
        output: data and info.
        legacy: array, dict or {"data", "info"}; otherwise one flat dict.
    """
    if legacy and not output.info:
        return output.data
    if output.data is None:
        return output.info
    return {"data": output.data, "info": output.info} if legacy else {"data": output.data, **output.info}


def _on_device(data: Any, device: str | None, copy: bool) -> Any:
    if device and device.startswith("cuda"):
        from engine.replicator.augmentations import warp_module

        warp = warp_module(f"device '{device}'")
        return data if isinstance(data, warp.array) or data is None else warp.array(data, device="cpu")
    if hasattr(data, "numpy") and not isinstance(data, np.ndarray):  # a warp kernel made it; "cpu" is the default
        return data.numpy()
    return data.copy() if copy and isinstance(data, np.ndarray) else data
