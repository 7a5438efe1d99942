"""Cameras of infrared outputs that look for themselves: several render products that belong to one sample.

A `rep.Writer` attaches all its annotators to all its render products. So that a thermal camera renders no colour and a
colour camera no heat, each output with its own view has a writer of its own beside the dataset's; what they are given
is put together here, in whatever order it comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import omni.replicator.core as rep
import omni.usd

Views = Mapping[str, Mapping[str, Any]]


class OwnViewWriter(rep.Writer):
    """Give what one infrared output's own cameras saw to the dataset's writer.

    Args:
        output: its name.
        annotators: that it needs.
        deliver: takes the output and its views, a payload by render product.
    """

    def __init__(self, output: str, annotators: list[Any], deliver: Callable[[str, Views], None]) -> None:
        self.version = "1.0.0"
        self.data_structure = "renderProduct"
        self.annotators = annotators
        self.backend = None
        self.output = output
        self._deliver = deliver

    def write_metadata(self) -> None:
        """Leave out Replicator's metadata.txt."""

    def write(self, data: dict[str, Any]) -> None:
        """Hand one frame's views on."""
        self._deliver(self.output, data["renderProducts"])


class Gathering:
    """Collect the parts of one frame until all are there.

    Args:
        outputs: with views of their own.
        done: takes the main part and the views by output.
    """

    def __init__(self, outputs: Iterable[str], done: Callable[[Any, dict[str, Views]], None]) -> None:
        self._outputs, self._done = set(outputs), done
        self._main: Any = None
        self._views: dict[str, Views] = {}

    def forget(self) -> None:
        """Drop what is there of a frame that will not be written."""
        self._main, self._views = None, {}

    def main(self, part: Any) -> None:
        """Take the part of the dataset's writer."""
        self._main = part
        self._complete()

    def own(self, output: str, views: Views) -> None:
        """Take the part of an output's writer."""
        self._views[output] = views
        self._complete()

    def _complete(self) -> None:
        if self._main is not None and self._outputs <= self._views.keys():
            main, views = self._main, self._views
            self.forget()
            self._done(main, views)


def camera_path(product: Any) -> str:
    """Return the path of the camera of a render product, given itself or its path."""
    path = str(getattr(product, "path", product))
    stage = omni.usd.get_context().get_stage()
    targets = stage.GetPrimAtPath(path).GetRelationship("camera").GetTargets()
    return str(targets[0]) if targets else ""


def split(products: Iterable[Any], outputs: Iterable[str]) -> tuple[list[Any], dict[str, list[Any]]]:
    """Tell the scenario's render products from those of outputs with their own view: `<camera>/<output>`.

    Returns:
        The scenario's, and the others by output.

    Raises:
        ValueError: if an output that has its own view has no render product.
    """
    own: dict[str, list[Any]] = {name: [] for name in outputs}
    main: list[Any] = []
    for product in products:
        name = camera_path(product).rpartition("/")[2]
        own.get(name, main).append(product)
    for name, listed in own.items():
        if not listed:
            raise ValueError(
                f"output '{name}' has its own view, and no render product has a camera '<camera>/{name}'; attach the "
                "writer to those of the own views too"
            )
    return main, own


def parent_of(camera: str) -> str:
    """Return the path of the camera that an own view belongs to."""
    return camera.rpartition("/")[0]


rep.WriterRegistry.register(OwnViewWriter, category="replicant")
