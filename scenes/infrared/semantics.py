"""Read semantic labels of class from prims, in both schemas."""

from __future__ import annotations

from pxr import Sdf, Usd

NEW = "semantics:labels:class"
OLD = "semantic"


def own_classes(prim: Usd.Prim, time: Usd.TimeCode) -> tuple[str, ...]:
    """Return the labels of type "class" that a prim itself carries, those of UsdSemantics first.

    Source: OpenUSD, UsdSemantics LabelsAPI; Isaac Sim 4.5, `semantic:<instance>:params:semanticType|semanticData`.
    """
    found: dict[str, None] = {}
    attribute = prim.GetAttribute(NEW)
    if attribute and attribute.HasAuthoredValue():
        found |= {str(name): None for name in attribute.Get(time) or ()}
    for kind in prim.GetAuthoredPropertiesInNamespace(OLD):
        name = kind.GetName()
        if not name.endswith(":params:semanticType") or str(kind.Get(time)) != "class":
            continue
        data = prim.GetAttribute(name.removesuffix("semanticType") + "semanticData")
        if data and data.Get(time):
            found |= {part.strip(): None for part in str(data.Get(time)).split(",")}
    return tuple(found)


class Classes:
    """Class labels by prim, those of the nearest labelled prim at or above it; each prim is read once."""

    def __init__(self, time: Usd.TimeCode) -> None:
        self._time = time
        self._known: dict[Sdf.Path, tuple[str, ...]] = {}

    def of(self, prim: Usd.Prim) -> tuple[str, ...]:
        """Return the labels that count for a prim; () where nothing above it is labelled."""
        path = prim.GetPath()
        if path not in self._known:
            own = () if prim.IsPseudoRoot() else own_classes(prim, self._time)
            self._known[path] = own or (() if prim.IsPseudoRoot() else self.of(prim.GetParent()))
        return self._known[path]
