"""carb.events: event streams, the older form of events; push and pop are one step here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class IEvent:
    """One event of a stream."""

    type: int = 0
    sender: int = 0
    payload: dict[str, Any] = field(default_factory=dict)

    def consume(self) -> None:
        """Stop: accepted, every subscriber is called regardless."""


class ISubscription:
    """One subscriber of a stream."""

    def __init__(self, stream: IEventStream, call: Callable[[IEvent], None], type: int | None, order: int) -> None:
        self._stream = stream
        self.call = call
        self.type = type
        self.order = order

    def unsubscribe(self) -> None:
        """End the subscription."""
        self._stream.remove(self)


class IEventStream:
    """A list of subscribers, called in their order."""

    def __init__(self) -> None:
        self._subscribers: list[ISubscription] = []

    def create_subscription_to_pop(
        self, fn: Callable[[IEvent], None], order: int = 0, name: str | None = None
    ) -> ISubscription:
        """Call `fn(event)` for every event."""
        return self._add(ISubscription(self, fn, None, order))

    def create_subscription_to_pop_by_type(
        self, event_type: int, fn: Callable[[IEvent], None], order: int = 0, name: str | None = None
    ) -> ISubscription:
        """Call `fn(event)` for every event of one type."""
        return self._add(ISubscription(self, fn, int(event_type), order))

    create_subscription_to_push = create_subscription_to_pop
    create_subscription_to_push_by_type = create_subscription_to_pop_by_type

    def push(self, event_type: int = 0, sender: int = 0, payload: dict[str, Any] | None = None) -> None:
        """Send an event to every subscriber of its type."""
        event = IEvent(int(event_type), sender, dict(payload or {}))
        for subscriber in list(self._subscribers):
            if subscriber.type is None or subscriber.type == event.type:
                subscriber.call(event)

    dispatch = push

    def pump(self) -> None:
        """Accepted: nothing is queued."""

    def remove(self, subscription: ISubscription) -> None:
        """Drop a subscriber; one already gone is fine."""
        if subscription in self._subscribers:
            self._subscribers.remove(subscription)

    def _add(self, subscription: ISubscription) -> ISubscription:
        self._subscribers.append(subscription)
        self._subscribers.sort(key=lambda item: item.order)
        return subscription


def type_from_string(name: str) -> int:
    """Return a stable number for an event name (64-bit FNV-1a)."""
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) % 2**64
    return value
