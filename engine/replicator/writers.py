"""rep.writers and rep.WriterRegistry: the writers there are, by name."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

from engine.replicator import viewport_manager, writer_runs
from engine.replicator.missing import PARITY, refuse
from engine.replicator.writer import ON_FRAME, Writer, WriterError

OWN = "engine.replicator.writers_default"
DEFAULTS = {
    "BasicWriter": f"{OWN}.basicwriter",
    "KittiWriter": f"{OWN}.kitti",
    "CocoWriter": f"{OWN}.coco",
    "CosmosWriter": f"{OWN}.cosmos",
    "FPSWriter": f"{OWN}.fps",
    "PoseWriter": "engine.isaac.replicator_writers.pose_writer",
    "DOPEWriter": "engine.isaac.replicator_writers.dope_writer",
    "DataVisualizationWriter": "engine.isaac.replicator_writers.data_visualization_writer",
    "PytorchWriter": "engine.isaac.replicator_writers.pytorch_writer",
    "YCBVideoWriter": "engine.isaac.replicator_writers.ycb_video_writer",
}


class WriterRegistryError(Exception):
    """A name that the registry does not know, or knows already."""


class InvalidWriterError(Exception):
    """A class that is no writer."""


class WriterRegistry:
    """The process-wide registry."""

    _default_writers: list[str] = list(DEFAULTS)
    _writers: dict[str, type[Writer]] = {}
    _categories: dict[str, str] = {}

    @classmethod
    def register(cls, writer: type[Writer], category: str | None = None) -> None:
        """Register a writer class under its name; a class of the same name is replaced.

        Raises:
            InvalidWriterError: if it is not a subclass of Writer.
        """
        if not inspect.isclass(writer) or not issubclass(writer, Writer):
            raise InvalidWriterError(
                f"WriterRegistry.register: {writer!r} was given; expected a subclass of rep.Writer"
            )
        cls._writers[writer.__name__] = writer
        if category is not None:
            cls._categories[writer.__name__] = category

    @classmethod
    def get(
        cls,
        name: str,
        init_params: dict[str, Any] | None = None,
        render_products: Any = None,
        trigger: Any = ON_FRAME,
    ) -> Writer:
        """Return a new writer; its `__init__` runs when `init_params` are given or `initialize` is called.

        Raises:
            WriterRegistryError: if there is no writer of that name.
        """
        writer = writer_class(name)
        made: Writer = writer.__new__(writer)
        if init_params is not None:
            made.initialize(**init_params)
        if render_products is not None:
            made.attach(render_products, trigger)
        return made

    @classmethod
    def get_writers(cls, category: str | None = None) -> dict[str, type[Writer]]:
        """Return the writer classes by name, all or those of one category."""
        names = [n for n in [*DEFAULTS, *cls._writers] if category is None or cls._categories.get(n) == category]
        return {name: writer_class(name) for name in names}

    @classmethod
    def unregister_writer(cls, writer: str) -> None:
        """Forget a registered writer.

        Raises:
            WriterRegistryError: if it is not registered, or is one of the engine's own.
        """
        if cls._writers.pop(writer, None) is None:
            own = "is built in" if writer in DEFAULTS else "is not registered"
            raise WriterRegistryError(f"writer '{writer}' cannot be unregistered: it {own}")
        cls._categories.pop(writer, None)
        if writer in cls._default_writers:
            cls._default_writers.remove(writer)

    @classmethod
    def unregister(cls, writer: str) -> None:
        """Forget a registered writer (see `unregister_writer`)."""
        cls.unregister_writer(writer)

    @classmethod
    def attach(
        cls, writer_name: str, render_products: Any, init_params: dict[str, Any] | None = None, trigger: Any = ON_FRAME
    ) -> Writer:
        """Make a writer, initialize it and attach it."""
        return cls.get(writer_name, init_params or {}, render_products, trigger)

    @classmethod
    def detach(cls, writer_name: str, render_products: Any = None) -> None:
        """Detach the writers of a name (those of some render products only, if given)."""
        for writer in _attached(render_products):
            if type(writer).__name__ == writer_name:
                writer.detach()

    @classmethod
    def get_attached_writers(cls, render_products: Any = None) -> dict[str, Writer]:
        """Return the attached writers by name."""
        return {type(writer).__name__: writer for writer in _attached(render_products)}

    @classmethod
    def get_annotators(cls, writer_name: str) -> list[Any]:
        """Return the annotators of a writer class as it lists them before it is initialized."""
        return list(cls.get(writer_name).annotators)

    # The real registry has these as well; they are attached below to keep the class readable.
    register_writer: Any
    detach_all: Any
    get_attached_writer: Any
    register_node_writer: Any


def writer_class(name: str) -> type[Writer]:
    """Return a registered class, or one of the built-in writers.

    Raises:
        WriterRegistryError: if there is none of that name.
    """
    if name in WriterRegistry._writers:
        return WriterRegistry._writers[name]
    if name in DEFAULTS:
        module = importlib.import_module(DEFAULTS[name])
        found: type[Writer] = getattr(module, name)
        return found
    known = ", ".join(sorted({*DEFAULTS, *WriterRegistry._writers}))
    raise WriterRegistryError(
        f"writer '{name}' is not registered (see {PARITY} for what the embedded engine has); expected one of: {known}"
    )


def detach_all() -> None:
    """Detach every writer."""
    writer_runs.detach_all()


def get_attached_writer(writer_name: str, render_products: Any = None) -> Writer | None:
    """Return the attached writer of a name, or None."""
    return WriterRegistry.get_attached_writers(render_products).get(writer_name)


def register_node_writer(
    name: str, node_type_id: str, annotators: Any = (), category: str | None = None, **_: Any
) -> None:
    """Register a writer that an OmniGraph node implements; it cannot be attached here."""

    def attach(self: Writer, *_: Any, **__: Any) -> None:
        raise WriterError(
            f"writer '{name}' needs '{node_type_id}', which the embedded engine does not run; "
            f"expected a writer in Python, see {PARITY}"
        )

    def init(self: Writer, **_: Any) -> None:
        self.annotators = list(annotators)

    WriterRegistry.register(type(name, (Writer,), {"attach": attach, "__init__": init}), category)


def _attached(render_products: Any) -> list[Writer]:
    if render_products is None:
        return writer_runs.attached_writers()
    listed = viewport_manager.listed(render_products)
    paths = {viewport_manager.get_render_product(product).path for product in listed}
    return [writer for writer in writer_runs.attached_writers() if paths & set(writer.attached_paths())]


WriterRegistry.register_writer = WriterRegistry.register
WriterRegistry.detach_all = staticmethod(detach_all)
WriterRegistry.get_attached_writer = staticmethod(get_attached_writer)
WriterRegistry.register_node_writer = staticmethod(register_node_writer)
get = WriterRegistry.get
register = register_writer = WriterRegistry.register
get_writers = WriterRegistry.get_writers
unregister_writer = WriterRegistry.unregister_writer
attach = WriterRegistry.attach
detach = WriterRegistry.detach
get_attached_writers = WriterRegistry.get_attached_writers
get_annotators = WriterRegistry.get_annotators
__getattr__ = refuse("omni.replicator.core.writers")
