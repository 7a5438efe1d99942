"""isaacsim.core.experimental.utils.app: app frames, the timeline and extensions."""

from __future__ import annotations

from collections.abc import Callable

from ...app import get_app
from ...kit.extension_manager import get_extension_manager
from ...timeline import get_timeline_interface

Progress = Callable[[int, int], bool | None]


def update_app(*, steps: int = 1, callback: Progress | None = None) -> None:
    """Run app frames; `callback(step, steps)` after each, and stop early if it returns False."""
    for step in range(steps):
        get_app().update()
        if callback is not None and callback(step, steps) is False:
            return


async def update_app_async(*, steps: int = 1, callback: Progress | None = None) -> None:
    """Wait app frames; `callback(step, steps)` after each, and stop early if it returns False."""
    for step in range(steps):
        await get_app().next_update_async()
        if callback is not None and callback(step, steps) is False:
            return


def play(*, commit: bool | None = True) -> None:
    """Start the timeline."""
    get_timeline_interface().play()


def pause(*, commit: bool | None = True) -> None:
    """Hold the timeline."""
    get_timeline_interface().pause()


def stop(*, commit: bool | None = True) -> None:
    """Stop the timeline."""
    get_timeline_interface().stop()


def is_playing() -> bool:
    """Tell whether the timeline runs."""
    return get_timeline_interface().is_playing()


def is_paused() -> bool:
    """Tell whether the timeline is held."""
    return not get_timeline_interface().is_playing() and not get_timeline_interface().is_stopped()


def is_stopped() -> bool:
    """Tell whether the timeline is stopped."""
    return get_timeline_interface().is_stopped()


def enable_extension(name: str, *, enabled: bool = True) -> bool:
    """Turn an extension on or off and return success."""
    return get_extension_manager().set_extension_enabled_immediate(name, enabled)


def is_extension_enabled(name: str) -> bool:
    """Tell whether an extension is on."""
    return get_extension_manager().is_extension_enabled(name)


def get_extension_id(name: str) -> str | None:
    """Return the id of an extension that is on, else None."""
    return get_extension_manager().get_enabled_extension_id(name)


def get_extension_dict(name: str) -> dict[str, str] | None:
    """Return name and path of an extension that is on, else None."""
    if not is_extension_enabled(name):
        return None
    return {"name": name, "path": get_extension_manager().get_extension_path(name) or ""}


def get_extension_path(name: str) -> str:
    """Return the folder of an extension of an --ext-folder.

    Raises:
        ValueError: if no extension folder holds it.
    """
    path = get_extension_manager().get_extension_path(name)
    if path is None:
        raise ValueError(f"extension '{name}' has no folder in the embedded engine; give --ext-folder to add one")
    return path
