"""pxr.Semantics: the legacy `SemanticsAPI:<name>` schema, authored as Omniverse authors it.

Attributes `semantic:<name>:params:semanticType` and `semantic:<name>:params:semanticData`, both string, and the
applied schema `SemanticsAPI:<name>`.
"""

from __future__ import annotations

from pxr import Sdf, Tf, Usd

from . import schema_classes
from .schema_classes import applied_names as _applied

_SCHEMA = "SemanticsAPI"
schema_classes.install()


class SemanticsAPI:
    """One semantic label of a prim."""

    schema_name = _SCHEMA

    def __init__(self, prim: Usd.Prim, name: str = "Semantics") -> None:
        self._prim = prim
        self._name = name

    @staticmethod
    def Apply(prim: Usd.Prim, name: str) -> SemanticsAPI:
        """Add the schema to a prim under an instance name and return it."""
        instance = Tf.MakeValidIdentifier(name)
        prim.AddAppliedSchema(f"{_SCHEMA}:{instance}")
        return SemanticsAPI(prim, instance)

    @staticmethod
    def Get(prim: Usd.Prim, name: str) -> SemanticsAPI:
        """Return the schema of a prim under an instance name; false if it is not applied."""
        return SemanticsAPI(prim, name)

    @staticmethod
    def GetAll(prim: Usd.Prim) -> list[SemanticsAPI]:
        """Return every legacy label of a prim."""
        prefix = f"{_SCHEMA}:"
        return [SemanticsAPI(prim, s[len(prefix) :]) for s in _applied(prim) if s.startswith(prefix)]

    @staticmethod
    def IsSemanticsAPIPath(path: Sdf.Path) -> bool:
        """Tell whether a property path belongs to this schema."""
        parts = Sdf.Path(str(path)).name.split(":")
        return len(parts) == 4 and parts[0] == "semantic" and parts[2] == "params"

    def GetPrim(self) -> Usd.Prim:
        """Return the labelled prim."""
        return self._prim

    def GetName(self) -> str:
        """Return the instance name."""
        return self._name

    def GetSemanticTypeAttr(self) -> Usd.Attribute:
        """Return the attribute that holds the type, such as "class"."""
        return self._prim.GetAttribute(f"semantic:{self._name}:params:semanticType")

    def GetSemanticDataAttr(self) -> Usd.Attribute:
        """Return the attribute that holds the label."""
        return self._prim.GetAttribute(f"semantic:{self._name}:params:semanticData")

    def CreateSemanticTypeAttr(self, default: str | None = None, write_sparsely: bool = False) -> Usd.Attribute:
        """Make the attribute that holds the type."""
        return self._create("semanticType", default)

    def CreateSemanticDataAttr(self, default: str | None = None, write_sparsely: bool = False) -> Usd.Attribute:
        """Make the attribute that holds the label."""
        return self._create("semanticData", default)

    def _create(self, name: str, default: str | None) -> Usd.Attribute:
        path = f"semantic:{self._name}:params:{name}"
        attribute = self._prim.CreateAttribute(path, Sdf.ValueTypeNames.String, custom=False)
        if default is not None:
            attribute.Set(default)
        return attribute

    def __bool__(self) -> bool:
        return bool(self._prim) and f"{_SCHEMA}:{self._name}" in _applied(self._prim)


def legacy_labels(prim: Usd.Prim) -> dict[str, tuple[str, str]]:
    """Return instance name to (type, label) of every legacy label of a prim."""
    result = {}
    for api in SemanticsAPI.GetAll(prim):
        kind, label = api.GetSemanticTypeAttr(), api.GetSemanticDataAttr()
        if kind and label:
            result[api.GetName()] = (str(kind.Get()), str(label.Get()))
    return result


def remove_legacy(prim: Usd.Prim, instance: str) -> None:
    """Take one legacy label off a prim."""
    prim.RemoveAppliedSchema(f"{_SCHEMA}:{instance}")
    for name in ("semanticType", "semanticData"):
        prim.RemoveProperty(f"semantic:{instance}:params:{name}")
