"""Attributes of many prims behind `set_<name>` and `get_<name>`: one line of a table an accessor pair."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pxr import Sdf, Usd

from ..arrays import to_device
from .values import flags, rows, selected, words

FLOAT, BOOL, TOKEN = Sdf.ValueTypeNames.Float, Sdf.ValueTypeNames.Bool, Sdf.ValueTypeNames.Token


@dataclass(frozen=True)
class Field:
    """One attribute behind an accessor.

    Attributes:
        parameter: name of the setter's argument.
        attribute: USD attribute.
        width: numbers a prim.
        factor: USD value of one unit of the accessor.
        kind: USD type, used where no schema declares the attribute.
        default: what the getter answers where nothing is authored.
        apis: applied schemas that writing adds.
    """

    parameter: str
    attribute: str
    width: int = 1
    factor: float = 1.0
    kind: Sdf.ValueTypeName = FLOAT
    default: Any = 0.0
    apis: tuple[str, ...] = ()

    def write(self, prims: Sequence[Usd.Prim], values: Any) -> None:
        """Author one value a prim."""
        for prim, value in zip(prims, self._rows(values, len(prims)), strict=True):
            for api in self.apis:
                apply_api(prim, api)
            attribute = prim.GetAttribute(self.attribute) or prim.CreateAttribute(self.attribute, self.kind, False)
            attribute.Set(self._usd(attribute, value))

    def read(self, prims: Sequence[Usd.Prim]) -> Any:
        """Return (n, width) numbers or flags, or a list of words."""
        found = [self._plain(prim.GetAttribute(self.attribute)) for prim in prims]
        if self._is_text:
            return found
        if self.kind == BOOL:
            return np.array(found, dtype=bool).reshape(-1, 1)
        return np.array(found, dtype=np.float32).reshape(-1, self.width) / np.float32(self.factor)

    @property
    def _is_text(self) -> bool:
        return self.kind in (TOKEN, Sdf.ValueTypeNames.Asset, Sdf.ValueTypeNames.String)

    def _rows(self, values: Any, count: int) -> Sequence[Any]:
        if self._is_text:
            return words(values, count, self.parameter)
        if self.kind == BOOL:
            return [bool(flag) for flag in flags(values, count, self.parameter)]
        return (rows(values, count, self.width, self.parameter) * self.factor).tolist()  # type: ignore[no-any-return]

    def _usd(self, attribute: Usd.Attribute, value: Any) -> Any:
        if self._is_text or self.kind == BOOL:
            return value
        default = attribute.GetTypeName().defaultValue
        return type(default)(*value)

    def _plain(self, attribute: Usd.Attribute) -> Any:
        value = attribute.Get() if attribute else None
        value = self.default if value is None else value
        if isinstance(value, Sdf.AssetPath):
            return value.path
        if hasattr(value, "GetReal"):
            return np.array([value.GetReal(), *value.GetImaginary()])
        return value if self._is_text else np.asarray(value)


def apply_api(prim: Usd.Prim, name: str) -> None:
    """Add an applied schema by name, if it is not there."""
    if name not in prim.GetPrimTypeInfo().GetAppliedAPISchemas():
        prim.AddAppliedSchema(name)


def number(parameter: str, attribute: str, **options: Any) -> Field:
    """Return a field of one number a prim."""
    return Field(parameter, attribute, **options)


def flag(parameter: str, attribute: str, **options: Any) -> Field:
    """Return a field of one boolean a prim."""
    return Field(parameter, attribute, kind=BOOL, **{"default": False, **options})


def word(parameter: str, attribute: str, **options: Any) -> Field:
    """Return a field of one token a prim."""
    return Field(parameter, attribute, kind=options.pop("kind", TOKEN), **{"default": "", **options})


def accessors(table: dict[str, tuple[Field, ...] | Field]) -> Callable[[type], type]:
    """Return a class decorator that adds `set_<name>(..., indices=None)` and `get_<name>(indices=None)`.

    The class has `prims`. A getter returns one array (or list) a field, in a tuple where there are several.
    """

    def add(target: type) -> type:
        for name, given in table.items():
            fields = given if isinstance(given, tuple) else (given,)
            setattr(target, f"set_{name}", _setter(name, fields))
            setattr(target, f"get_{name}", _getter(name, fields))
        return target

    return add


def _setter(name: str, fields: tuple[Field, ...]) -> Callable[..., None]:
    def setter(self: Any, *values: Any, indices: Any = None, **named: Any) -> None:
        given = dict(zip([field.parameter for field in fields], values, strict=False)) | named
        known = [field.parameter for field in fields]
        if len(values) > len(fields) or set(given) - set(known):
            raise TypeError(f"set_{name}: {sorted(set(given) - set(known))} were given; expected {', '.join(known)}")
        if all(value is None for value in given.values()):
            raise ValueError(f"set_{name}: nothing was given; expected at least one of {', '.join(known)}")
        prims = [self.prims[index] for index in selected(indices, len(self.prims))]
        for field in fields:
            if given.get(field.parameter) is not None:
                field.write(prims, given[field.parameter])
        self._changed(prims)

    setter.__name__, setter.__doc__ = f"set_{name}", f"Set {', '.join(field.attribute for field in fields)}."
    return setter


def _getter(name: str, fields: tuple[Field, ...]) -> Callable[..., Any]:
    def getter(self: Any, *, indices: Any = None) -> Any:
        prims = [self.prims[index] for index in selected(indices, len(self.prims))]
        found = [field.read(prims) for field in fields]
        ready = [to_device(one, bool if one.dtype == bool else None) if hasattr(one, "dtype") else one for one in found]
        return ready[0] if len(ready) == 1 else tuple(ready)

    getter.__name__, getter.__doc__ = f"get_{name}", f"Return {', '.join(field.attribute for field in fields)}."
    return getter
