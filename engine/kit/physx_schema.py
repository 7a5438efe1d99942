"""pxr.PhysxSchema: PhysX settings authored as plain attributes `<prefix>:<name>` with their applied schema.

The attribute types are those of the values given; `Create<Name>Attr(value)` authors, `Get<Name>Attr()` reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pxr import Sdf, Usd

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
        names = [str(name) for name in self._prim.GetPrimTypeInfo().GetAppliedAPISchemas()] if self._prim else []
        return type(self).__name__ in names

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


globals().update({name: type(name, (PhysxAPI,), {"prefix": prefix}) for name, prefix in PREFIXES.items()})
