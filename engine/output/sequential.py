"""Functions in a row, run by the writing threads instead of the thread that renders."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any


class Deferred:
    """A call that is made when its value is needed: `deferred()`."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self._call = call

    def __call__(self) -> Any:
        """Make the call."""
        return self._call()


class Sequential:
    """Functions in a row: a tuple that one returns becomes the next one's arguments, a dict its keyword arguments.

    Calling it returns a `Deferred`, which a backend's `schedule` resolves in its threads, as an argument or as the
    scheduled function itself; functions that take `backend_instance` are given it then.

    Args:
        functions: called in this order.
    """

    def __init__(self, *functions: Callable[..., Any]) -> None:
        wrong = [function for function in functions if not callable(function)]
        if wrong or not functions:
            raise TypeError(f"Sequential: {wrong or 'nothing'!r} was given; expected functions")
        self._functions = functions

    def __call__(self, *args: Any, **kwargs: Any) -> Deferred:
        """Return the call, to be made later."""
        return Deferred(functools.partial(self.run, *args, **kwargs))

    def run(self, *args: Any, backend_instance: Any = None, **kwargs: Any) -> Any:
        """Make the call now and return the last function's value."""
        value: Any = None
        for function in self._functions:
            if backend_instance is not None and accepts_backend(function):
                kwargs["backend_instance"] = backend_instance
            value = function(*args, **kwargs)
            args, kwargs = _arguments(value)
        return value


def _arguments(value: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return (), dict(value)
    return (value if isinstance(value, tuple) else (value,)), {}


def accepts_backend(function: Callable[..., Any]) -> bool:
    """Tell whether a function can be given `backend_instance`."""
    if isinstance(function, Sequential):
        return True
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return False
    return "backend_instance" in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())


def resolved(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a function after making the deferred calls among its arguments."""
    now = [value() if isinstance(value, Deferred) else value for value in args]
    named = {key: value() if isinstance(value, Deferred) else value for key, value in kwargs.items()}
    call = function.run if isinstance(function, Sequential) else function
    return call(*now, **named)
