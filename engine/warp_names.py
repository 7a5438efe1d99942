"""What warp had in the releases Isaac Sim ships and later ones moved or dropped: `warp.types.array`, `owner=`."""

from __future__ import annotations

import sys
from functools import wraps
from types import ModuleType
from typing import Any

from .after_import import call_after_import

MOVED = {"warp.types": "warp._src.types"}


def install() -> None:
    """Let warp have its former names, now if it has been imported, else when it is."""
    call_after_import("warp", restore)


def restore(warp: ModuleType) -> int:
    """Give modules of warp the public names that were moved out of them; returns how many there were."""
    count = 0
    if hasattr(warp, "array"):
        accept_owner(warp.array)
    for former, present in MOVED.items():
        module, source = sys.modules.get(former), sys.modules.get(present)
        if module is None or source is None:
            continue
        for name in [name for name in vars(source) if not name.startswith("_") and not hasattr(module, name)]:
            setattr(module, name, getattr(source, name))
            count += 1
    return count


def accept_owner(array: Any) -> None:
    """Let arrays be made with `owner=`, which meant what giving no `deleter` means, and is gone (warp 1.0 to 1.4)."""
    made = array.__init__
    if hasattr(made, "__wrapped__"):
        return

    @wraps(made)
    def make(self: Any, *arguments: Any, owner: bool | None = None, **options: Any) -> None:
        made(self, *arguments, **options)

    array.__init__ = make
