"""Warnings about a stage, each said once."""

from __future__ import annotations

from engine.carb.logging import log_warn


class Complaints:
    """Remember what was said."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def warn(self, message: str) -> None:
        """Log a warning unless the same was logged before.

        Args:
            message: names the prim (or file), what is wrong and what happens instead.
        """
        if message not in self._said:
            self._said.add(message)
            log_warn(message)
