"""carb.settings: one flat dictionary of slash paths; a leading slash is optional, as in Kit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Settings:
    """The process-wide settings. Unknown keys read as None."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}
        self._watchers: dict[str, list[Callable[[Any], None]]] = {}

    @staticmethod
    def _key(path: str) -> str:
        return "/" + path.strip("/")

    def get(self, path: str) -> Any:
        """Return the value, or a dict of the subtree below `path`, or None."""
        key = self._key(path)
        if key in self._values:
            return self._values[key]
        prefix = key + "/"
        below = {k[len(prefix) :]: v for k, v in self._values.items() if k.startswith(prefix)}
        return below or None

    def set(self, path: str, value: Any) -> None:
        """Set a value and tell its watchers."""
        key = self._key(path)
        self._values[key] = value
        for watcher in self._watchers.get(key, []):
            watcher(value)

    def watch(self, path: str, callback: Callable[[Any], None]) -> None:
        """Call `callback(value)` whenever `path` is set."""
        self._watchers.setdefault(self._key(path), []).append(callback)


_settings = Settings()


def get_settings() -> Settings:
    """Return the process-wide settings."""
    return _settings
