"""carb.profiler: accepted and silent; use Python's own profilers on the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Profiler:
    """A profiler that records nothing."""

    def set_capture_mask(self, mask: int) -> int:
        """Accept a capture mask and return the previous one (none)."""
        return 0

    def begin(self, mask: int, name: str, *args: Any) -> None:
        """Accept the start of a zone."""

    def end(self, mask: int, *args: Any) -> None:
        """Accept the end of a zone."""

    def startup(self) -> None:
        """Accept a start."""

    def shutdown(self) -> None:
        """Accept a stop."""


_profiler = Profiler()


def acquire_profiler_interface(plugin_name: str | None = None, library_path: str | None = None) -> Profiler:
    """Return the silent profiler."""
    return _profiler


def begin(mask: int, name: str) -> None:
    """Accept the start of a zone."""


def end(mask: int) -> None:
    """Accept the end of a zone."""


def profile(
    func: Callable[..., Any] | None = None, mask: int = 1, zone_name: str | None = None, add_args: bool = False
) -> Any:
    """Return the function unchanged, with or without decorator arguments."""
    return func if func is not None else lambda inner: inner
