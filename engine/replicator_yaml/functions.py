"""What a key can name: the functions of `rep`, and how each of their arguments takes text.

There is no list of functions here: `module.function` is looked up in `omni.replicator.core`, so whatever it has, and
whatever was registered with it, can be written in YAML.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Iterable
from enum import Enum
from types import ModuleType
from typing import Any

from engine.replicator_yaml.errors import near
from engine.replicator_yaml.reader import Located

CALL = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$")
WITH = "with."
CONTEXT = "input_prims"  # an argument that `with` gives
LABELS = {"semantics", "semantics_exclusion"}


class Kind(Enum):
    """How text among an argument's values is read: as the name of any group, of one that holds text, or of labels."""

    ANY = "any"
    TEXT = "text"
    LABELS = "labels"


def is_call(key: str) -> bool:
    """Tell whether a key is written as a function, `module.function` (or as `with.group`)."""
    return CALL.match(key) is not None


def is_with(key: str) -> bool:
    """Tell whether a key opens a group: `with.group`."""
    return key.startswith(WITH)


def rep_function(key: str) -> Callable[..., Any] | None:
    """Return the function of `rep` that a key names, or None."""
    place: Any = importlib.import_module("engine.replicator")
    *modules, name = key.split(".")
    for depth, part in enumerate(modules):
        inside = place.MODULES if depth == 0 else None
        place = _member(place, part, inside)
        if not isinstance(place, ModuleType):
            return None
    found = _member(place, name, None)
    return found if callable(found) and not isinstance(found, ModuleType) else None


def _member(module: ModuleType, name: str, listed: Iterable[str] | None) -> Any:
    """Return what a script can reach as `module.name`: not what the module itself has imported for its own use."""
    if name.startswith("_"):
        return None
    try:
        value = getattr(module, name)
    except AttributeError:
        return None
    if listed is not None and name not in listed:
        own = isinstance(value, ModuleType) and name != "importlib" and not value.__name__.startswith("engine.")
        return value if own else None
    if name in getattr(module, "__all__", ()) or not module.__name__.startswith("engine."):
        return value
    if isinstance(value, ModuleType):
        return value if value.__name__ == f"{module.__name__}.{name}" else None
    home = getattr(value, "__module__", "")
    lazy = name not in vars(module)
    return value if lazy or home == module.__name__ or hasattr(value, "__wrapped__") else None


def suggestions(key: str, groups: Iterable[str]) -> str:
    """Return a hint for a key that names no function: functions of `rep` and groups with near names."""
    rep = importlib.import_module("engine.replicator")
    head, _, tail = key.partition(".")
    heads = [head] if head in rep.MODULES else [name for name in rep.MODULES if near(head, [name])]
    known = [f"{name}.{function}" for name in heads for function in functions_of(name)]
    known += [f"{name}.{tail}" for name in rep.MODULES if rep_function(f"{name}.{tail}") is not None]
    known += [f"{name}.{tail}" for name in groups if near(head, [name])]
    return near(key, known)


def functions_of(module: str) -> list[str]:
    """Return the names of a rep module's functions."""
    place = importlib.import_module(f"engine.replicator.{module}")
    return [name for name in dir(place) if not name.startswith("_") and rep_function(f"{module}.{name}") is not None]


def parameters(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """Return the parameters of a function by name; none where Python cannot tell."""
    try:
        return dict(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return {}


def kind_of(function: Callable[..., Any] | None, argument: str) -> Kind:
    """Return how text given for one argument is read."""
    if argument in LABELS:
        return Kind.LABELS
    parameter = parameters(function).get(argument) if function is not None else None
    annotation = str(parameter.annotation) if parameter is not None else ""
    return Kind.TEXT if annotation in ("str", "str | None", "<class 'str'>") else Kind.ANY


def check_arguments(function: Callable[..., Any], key: str, node: Located) -> dict[str, Located]:
    """Return the arguments given below a key.

    Raises:
        ParserError: if they are no mapping, one has no such name, or one is missing.
    """
    given = {} if node.value is None else node.value
    known = parameters(function)
    names = [name for name, p in known.items() if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    if not isinstance(given, dict):
        raise node.error(key, f"{plain(node)!r} was given; expected arguments ({', '.join(names)}), or null for none")
    if not known or any(p.kind is p.VAR_KEYWORD for p in known.values()):
        return given
    for name, child in given.items():
        if name not in names:
            raise child.error(
                f"{key}.{name}", f"there is no such argument{near(name, names)} (expected: {', '.join(names)})"
            )
    needed = [name for name in names if known[name].default is inspect.Parameter.empty and name != CONTEXT]
    missing = [name for name in needed if name not in given]
    if missing:
        raise node.error(key, f"needs {' and '.join(missing)} (arguments: {', '.join(names)})")
    return given


def plain(node: Located) -> Any:
    """Return a value without its places."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    return [plain(child) for child in node.value] if isinstance(node.value, list) else node.value
