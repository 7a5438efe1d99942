"""Semantic labels on prims, in the schema that the running USD has."""

from __future__ import annotations

from functools import cache

from pxr import Sdf, Usd


@cache
def has_labels_schema() -> bool:
    """Tell whether this USD has UsdSemantics (Isaac Sim 5 and later); older ones have NVIDIA's SemanticsAPI."""
    return Usd.SchemaRegistry().FindAppliedAPIPrimDefinition("SemanticsLabelsAPI") is not None


def label(prim: Usd.Prim, name: str, taxonomy: str = "class") -> None:
    """Author a semantic label: `semantics:labels:<taxonomy>`, or NVIDIA's pair of attributes on an older USD.

    Args:
        prim: the prim that gets the label.
        name: the label, e.g. "cow".
        taxonomy: the kind of label.

    Source: OpenUSD, UsdSemantics; Isaac Sim 4.5, `semantic:<instance>:params:semanticType` and `semanticData`.
    """
    if has_labels_schema():
        prim.AddAppliedSchema(f"SemanticsLabelsAPI:{taxonomy}")
        prim.CreateAttribute(f"semantics:labels:{taxonomy}", Sdf.ValueTypeNames.TokenArray).Set([name])
        return
    instance = f"Semantics_{taxonomy}"
    prim.AddAppliedSchema(f"SemanticsAPI:{instance}")
    for key, value in (("semanticType", taxonomy), ("semanticData", name)):
        prim.CreateAttribute(f"semantic:{instance}:params:{key}", Sdf.ValueTypeNames.String).Set(value)
