"""Who is called at each physics step."""

from __future__ import annotations

from collections.abc import Callable

StepCallback = Callable[[float], None]


class Subscription:
    """Holds a callback until `unsubscribe()` or until it is dropped."""

    def __init__(self, callbacks: list[StepCallback], callback: StepCallback) -> None:
        self._callbacks: list[StepCallback] | None = callbacks
        self._entry = lambda dt: callback(dt)
        callbacks.append(self._entry)

    def unsubscribe(self) -> None:
        """End the calls."""
        if self._callbacks is not None and self._entry in self._callbacks:
            self._callbacks.remove(self._entry)
        self._callbacks = None

    def __del__(self) -> None:
        self.unsubscribe()
