"""Call a function when a script has imported a package; the engine itself imports none of them for that."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

After = Callable[[ModuleType], Any]


def call_after_import(name: str, function: After) -> None:
    """Call `function(module)` at once if a package has been imported, else when it is; once for each package."""
    if name in sys.modules:
        function(sys.modules[name])
    elif not any(isinstance(finder, _Watcher) and finder.name == name for finder in sys.meta_path):
        sys.meta_path.insert(0, _Watcher(name, function))


class _Watcher(importlib.abc.MetaPathFinder):
    """Waits for a package to be imported."""

    def __init__(self, name: str, function: After) -> None:
        self.name = name
        self._function = function

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find the package as anybody would, with a loader that calls the function afterwards."""
        if fullname != self.name:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _Calling(spec.loader, self._function)
        return spec


class _Calling(importlib.abc.Loader):
    """Loads a package, then calls a function with it."""

    def __init__(self, loader: Any, function: After) -> None:
        self._loader = loader
        self._function = function

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        """Make the module as its own loader does."""
        found: ModuleType | None = self._loader.create_module(spec)
        return found

    def exec_module(self, module: ModuleType) -> None:
        """Run the module as its own loader does."""
        spec = module.__spec__
        if spec is not None:
            spec.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._function(module)
