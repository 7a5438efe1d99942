"""Semantic labels on prims, in OpenUSD's UsdSemantics schema."""

from __future__ import annotations

from pxr import Sdf, Usd


def label(prim: Usd.Prim, name: str, taxonomy: str = "class") -> None:
    """Author a semantic label (`semantics:labels:<taxonomy>`).

    Args:
        prim: the prim that gets the label.
        name: the label, e.g. "cow".
        taxonomy: the kind of label.
    """
    prim.AddAppliedSchema(f"SemanticsLabelsAPI:{taxonomy}")
    prim.CreateAttribute(f"semantics:labels:{taxonomy}", Sdf.ValueTypeNames.TokenArray).Set([name])
