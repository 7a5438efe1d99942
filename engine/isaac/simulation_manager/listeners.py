"""Callbacks of SimulationManager, by number."""

from __future__ import annotations

import inspect
import weakref
from collections.abc import Callable
from typing import Any

from engine.carb.eventdispatcher import Observer, get_eventdispatcher
from engine.kit.physics_core import get_physics_simulation_interface

from .events import POST_STEP, PRE_STEP, IsaacEvents, SimulationEvent


class Listeners:
    """Callbacks by number."""

    _callbacks: dict[int, Any] = {}
    _next = 0

    @classmethod
    def _follow_timeline(cls) -> None:
        """Begin to tell what the timeline does."""

    @classmethod
    def register_callback(
        cls, callback: Callable[..., Any], event: SimulationEvent | IsaacEvents, order: int = 0, **kwargs: Any
    ) -> int:
        """Call `callback` at an event and return the number by which the call is ended.

        Args:
            callback: gets (dt, context) at physics steps of `SimulationEvent`, (dt) at those of `IsaacEvents`, and the
                event otherwise; a bound method does not keep its object alive.
            event: when to call.
            order: lower is called earlier.
            **kwargs: `name`, accepted.

        Raises:
            ValueError: if the event is of neither kind.
        """
        if not isinstance(event, SimulationEvent | IsaacEvents):
            raise ValueError(f"register_callback: event={event!r} was given; expected a SimulationEvent or IsaacEvents")
        cls._follow_timeline()
        call = _weak(callback)
        if event in PRE_STEP or event in POST_STEP:
            old = isinstance(event, IsaacEvents) and _takes_one(callback)
            step = (lambda dt, context: call(dt)) if old else call
            subscription: Any = get_physics_simulation_interface().subscribe_physics_on_step_events(
                pre_step=event in PRE_STEP, order=order, on_update=step
            )
        else:
            subscription = get_eventdispatcher().observe_event(event_name=event.value, on_event=call, order=order)
        uid = Listeners._next
        Listeners._next += 1
        cls._callbacks[uid] = subscription
        return uid

    @classmethod
    def deregister_callback(cls, uid: int) -> bool:
        """End the calls of a number; tells whether there were any."""
        subscription = cls._callbacks.pop(uid, None)
        if subscription is None:
            return False
        end = subscription.reset if isinstance(subscription, Observer) else subscription.unsubscribe
        end()
        return True

    @classmethod
    def deregister_all_callbacks(cls) -> None:
        """End all calls."""
        for uid in list(cls._callbacks):
            cls.deregister_callback(uid)


def _takes_one(callback: Callable[..., Any]) -> bool:
    try:
        return len(inspect.signature(callback).parameters) == 1
    except (TypeError, ValueError):
        return False


def _weak(callback: Callable[..., Any]) -> Callable[..., Any]:
    """Return a call that does not keep a method's object alive."""
    owner = getattr(callback, "__self__", None)
    if owner is None:
        return callback
    method = weakref.WeakMethod(callback)  # type: ignore[arg-type]

    def call(*arguments: Any) -> Any:
        bound = method()
        return bound(*arguments) if bound is not None else None

    return call
