"""omni.ext: the base class of Kit extensions."""

from __future__ import annotations


class IExt:
    """An extension; the engine calls `on_startup` when the extension is enabled."""

    def on_startup(self, ext_id: str) -> None:
        """Start; overridden by extensions."""

    def on_shutdown(self) -> None:
        """Stop; overridden by extensions."""
