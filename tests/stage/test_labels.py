"""Semantics in both schemas."""

from __future__ import annotations

import numpy as np
import pytest
from pxr import Sdf, Usd, UsdGeom

from engine.kit.semantics_schema import SemanticsAPI
from engine.stage.reader import StageReader

from .build import label, mesh, only


def old_label(prim: Usd.Prim, name: str, kind: str, data: str) -> None:
    api = SemanticsAPI.Apply(prim, name)
    api.CreateSemanticTypeAttr(kind)
    api.CreateSemanticDataAttr(data)


def test_new_schema_keeps_types_and_order(stage: Usd.Stage) -> None:
    made = mesh(stage, "/M")
    label(made, species="cow", **{"class": ["animal", "mammal", "animal"]})
    (found,) = only(StageReader(stage).snapshot()).labels
    assert list(found.labels.items()) == [("species", ("cow",)), ("class", ("animal", "mammal"))]


def test_old_schema_gathers_instances_of_one_type(stage: Usd.Stage) -> None:
    prim = mesh(stage, "/M").GetPrim()
    old_label(prim, "Semantics_z", "class", "first")
    old_label(prim, "Semantics_a", "class", "second")
    old_label(prim, "Other", "colour", "red")
    (found,) = only(StageReader(stage).snapshot()).labels
    assert dict(found.labels) == {"class": ("first", "second"), "colour": ("red",)}


def test_attributes_count_without_the_applied_schema(stage: Usd.Stage) -> None:
    prim = mesh(stage, "/M").GetPrim()
    prim.CreateAttribute("semantic:S:params:semanticType", Sdf.ValueTypeNames.String).Set("class")
    prim.CreateAttribute("semantic:S:params:semanticData", Sdf.ValueTypeNames.String).Set("box")
    (found,) = only(StageReader(stage).snapshot()).labels
    assert dict(found.labels) == {"class": ("box",)}


def test_both_schemas_on_one_prim_are_merged(stage: Usd.Stage) -> None:
    prim = mesh(stage, "/M").GetPrim()
    old_label(prim, "Semantics", "class", "old")
    old_label(prim, "Same", "class", "new")
    label(prim, **{"class": "new"})
    (found,) = only(StageReader(stage).snapshot()).labels
    assert dict(found.labels) == {"class": ("new", "old")}


def test_half_a_label_is_none(stage: Usd.Stage) -> None:
    prim = mesh(stage, "/M").GetPrim()
    SemanticsAPI.Apply(prim, "Semantics").CreateSemanticTypeAttr("class")
    label(prim, empty=[])
    scene = StageReader(stage).snapshot()
    assert only(scene).labels == () and scene.labelled == ()


def test_chain_is_nearest_first_and_lists_every_labelled_prim(stage: Usd.Stage) -> None:
    UsdGeom.SetStageMetersPerUnit(stage, 0.1)
    top, middle = UsdGeom.Xform.Define(stage, "/A"), UsdGeom.Xform.Define(stage, "/A/B")
    middle.AddTranslateOp().Set((10, 0, 0))
    leaf = mesh(stage, "/A/B/C/M")
    label(top, **{"class": "top"})
    label(middle, **{"class": "middle"})
    label(leaf, **{"class": "leaf"})
    label(UsdGeom.Xform.Define(stage, "/Empty"), **{"class": "nothing"})
    scene = StageReader(stage).snapshot()
    assert [p.path for p in only(scene).labels] == ["/A/B/C/M", "/A/B", "/A"]
    assert [p.path for p in scene.labelled] == ["/A", "/A/B", "/A/B/C/M", "/Empty"]
    assert scene.labelled[1] is only(scene).labels[1]
    np.testing.assert_allclose(scene.labelled[1].world_from_local[:, 3], [1, 0, 0, 1])
    np.testing.assert_allclose(scene.labelled[1].world_from_local[0, 0], 0.1)


def test_labels_can_change(stage: Usd.Stage) -> None:
    top = UsdGeom.Xform.Define(stage, "/A")
    mesh(stage, "/A/M")
    reader = StageReader(stage)
    assert only(reader.snapshot()).labels == ()
    label(top, **{"class": "cow"})
    assert dict(only(reader.snapshot()).labels[0].labels) == {"class": ("cow",)}
    top.GetPrim().GetAttribute("semantics:labels:class").Set(["sheep"])
    scene = reader.snapshot()
    assert dict(only(scene).labels[0].labels) == {"class": ("sheep",)} and len(scene.labelled) == 1
    top.GetPrim().RemoveProperty("semantics:labels:class")
    scene = reader.snapshot()
    assert only(scene).labels == () and scene.labelled == ()


def test_hidden_labelled_prims_are_not_listed(stage: Usd.Stage) -> None:
    top = UsdGeom.Xform.Define(stage, "/A")
    label(top, **{"class": "cow"})
    top.MakeInvisible()
    assert StageReader(stage).snapshot().labelled == ()


@pytest.mark.parametrize("seconds", [0.0, 1.0])
def test_labels_over_time(stage: Usd.Stage, seconds: float) -> None:
    stage.SetTimeCodesPerSecond(1)
    made = mesh(stage, "/M")
    label(made, **{"class": "x"})
    attribute = made.GetPrim().GetAttribute("semantics:labels:class")
    attribute.Set(["early"], 0.0)
    attribute.Set(["late"], 1.0)
    reader = StageReader(stage)
    reader.snapshot(0.0)
    assert only(reader.snapshot(seconds)).labels[0].labels["class"] == (("early", "late")[int(seconds)],)
