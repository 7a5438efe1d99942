"""semantics.schema.editor: add and remove labels, as the Semantics Schema Editor does."""

from __future__ import annotations

import enum

from pxr import Tf, Usd

from .semantics_schema import SemanticsAPI, legacy_labels, remove_legacy


class LabelWriteType(enum.Enum):
    """What to do with labels of the same type that are there."""

    ADD = "add"
    UPDATE = "update"
    REPLACE = "replace"


def add_prim_semantics(
    prim: Usd.Prim,
    data: str,
    type: str = "class",
    suffix: str = "",
    write_type: LabelWriteType = LabelWriteType.ADD,
) -> None:
    """Label a prim.

    Args:
        prim: the prim to label.
        data: the label.
        type: the semantic type.
        suffix: makes the name of the schema instance unique.
        write_type: keep or replace what is there.
    """
    if write_type is not LabelWriteType.ADD:
        remove_prim_semantics(prim, label_type=type)
    stem = f"Semantics_{Tf.MakeValidIdentifier(type)}_{Tf.MakeValidIdentifier(data)}{suffix}"
    api = SemanticsAPI.Apply(prim, stem)
    api.CreateSemanticTypeAttr(type)
    api.CreateSemanticDataAttr(data)


def remove_prim_semantics(prim: Usd.Prim, data: str | None = None, label_type: str | None = None) -> None:
    """Remove the labels of a prim that match, in the old schema and in the new one."""
    for instance, (kind, label) in legacy_labels(prim).items():
        if (data is None or label == data) and (label_type is None or kind == label_type):
            remove_legacy(prim, instance)
    if data is None:
        _remove_labels_api(prim, label_type)


def _remove_labels_api(prim: Usd.Prim, label_type: str | None) -> None:
    from pxr import UsdSemantics

    for name in UsdSemantics.LabelsAPI.GetDirectTaxonomies(prim):
        if label_type is None or name == label_type:
            prim.RemoveAPI(UsdSemantics.LabelsAPI, name)
            prim.RemoveProperty(f"semantics:labels:{name}")
