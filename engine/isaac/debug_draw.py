"""isaacsim.util.debug_draw: points and lines over the viewport, which is never drawn here; they are counted.

Source: Isaac Sim manual, "Debug Drawing Extension".
"""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from engine.carb.logging import log_warn

Points = Sequence[Any]


class DebugDraw:
    """What `acquire_debug_draw_interface` gives."""

    def __init__(self) -> None:
        self._points = self._lines = 0
        self._told = False

    def draw_points(self, points: Points, colors: Points, sizes: Points) -> None:
        """Take points, world units; colours RGBA and sizes in pixels, one each."""
        self._tell()
        self._points += len(points)

    def draw_lines(self, starts: Points, ends: Points, colors: Points, sizes: Points) -> None:
        """Take lines between pairs of points."""
        self._tell()
        self._lines += len(starts)

    def draw_lines_spline(self, points: Points, color: Sequence[float], width: float, closed: bool) -> None:
        """Take a curve through points."""
        self._tell()
        self._lines += max(len(points) - 1, 0)

    def clear_points(self) -> None:
        """Forget the points."""
        self._points = 0

    def clear_lines(self) -> None:
        """Forget the lines."""
        self._lines = 0

    def get_num_points(self) -> int:
        """Return how many points there are."""
        return self._points

    def get_num_lines(self) -> int:
        """Return how many lines there are."""
        return self._lines

    def _tell(self) -> None:
        if not self._told:
            log_warn("debug_draw: points and lines are counted and not shown: the embedded engine draws no viewport")
            self._told = True


_draw = DebugDraw()


def acquire_debug_draw_interface() -> DebugDraw:
    """Return the interface, the same one each time."""
    return _draw


_debug_draw = SimpleNamespace(acquire_debug_draw_interface=acquire_debug_draw_interface, DebugDraw=DebugDraw)
