"""rep.functional.modify and utils: values on the stage afterwards."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pxr import Gf, Sdf, Usd, UsdGeom, UsdSemantics, UsdShade

from engine.replicator.functional import create, create_batch, modify, utils


def place(prim: Usd.Prim) -> np.ndarray:
    return np.array(UsdGeom.XformCache().GetLocalToWorldTransform(prim).ExtractTranslation())


def labels(prim: Usd.Prim, kind: str = "class") -> list[str]:
    return list(UsdSemantics.LabelsAPI(prim, kind).GetLabelsAttr().Get() or [])


def test_pose_changes_only_what_is_given() -> None:
    prim = create.cube(position=(1, 2, 3), rotation=(0, 0, 45), scale=2)
    before = np.array(UsdGeom.XformCache().GetLocalToWorldTransform(prim))
    modify.pose(prim, position_value=(4, 5, 6))
    after = np.array(UsdGeom.XformCache().GetLocalToWorldTransform(prim))
    np.testing.assert_allclose(after[3, :3], [4, 5, 6])
    np.testing.assert_allclose(after[:3, :3], before[:3, :3])


def test_position_rotation_scale_of_several_prims() -> None:
    prims = create_batch.cube(count=2)
    modify.position(prims, [(1, 0, 0), (2, 0, 0)])
    modify.rotation(prims, (0, 0, 90))
    modify.scale(prims, np.array([0.5, 3.0]))
    assert [place(p)[0] for p in prims] == [1, 2]
    for prim, size in zip(prims, (0.5, 3.0), strict=True):
        matrix = np.array(UsdGeom.XformCache().GetLocalToWorldTransform(prim))
        np.testing.assert_allclose(matrix[0, :3], [0, size, 0], atol=1e-6)


def test_rotation_orders_differ_as_scipy_says() -> None:
    from scipy.spatial.transform import Rotation

    for order in ("XYZ", "ZYX", "YXZ"):
        prim = create.xform()
        modify.rotation(prim, (20, 30, 40), value_rotation_order=order)
        angles = [(20, 30, 40)["XYZ".index(axis)] for axis in order]
        wanted = Rotation.from_euler(order.lower(), angles, degrees=True).as_matrix()
        found = np.array(UsdGeom.XformCache().GetLocalToWorldTransform(prim))[:3, :3].T
        np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_look_at_has_y_up_unless_told_otherwise() -> None:
    camera = create.camera(position=(0, 0, 0))
    modify.look_at(camera, (0, 0, -1))
    matrix = np.array(UsdGeom.XformCache().GetLocalToWorldTransform(camera))
    np.testing.assert_allclose(matrix[:3, :3], np.eye(3), atol=1e-6)
    target = create.cube(position=(10, 0, 0))
    modify.pose(camera, position_value=(0, 0, 5), look_at_value=target, look_at_up_axis=(0, 0, 1))
    matrix = np.array(UsdGeom.XformCache().GetLocalToWorldTransform(camera))
    np.testing.assert_allclose(-matrix[2, :3], np.array([10, 0, -5]) / np.sqrt(125), atol=1e-6)
    assert matrix[1, 2] > 0


def test_rotations_of_usd_turn_prims() -> None:
    prim = create.cube(position=(1, 2, 3))
    turn = Gf.Rotation(Gf.Vec3d(1, 2, 3), 40)
    modify.pose(prim, rotation_value=turn)
    matrix = UsdGeom.XformCache().GetLocalToWorldTransform(prim)
    np.testing.assert_allclose(np.array(matrix)[:3, :3], np.array(Gf.Matrix3d(turn)), atol=1e-6)
    modify.pose([prim, create.cube()], rotation_value=[turn, turn.GetInverse()])
    matrix = UsdGeom.XformCache().GetLocalToWorldTransform(prim)
    np.testing.assert_allclose(np.array(matrix)[:3, :3], np.array(Gf.Matrix3d(turn)), atol=1e-6)


def test_quaternions_turn_prims_that_have_euler_ops() -> None:
    prim = create.xform()
    xform = UsdGeom.Xformable(prim)
    xform.ClearXformOpOrder()
    for attribute in ("xformOp:orient", "xformOp:scale"):
        prim.RemoveProperty(attribute)
    xform.AddRotateXYZOp().Set(Gf.Vec3f(0, 0, 0))
    quat = Gf.Quatf(Gf.Rotation(Gf.Vec3d(0, 0, 1), 90).GetQuat())
    modify.pose(prim, position_value=(1, 0, 0), rotation_value=quat)
    found = np.array(UsdGeom.XformCache().GetLocalToWorldTransform(prim))
    np.testing.assert_allclose(found[0], [0, 1, 0, 0], atol=1e-6)
    np.testing.assert_allclose(found[3], [1, 0, 0, 1])


def test_attributes_once_and_once_a_prim() -> None:
    lights = [create.sphere_light(), create.sphere_light()]
    modify.attribute(lights, "inputs:intensity", 5.0)
    modify.attribute(lights, "radius", [1.5, 2.5])
    assert [p.GetAttribute("inputs:intensity").Get() for p in lights] == [5, 5]
    assert [p.GetAttribute("inputs:radius").Get() for p in lights] == [1.5, 2.5]
    modify.attribute(lights, "color", (0.1, 0.2, 0.3))
    assert np.allclose(lights[1].GetAttribute("inputs:color").Get(), (0.1, 0.2, 0.3))
    modify.attribute(create.dome_light(), "inputs:texture:file", "sky.exr")
    cube = create.cube()
    modify.attribute(cube, "myNumber", 3)
    assert cube.GetAttribute("myNumber").Get() == 3
    with pytest.raises(TypeError, match=r"attribute_name='' was given; expected the name of a USD attribute"):
        modify.attribute(cube, "", 3)
    with pytest.raises(ValueError, match=r"2 numbers were given for an attribute of type float; expected one"):
        modify.attribute(lights[0], "intensity", (1, 2))


def test_a_material_stands_for_its_shader() -> None:
    made = create.material(mdl="OmniPBR.mdl", diffuse_color_constant=(1, 1, 1))
    modify.attribute(made, "diffuse_color_constant", (0, 1, 0))
    shader = UsdShade.Material(made).ComputeSurfaceSource("mdl")[0]
    assert shader.GetInput("diffuse_color_constant").Get() == Gf.Vec3f(0, 1, 0)


def test_visibility_once_and_once_a_prim() -> None:
    prims = create_batch.cube(count=2)
    modify.visibility(prims, [True, False])
    assert [UsdGeom.Imageable(p).ComputeVisibility() for p in prims] == ["inherited", "invisible"]
    modify.visibility(prims, np.array([False, True]))
    assert [UsdGeom.Imageable(p).ComputeVisibility() for p in prims] == ["invisible", "inherited"]


def test_materials_bind() -> None:
    cubes = create_batch.cube(count=2)
    made = create_batch.material("OmniPBR.mdl", count=2)
    modify.material(cubes, made)
    bound = [UsdShade.MaterialBindingAPI(c).ComputeBoundMaterial()[0].GetPath() for c in cubes]
    assert bound == [m.GetPath() for m in made]


def test_semantics_add_replace_clear() -> None:
    prim = create.cube(semantics={"class": "a"})
    modify.semantics(prim, {"class": "b", "color": "red"})
    assert labels(prim) == ["a", "b"] and labels(prim, "color") == ["red"]
    modify.semantics(prim, {"class": "c"}, mode="replace")
    assert labels(prim) == ["c"] and labels(prim, "color") == ["red"]
    modify.semantics(prim, {"class": "d"}, mode="clear")
    assert labels(prim) == ["d"] and labels(prim, "color") == []
    modify.semantics(prim, None, mode="clear")
    assert not [s for s in prim.GetAppliedSchemas() if "Semantics" in s]
    with pytest.raises(ValueError, match=r"mode='drop' was given; expected 'add', 'replace' or 'clear'"):
        modify.semantics(prim, {"class": "d"}, mode="drop")


def test_the_older_schema_is_upgraded() -> None:
    prim = create.cube()
    prim.AddAppliedSchema("SemanticsAPI:Semantics_x")
    for name, value in (("Type", "class"), ("Data", "old")):
        full = f"semantic:Semantics_x:params:semantic{name}"
        prim.CreateAttribute(full, Sdf.ValueTypeNames.String, False).Set(value)
    modify.semantics(prim, {"class": "new"})
    assert labels(prim) == ["old", "new"]
    assert not [s for s in prim.GetAppliedSchemas() if s.startswith("SemanticsAPI")]


MISTAKES: list[tuple[Any, str]] = [
    (lambda p: modify.pose("/No", position_value=(0, 0, 0)), r"functional.modify.pose: prims='/No' was given; expected a"),
    (lambda p: modify.rotation(p, (0, 0, 0), "XXY"), r"rotation_order='XXY' was given; expected one of: XYZ, XZY"),
    (lambda p: modify.position(p, [(0, 0, 0)] * 3), r"position=.* was given; expected .* one of these for each of 1"),
    (lambda p: modify.position(p, (np.inf, 0, 0)), r"position=\(inf, 0, 0\) was given; expected finite numbers"),
    (lambda p: modify.pose(p, position_value=(0, 0, 0), relative_to=[p, p]), r"relative_to=.* was given; expected one pr"),
    (lambda p: modify.visibility(p, [True, False]), r"visible=.* was given; expected one value, or one for each of 1"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "text"), MISTAKES, ids=range(len(MISTAKES)))
def test_mistakes_are_named(call: Any, text: str) -> None:
    prim = create.cube(position=(7, 7, 7))
    with pytest.raises(ValueError, match=text):
        call(prim)
    np.testing.assert_allclose(place(prim), 7)


def test_transforms_are_those_of_usd() -> None:
    parent = create.xform(position=(1, 0, 0), rotation=(0, 0, 90))
    child = create.cube(position=(2, 0, 0), scale=3, parent=parent)
    wanted = UsdGeom.XformCache().GetLocalToWorldTransform(child)
    found = utils.get_world_transform(child)
    np.testing.assert_allclose(np.array(found.GetMatrix()), np.array(wanted), atol=1e-9)
    np.testing.assert_allclose(found.GetTranslation(), (1, 2, 0), atol=1e-9)
    np.testing.assert_allclose(utils.get_world_position(str(child.GetPath())), (1, 2, 0), atol=1e-9)
    np.testing.assert_allclose(utils.get_local_transform(child).GetTranslation(), (2, 0, 0))
    with pytest.raises(
        ValueError, match=r"functional.utils.get_world_transform: prim='/No' was given; expected a prim"
    ):
        utils.get_world_transform("/No")
