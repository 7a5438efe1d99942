"""The Writer base class: which annotators it wants, when it writes, and what it is given."""

from __future__ import annotations

import json
from typing import Any

from engine.replicator import viewport_manager, writer_runs
from engine.replicator.annotator import Annotator
from engine.replicator.writer_payload import payload

ON_FRAME = "omni.replicator.core.OgnOnFrame"


class WriterError(Exception):
    """A writer was used in a way that cannot work."""


class _WriterState:
    """What every writer has before its `__init__` ran."""

    def __new__(cls, *_: Any, **__: Any) -> Any:
        """Make a writer with nothing attached; `__init__` follows only on a plain call, not from the registry."""
        self = super().__new__(cls)
        self.annotators = []
        self.metadata = {}
        self.num_written = 0
        self.version = "0.0.0"
        self.data_structure = "legacy"
        self._backend = None
        self._attached = {}
        self._augmented = []
        self._trigger = ON_FRAME
        self._scheduled = False
        self._metadata_written = False
        self._unfinished = False
        return self

    annotators: list[Any]
    metadata: dict[str, Any]
    num_written: int
    version: str
    data_structure: str
    _backend: Any
    _attached: dict[str, dict[str, Annotator]]
    _augmented: list[tuple[str, Any, dict[str, Any]]]
    _trigger: Any
    _scheduled: bool
    _metadata_written: bool
    _unfinished: bool


class _WriterExtras(_WriterState):
    """The rarer methods."""

    def get_metadata(self) -> dict[str, Any]:
        """Return what `metadata.txt` holds.

        Source: golden metadata.txt of isaacsim.replicator.behavior, where the last key ends with a colon.
        """
        from engine.graph.sampling import global_seed

        own = {"name": type(self).__name__, "version": self.version, "replicator_global_seed:": global_seed()}
        return {**own, **self.metadata}

    def write_metadata(self) -> None:
        """Write `metadata.txt` through the backend, if there is one; once."""
        if self._metadata_written:
            return
        self._metadata_written = True
        if hasattr(self._backend, "write_blob"):
            self._backend.write_blob("metadata.txt", json.dumps(self.get_metadata()).encode())

    def reset(self) -> None:
        """Count written frames from 0 again."""
        self.num_written = 0
        self._metadata_written = False

    def get_node(self) -> None:
        """Return the OmniGraph node: the embedded engine has none."""

    def attached_paths(self) -> list[str]:
        """Return the paths of the render products this writer is attached to."""
        return list(self._attached)


class _WriterAnnotators(_WriterExtras):
    """Choosing annotators."""

    def add_annotator(self, annotator: Any) -> None:
        """Add an annotator; one of the same name takes the place of the old one."""
        name = annotator_of(annotator).get_name()
        self.annotators = [a for a in self.annotators if annotator_of(a).get_name() != name] + [annotator]

    def augment_annotator(self, annotator_name: str, augmentation: Any, **parameters: Any) -> None:
        """Put an augmentation on one of the writer's annotators.

        Raises:
            WriterError: if the writer has no such annotator.
        """
        names = [annotator_of(annotator).get_name() for annotator in self.annotators]
        if annotator_name not in names:
            raise WriterError(
                f"writer '{type(self).__name__}' has no annotator '{annotator_name}' to augment; "
                f"expected one of: {', '.join(names) or 'none'}"
            )
        self._augmented.append((annotator_name, augmentation, parameters))

    def get_annotators(self) -> list[Annotator]:
        """Return the annotators, as objects, augmentations included."""
        return [self._prepare(annotator) for annotator in self.annotators]

    def get_annotator(self, name: str) -> Annotator:
        """Return one annotator: the attached one if there is one.

        Raises:
            WriterError: if the writer has no such annotator.
        """
        for annotators in self._attached.values():
            if name in annotators:
                return annotators[name]
        for annotator in self.get_annotators():
            if annotator.get_name() == name:
                return annotator
        names = ", ".join(a.get_name() for a in self.get_annotators()) or "none"
        raise WriterError(f"writer '{type(self).__name__}' has no annotator '{name}'; expected one of: {names}")

    def get_attached_annotators(self) -> list[Annotator]:
        """Return the annotators that are computed for this writer."""
        return [annotator for annotators in self._attached.values() for annotator in annotators.values()]

    def _prepare(self, specification: Any) -> Annotator:
        found = annotator_of(specification)
        for name, augmentation, parameters in self._augmented:
            if name == found.get_name():
                found.augment(augmentation, **parameters)
        return found


class Writer(_WriterAnnotators):
    """Base class of writers: subclasses set `annotators` in `__init__` and implement `write(data)`.

    Attributes:
        backend: where files go; `_backend` is the same.
        annotators: names, Annotators or NodeConnectionTemplates.
        data_structure: layout of the payload: "legacy", "annotator" or "renderProduct".
        num_written: frames written so far.
    """

    @property
    def backend(self) -> Any:
        """The backend that files go to, or None."""
        return self._backend

    @backend.setter
    def backend(self, backend: Any) -> None:
        self._backend = backend

    def initialize(self, **parameters: Any) -> None:
        """Run `__init__` with these parameters."""
        self.__init__(**parameters)  # type: ignore[misc]

    def write(self, data: dict[str, Any]) -> None:
        """Write one frame.

        Raises:
            WriterError: if the subclass has no `write`.
        """
        raise WriterError(
            f"writer '{type(self).__name__}' has no write(data) method; expected the subclass to have one"
        )

    def on_final_frame(self) -> None:
        """Finish: called when the run stops."""

    def attach(self, render_products: Any, trigger: Any = ON_FRAME) -> None:
        """Write every captured frame of one or several render products.

        Args:
            render_products: HydraTextures, prims or paths; one or a list.
            trigger: default every frame; None waits for `schedule_write`; a callable is asked, a trigger followed.

        Raises:
            WriterError: if there is no render product or the trigger is something else.
        """
        listed = viewport_manager.listed(render_products)
        name = type(self).__name__
        if not listed:
            raise WriterError(f"writer '{name}' was given no render products; expected at least one")
        if trigger is not None and trigger != ON_FRAME and not callable(trigger) and not hasattr(trigger, "node"):
            raise WriterError(f"writer '{name}' was given trigger {trigger!r}; expected None, a function or a trigger")
        self.detach()
        self._trigger = trigger
        for product in map(viewport_manager.get_render_product, listed):
            prepared = {annotator.get_name(): annotator for annotator in self.get_annotators()}
            for annotator in prepared.values():
                annotator.attach(product)
            self._attached[product.path] = prepared
        writer_runs.add(self)

    async def attach_async(self, render_products: Any, trigger: Any = ON_FRAME) -> None:
        """Do as `attach` does."""
        self.attach(render_products, trigger)

    def detach(self) -> None:
        """Stop writing; a writer that is not attached stays so."""
        for annotator in self.get_attached_annotators():
            annotator.detach()
        self._attached = {}
        writer_runs.remove(self)

    def schedule_write(self) -> None:
        """Write the next captured frame (for writers attached with trigger None)."""
        self._scheduled = True

    def get_data(self) -> dict[str, Any]:
        """Return the payload of the last captured frame, or of a later one that the application has shown since."""
        for annotator in self.get_attached_annotators():
            annotator.get_data()
        return payload(self)


def annotator_of(specification: Any) -> Annotator:
    """Return a fresh annotator for what writers list: a name, an Annotator or a NodeConnectionTemplate.

    Raises:
        WriterError: if it is something else.
    """
    from engine.replicator.annotator_registry import AnnotatorRegistry

    if isinstance(specification, Annotator):
        return specification.clone()
    if isinstance(specification, str):
        return AnnotatorRegistry.get_annotator(specification)
    template = getattr(specification, "node_template_id", None)
    if template is not None:
        return AnnotatorRegistry.get_annotator(str(template))
    raise WriterError(f"annotators holds {specification!r}; expected a name, an Annotator or a NodeConnectionTemplate")
