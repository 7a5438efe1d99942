"""Builders and randomizers by name: one file each, found by being in their folder."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from scenes.errors import ScenarioError
from scenes.keys import check_keys
from scenes.typecheck import check_call, resolve_files

ROOT = Path(__file__).resolve().parent.parent
Room = Literal["scene", "randomizers"]
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*$")
_ROOMS = {"scene": ("scenes.builders", "build"), "randomizers": ("randomizers", None)}
_FILLED = {"scene": ("stage", "path", "rng"), "randomizers": ("streams",)}  # arguments the runner fills in


@dataclass(frozen=True)
class Step:
    """One builder or randomizer with its checked options."""

    name: str
    kind: str
    function: Callable[..., Any]
    options: dict[str, Any]


def available(room: Room) -> list[str]:
    """List the builders or randomizers by name."""
    folder = ROOT / _ROOMS[room][0].replace(".", "/")
    return sorted(p.stem for p in folder.glob("*.py") if not p.stem.startswith("_"))


def check_name(name: Any, key: str) -> None:
    """Refuse what cannot be a prim name.

    Raises:
        ScenarioError: naming the mapping that has the name.
    """
    if not isinstance(name, str) or not _NAME.match(name):
        raise ScenarioError(key, f"has the name {name!r}; expected letters, digits and '_', as in a prim name")


def read_steps(given: Any, room: Room, file: str) -> list[Step]:
    """Check the `scene` or `randomizers` of a scenario.

    Args:
        given: mapping of name to {kind: {options}}, or None.
        room: which of the two.
        file: the scenario's file; asset paths are looked up beside it, then in the repository.

    Raises:
        ScenarioError: naming the wrong key.
    """
    given = {} if given is None else given
    if not isinstance(given, dict):
        raise ScenarioError(room, f"is {given!r}; expected a mapping of name: {{kind: {{options}}}}")
    return [_read_step(name, body, room, file) for name, body in given.items()]


def _read_step(name: Any, body: Any, room: Room, file: str) -> Step:
    key = f"{room}.{name}"
    check_name(name, room)
    if not isinstance(body, dict) or len(body) != 1:
        known = ", ".join(available(room))
        raise ScenarioError(key, f"is {body!r}; expected one kind with its options (known: {known})")
    kind, options = next(iter(body.items()))
    check_keys(body, available(room), key)
    package, entry = _ROOMS[room]
    function = getattr(importlib.import_module(f"{package}.{kind}"), entry or kind)
    checked = check_call(function, options, _FILLED[room], f"{key}.{kind}")
    _check_values(function, checked, f"{key}.{kind}")
    resolve_files(function, checked, [Path(file).resolve().parent, ROOT], f"{key}.{kind}")
    return Step(name, kind, function, checked)


def _check_values(function: Callable[..., Any], options: dict[str, Any], key: str) -> None:
    """Let the step's own file refuse values, where it has a function `check_options`."""
    check = getattr(sys.modules[function.__module__], "check_options", None)
    if check is None:
        return
    try:
        check(options)
    except ValueError as error:
        raise ScenarioError(key, str(error)) from None
