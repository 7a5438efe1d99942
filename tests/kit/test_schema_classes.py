from __future__ import annotations

import pytest
from pxr import Usd, UsdGeom, UsdSemantics

from engine.kit.physx_schema import PREFIXES
from engine.kit.semantics_schema import SemanticsAPI


@pytest.fixture
def prim():
    stage = Usd.Stage.CreateInMemory()
    yield UsdGeom.Cube.Define(stage, "/C").GetPrim()


def test_prims_are_asked_for_classes_that_openusd_does_not_know(prim):
    from engine.kit import physx_schema

    body = physx_schema.PhysxRigidBodyAPI
    assert not prim.HasAPI(SemanticsAPI) and not prim.HasAPI(body)
    SemanticsAPI.Apply(prim, "colour")
    assert prim.HasAPI(SemanticsAPI) and prim.HasAPI(SemanticsAPI, "colour")
    assert not prim.HasAPI(SemanticsAPI, "class") and not prim.HasAPI(UsdSemantics.LabelsAPI)
    prim.RemoveAPI(SemanticsAPI, "colour")
    assert not prim.HasAPI(SemanticsAPI)
    prim.ApplyAPI(body)
    assert prim.HasAPI(body) and bool(body(prim))
    assert {name for name in PREFIXES if prim.HasAPI(getattr(physx_schema, name))} == {"PhysxRigidBodyAPI"}


def test_openusd_answers_for_its_own_classes_and_errors(prim):
    prim.ApplyAPI(UsdSemantics.LabelsAPI, "class")
    assert prim.HasAPI(UsdSemantics.LabelsAPI) and prim.HasAPI(UsdSemantics.LabelsAPI, "class")
    assert not prim.HasAPI(UsdGeom.ModelAPI)
    with pytest.raises(TypeError, match="cannot convert"):
        prim.HasAPI(dict)
