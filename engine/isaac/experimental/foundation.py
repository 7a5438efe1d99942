"""isaacsim.core.experimental.utils.foundation: USD value types by name."""

from __future__ import annotations

from typing import Any

from pxr import Sdf

_MEMBERS = {name: getattr(Sdf.ValueTypeNames, name) for name in dir(Sdf.ValueTypeNames)}
_TYPES = {name: kind for name, kind in _MEMBERS.items() if isinstance(kind, Sdf.ValueTypeName)}


def get_value_type_names(*, format: Any = str) -> list[Any]:
    """Return the value types, as names or as USD types."""
    return list(_TYPES) if format is str else list(_TYPES.values())


def resolve_value_type_name(type_name: Any, *, backend: str | None = None) -> Sdf.ValueTypeName:
    """Return a USD value type by its name in Python ("Float3") or in USD ("float3").

    Raises:
        ValueError: if there is none of this name.
    """
    if isinstance(type_name, Sdf.ValueTypeName):
        return type_name
    found = _TYPES.get(str(type_name)) or Sdf.ValueTypeNames.Find(str(type_name))
    if not found:
        raise ValueError(f"'{type_name}' is no USD value type; expected a name such as Float3 or float3")
    return found


def value_type_name_to_str(type_name: Any) -> str:
    """Return the name of a USD value type in Python."""
    kind = resolve_value_type_name(type_name)
    return next(name for name, known in _TYPES.items() if known == kind)
