"""Who is called at each physics step: listeners of one simulation, and of whichever simulation runs."""

from __future__ import annotations

from collections.abc import Callable

StepCallback = Callable[[float], None]


class StepListeners:
    """Callbacks in their order."""

    def __init__(self) -> None:
        self._entries: list[tuple[int, StepCallback]] = []

    def __bool__(self) -> bool:
        return bool(self._entries)

    def add(self, callback: StepCallback, order: int = 0) -> Subscription:
        """Call `callback(dt)` from now on; a lower order is called earlier."""
        return Subscription(self, callback, order)

    def call(self, seconds: float) -> None:
        """Call everybody."""
        for _, callback in list(self._entries):
            callback(seconds)

    def insert(self, entry: tuple[int, StepCallback]) -> None:
        """Take in a callback with its order."""
        self._entries.append(entry)
        self._entries.sort(key=lambda item: item[0])

    def remove(self, entry: tuple[int, StepCallback]) -> None:
        """Drop a callback; one that is gone already is fine."""
        self._entries = [other for other in self._entries if other is not entry]


class Subscription:
    """Holds a callback until `unsubscribe()` or until it is dropped."""

    def __init__(self, listeners: StepListeners, callback: StepCallback, order: int) -> None:
        self._listeners = listeners
        self._entry = (order, callback)
        listeners.insert(self._entry)

    def unsubscribe(self) -> None:
        """End the calls."""
        self._listeners.remove(self._entry)

    def __del__(self) -> None:
        self.unsubscribe()


BEFORE_EVERY_STEP = StepListeners()
AFTER_EVERY_STEP = StepListeners()
