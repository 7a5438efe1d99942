"""Variant sets of the prims that builders make: one of several looks, or a choice that the asset below has."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pxr import Usd


def add_variants(prim: Usd.Prim, name: str, choices: Sequence[str], fill: Callable[[int], None], chosen: str) -> None:
    """Give a prim a variant set.

    Args:
        prim: gets the set.
        name: of the set.
        choices: names of the variants.
        fill: authors what the n-th of them holds; called while that is being edited.
        chosen: which one is selected.
    """
    variants = prim.GetVariantSets().AddVariantSet(name)
    for number, choice in enumerate(choices):
        variants.AddVariant(choice)
        variants.SetVariantSelection(choice)
        with variants.GetVariantEditContext():
            fill(number)
    variants.SetVariantSelection(chosen)


def look_name(number: int) -> str:
    """Return the name of the n-th look."""
    return f"look_{number:02d}"


def add_looks(prim: Usd.Prim, name: str, files: Sequence[str], chosen: int) -> None:
    """Give a prim a variant set `look_00`, `look_01` ... that each reference an asset file at its child `Body`."""

    def fill(number: int) -> None:
        body = prim.GetStage().DefinePrim(prim.GetPath().AppendChild("Body"), "Xform")
        body.GetReferences().AddReference(files[number])

    add_variants(prim, name, [look_name(number) for number in range(len(files))], fill, look_name(chosen))


def lift_variants(prim: Usd.Prim, child: str, name: str, choices: Sequence[str], chosen: str) -> None:
    """Give a prim a variant set that selects in the set of the same name of a child, so that randomizers reach it."""

    def fill(number: int) -> None:
        below = prim.GetStage().OverridePrim(prim.GetPath().AppendChild(child))
        below.GetVariantSets().GetVariantSet(name).SetVariantSelection(choices[number])

    add_variants(prim, name, choices, fill, chosen)
