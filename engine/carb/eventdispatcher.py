"""carb.eventdispatcher: events by name ("Events 2.0")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


class Event(Mapping[str, Any]):
    """One event: its name and payload, read with `event["key"]` or `event.get("key")`."""

    def __init__(self, event_name: str, payload: Mapping[str, Any] | None = None) -> None:
        self.event_name = event_name
        self.payload = dict(payload or {})

    def __getitem__(self, key: str) -> Any:
        return self.payload[key]

    def __iter__(self) -> Any:
        return iter(self.payload)

    def __len__(self) -> int:
        return len(self.payload)

    def has_key(self, key: str) -> bool:
        """Tell whether the payload holds `key`."""
        return key in self.payload


class Observer:
    """A subscription; it ends on `reset()` or when it is no longer referenced."""

    def __init__(
        self, observers: list[Observer], event_name: str, on_event: Callable[[Event], None], order: int
    ) -> None:
        self.event_name = event_name
        self.on_event = on_event
        self.order = order
        self.filter: Mapping[str, Any] = {}
        self._observers = observers
        observers.append(self)
        observers.sort(key=lambda observer: observer.order)

    def reset(self) -> None:
        """End the subscription."""
        if self in self._observers:
            self._observers.remove(self)


class EventDispatcher:
    """The process-wide dispatcher."""

    def __init__(self) -> None:
        self._observers: dict[str, list[Observer]] = {}

    def observe_event(
        self,
        *,
        event_name: str,
        on_event: Callable[[Event], None],
        order: int = 0,
        observer_name: str = "",
        filter: Mapping[str, Any] | None = None,
    ) -> Observer:
        """Call `on_event(event)` on every event of this name whose payload matches `filter`.

        Args:
            event_name: name to listen to.
            on_event: called with the `Event`.
            order: lower is called earlier.
            observer_name: for logs only.
            filter: keys and values the payload must hold.
        """
        observer = Observer(self._observers.setdefault(event_name, []), event_name, on_event, order)
        observer.filter = dict(filter or {})
        return observer

    def dispatch_event(self, event_name: str, payload: Mapping[str, Any] | None = None) -> int:
        """Call every observer of `event_name` and return how many were called."""
        called = 0
        for observer in list(self._observers.get(event_name, ())):
            event = Event(event_name, payload)
            if all(event.get(key) == value for key, value in observer.filter.items()):
                observer.on_event(event)
                called += 1
        return called

    def has_observers(self, event_name: str) -> bool:
        """Tell whether somebody listens to `event_name`."""
        return bool(self._observers.get(event_name))


_dispatcher = EventDispatcher()


def get_eventdispatcher() -> EventDispatcher:
    """Return the process-wide dispatcher."""
    return _dispatcher
