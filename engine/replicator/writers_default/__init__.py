"""rep.writers_default: the writers that are registered from the start, one file each."""

from __future__ import annotations

import importlib
from typing import Any

from engine.replicator.missing import missing_text

MODULES = {
    "BasicWriter": "basicwriter",
    "CocoWriter": "coco",
    "CosmosWriter": "cosmos",
    "FPSWriter": "fps",
    "KittiWriter": "kitti",
}


def __getattr__(name: str) -> Any:
    if name in MODULES:
        return getattr(importlib.import_module(f"{__name__}.{MODULES[name]}"), name)
    if name in MODULES.values():
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(missing_text("omni.replicator.core.writers_default", name))
