"""VisualMaterial: one material and its shader; inputs by the table of `views.looks`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from pxr import Sdf, Usd, UsdShade

from ...core_utils.stage import get_current_stage
from ...views import looks


class VisualMaterial:
    """A material to look at."""

    def __init__(
        self,
        name: str,
        prim_path: str,
        prim: Usd.Prim,
        shaders_list: list[UsdShade.Shader],
        material: UsdShade.Material,
    ) -> None:
        self._name, self._prim_path, self._prim = name, prim_path, prim
        self._shaders, self._material = shaders_list, material

    @property
    def material(self) -> UsdShade.Material:
        """The material as a USD schema object."""
        return self._material

    @property
    def shaders_list(self) -> list[UsdShade.Shader]:
        """Its shaders."""
        return self._shaders

    @property
    def name(self) -> str:
        """Name of the object."""
        return self._name

    @property
    def prim_path(self) -> str:
        """Path of the material."""
        return self._prim_path

    @property
    def prim(self) -> Usd.Prim:
        """The prim."""
        return self._prim


class KnownMaterial(VisualMaterial):
    """A material of a kind of `looks.INPUTS`, found or defined."""

    kind = ""

    def __init__(self, prim_path: str, name: str, shader: UsdShade.Shader | None = None) -> None:
        stage = get_current_stage()
        prim = stage.GetPrimAtPath(str(prim_path))
        if prim:
            material = UsdShade.Material(prim)
            found = shader or looks.shader_of(material)
            if found is None:
                material = looks.define(stage, str(prim_path), self.kind, "shader")
        else:
            material = looks.define(stage, str(prim_path), self.kind, "shader")
        surface = shader or looks.shader_of(material)
        super().__init__(name, str(prim_path), material.GetPrim(), [surface] if surface else [], material)

    def _set_input(self, name: str, value: Any) -> None:
        kind = looks.INPUTS[self.kind][name]
        default = kind.defaultValue
        vector = type(default).__module__.startswith("pxr.Gf")
        ready = type(default)(*[float(v) for v in np.asarray(value).ravel()]) if vector else value
        self.shaders_list[0].CreateInput(name, kind).Set(ready)

    def _get_input(self, name: str) -> Any:
        made = self.shaders_list[0].GetInput(name)
        value = made.Get() if made else None
        if isinstance(value, Sdf.AssetPath):
            return value.path
        return np.array(value) if type(value).__module__.startswith("pxr.Gf") else value


def inputs(table: dict[str, tuple[str, type]]) -> Callable[[type], type]:
    """Return a class decorator that adds `set_<name>(value)` and `get_<name>()` for shader inputs.

    Args:
        table: name to (input, type of its value; `np.ndarray` for vectors).
    """

    def add(target: type) -> type:
        for name, (attribute, kind) in table.items():
            setattr(target, f"set_{name}", _setter(name, attribute, kind))
            setattr(target, f"get_{name}", _getter(name, attribute))
        return target

    return add


def _setter(name: str, attribute: str, kind: type) -> Callable[..., None]:
    def setter(self: KnownMaterial, *values: Any, **named: Any) -> None:
        given = [*values, *named.values()]
        value = given[0] if len(given) == 1 else given
        self._set_input(attribute, value if kind is np.ndarray else kind(value))

    setter.__name__, setter.__doc__ = f"set_{name}", f"Set the input {attribute}."
    return setter


def _getter(name: str, attribute: str) -> Callable[[KnownMaterial], Any]:
    def getter(self: KnownMaterial) -> Any:
        return self._get_input(attribute)

    getter.__name__, getter.__doc__ = f"get_{name}", f"Return the input {attribute}, None where it is not set."
    return getter
