"""Attribute edits of one evaluation, written together in one `Sdf.ChangeBlock`."""

from __future__ import annotations

from typing import Any

from pxr import Sdf, Usd


class EditQueue:
    """Values waiting to be written. Whoever reads the stage, or changes its structure, flushes first."""

    def __init__(self) -> None:
        self._pending: list[tuple[Usd.Attribute, Any]] = []

    def set(self, attribute: Usd.Attribute, value: Any) -> None:
        """Queue `attribute.Set(value)`."""
        self._pending.append((attribute, value))

    def flush(self) -> None:
        """Write everything queued, in order, as one change."""
        pending, self._pending = self._pending, []
        if pending:
            with Sdf.ChangeBlock():
                for attribute, value in pending:
                    attribute.Set(value)
