"""omni.replicator.core for the embedded engine: names as in the real one, each module loaded when it is first used."""

from __future__ import annotations

import importlib
from typing import Any

from engine.replicator.missing import missing_text

MODULES = (
    *("annotators", "annotators_default", "augmentations_default", "backends", "create", "distribution", "example"),
    *("functional", "get", "modify", "orchestrator", "physics", "randomizer", "rng", "settings", "tools", "trigger"),
    *("utils", "writers", "writers_default"),
)
NAMES = {
    "Annotator": "annotators",
    "AnnotatorCache": "annotators",
    "AnnotatorRegistry": "annotators",
    "AnnotatorRegistryError": "annotators",
    "Annotators": "annotators",
    "Augmentation": "annotators",
    "BackendDispatch": "backends",
    "BasicWriter": "writers_default.basicwriter",
    "CocoWriter": "writers_default.coco",
    "CosmosWriter": "writers_default.cosmos",
    "FPSWriter": "writers_default.fps",
    "KittiWriter": "writers_default.kitti",
    "Writer": "writers",
    "WriterRegistry": "writers",
    "WriterRegistryError": "writers",
    "create_mesh_decal": "create_projections",
    "get_global_seed": "layers",
    "new_layer": "layers",
    "open_stage": "layers",
    "set_global_seed": "layers",
}
RENAMED = {"vp_manager": "engine.replicator.viewport_manager", "NodeConnectionTemplate": "engine.kit.syntheticdata"}


def __getattr__(name: str) -> Any:
    if name in MODULES:
        return importlib.import_module(f"engine.replicator.{name}")
    if name in NAMES:
        return getattr(importlib.import_module(f"engine.replicator.{NAMES[name]}"), name)
    if name.startswith("aug_"):
        return getattr(importlib.import_module("engine.replicator.augmentations_default"), name)
    if name == "vp_manager":
        return importlib.import_module(RENAMED[name])
    if name == "NodeConnectionTemplate":
        return importlib.import_module(RENAMED[name]).NodeConnectionTemplate
    if name == "run_until_complete_async":
        return importlib.import_module("engine.replicator.orchestrator").run_until_complete_async
    raise AttributeError(missing_text("omni.replicator.core", name))


def __dir__() -> list[str]:
    return sorted({*globals(), *MODULES, *NAMES, *RENAMED})
