"""isaacsim.core.utils.physics: bodies on and off, and waiting while physics runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...app import get_app
from .stage import get_current_stage


def get_rigid_body_enabled(prim_path: str) -> bool | None:
    """Return whether a body moves, None where that is not authored."""
    return get_current_stage().GetPrimAtPath(str(prim_path)).GetAttribute("physics:rigidBodyEnabled").Get()  # type: ignore[no-any-return]


def set_rigid_body_enabled(_value: bool, prim_path: str) -> None:
    """Let a body move, or hold it."""
    get_current_stage().GetPrimAtPath(str(prim_path)).GetAttribute("physics:rigidBodyEnabled").Set(bool(_value))


async def simulate_async(seconds: float, steps_per_sec: int = 60, callback: Callable[[], Any] | None = None) -> None:
    """Wait the app frames of `seconds`; `callback()` after each."""
    for _ in range(int(steps_per_sec * seconds)):
        await get_app().next_update_async()
        if callback is not None:
            callback()
