"""Semantic labels of a prim, in both schemas."""

from __future__ import annotations

from collections.abc import Iterable

from pxr import Usd

NEW, OLD = "semantics:labels", "semantic"
NEW_SCHEMA, OLD_SCHEMA = "SemanticsLabelsAPI:", "SemanticsAPI:"

Labels = dict[str, tuple[str, ...]]


def read_labels(prim: Usd.Prim, time: Usd.TimeCode) -> tuple[Labels | None, bool]:
    """Read the labels a prim carries itself.

    `semantics:labels:<type>` token arrays (UsdSemantics LabelsAPI) and `semantic:<name>:params:semanticType` with
    `semanticData` (the older SemanticsAPI) are merged: the labels of the new schema come first, each once.

    Returns:
        Type to labels in authored order (None without any), and whether they may vary over time.
    """
    found: dict[str, dict[str, None]] = {}
    varies = False
    new, old = prim.GetAuthoredPropertiesInNamespace(NEW), prim.GetAuthoredPropertiesInNamespace(OLD)
    if not new and not old:
        return None, False
    applied = [str(name) for name in prim.GetPrimTypeInfo().GetAppliedAPISchemas()]
    for attribute in _in_order(new, applied, NEW_SCHEMA, len(NEW) + 1):
        varies |= attribute.ValueMightBeTimeVarying()
        kind = attribute.GetName()[len(NEW) + 1 :]
        for label in attribute.Get(time) or ():
            found.setdefault(kind, {})[str(label)] = None
    types = [a for a in old if a.GetName().endswith(":params:semanticType")]
    for attribute in _in_order(types, applied, OLD_SCHEMA, len(OLD) + 1):
        data = prim.GetAttribute(attribute.GetName().removesuffix("semanticType") + "semanticData")
        varies |= attribute.ValueMightBeTimeVarying() or bool(data and data.ValueMightBeTimeVarying())
        kind, label = attribute.Get(time), data.Get(time) if data else None
        if kind and label:
            found.setdefault(str(kind), {})[str(label)] = None
    return ({kind: tuple(labels) for kind, labels in found.items()} or None), varies


def _in_order(
    attributes: Iterable[Usd.Attribute], applied: list[str], schema: str, skip: int
) -> Iterable[Usd.Attribute]:
    """Order attributes as their schemas were applied; those without an applied schema come last."""
    order = {name.removeprefix(schema): place for place, name in enumerate(applied) if name.startswith(schema)}
    return sorted(attributes, key=lambda a: order.get(a.GetName()[skip:].split(":params:")[0], len(applied)))
