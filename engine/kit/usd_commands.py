"""omni.usd.commands: the prim commands as classes, `DeletePrimsCommand(paths).do()`."""

from __future__ import annotations

from typing import Any

from .commands import Command, get_commands


def __getattr__(name: str) -> Any:
    """Return the class of a command that `omni.kit.commands` knows."""
    function = get_commands().get(name.removesuffix("Command")) if name.endswith("Command") else None
    if function is None:
        raise AttributeError(f"module 'omni.usd.commands' has no attribute '{name}' in the embedded engine")

    class Bound(Command):
        """A command with its arguments."""

        def __init__(self, *arguments: Any, **named: Any) -> None:
            self._arguments, self._named = arguments, named

        def do(self) -> Any:
            """Do it and return its result."""
            return function(*self._arguments, **self._named)  # type: ignore[misc]

    Bound.__name__ = Bound.__qualname__ = name
    return Bound
