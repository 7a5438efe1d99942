"""rep.functional: prims made, changed and read at once, and the functions that write files.

Each part is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import Any

from engine.replicator.missing import missing_text

MODULES = ("create", "create_batch", "get", "modify", "physics", "randomizer", "utils")
WRITERS = (
    *("read_exr", "write_exr", "write_image", "write_jpeg", "write_json", "write_np", "write_pickle", "write_png"),
)


def __getattr__(name: str) -> Any:
    if name in MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    if name in WRITERS:
        return getattr(importlib.import_module("engine.output.images"), name)
    raise AttributeError(missing_text("omni.replicator.core.functional", name))


def __dir__() -> list[str]:
    return sorted({*globals(), *MODULES, *WRITERS})
