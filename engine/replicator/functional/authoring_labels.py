"""Semantic labels of one prim: the UsdSemantics schema, and what is left of the older SemanticsAPI."""

from __future__ import annotations

from typing import Any

from pxr import Usd, UsdSemantics

from engine.graph.sources import labels_of
from engine.replicator.arguments import fail, semantic_labels

MODES = ("add", "replace", "clear")
OLD_SCHEMA = "SemanticsAPI:"


def apply_semantics(prim: Usd.Prim, semantics: Any, mode: str = "add") -> None:
    """Write labels in the UsdSemantics schema and move labels of the older schema there.

    Args:
        prim: prim to label.
        semantics: {"class": "x" | ["x", "y"]}, [("class", "x")], or None for no new labels.
        mode: "add" keeps labels of the same type, "replace" drops them, "clear" drops the labels of all types first.

    Raises:
        TypeError: if the labels are neither a dict nor a list of pairs.
        ValueError: if the mode is unknown.
    """
    if mode not in MODES:
        raise fail("apply_semantics", "mode", mode, "'add', 'replace' or 'clear'")
    new = semantic_labels("apply_semantics", semantics)
    old = {kind: list(labels) for kind, labels in labels_of(prim).items()}
    upgraded = _remove_old_schema(prim)
    if mode == "clear":
        for kind in UsdSemantics.LabelsAPI.GetDirectTaxonomies(prim):
            prim.RemoveProperty(f"semantics:labels:{kind}")
            prim.RemoveAPI(UsdSemantics.LabelsAPI, kind)
    elif upgraded:
        for kind in set(old) - set(new):
            _write(prim, kind, old[kind])
    for kind, labels in new.items():
        names = [labels] if isinstance(labels, str) else [str(label) for label in labels]
        _write(prim, kind, [*(old.get(kind, []) if mode == "add" else []), *names])


def _write(prim: Usd.Prim, kind: str, labels: list[str]) -> None:
    api = UsdSemantics.LabelsAPI.Apply(prim, kind)
    api.CreateLabelsAttr().Set(list(dict.fromkeys(str(label) for label in labels)))


def _remove_old_schema(prim: Usd.Prim) -> bool:
    """Remove the older schema's properties and say whether there were any."""
    names = [p.GetName() for p in prim.GetAuthoredPropertiesInNamespace("semantic") if ":params:" in p.GetName()]
    for name in names:
        if not prim.RemoveProperty(name) or prim.GetAttribute(name).HasAuthoredValue():
            prim.GetAttribute(name).Block()  # the value comes from a referenced layer
    for schema in [s for s in prim.GetAppliedSchemas() if s.startswith(OLD_SCHEMA)]:
        prim.RemoveAppliedSchema(schema)
    return bool(names)
