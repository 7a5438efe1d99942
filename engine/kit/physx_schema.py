"""pxr.PhysxSchema: PhysX settings authored as plain attributes `<prefix>:<name>` with their applied schema.

The attribute types are those of the values given; `Create<Name>Attr(value)` authors, `Get<Name>Attr()` reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pxr import Sdf, Usd

from . import schema_classes

schema_classes.install()
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
            return lambda: self._prim.GetAttribute(path)
        return lambda value=None, write_sparsely=False: _author(self._prim, path, value)


def _author(prim: Usd.Prim, path: str, value: Any) -> Usd.Attribute:
    kinds = {bool: Sdf.ValueTypeNames.Bool, int: Sdf.ValueTypeNames.Int, float: Sdf.ValueTypeNames.Float}
    kinds |= {str: Sdf.ValueTypeNames.Token, type(None): Sdf.ValueTypeNames.Float}
    kind = kinds.get(type(value)) or Sdf.GetValueTypeNameForValue(value)
    attribute = prim.CreateAttribute(path, kind, custom=False)
    if value is not None:
        attribute.Set(value)
    return attribute


for _name, _prefix in PREFIXES.items():
    globals()[_name] = type(_name, (PhysxAPI,), {"prefix": _prefix, "schema_name": _name})
