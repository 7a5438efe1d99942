"""Let `Usd.Prim` take schema classes that OpenUSD has no type for: `prim.HasAPI(Semantics.SemanticsAPI)`.

The classes of `pxr.Semantics` and `pxr.PhysxSchema` here are plain Python with a `schema_name`. `HasAPI`, `ApplyAPI`
and `RemoveAPI` of `Usd.Prim` look for that name first and are OpenUSD's own for everything else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pxr import Usd


def applied_names(prim: Usd.Prim) -> list[str]:
    """Return the names of applied schemas, also those without a registered definition."""
    return [str(name) for name in prim.GetPrimTypeInfo().GetAppliedAPISchemas()]


def _has(prim: Usd.Prim, name: str, instance: str | None) -> bool:
    names = applied_names(prim)
    if instance:
        return f"{name}:{instance}" in names
    return name in names or any(applied.startswith(f"{name}:") for applied in names)


def _apply(prim: Usd.Prim, name: str, instance: str | None) -> bool:
    return bool(prim.AddAppliedSchema(f"{name}:{instance}" if instance else name))


def _remove(prim: Usd.Prim, name: str, instance: str | None) -> bool:
    return bool(prim.RemoveAppliedSchema(f"{name}:{instance}" if instance else name))


def _extended(own: Callable[..., Any], ours: Callable[[Usd.Prim, str, str | None], bool]) -> Callable[..., Any]:
    def method(prim: Usd.Prim, *arguments: Any, **named: Any) -> Any:
        schema = arguments[0] if arguments else named.get("schemaType")
        name = getattr(schema, "schema_name", None)
        if not isinstance(schema, type) or not isinstance(name, str):
            return own(prim, *arguments, **named)
        return ours(prim, name, arguments[1] if len(arguments) > 1 else named.get("instanceName"))

    method.__doc__ = own.__doc__
    method.schema_classes = True  # type: ignore[attr-defined]
    return method


def install() -> None:
    """Extend `Usd.Prim`, once."""
    for name, ours in (("HasAPI", _has), ("ApplyAPI", _apply), ("RemoveAPI", _remove)):
        own = getattr(Usd.Prim, name)
        if not hasattr(own, "schema_classes"):
            setattr(Usd.Prim, name, _extended(own, ours))
