"""Windows, menus and the like: accepted, never shown.

Every name is a class whose instances take any call, attribute or `with`, and give back more of the same, so that a
script that also builds a window runs to its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class _InertType(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"'{cls.__name__}' has no attribute '{name}'")
        return Inert()


class Inert(metaclass=_InertType):
    """Something that is not shown."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Accept anything."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"'{type(self).__name__}' has no attribute '{name}'")
        return Inert()

    def __call__(self, *args: Any, **kwargs: Any) -> Inert:
        """Give back something inert."""
        return Inert()

    def __enter__(self) -> Inert:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return False

    def __getitem__(self, key: Any) -> Inert:
        return Inert()

    def __setitem__(self, key: Any, value: Any) -> None:
        return None

    def __or__(self, other: Any) -> Inert:
        return self

    __ror__ = __add__ = __radd__ = __mul__ = __rmul__ = __sub__ = __truediv__ = __or__


def __getattr__(name: str) -> Any:
    """Return a class of that name that does nothing."""
    if name.startswith("__"):
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return type(name, (Inert,), {})
