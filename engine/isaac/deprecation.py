"""isaacsim.core.deprecation_manager: import a package that Isaac Sim brings on demand."""

from __future__ import annotations

import importlib
from types import ModuleType


def import_module(name: str, package: str | None = None) -> ModuleType:
    """Import and return a module."""
    return importlib.import_module(name, package)
