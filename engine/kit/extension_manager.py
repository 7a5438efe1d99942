"""Kit's extension manager: the engine is one piece, so enabling what it stands in for does nothing.

An extension found in an `--ext-folder` is imported and its `on_startup` called when it is enabled.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from typing import Any

from ..carb.logging import log_warn
from . import ext_folders
from .ext import IExt

BUILT_IN = frozenset(
    [
        "isaacsim.benchmark.services",
        "isaacsim.core.api",
        "isaacsim.core.deprecation_manager",
        "isaacsim.core.experimental.utils",
        "isaacsim.core.prims",
        "isaacsim.core.utils",
        "isaacsim.core.version",
        "isaacsim.gui.components",
        "isaacsim.replicator.examples",
        "isaacsim.replicator.writers",
        "isaacsim.simulation_app",
        "isaacsim.storage.native",
        "isaacsim.test.utils",
        "omni.behavior.scripting.core",
        "omni.client",
        "omni.graph.core",
        "omni.graph.action",
        "omni.graph.nodes",
        "omni.hydra.rtx",
        "omni.isaac.core",
        "omni.isaac.kit",
        "omni.isaac.nucleus",
        "omni.kit.actions.core",
        "omni.kit.async_engine",
        "omni.kit.commands",
        "omni.kit.hydra_texture",
        "omni.kit.loop-isaac",
        "omni.kit.menu.utils",
        "omni.kit.scripting",
        "omni.kit.test",
        "omni.kit.viewport.utility",
        "omni.kit.viewport.window",
        "omni.kit.window.extensions",
        "omni.metrics.assembler.core",
        "omni.replicator.core",
        "omni.simready.explorer",
        "omni.syntheticdata",
        "omni.timeline",
        "omni.ui",
        "omni.usd",
        "omni.usd.metrics.assembler",
        "omni.usd.schema.semantics",
        "semantics.schema.editor",
        "semantics.schema.property",
    ]
)
AT_START = ("isaacsim.replicator.writers",)


class ExtensionManager:
    """Which extensions are on."""

    def __init__(self) -> None:
        self._started: dict[str, list[IExt]] = {}
        self._enabled = set(BUILT_IN)

    def set_extension_enabled_immediate(self, name: str, enabled: bool) -> bool:
        """Turn an extension on or off and return success; an unknown one only warns, as in Kit."""
        name = bare_name(name)
        if not enabled:
            self._enabled.discard(name)
            for extension in self._started.pop(name, []):
                extension.on_shutdown()
            return True
        known = name in BUILT_IN or name in ext_folders.extensions()
        if not known:
            log_warn(f"extension '{name}' is neither built into the embedded engine nor in an --ext-folder")
            return False
        self._enabled.add(name)
        self._start(name)
        return True

    set_extension_enabled = set_extension_enabled_immediate

    def is_extension_enabled(self, name: str) -> bool:
        """Tell whether an extension is on."""
        return bare_name(name) in self._enabled

    def get_enabled_extension_id(self, name: str) -> str | None:
        """Return the id of an extension that is on, else None."""
        name = bare_name(name)
        return f"{name}-0.0.0" if name in self._enabled else None

    def get_extension_id_by_module(self, module: str) -> str | None:
        """Return the id of the extension that holds a module, else None."""
        found = [name for name in self._enabled if module == name or module.startswith(name + ".")]
        return f"{max(found, key=len)}-0.0.0" if found else None

    def get_extension_path(self, ext_id: str) -> str | None:
        """Return the folder of an extension of an --ext-folder, else None."""
        folder = ext_folders.extensions().get(bare_name(ext_id))
        return str(folder) if folder else None

    def get_extension_path_by_module(self, module: str) -> str | None:
        """Return the folder of the extension that holds a module, else None."""
        ext_id = self.get_extension_id_by_module(module)
        return self.get_extension_path(ext_id) if ext_id else None

    def get_extension_dict(self, ext_id: str) -> dict[str, Any] | None:
        """Return the parsed extension.toml of an extension of an --ext-folder, else None."""
        folder = ext_folders.extensions().get(bare_name(ext_id))
        return ext_folders.read_toml(folder) if folder else None

    def get_extensions(self) -> list[dict[str, Any]]:
        """Return a dict with id, name and enabled for every extension known here."""
        names = sorted(BUILT_IN | set(ext_folders.extensions()))
        return [{"id": f"{name}-0.0.0", "name": name, "enabled": name in self._enabled} for name in names]

    def start_defaults(self) -> None:
        """Start the extensions that Isaac Sim's own experience has on, where a folder offers them."""
        for name in AT_START:
            try:
                self._start(name)
            except ImportError as error:
                hint = " (it comes with pip install warp-lang)" if error.name == "warp" else ""
                log_warn(f"extension '{name}' cannot start, its writers are not registered: {error}{hint}")

    def start_of_module(self, module: str) -> None:
        """Turn on the extension of an --ext-folder that holds a module, as Kit does before it runs tests of it."""
        found = [name for name in ext_folders.extensions() if module == name or module.startswith(name + ".")]
        if found:
            self.set_extension_enabled_immediate(max(found, key=len), True)

    def _start(self, name: str) -> None:
        if name in self._started or name not in ext_folders.extensions():
            return
        self._started[name] = []
        for module in ext_folders.modules_of(name):
            found = importlib.import_module(module)
            classes = [value for value in vars(found).values() if isinstance(value, type)]
            for kind in classes:
                if issubclass(kind, IExt) and kind is not IExt:
                    extension = kind()
                    _call_startup(extension.on_startup, f"{name}-0.0.0")
                    self._started[name].append(extension)


def bare_name(ext_id: str) -> str:
    """Return the name of an extension id (`name-1.2.3` or `name`)."""
    head, dash, tail = ext_id.rpartition("-")
    return head if dash and tail[:1].isdigit() else ext_id


def _call_startup(on_startup: Callable[..., None], ext_id: str) -> None:
    takes_id = bool(inspect.signature(on_startup).parameters)
    on_startup(ext_id) if takes_id else on_startup()


_manager = ExtensionManager()


def get_extension_manager() -> ExtensionManager:
    """Return the process-wide extension manager."""
    return _manager
