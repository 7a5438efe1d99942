"""The prim authoring shared with `rep.functional`, loaded on first use because that package imports the graph."""

from __future__ import annotations

import importlib
from types import ModuleType


def shared() -> ModuleType:
    """Return the module with `define_shape`, `apply_semantics`, `bind_material`, `define_omnipbr` and the like."""
    return importlib.import_module("engine.replicator.functional.authoring")
