"""Check plain YAML values against Python annotations, naming the key that is wrong."""

from __future__ import annotations

import inspect
import math
import types
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from scenes.distributions import check_distribution, is_distribution
from scenes.errors import ScenarioError
from scenes.keys import check_keys

# An argument annotated `Draw` takes a constant or a Replicator distribution.
Draw = Annotated[Any, "constant or distribution"]
# An argument annotated `AssetFile` takes the path of a file, looked up beside the scenario first, or a URL.
AssetFile = Annotated[str, "path of a file"]


def describe(annotation: Any) -> str:
    """Name a type the way a YAML author would."""
    if annotation is Draw:
        return "a value or a distribution"
    if annotation is AssetFile:
        return "the path of a file"
    if get_origin(annotation) is Literal:
        return "one of " + ", ".join(str(a) for a in get_args(annotation))
    if get_origin(annotation) in (Union, types.UnionType):
        return " or ".join(describe(a) for a in get_args(annotation) if a is not type(None))
    names = {float: "a number", int: "a whole number", str: "text", bool: "true or false"}
    if annotation in names:
        return names[annotation]
    if get_origin(annotation) is list:
        return f"a list of {describe(get_args(annotation)[0])}"
    if get_origin(annotation) is tuple:
        return f"a list of {len(get_args(annotation))} values"
    return "a mapping" if get_origin(annotation) is dict else str(annotation)


def check_value(value: Any, annotation: Any, key: str) -> Any:
    """Return `value` as `annotation` asks (whole numbers become floats, lists become tuples).

    Raises:
        ScenarioError: if it does not fit.
    """
    if annotation is Any:
        return value
    if annotation is Draw:
        if is_distribution(value):
            check_distribution(value, key)
        return value
    if is_distribution(value):
        raise ScenarioError(key, f"takes no distribution; expected {describe(annotation)}")
    if annotation is AssetFile and isinstance(value, str):
        return value
    origin, args = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return _check_union(value, args, key)
    if origin is Literal:
        if value in args and not (isinstance(value, bool) and True not in args and False not in args):
            return value
    elif origin is list and isinstance(value, list):
        return [check_value(item, args[0], f"{key}[{n}]") for n, item in enumerate(value)]
    elif origin is tuple and isinstance(value, list) and len(value) == len(args):
        return tuple(check_value(item, args[n], f"{key}[{n}]") for n, item in enumerate(value))
    elif origin is dict and isinstance(value, dict):
        return {k: check_value(v, args[1], f"{key}.{k}") for k, v in value.items()}
    elif annotation is float and isinstance(value, int | float) and not isinstance(value, bool):
        if math.isfinite(value):
            return float(value)
    elif annotation in (int, str, bool) and type(value) is annotation:
        return value
    raise ScenarioError(key, f"is {value!r}; expected {describe(annotation)}")


def _check_union(value: Any, options: tuple[Any, ...], key: str) -> Any:
    if value is None and type(None) in options:
        return None
    choices = [o for o in options if o is not type(None)]
    for option in choices:
        try:
            return check_value(value, option, key)
        except ScenarioError:
            continue
    raise ScenarioError(key, f"is {value!r}; expected {' or '.join(describe(o) for o in choices)}")


def check_call(function: Callable[..., Any], options: Any, skip: tuple[str, ...], key: str) -> dict[str, Any]:
    """Check `options` against the keyword arguments of `function`.

    Args:
        function: a builder or randomizer.
        options: what the scenario says.
        skip: parameters the runner fills in itself.
        key: where in the scenario this is.

    Returns:
        The keyword arguments.

    Raises:
        ScenarioError: for an unknown, missing or ill-typed argument.
    """
    options = {} if options is None else options
    if not isinstance(options, dict):
        raise ScenarioError(key, f"is {options!r}; expected a mapping of its options")
    hints = typing.get_type_hints(function, include_extras=True)
    parameters = {n: p for n, p in inspect.signature(function).parameters.items() if n not in skip}
    check_keys(options, list(parameters), key)
    for name, parameter in parameters.items():
        if parameter.default is inspect.Parameter.empty and name not in options:
            raise ScenarioError(f"{key}.{name}", f"is missing; expected {describe(hints.get(name, Any))}")
    return {name: check_value(value, hints.get(name, Any), f"{key}.{name}") for name, value in options.items()}


def resolve_files(function: Callable[..., Any], options: dict[str, Any], folders: list[Path], key: str) -> None:
    """Replace the `AssetFile` options of a builder or randomizer by absolute paths; URLs stay as they are.

    Args:
        function: whose annotations tell which options are files.
        options: checked options, changed in place.
        folders: where relative paths are looked up, in this order.
        key: where in the scenario this is.

    Raises:
        ScenarioError: naming a file that is nowhere.
    """
    hints = typing.get_type_hints(function, include_extras=True)
    for name, value in options.items():
        if hints.get(name) == AssetFile:
            options[name] = _find(value, folders, f"{key}.{name}")
        elif hints.get(name) == list[AssetFile]:
            options[name] = [_find(item, folders, f"{key}.{name}[{n}]") for n, item in enumerate(value)]


def _find(value: str, folders: list[Path], key: str) -> str:
    if "://" in value:
        return value
    for folder in folders:
        if (folder / value).is_file():
            return str((folder / value).resolve())
    looked = "" if Path(value).is_absolute() else f" (looked in {', '.join(map(str, folders))})"
    raise ScenarioError(key, f"is '{value}', and there is no such file{looked}; give the path of a file that exists")


def defaults_of(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the arguments of a function that have defaults, with them."""
    parameters = inspect.signature(function).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not inspect.Parameter.empty}
