"""Edits of the session layer: plain attributes, written together, and only where they differ from what is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from pxr import Gf, Sdf, Usd, Vt

from scenes.infrared.corners import Corners

_TYPES = Sdf.ValueTypeNames


class SessionEdits:
    """The attributes that we have put on the session layer of a stage.

    Args:
        stage: the stage.
    """

    def __init__(self, stage: Usd.Stage) -> None:
        self._stage = stage
        self.layer = stage.GetSessionLayer()
        self._specs: dict[str, dict[str, Sdf.AttributeSpec]] = {}
        self._values: dict[str, dict[str, Any]] = {}

    def write(self, wanted: Mapping[str, Mapping[str, Any]]) -> int:
        """Make the session layer say just this, beside what others wrote there.

        Args:
            wanted: prim path to attribute name to value: float, tuple of floats, (n,) array of floats, asset
                path, or Corners, which make a primvar.

        Returns:
            How many attributes were written or removed.
        """
        if not self._alive():
            self._specs, self._values = {}, {}
        count = 0
        with Sdf.ChangeBlock():
            for path in [path for path in self._specs if path not in wanted]:
                count += self._remove(path, set(self._specs[path]))
            for path, values in wanted.items():
                known = self._values.get(path)
                if known is values:
                    continue
                count += self._update(path, values, known or {})
        return count

    def open_instances(self, paths: Iterable[str]) -> None:
        """Say of instances that they are none, so that what is in them can be written to."""
        with Sdf.ChangeBlock():
            for path in paths:
                prim = self.layer.GetPrimAtPath(path) or self._prim(path)
                prim.instanceable = False

    def _update(self, path: str, values: Mapping[str, Any], known: Mapping[str, Any]) -> int:
        gone = set(known) - set(values)
        count = self._remove(path, gone) if gone else 0
        for name, value in values.items():
            if name not in known or not _equal(known[name], value):
                self._set(path, name, value)
                count += 1
        self._values[path] = values  # type: ignore[assignment]
        return count

    def _set(self, path: str, name: str, value: Any) -> None:
        specs = self._specs.setdefault(path, {})
        if name not in specs:
            prim = self.layer.GetPrimAtPath(path) or self._prim(path)
            found = self.layer.GetAttributeAtPath(f"{path}.{name}")
            specs[name] = found or Sdf.AttributeSpec(prim, name, _type_of(name, value), Sdf.VariabilityVarying, True)
        if isinstance(value, Corners):
            specs[name].SetInfo("interpolation", value.interpolation)
        specs[name].default = _plain(value)

    def _prim(self, path: str) -> Sdf.PrimSpec:
        """Make a prim spec; prims that nothing else defines are defined here."""
        made = Sdf.CreatePrimInLayer(self.layer, path)
        for prefix in made.path.GetPrefixes():
            if not self._stage.GetPrimAtPath(prefix):
                self.layer.GetPrimAtPath(prefix).specifier = Sdf.SpecifierDef
        return made

    def _remove(self, path: str, names: set[str]) -> int:
        prim = self.layer.GetPrimAtPath(path)
        for name in names:
            spec = self._specs[path].pop(name)
            if prim and spec:
                prim.RemoveProperty(spec)
        if not self._specs[path]:
            del self._specs[path]
            self._values.pop(path, None)
        return len(names)

    def _alive(self) -> bool:
        """Tell whether nobody has emptied the layer meanwhile: looks at one attribute."""
        first = next((spec for specs in self._specs.values() for spec in specs.values()), None)
        return first is None or not first.expired


def _type_of(name: str, value: Any) -> Sdf.ValueTypeName:
    if isinstance(value, float | int):
        return _TYPES.Float
    if isinstance(value, Sdf.AssetPath):
        return _TYPES.Asset
    return _TYPES.Float3 if name.endswith("direction") else _TYPES.FloatArray


def _plain(value: Any) -> Any:
    if isinstance(value, float | int):
        return float(value)
    if isinstance(value, np.ndarray):
        return Vt.FloatArray.FromNumpy(np.ascontiguousarray(value, np.float32))
    if isinstance(value, Gf.Vec3f | Sdf.AssetPath):
        return value
    if isinstance(value, Corners):
        return Vt.FloatArray.FromNumpy(value.values)
    return Vt.FloatArray([float(item) for item in value])


def _equal(one: Any, other: Any) -> bool:
    if one is other:
        return True
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return np.array_equal(one, other)
    return bool(one == other)
