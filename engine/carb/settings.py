"""carb.settings: one flat dictionary of slash paths; a leading slash is optional, as in Kit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def parse_value(text: str) -> Any:
    """Read a command line value as Kit does: true/false, integer, float, [list], else text (quotes dropped)."""
    word = text.strip()
    if word.lower() in ("true", "false"):
        return word.lower() == "true"
    if word.startswith("[") and word.endswith("]"):
        return [parse_value(item) for item in word[1:-1].split(",") if item.strip()]
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word.strip("\"'")


class _Store:
    """The values, and who watches them."""

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
        for watcher in list(self._watchers.get(key, [])):
            watcher(value)

    def watch(self, path: str, callback: Callable[[Any], None]) -> None:
        """Call `callback(value)` whenever `path` is set."""
        self._watchers.setdefault(self._key(path), []).append(callback)

    def destroy_item(self, path: str) -> None:
        """Forget a value and everything below it."""
        key = self._key(path)
        for name in [k for k in self._values if k == key or k.startswith(key + "/")]:
            del self._values[name]

    def set_default(self, path: str, value: Any) -> None:
        """Set a value unless there is one already."""
        if self.get(path) is None:
            self.set(path, value)


class _Getters(_Store):
    """The typed getters; a missing value reads as zero, false or the empty text."""

    def get_as_bool(self, path: str) -> bool:
        """Return the value as a bool."""
        value = self.get(path)
        return parse_value(value) is True if isinstance(value, str) else bool(value)

    def get_as_int(self, path: str) -> int:
        """Return the value as an int."""
        return int(float(self.get(path) or 0))

    def get_as_float(self, path: str) -> float:
        """Return the value as a float."""
        return float(self.get(path) or 0.0)

    def get_as_string(self, path: str) -> str:
        """Return the value as text."""
        value = self.get(path)
        return "" if value is None else str(value)

    def get_settings_dictionary(self, path: str = "/") -> dict[str, Any]:
        """Return the subtree below `path` as a flat dict."""
        below = self.get(path) if path.strip("/") else {k[1:]: v for k, v in self._values.items()}
        return below if isinstance(below, dict) else {}


class Settings(_Getters):
    """The process-wide settings. Unknown keys read as None."""

    def set_bool(self, path: str, value: bool) -> None:
        """Set a bool."""
        self.set(path, bool(value))

    def set_int(self, path: str, value: int) -> None:
        """Set an int."""
        self.set(path, int(value))

    def set_float(self, path: str, value: float) -> None:
        """Set a float."""
        self.set(path, float(value))

    def set_string(self, path: str, value: str) -> None:
        """Set a text."""
        self.set(path, str(value))

    def set_default_bool(self, path: str, value: bool) -> None:
        """Set a bool unless there is a value."""
        self.set_default(path, bool(value))

    def set_default_int(self, path: str, value: int) -> None:
        """Set an int unless there is a value."""
        self.set_default(path, int(value))

    def set_default_float(self, path: str, value: float) -> None:
        """Set a float unless there is a value."""
        self.set_default(path, float(value))

    def set_default_string(self, path: str, value: str) -> None:
        """Set a text unless there is a value."""
        self.set_default(path, str(value))

    def subscribe_to_node_change_events(self, path: str, callback: Callable[[Any, int], None]) -> SettingsSubscription:
        """Call `callback(item, event_type)` whenever `path` is set; keep the returned object alive."""
        subscription = SettingsSubscription(self._watchers.setdefault(self._key(path), []), callback)
        return subscription

    def unsubscribe_to_change_events(self, subscription: SettingsSubscription) -> None:
        """End a subscription."""
        subscription.unsubscribe()


class SettingsSubscription:
    """One watcher of one setting."""

    def __init__(self, watchers: list[Callable[[Any], None]], callback: Callable[[Any, int], None]) -> None:
        self._watchers = watchers
        self._watcher = lambda value: callback(value, ChangeEventType.CHANGED)
        watchers.append(self._watcher)

    def unsubscribe(self) -> None:
        """End the subscription."""
        if self._watcher in self._watchers:
            self._watchers.remove(self._watcher)


class ChangeEventType:
    """What happened to a setting."""

    CREATED = 0
    CHANGED = 1
    DESTROYED = 2


ISettings = Settings
_settings = Settings()


def get_settings() -> Settings:
    """Return the process-wide settings."""
    return _settings


def acquire_settings_interface() -> Settings:
    """Return the process-wide settings (older name)."""
    return _settings
