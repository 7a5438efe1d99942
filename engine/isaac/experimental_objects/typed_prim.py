"""Prims of one USD type: those at existing paths, or new ones."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pxr import Usd

from ..arrays import to_device
from ..core_utils.stage import get_current_stage
from ..experimental_prims.xform_prim import XformPrim

PLACING = ("positions", "translations", "orientations", "scales", "reset_xform_op_properties")


class TypedPrim(XformPrim):
    """Prims of `schema`. Subclasses name their constructor's options in a table.

    Attributes:
        schema: USD schema class.
        options: constructor argument to the `set_<name>` that it is passed to.
    """

    schema: ClassVar[Any] = None
    options: ClassVar[dict[str, str]] = {}

    def __init__(self, paths: str | list[str], **given: Any) -> None:
        """Find the prims or define them.

        Args:
            paths: existing prims of this type, or new paths; a path, a regular expression or a list of them.
            given: placing as of `XformPrim` (operations are reset unless told), and the options of the class.

        Raises:
            TypeError: if an option is unknown, or a prim at one of the paths has another type.
        """
        unknown = sorted(set(given) - set(PLACING) - set(self.options))
        if unknown:
            expected = ", ".join([*self.options, *PLACING])
            raise TypeError(f"{type(self).__name__}: {', '.join(unknown)} given; expected {expected}")
        existing, missing = self.resolve_paths(paths)
        for path in existing:
            self._require_type(path)
        for path in missing:
            self._define(path)
        placing = {"reset_xform_op_properties": True} | {name: given[name] for name in PLACING if name in given}
        super().__init__(existing or missing, resolve_paths=False, **placing)
        for option, setter in self.options.items():
            if given.get(option) is not None:
                getattr(self, f"set_{setter}")(given[option])

    def _require_type(self, path: str) -> None:
        prim = get_current_stage().GetPrimAtPath(path)
        if not prim.IsA(self.schema):
            raise TypeError(f"The wrapped prim at path {path} is a {prim.GetTypeName()}, not a {type(self).__name__}")

    def _define(self, path: str) -> None:
        self._changed([self.schema.Define(get_current_stage(), path).GetPrim()])

    @property
    def geoms(self) -> list[Any]:
        """The prims as USD schema objects."""
        return [self.schema(prim) for prim in self.prims]

    @classmethod
    def are_of_type(cls, paths: Any) -> Any:
        """Tell which prims have this type (n,)."""
        return to_device(np.array([prim.IsA(cls.schema) for prim in prims_of(paths)], dtype=bool), bool)


def prims_of(paths: Any) -> list[Usd.Prim]:
    """Return the prims of a path, a prim, or a list of them."""
    given = paths if isinstance(paths, list | tuple) else [paths]
    stage = get_current_stage()
    return [item if isinstance(item, Usd.Prim) else stage.GetPrimAtPath(str(item)) for item in given]


def instances(paths: Any, classes: list[type[TypedPrim]]) -> list[Any]:
    """Return an object of the class that fits each prim, None where none does."""
    found = []
    for prim in prims_of(paths):
        fitting = [cls for cls in classes if prim.IsA(cls.schema)]
        found.append(fitting[0](str(prim.GetPath()), reset_xform_op_properties=False) if fitting else None)
    return found
