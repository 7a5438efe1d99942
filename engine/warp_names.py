"""Names that warp had in the releases Isaac Sim ships and that later ones moved: `warp.types.array` and the like."""

from __future__ import annotations

import sys
from types import ModuleType

from .after_import import call_after_import

MOVED = {"warp.types": "warp._src.types"}


def install() -> None:
    """Let warp have its former names, now if it has been imported, else when it is."""
    call_after_import("warp", restore)


def restore(warp: ModuleType) -> int:
    """Give modules of warp the public names that were moved out of them; returns how many there were."""
    count = 0
    for former, present in MOVED.items():
        module, source = sys.modules.get(former), sys.modules.get(present)
        if module is None or source is None:
            continue
        for name in [name for name in vars(source) if not name.startswith("_") and not hasattr(module, name)]:
            setattr(module, name, getattr(source, name))
            count += 1
    return count
