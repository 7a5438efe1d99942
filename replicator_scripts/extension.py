"""The Kit extension: register writers, infrared annotators and randomizers, for any script or recorder to use.

`config/extension.toml` names this module; Isaac Sim imports it when the extension is enabled, the embedded engine when
`--ext-folder` names the repository.

Source: Kit manual, "Extensions in-depth" (extension.toml, python.module, omni.ext.IExt).
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import omni.ext

PREFIX = "replicant_"
SCHEMA = Path(__file__).resolve().parent.parent / "scenes" / "infrared" / "schema"


class Extension(omni.ext.IExt):
    """Register on start; take back what can be taken back on shut-down."""

    def on_startup(self, ext_id: str) -> None:
        """Register the IrSurfaceAPI schema, the writer, the annotators and the randomizers."""
        register_schema()
        register_writers()
        importlib.import_module("scenes.infrared.annotators")  # registers them
        register_randomizers()

    def on_shutdown(self) -> None:
        """Unregister the writer; randomizers and annotators go with the process, as NVIDIA's own do."""
        import omni.replicator.core as rep

        if "DatasetWriter" in rep.WriterRegistry.get_writers():
            rep.WriterRegistry.unregister_writer("DatasetWriter")


def register_schema() -> None:
    """Make USD know the codeless applied schema `IrSurfaceAPI`, if no stage has been opened yet.

    USD builds its registry of schemas once; a later plugin is known and its schema is not. `ir:*` attributes are read
    either way; `PXR_PLUGINPATH_NAME` (which `launch.sh` sets) is early enough always.
    """
    from pxr import Plug

    Plug.Registry().RegisterPlugins(str(SCHEMA))


def register_writers() -> None:
    """Register `DatasetWriter` as one of the default writers, which recorders offer."""
    import omni.replicator.core as rep

    from writers.dataset import DatasetWriter

    if DatasetWriter.__name__ not in rep.WriterRegistry.get_writers():  # after a shut-down
        rep.WriterRegistry.register(DatasetWriter, category="replicant")
    if DatasetWriter.__name__ not in rep.WriterRegistry._default_writers:
        rep.WriterRegistry._default_writers.append(DatasetWriter.__name__)


def register_randomizers() -> None:
    """Register each file of `randomizers/` as `rep.randomizer.replicant_<name>`; Replicator's own names stay."""
    import omni.replicator.core as rep

    from scenes.steps import available

    for name in available("randomizers"):
        function = getattr(importlib.import_module(f"randomizers.{name}"), name)
        rep.randomizer.register(as_replicator(name, function), fn_name=f"{PREFIX}{name}")


def as_replicator(name: str, function: Callable[..., None]) -> Callable[..., Any]:
    """Return a randomizer that takes a `seed` in place of a scenario's streams.

    Args:
        name: the randomizer's name.
        function: one of `randomizers/`, its first argument the streams it draws from.
    """
    from scenes.streams import Streams
    from scenes.typecheck import check_call

    @functools.wraps(function)
    def randomize(seed: int = 0, **options: Any) -> Any:
        streams = Streams(f"{name}.{seed}")
        function(streams, **check_call(function, options, ("streams",), f"rep.randomizer.{PREFIX}{name}"))
        return None if streams.latest is None else streams.latest.node

    del randomize.__wrapped__  # Replicator looks at the signature: it is (seed, options), not (streams, ...)
    return randomize
