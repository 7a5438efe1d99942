from __future__ import annotations

import pytest
from pxr import Usd, UsdGeom, UsdSemantics

from engine.kit.physx_schema import PREFIXES
from engine.kit.semantics_schema import SemanticsAPI

from .running import HEAD, run


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


def test_attributes_of_an_applied_physx_schema_are_there_to_be_set(tmp_path):
    pytest.importorskip("physx_usd_schemas")
    source = HEAD + (
        "import omni.usd\n"
        "from pxr import PhysxSchema, UsdGeom\n"
        "prim = UsdGeom.Cube.Define(omni.usd.get_context().get_stage(), '/C').GetPrim()\n"
        "PhysxSchema.PhysxCollisionAPI.Apply(prim)\n"
        "offset = prim.GetAttribute('physxCollision:contactOffset')\n"
        "before = offset.Get()\n"
        "offset.Set(0.001)\n"
        "print('offset', before, round(offset.Get(), 6), prim.HasAPI(PhysxSchema.PhysxCollisionAPI))\n"
        "print('damping', PhysxSchema.PhysxRigidBodyAPI.Apply(prim).GetAngularDampingAttr().Get())\n"
    )
    result = run(tmp_path, source)
    assert "offset -inf 0.001 True" in result.stdout, result.stderr
    assert "damping 0.05" in result.stdout
