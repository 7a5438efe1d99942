"""Attribute edits of one evaluation, written together in one `Sdf.ChangeBlock`."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from pxr import Sdf


@runtime_checkable
class Settable(Protocol):
    """What takes a value: an attribute of USD, or what stands for part of one."""

    def Set(self, value: Any) -> Any:
        """Write the value."""


class EditQueue:
    """Values waiting to be written. Whoever reads the stage, or changes its structure, flushes first."""

    def __init__(self) -> None:
        self._pending: list[tuple[Settable, Any]] = []

    def set(self, attribute: Settable, value: Any) -> None:
        """Queue `attribute.Set(value)`."""
        self._pending.append((attribute, value))

    def flush(self) -> None:
        """Write everything queued, in order, as one change."""
        pending, self._pending = self._pending, []
        if pending:
            with Sdf.ChangeBlock():
                for attribute, value in pending:
                    attribute.Set(value)
