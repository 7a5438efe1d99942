"""Named callbacks of a SimulationContext: at physics steps, stage events, timeline events and app frames."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import carb
from ...app import get_app
from ...timeline import get_timeline_interface
from ...usd_context import get_context


def _physics(callback: Callable[..., Any]) -> Any:
    from ...kit.physx import get_physx_interface

    return get_physx_interface().subscribe_physics_step_events(callback)


def _timeline(callback: Callable[..., Any]) -> Any:
    return get_timeline_interface().get_timeline_event_stream().create_subscription_to_pop(callback)


SUBSCRIBE: dict[str, Callable[[Callable[..., Any]], Any]] = {
    "physics": _physics,
    "stage": lambda callback: get_context().get_stage_event_stream().create_subscription_to_pop(callback),
    "timeline": lambda callback: (
        get_timeline_interface().get_timeline_event_stream().create_subscription_to_pop(callback)
    ),
    "render": lambda callback: get_app().stream("update").create_subscription_to_pop(callback),
}


class Callbacks:
    """`add_<kind>_callback`, `remove_...`, `<kind>_callback_exists` and `clear_<kind>_callbacks` for four kinds."""

    def __init__(self) -> None:
        self._subscriptions: dict[str, dict[str, Any]] = {kind: {} for kind in SUBSCRIBE}

    def clear_all_callbacks(self) -> None:
        """End the calls of every kind."""
        for known in self._subscriptions.values():
            for subscription in known.values():
                _end(subscription)
            known.clear()


def _end(subscription: Any) -> None:
    if hasattr(subscription, "unsubscribe"):
        subscription.unsubscribe()


def _add(kind: str) -> Callable[..., None]:
    def add(self: Callbacks, callback_name: str, callback_fn: Callable[..., Any]) -> None:
        known = self._subscriptions[kind]
        if callback_name in known:
            carb.log_error(f"{kind.capitalize()} callback `{callback_name}` already exists")
            return
        known[callback_name] = SUBSCRIBE[kind](callback_fn)

    add.__doc__ = f"Call `callback_fn` at every {kind} event."
    return add


def _remove(kind: str) -> Callable[..., None]:
    def remove(self: Callbacks, callback_name: str) -> None:
        subscription = self._subscriptions[kind].pop(callback_name, None)
        if subscription is None:
            carb.log_error(f"{kind.capitalize()} callback `{callback_name}` doesn't exist")
            return
        _end(subscription)

    remove.__doc__ = "End the calls of a name."
    return remove


def _exists(kind: str) -> Callable[..., bool]:
    def exists(self: Callbacks, callback_name: str) -> bool:
        return callback_name in self._subscriptions[kind]

    exists.__doc__ = "Tell whether there is a callback of a name."
    return exists


def _clear(kind: str) -> Callable[..., None]:
    def clear(self: Callbacks) -> None:
        for name in list(self._subscriptions[kind]):
            _end(self._subscriptions[kind].pop(name))

    clear.__doc__ = "End the calls of this kind."
    return clear


for _kind in SUBSCRIBE:
    setattr(Callbacks, f"add_{_kind}_callback", _add(_kind))
    setattr(Callbacks, f"remove_{_kind}_callback", _remove(_kind))
    setattr(Callbacks, f"{_kind}_callback_exists", _exists(_kind))
    setattr(Callbacks, f"clear_{_kind}_callbacks", _clear(_kind))
