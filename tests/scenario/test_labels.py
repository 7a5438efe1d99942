"""Labels are read back by both schemas' readers."""

from __future__ import annotations

import pytest
from pxr import Usd, UsdGeom, UsdSemantics

from engine.stage.reader import StageReader
from scenes import labels


def boxed() -> tuple[Usd.Stage, Usd.Prim]:
    stage = Usd.Stage.CreateInMemory()
    return stage, UsdGeom.Cube.Define(stage, "/Box").GetPrim()


def test_labels_are_usdsemantics_where_that_is() -> None:
    _stage, prim = boxed()
    labels.label(prim, "cow")
    assert labels.has_labels_schema()
    assert list(UsdSemantics.LabelsAPI(prim, "class").GetLabelsAttr().Get()) == ["cow"]
    assert UsdSemantics.LabelsAPI.GetDirectTaxonomies(prim) == ["class"]


def test_labels_are_nvidias_on_an_older_usd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labels, "has_labels_schema", lambda: False)
    stage, prim = boxed()
    labels.label(prim, "cow")
    labels.label(prim, "Angus", "breed")
    assert prim.GetAttribute("semantic:Semantics_class:params:semanticData").Get() == "cow"
    (found,) = StageReader(stage).snapshot(0.0).labelled
    assert found.labels == {"class": ("cow",), "breed": ("Angus",)}
