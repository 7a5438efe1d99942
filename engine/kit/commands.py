"""omni.kit.commands: the prim commands that scripts use; each runs at once and cannot be undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import more_prim_commands, prim_commands, scripting

__all__ = ["Command", "execute", "get_commands", "register", "unregister"]


class Command:
    """Base class of commands that a script defines itself."""

    def do(self) -> Any:
        """Do it; overridden."""

    def undo(self) -> None:
        """Undo it; never called by the engine."""


_COMMANDS: dict[str, Callable[..., Any]] = {}
for _module in (prim_commands, more_prim_commands, scripting):
    _COMMANDS |= _module.COMMANDS


def execute(name: str, **kwargs: Any) -> tuple[bool, Any]:
    """Run a command and return (success, result).

    Raises:
        ValueError: if the engine has no command of this name.
    """
    command = _COMMANDS.get(name) or _COMMANDS.get(name.removesuffix("Command"))
    if command is None:
        raise ValueError(
            f"omni.kit.commands.execute('{name}'): the embedded engine has no such command; it has "
            f"{', '.join(sorted(_COMMANDS))} (docs/parity.md). Edit the stage through pxr instead"
        )
    if isinstance(command, type) and issubclass(command, Command):
        return (True, command(**kwargs).do())
    return (True, command(**kwargs))


def register(command: type[Command]) -> None:
    """Make a command of a script known."""
    _COMMANDS[command.__name__.removesuffix("Command")] = command


def unregister(command: type[Command]) -> None:
    """Forget a command of a script."""
    _COMMANDS.pop(command.__name__.removesuffix("Command"), None)


def get_commands() -> dict[str, Callable[..., Any]]:
    """Return the commands by name."""
    return dict(_COMMANDS)
