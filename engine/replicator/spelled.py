"""Signatures that name what a function takes as `**parameters`, so that help, editors and positions know them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any


def spelled_out(**after: Mapping[str, Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Put parameters that a function takes by `**keyword` into its signature.

    Args:
        **after: name of a parameter to names and defaults of those that follow it.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        own = inspect.signature(function)
        listed: list[inspect.Parameter] = []
        for parameter in own.parameters.values():
            listed.append(parameter)
            for name, default in after.get(parameter.name, {}).items():
                listed.append(inspect.Parameter(name, parameter.kind, default=default))
        signature = own.replace(parameters=listed)
        (rest,) = [p.name for p in listed if p.kind is p.VAR_KEYWORD]

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            given = signature.bind(*args, **kwargs).arguments
            return function(**given.pop(rest, {}), **given)

        call.__signature__ = signature  # type: ignore[attr-defined]
        return call

    return decorate
