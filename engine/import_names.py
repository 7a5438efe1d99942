"""The import names of Isaac Sim, mapped to the engine's modules by one table and one finder.

The finder is last on `sys.meta_path`, so a real package always wins. A name that is in the table becomes a front: a
module that passes every attribute on to the engine module behind it and says so when a name is missing.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from .import_files import FILES
from .kit import ext_folders

PARITY = "docs/parity.md"

ALIASES: dict[str, str] = {
    "Semantics": "engine.kit.semantics_schema",
    "carb": "engine.carb",
    "isaacsim": "engine.isaac.simulation_app",
    "isaacsim.benchmark.services": "engine.isaac.benchmark",
    "isaacsim.core.api": "engine.isaac.core_api",
    "isaacsim.core.cloner": "engine.isaac.cloner",
    "isaacsim.core.deprecation_manager": "engine.isaac.deprecation",
    "isaacsim.core.experimental.materials": "engine.isaac.experimental_materials",
    "isaacsim.core.experimental.objects": "engine.isaac.experimental_objects",
    "isaacsim.core.experimental.prims": "engine.isaac.experimental_prims",
    "isaacsim.core.experimental.utils": "engine.isaac.experimental",
    "isaacsim.core.prims": "engine.isaac.core_prims",
    "isaacsim.core.rendering_manager": "engine.isaac.rendering_manager",
    "isaacsim.core.simulation_manager": "engine.isaac.simulation_manager",
    "isaacsim.core.utils": "engine.isaac.core_utils",
    "isaacsim.core.version": "engine.isaac.version",
    "isaacsim.gui.components": "engine.kit.inert",
    "isaacsim.gui.components.ui_utils": "engine.kit.inert",
    "isaacsim.replicator.writers": "engine.isaac.replicator_writers",
    "isaacsim.sensors.camera": "engine.isaac.camera",
    "isaacsim.sensors.experimental.rtx": "engine.isaac.experimental_rtx",
    "isaacsim.simulation_app": "engine.isaac.simulation_app",
    "isaacsim.storage.native": "engine.isaac.storage",
    "isaacsim.storage.native.nucleus": "engine.isaac.storage",
    "isaacsim.test.utils": "engine.isaac.test_utils",
    "isaacsim.util.debug_draw": "engine.isaac.debug_draw",
    "omni.appwindow": "engine.kit.inert",
    "omni.behavior.scripting.core": "engine.kit.scripting",
    "omni.client": "engine.kit.client",
    "omni.debugdraw._debugDraw": "engine.isaac.debug_draw",
    "omni.ext": "engine.kit.ext",
    "omni.graph.core": "engine.kit.graph_core",
    "omni.isaac.cloner": "engine.isaac.cloner",
    "omni.isaac.core": "engine.isaac.core_api",
    "omni.isaac.core.prims": "engine.isaac.core_prims4",
    "omni.isaac.core.utils": "engine.isaac.core_utils",
    "omni.isaac.debug_draw": "engine.isaac.debug_draw",
    "omni.isaac.kit": "engine.isaac.simulation_app",
    "omni.isaac.nucleus": "engine.isaac.storage",
    "omni.isaac.version": "engine.isaac.version",
    "omni.kit.actions.core": "engine.kit.inert",
    "omni.kit.app": "engine.kit.app_api",
    "omni.kit.asset_converter": "engine.kit.asset_converter",
    "omni.kit.async_engine": "engine.kit.async_engine",
    "omni.kit.commands": "engine.kit.commands",
    "omni.kit.menu.utils": "engine.kit.inert",
    "omni.kit.renderer.capture": "engine.kit.inert",
    "omni.kit.scripting": "engine.kit.scripting",
    "omni.kit.stage_templates": "engine.kit.stage_templates",
    "omni.kit.test": "engine.kit.test",
    "omni.kit.ui_test": "engine.kit.inert",
    "omni.kit.viewport.utility": "engine.kit.viewport_utility",
    "omni.kit.viewport.window": "engine.kit.inert",
    "omni.kit.window.extensions": "engine.kit.inert",
    "omni.kit.window.extensions.utils": "engine.kit.inert",
    "omni.kit.window.property": "engine.kit.inert",
    "omni.kit.window.title": "engine.kit.inert",
    "omni.metrics.assembler.core": "engine.kit.metrics_assembler",
    "omni.physics.core": "engine.kit.physics_core",
    "omni.physics.tensors": "engine.kit.physics_tensors",
    "omni.physx": "engine.kit.physx",
    "omni.physx.scripts": "engine.kit.physx_scripts",
    "omni.renderer_capture": "engine.kit.inert",
    "omni.replicator.core": "engine.replicator",
    "omni.replicator.core.scripts": "engine.replicator",
    "omni.replicator.core.scripts.utils.viewport_manager": "engine.replicator.viewport_manager",
    "omni.replicator.core.utils.viewport_manager": "engine.replicator.viewport_manager",
    "omni.replicator.replicator_yaml": "engine.replicator_yaml",
    "omni.simready.explorer": "engine.kit.simready",
    "omni.structuredlog": "engine.kit.inert",
    "omni.syntheticdata": "engine.kit.syntheticdata",
    "omni.syntheticdata.scripts.helpers": "engine.kit.syntheticdata_helpers",
    "omni.timeline": "engine.timeline",
    "omni.ui": "engine.kit.inert",
    "omni.ui.tests": "engine.kit.inert",
    "omni.ui.tests.test_base": "engine.kit.inert",
    "omni.usd": "engine.kit.usd",
    "omni.usd._impl": "engine.kit.usd",
    "omni.usd.commands": "engine.kit.usd_commands",
    "omni.usd.utils": "engine.kit.usd",
    "omni.usd._impl.utils": "engine.kit.usd",
    "pxr.PhysicsSchemaTools": "engine.kit.physics_schema_tools",
    "pxr.PhysxSchema": "engine.kit.physx_schema",
    "pxr.Semantics": "engine.kit.semantics_schema",
    "semantics.schema.editor": "engine.kit.semantics_editor",
    "usdrt": "engine.kit.usdrt",
    "video_encoding": "engine.kit.video_encoding",
    **FILES,
}
BEFORE_APP = ("isaacsim", "isaacsim.simulation_app", "omni", "omni.isaac", "omni.isaac.kit", "carb", "pxr", "Semantics")
# Modules below the first come from an extension folder, if one has them: there the package itself imports windows and
# robots, which its modules of files and images do not need. The second gives way to a folder as a whole.
YIELD_TO_FOLDERS = ("isaacsim.test.utils", "isaacsim.replicator.writers")
YIELD_WHOLE = ("isaacsim.replicator.writers",)
ROOTS = ("omni", "isaacsim", "carb", "usdrt", "semantics", "Semantics", "omni_isaac", "video_encoding")
PACKAGES = (
    {name.rsplit(".", depth)[0] for name in ALIASES for depth in range(1, name.count(".") + 1)} - set(ALIASES) - {"pxr"}
)

_ROBOTS = ("isaacsim.robot", "omni.isaac.franka", "omni.isaac.wheeled_robots", "omni.isaac.gym")
_BEAMS = ("isaacsim.sensors.rtx", "isaacsim.sensors.physx", "omni.isaac.range_sensor")
_HINT = (
    "Omniverse/Isaac Sim import statements must take place after the `SimulationApp` class has been instantiated:\n"
    "    from isaacsim import SimulationApp\n"
    "    simulation_app = SimulationApp({'headless': True})\n"
    "    import omni.replicator.core as rep"
)


class FrontModule(ModuleType):
    """A module under an Isaac Sim name that stands in front of an engine module (or of none, for a bare package)."""

    def __init__(self, name: str, target: ModuleType | None) -> None:
        super().__init__(name, target.__doc__ if target else None)
        self.__dict__["_target"] = target
        self.__dict__["__path__"] = []

    def __getattr__(self, name: str) -> Any:
        target = self.__dict__["_target"]
        try:
            value = getattr(target, name) if target is not None else None
        except AttributeError:
            value = None
        if value is not None or (target is not None and name in vars(target)):
            is_child = isinstance(value, ModuleType) and value.__name__.startswith("engine.")
            return _import_child(self, name, value) if is_child else value
        if name == "__all__" and target is not None:
            return [public for public in dir(target) if not public.startswith("_")]
        if name.startswith("__"):
            raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'")
        child = _import_child(self, name, None)
        if child is not None:
            return child
        raise AttributeError(
            f"module '{self.__name__}' has no attribute '{name}' in the embedded engine; {PARITY} lists what it has"
        )

    def __setattr__(self, name: str, value: Any) -> None:
        target = self.__dict__["_target"]
        front = isinstance(value, FrontModule) or name.startswith("__")
        if target is None or front:
            self.__dict__[name] = value
        else:
            setattr(target, name, value)

    def __delattr__(self, name: str) -> None:
        """Remove a name from where `__setattr__` puts it, as `unittest.mock.patch` does before it sets it again."""
        if name in self.__dict__:
            del self.__dict__[name]
        else:
            delattr(self.__dict__["_target"], name)

    def __dir__(self) -> list[str]:
        target = self.__dict__["_target"]
        return sorted(set(dir(target)) if target is not None else set(self.__dict__))


def _import_child(front: FrontModule, name: str, fallback: ModuleType | None) -> Any:
    """Return the front of a child module, or `fallback` where the table has none."""
    full = f"{front.__name__}.{name}"
    if full in sys.modules:
        return sys.modules[full]
    if fallback is None and target_of(full) is None and full not in PACKAGES and not ext_folders.is_known(full):
        return None
    if fallback is not None and target_of(full) != fallback.__name__:
        return fallback
    return importlib.import_module(full)


def target_of(name: str) -> str | None:
    """Return the engine module behind an Isaac Sim name, or None."""
    if name in ALIASES:
        return ALIASES[name]
    parent, _, child = name.rpartition(".")
    if not parent:
        return None
    above = target_of(parent)
    if above is None or not child.isidentifier():
        return None
    module = importlib.import_module(above)
    if not hasattr(module, "__path__"):
        return None
    candidate = f"{above}.{child}"
    return candidate if importlib.util.find_spec(candidate) is not None else None


class EngineFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Find the names of the table, then modules of extension folders, and refuse the rest with a reason."""

    def __init__(self) -> None:
        self.kit_running = False

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return a spec for an Isaac Sim name, or None for any other.

        Raises:
            ModuleNotFoundError: if the name belongs to Isaac Sim and cannot be had (yet).
        """
        root = fullname.partition(".")[0]
        if root not in ROOTS and fullname not in ALIASES:
            return ext_folders.find_spec(fullname) or ext_folders.namespace(fullname)
        if not self.kit_running and fullname not in BEFORE_APP and root not in ("carb", "pxr"):
            raise ModuleNotFoundError(f"No module named '{fullname}'. {_HINT}", name=root)
        yields = fullname in YIELD_WHOLE or any(fullname.startswith(name + ".") for name in YIELD_TO_FOLDERS)
        if yields and (spec := ext_folders.find_spec(fullname)) is not None:
            return spec
        if target_of(fullname) is not None or fullname in PACKAGES or root == fullname == "omni":
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        if (spec := ext_folders.find_spec(fullname)) is not None:
            return spec
        if ext_folders.is_known(fullname):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        raise ModuleNotFoundError(_missing(fullname), name=fullname.rpartition(".")[0] or fullname)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """Make the front of the module that the table names."""
        target = target_of(spec.name)
        return FrontModule(spec.name, importlib.import_module(target) if target else None)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: the engine module has been executed already."""


def _missing(name: str) -> str:
    message = f"No module named '{name}' in the embedded engine; {PARITY} lists what it has"
    if name.partition(".")[0] == "usdrt":
        return message + ". There is no Fabric here: use pxr.Usd on the stage of omni.usd.get_context()"
    if name.startswith(_BEAMS) or any(part in name.lower() for part in ("lidar", "radar")):
        return message + ". LiDAR and radar are not simulated"
    if name.startswith(_ROBOTS):
        return message + ". Robots are not simulated"
    if name.startswith(("isaacsim.", "omni.isaac.")):
        return message + ". If it is pure Python in an IsaacSim checkout, add --ext-folder IsaacSim/source/extensions"
    return message


finder = EngineFinder()


def real_isaac_sim() -> str | None:
    """Return where a real Isaac Sim lies if Python can import one, else None."""
    for name in ("isaacsim", "omni.kit_app", "omni.kit.app"):
        try:
            spec = importlib.machinery.PathFinder.find_spec(name.partition(".")[0])
            found = spec if "." not in name or spec is None else importlib.util.find_spec(name)
        except (ImportError, ValueError):
            continue
        if found is not None and found.origin:
            return str(found.origin)
    return None


def install() -> None:
    """Put the finder last on `sys.meta_path`.

    Raises:
        RuntimeError: if a real Isaac Sim can be imported: its names must not be mixed with the engine's.
    """
    if finder in sys.meta_path:
        return
    real = real_isaac_sim()
    if real is not None:
        raise RuntimeError(
            f"a real Isaac Sim can be imported here ({real}); the embedded engine installs all of its names or none. "
            "Run the script with that Isaac Sim, or use a Python environment without it"
        )
    sys.meta_path.append(finder)


def start_kit() -> None:
    """Let `omni.*` and `isaacsim.*` be imported from now on, as `SimulationApp()` does."""
    finder.kit_running = True
