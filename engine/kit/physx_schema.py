"""pxr.PhysxSchema: PhysX settings authored as plain attributes `<prefix>:<name>` with their applied schema.

`Create<Name>Attr(value)` authors, `Get<Name>Attr()` reads; types and defaults are those of the installed schemas, and
without them the types of the values given.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from typing import Any

from pxr import Sdf, Usd

from ..physics.schemas import physx_property
from . import schema_classes

schema_classes.install()
DEFAULTS: dict[str, Any] = {
    "physxScene:timeStepsPerSecond": 60,
    "physxScene:solverType": "TGS",
    "physxScene:broadphaseType": "GPU",
    "physxScene:enableCCD": False,
    "physxScene:enableStabilization": False,
    "physxRigidBody:disableGravity": False,
    "physxRigidBody:linearDamping": 0.0,
    "physxRigidBody:angularDamping": 0.05,
}  # where the schemas are not installed
PREFIXES = {
    "PhysxArticulationAPI": "physxArticulation",
    "PhysxCollisionAPI": "physxCollision",
    "PhysxConvexDecompositionCollisionAPI": "physxConvexDecompositionCollision",
    "PhysxConvexHullCollisionAPI": "physxConvexHullCollision",
    "PhysxForceAPI": "physxForce",
    "PhysxJointAPI": "physxJoint",
    "PhysxMaterialAPI": "physxMaterial",
    "PhysxRigidBodyAPI": "physxRigidBody",
    "PhysxSDFMeshCollisionAPI": "physxSDFMeshCollision",
    "PhysxSceneAPI": "physxScene",
    "PhysxTriggerAPI": "physxTrigger",
}


class PhysxAPI:
    """Base of the schema classes below, one a prefix."""

    prefix = ""
    schema_name = ""

    def __init__(self, prim: Any) -> None:
        self._prim: Usd.Prim = prim.GetPrim() if hasattr(prim, "GetPrim") else prim

    @classmethod
    def Apply(cls, prim: Any) -> PhysxAPI:
        """Add the schema to a prim and return it."""
        api = cls(prim)
        api.GetPrim().AddAppliedSchema(cls.__name__)
        return api

    @classmethod
    def Get(cls, stage: Usd.Stage, path: Any) -> PhysxAPI:
        """Return the schema on the prim at a path."""
        return cls(stage.GetPrimAtPath(Sdf.Path(str(path))))

    def GetPrim(self) -> Usd.Prim:
        """Return the prim."""
        return self._prim

    def GetPath(self) -> Sdf.Path:
        """Return the path of the prim."""
        return self._prim.GetPath()

    def __bool__(self) -> bool:
        return bool(self._prim) and type(self).__name__ in schema_classes.applied_names(self._prim)

    def __getattr__(self, name: str) -> Callable[..., Usd.Attribute]:
        match = re.fullmatch(r"(Get|Create)(\w+)Attr", name)
        if match is None:
            raise AttributeError(f"'{type(self).__name__}' has no attribute '{name}' in the embedded engine")
        path = f"{self.prefix}:{match[2][0].lower()}{match[2][1:]}"
        if match[1] == "Get":
            return lambda: self._prim.GetAttribute(path) or SchemaAttribute(self._prim, path)
        return lambda value=None, write_sparsely=False: _author(self._prim, path, value)


class SchemaAttribute:
    """An attribute of a schema that nobody has authored: reads as the schema's default, is made when it is set."""

    def __init__(self, prim: Usd.Prim, name: str) -> None:
        self._prim, self._name = prim, name

    def Get(self, time: Any = None) -> Any:
        """Return the schema's default."""
        attribute = self._prim.GetAttribute(self._name)
        value = attribute.Get() if attribute else None
        return _default(self._name) if value is None else value

    def Set(self, value: Any, time: Any = None) -> bool:
        """Author a value."""
        _author(self._prim, self._name, value)
        return True

    def __bool__(self) -> bool:
        return True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._prim.GetAttribute(self._name), name)


def _property(name: str) -> Any:
    """Return what the installed schemas say of an attribute, None where they are not installed."""
    try:
        return physx_property(name)
    except PackageNotFoundError:
        return None


def _default(name: str) -> Any:
    known = _property(name)
    return known.default if known is not None else DEFAULTS.get(name)


def _author(prim: Usd.Prim, path: str, value: Any) -> Usd.Attribute:
    kinds = {bool: Sdf.ValueTypeNames.Bool, int: Sdf.ValueTypeNames.Int, float: Sdf.ValueTypeNames.Float}
    kinds |= {str: Sdf.ValueTypeNames.Token, type(None): Sdf.ValueTypeNames.Float}
    known = _property(path)
    kind = known.kind if known is not None else kinds.get(type(value)) or Sdf.GetValueTypeNameForValue(value)
    attribute = prim.CreateAttribute(path, kind, custom=False)
    if value is not None:
        attribute.Set(int(value) if str(kind) in ("int", "uint") else value)
    return attribute


for _name, _prefix in PREFIXES.items():
    globals()[_name] = type(_name, (PhysxAPI,), {"prefix": _prefix, "schema_name": _name})
