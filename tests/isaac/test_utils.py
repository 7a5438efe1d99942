"""isaacsim.core.utils, omni.kit.commands and usdrt: small functions against closed form and pxr."""

from __future__ import annotations

import importlib
import math
import random
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from pxr import Gf, Sdf, UsdGeom, UsdPhysics, UsdShade, UsdUtils

from engine import physics
from engine.isaac import arrays
from engine.isaac.core_utils import (
    collisions,
    constants,
    distance_metrics,
    interops,
    mesh,
    prims,
    semantics,
    transformations,
    viewports,
)
from engine.isaac.core_utils import math as vectors
from engine.isaac.core_utils import physics as physics_utils
from engine.isaac.core_utils import random as drawn
from engine.isaac.core_utils import string as names
from engine.isaac.core_utils.numpy import rotations
from engine.isaac.experimental import backend, foundation
from engine.isaac.experimental import stage as stage_utils
from engine.kit.commands import execute
from engine.kit.viewport_utility import get_active_viewport

HALF = math.sqrt(0.5)


def test_rotations_of_many_agree_with_matrices():
    quats = rotations.euler_angles_to_quats(np.array([[0, 0, 90], [90, 0, 0]]), degrees=True)
    assert np.abs(quats) == pytest.approx(np.array([[HALF, 0, 0, HALF], [HALF, HALF, 0, 0]]))
    assert rotations.quats_to_rot_matrices(quats)[0] @ [1, 0, 0] == pytest.approx([0, 1, 0])
    assert rotations.quats_to_euler_angles(quats, degrees=True) == pytest.approx(np.array([[0, 0, 90], [90, 0, 0]]))
    assert np.abs(rotations.rot_matrices_to_quats(np.eye(3))) == pytest.approx([1, 0, 0, 0])
    assert rotations.quats_to_rotvecs(rotations.rotvecs_to_quats(np.array([0.1, 0.2, 0.3]))) == pytest.approx(
        [0.1, 0.2, 0.3]
    )
    assert rotations.xyzw2wxyz(np.array([1, 2, 3, 4])).tolist() == [4, 1, 2, 3]
    assert rotations.gf_quat_to_tensor(Gf.Quatd(1, 2, 3, 4)).tolist() == [1, 2, 3, 4]


def test_poses_between_frames(fresh_stage):
    for path, place in (("/A", (1, 0, 0)), ("/B", (0, 2, 0))):
        xform = UsdGeom.Xform.Define(fresh_stage, path)
        xform.AddTranslateOp().Set(Gf.Vec3d(*place))
        xform.AddRotateZOp().Set(90.0 if path == "/B" else 0.0)
    first, second = (fresh_stage.GetPrimAtPath(path) for path in ("/A", "/B"))
    # the origin of A, (1, 0, 0), seen from B: offset (1, -2, 0) turned by -90 degrees
    assert transformations.get_translation_from_target(np.zeros(3), first, second) == pytest.approx([-2, -1, 0])
    position, quat = transformations.get_world_pose_from_relative(second, [1, 0, 0], [1, 0, 0, 0])
    assert position == pytest.approx([0, 3, 0]) and quat == pytest.approx([HALF, 0, 0, HALF])
    matrix = transformations.tf_matrix_from_pose([1, 2, 3], [HALF, 0, 0, HALF])
    back = transformations.pose_from_tf_matrix(matrix @ np.diag([2.0, 3.0, 4.0, 1.0]))
    assert back[0] == pytest.approx([1, 2, 3]) and back[1] == pytest.approx([HALF, 0, 0, HALF])


def test_mesh_vertices_in_metres(fresh_stage):
    UsdGeom.SetStageMetersPerUnit(fresh_stage, 0.01)
    made = UsdGeom.Mesh.Define(fresh_stage, "/M")
    made.CreatePointsAttr([(0, 0, 0), (100, 0, 0)])
    made.AddTranslateOp().Set(Gf.Vec3d(0, 200, 0))
    origin = UsdGeom.Xform.Define(fresh_stage, "/O").GetPrim()
    assert mesh.get_mesh_vertices_relative_to(made, origin) == pytest.approx(np.array([[0, 2, 0], [1, 2, 0]]))


def test_poses_in_view_are_seen_and_follow_pythons_seed(fresh_stage):
    camera = UsdGeom.Camera.Define(fresh_stage, "/Cam")
    camera.AddTranslateOp().Set(Gf.Vec3d(0, 0, 5))
    origin = UsdGeom.Xform.Define(fresh_stage, "/O").GetPrim()
    given = (camera.GetPrim(), 2.0, 4.0, 1.0, 0.6, 0.9, origin, [-10] * 3, [10] * 3)
    random.seed(7)
    first = drawn.get_random_world_pose_in_view(*given)
    random.seed(7)
    again = drawn.get_random_world_pose_in_view(*given)
    assert np.array_equal(first[0], again[0]) and np.array_equal(first[1], again[1])
    generator = random.Random(1)
    for _ in range(50):
        place, _ = drawn.get_random_world_pose_in_view(*given, generator)
        depth = 5 - place[2]
        assert 2 <= depth <= 4
        assert abs(place[0]) <= depth * math.tan(0.45) and abs(place[1]) <= depth * math.tan(0.27)


def test_names_and_small_vectors():
    taken = {"a", "a_1"}
    assert names.find_unique_string_name("a", lambda name: name not in taken) == "a_2"
    assert names.find_root_prim_path_from_regex("/World/env_[0-9]/x") == ("/World", 2)
    assert names.find_root_prim_path_from_regex("/World/x") == (None, None)
    assert vectors.cross([1, 0, 0], [0, 1, 0]) == [0, 0, 1] and vectors.radians_to_degrees(math.pi) == pytest.approx(
        180
    )
    assert vectors.normalized([3, 4]) == pytest.approx([0.6, 0.8]) and vectors.normalized(None) is None
    assert constants.AXES_INDICES["y"] == 1 and constants.AXES_TOKEN["Z"] == "Z"


def test_viewport_intrinsics_there_and_back(fresh_stage):
    UsdGeom.Camera.Define(fresh_stage, "/Cam")
    window = viewports.create_viewport_for_camera("mine", "/Cam", 640, 480)
    viewport = window.viewport_api
    viewports.set_intrinsics_matrix(viewport, [[500, 0, 320], [0, 500, 240], [0, 0, 1]], focal_length=2.0)
    assert viewports.get_intrinsics_matrix(viewport) == pytest.approx(
        np.array([[500, 0, 320], [0, 500, 240], [0, 0, 1]])
    )
    assert viewports.get_window_from_id(viewports.get_id_from_index(0)).viewport_api is get_active_viewport()


def test_value_types_by_name():
    assert foundation.resolve_value_type_name("Float3") == Sdf.ValueTypeNames.Float3
    assert foundation.resolve_value_type_name("color3f") == Sdf.ValueTypeNames.Color3f
    assert foundation.value_type_name_to_str(Sdf.ValueTypeNames.Color3f) == "Color3f"
    assert "Token" in foundation.get_value_type_names()
    with pytest.raises(ValueError, match="'Nothing' is no USD value type"):
        foundation.resolve_value_type_name("Nothing")


def test_wishes_for_backends():
    with backend.use_backend("usdrt"):
        assert backend.get_current_backend(["usd", "usdrt"]) == "usdrt" and backend.is_backend_set()
        assert backend.get_current_backend(["usd"]) == "usd"
    assert not backend.is_backend_set() and backend.get_current_backend(["usd", "fabric"]) == "usd"
    with pytest.raises(ValueError, match=r"use_backend\('cuda'\): expected one of: usd"), backend.use_backend("cuda"):
        pass


@pytest.mark.skipif(not physics.is_available(), reason="the extra 'physics' is not installed")
def test_a_ray_along_x_hits_a_cube(fresh_stage):
    cube = UsdGeom.Cube.Define(fresh_stage, "/C")
    cube.CreateSizeAttr(1.0)
    cube.AddTranslateOp().Set(Gf.Vec3d(0, 5, 0))
    UsdPhysics.CollisionAPI.Apply(cube.GetPrim())
    UsdPhysics.RigidBodyAPI.Apply(cube.GetPrim())
    physics_utils.set_rigid_body_enabled(True, "/C")
    assert physics_utils.get_rigid_body_enabled("/C") is True
    path, distance = collisions.ray_cast([0, 0, 0], [HALF, 0, 0, HALF], [1.0, 0, 0])
    assert path == "/C" and distance == pytest.approx(3.5, abs=1e-3)
    assert collisions.ray_cast([0, 0, 0], [1, 0, 0, 0], [0, 0, 0])[0] is None
    physics.simulation(fresh_stage).reset()


def test_commands_make_meshes_materials_and_references(fresh_stage, tmp_path):
    _, path = execute("CreateMeshPrimCommand", prim_type="Cube")
    points = np.array(UsdGeom.Mesh(fresh_stage.GetPrimAtPath(path)).GetPointsAttr().Get())
    assert path == "/Cube" and np.abs(points).max() == pytest.approx(0.5)
    assert execute("CreateMeshPrimWithDefaultXform", prim_type="Cube")[1] == "/Cube_01"
    execute("CreateMeshPrim", prim_type="Plane", prim_path="/P", half_scale=3.0)
    extent = np.array(UsdGeom.Mesh(fresh_stage.GetPrimAtPath("/P")).GetExtentAttr().Get())
    assert extent[1] == pytest.approx([3, 3, 0])
    execute("CreatePreviewSurfaceMaterialPrim", mtl_path="/M")
    source = UsdShade.Material(fresh_stage.GetPrimAtPath("/M")).ComputeSurfaceSource()[0]
    assert source.GetIdAttr().Get() == "UsdPreviewSurface"
    file = tmp_path / "asset.usda"
    file.write_text('#usda 1.0\n(defaultPrim = "A")\ndef Xform "A"\n{\n    def Sphere "S"\n    {\n    }\n}\n')
    execute("IsaacSimSpawnPrim", usd_path=str(file), prim_path="/Spawned", translation=(1, 2, 3), rotation=(0, 0, 1, 0))
    execute("IsaacSimScalePrim", prim_path="/Spawned", scale=(2, 2, 2))
    matrix = UsdGeom.Xformable(fresh_stage.GetPrimAtPath("/Spawned/S")).ComputeLocalToWorldTransform(0)
    assert np.array(matrix.Transform(Gf.Vec3d(1, 0, 0))) == pytest.approx([-1, 2, 3])
    execute("IsaacSimDestroyPrim", prim_path="/Spawned")
    assert not fresh_stage.GetPrimAtPath("/Spawned")
    fresh_stage.DefinePrim("/R", "Xform")
    execute("AddReference", stage=fresh_stage, prim_path=Sdf.Path("/R"), reference=Sdf.Reference(str(file)))
    fresh_stage.DefinePrim("/L", "Xform")
    execute("AddPayload", prim_path="/L", payload=Sdf.Payload(str(file)))
    execute("CreatePayload", path_to="/Q", asset_path=str(file), instanceable=False)
    assert all(fresh_stage.GetPrimAtPath(f"/{name}/S") for name in "RLQ")


def test_commands_group_select_and_switch(fresh_stage):
    for path in ("/A", "/B"):
        fresh_stage.DefinePrim(path, "Cube")
    _, group = execute("GroupPrims", prim_paths=["/A", "/B"])
    assert group == "/Group" and fresh_stage.GetPrimAtPath("/Group/B").GetTypeName() == "Cube"
    execute("SelectPrims", old_selected_paths=[], new_selected_paths=["/Group/A"])
    selection = importlib.import_module("omni.usd").get_context().get_selection()
    assert selection.get_selected_prim_paths() == ["/Group/A"]
    execute("ToggleActivePrims", prim_paths=["/Group/A"], active=False)
    assert not fresh_stage.GetPrimAtPath("/Group/A").IsActive()
    execute("ToggleActivePrims", prim_paths=["/Group/A"])
    execute("UngroupPrims", prim_paths=["/Group"])
    assert fresh_stage.GetPrimAtPath("/A") and not fresh_stage.GetPrimAtPath("/Group")
    _, copies = execute("CreateInstances", paths_from=["/A"])
    assert fresh_stage.GetPrimAtPath(copies[0]).IsInstanceable()
    usd_commands = importlib.import_module("omni.usd.commands")
    usd_commands.DeletePrimsCommand(["/B"]).do()
    assert not fresh_stage.GetPrimAtPath("/B")
    with pytest.raises((AttributeError, ImportError), match="FlyCommand"):
        _ = usd_commands.FlyCommand


def test_usdrt_attaches_to_the_usd_stage(fresh_stage):
    usdrt = importlib.import_module("usdrt")
    fresh_stage.DefinePrim("/C", "Cube")
    number = UsdUtils.StageCache.Get().Insert(fresh_stage).ToLongInt()
    stage = usdrt.Usd.Stage.Attach(number)
    assert stage.GetPrimAtPath("/C").GetAttribute("size").Get() == 2.0
    assert usdrt.Sdf.Path("/C") == Sdf.Path("/C") and usdrt.Usd.TimeCode.Default().IsDefault()


def test_distances_between_rotations_and_places():
    quarter = Gf.Matrix4d().SetRotate(Gf.Rotation(Gf.Vec3d(0, 0, 1), 90))
    quarter.SetTranslateOnly(Gf.Vec3d(3, 4, 0))
    assert distance_metrics.rotational_distance_angle(quarter, np.eye(4)) == pytest.approx(math.pi / 2)
    assert distance_metrics.rotational_distance_identity_matrix_deviation(quarter, np.eye(3)) == pytest.approx(2.0)
    assert distance_metrics.rotational_distance_single_axis(quarter, np.eye(3), [0, 0, 2]) == pytest.approx(0)
    assert distance_metrics.weighted_translational_distance(quarter, np.zeros(3)) == pytest.approx(5)
    assert distance_metrics.weighted_translational_distance(quarter, np.zeros(3), np.diag([0, 4, 0])) == pytest.approx(
        8
    )


def test_arrays_between_libraries():
    assert interops.torch2numpy(_Tensor([1.0, 2.0])).tolist() == [1.0, 2.0]
    assert interops.warp2numpy(np.array([3.0])).tolist() == [3.0] and not hasattr(interops, "numpy2numpy")


class _Tensor:
    """What torch's tensors answer."""

    def __init__(self, values):
        self._values = values

    def detach(self):
        return self

    def cpu(self):
        return self

    def numpy(self):
        return np.array(self._values)


def test_kinds_and_marks_of_prims(fresh_stage, tmp_path):
    cube = UsdGeom.Cube.Define(fresh_stage, "/W/C").GetPrim()
    assert prims.get_prim_object_type("/W/C") == "xform"
    UsdPhysics.RigidBodyAPI.Apply(cube)
    UsdPhysics.FixedJoint.Define(fresh_stage, "/W/J")
    assert prims.get_prim_object_type("/W/C") == "rigid_body" and prims.get_prim_object_type("/W/J") == "d6joint"
    prims.set_prim_no_delete(cube, True)
    assert prims.is_prim_no_delete("/W/C") and not prims.is_prim_hidden_in_stage("/W/C")
    assert prims.query_parent_path("/W/C", lambda path: path == "/W")
    assert not prims.query_parent_path("/W/C", lambda path: path == "/W/C")
    file = tmp_path / "asset.usda"
    file.write_text('#usda 1.0\n(\n    defaultPrim = "A"\n)\ndef Xform "A"\n{\n    def Sphere "S"\n    {\n    }\n}\n')
    fresh_stage.DefinePrim("/R", "Xform").GetReferences().AddReference(str(file))
    assert prims.is_prim_ancestral("/R/S") and not prims.is_prim_ancestral("/R") and not prims.is_prim_ancestral("/W/C")
    usd = importlib.import_module("omni.usd")
    reference, layer = usd.get_composed_references_from_prim(fresh_stage.GetPrimAtPath("/R"))[0]
    assert reference.assetPath == str(file) and layer == fresh_stage.GetRootLayer()
    assert usd.get_url_from_prim(fresh_stage.GetPrimAtPath("/R")) == str(file)
    assert usd.get_url_from_prim(cube) is None and usd.is_usd_readable_filetype("a/b.USDA")


def test_transforms_in_parts_and_single_properties(fresh_stage):
    cube = UsdGeom.Cube.Define(fresh_stage, "/C")
    cube.AddTranslateOp().Set(Gf.Vec3d(1, 2, 3))
    cube.AddRotateXYZOp().Set(Gf.Vec3f(10, 20, 30))
    cube.AddScaleOp().Set(Gf.Vec3f(1, 2, 3))
    usd = importlib.import_module("omni.usd")
    scale, angles, order, place = usd.get_local_transform_SRT(cube.GetPrim())
    assert list(scale) == pytest.approx([1, 2, 3]) and list(place) == pytest.approx([1, 2, 3])
    assert list(angles) == pytest.approx([10, 20, 30], abs=1e-4) and list(order) == [0, 1, 2]
    assert usd.set_prop_val(cube.GetSizeAttr(), 5.0) and usd.get_prop_val(cube.GetSizeAttr()) == 5.0
    assert usd.get_prop_at_path("/C.size").Get() == 5.0
    execute("CreateMdlMaterialPrim", mtl_url="OmniPBR.mdl", mtl_name="OmniPBR", mtl_path="/M")
    material = fresh_stage.GetPrimAtPath("/M")
    usd.create_material_input(material, "metallic_constant", 0.7, Sdf.ValueTypeNames.Float)
    assert fresh_stage.GetAttributeAtPath("/M/Shader.inputs:metallic_constant").Get() == pytest.approx(0.7)
    assert usd.create_material_input(cube.GetPrim(), "x", 1.0, Sdf.ValueTypeNames.Float) is None


def test_depth_of_a_viewport_is_lifted_to_the_world(fresh_stage):
    camera = UsdGeom.Camera.Define(fresh_stage, "/Cam")
    camera.AddTranslateOp().Set(Gf.Vec3d(0, 0, 10))
    viewport = viewports.create_viewport_for_camera("mine", "/Cam", 4, 2).viewport_api
    viewports.set_intrinsics_matrix(viewport, [[2, 0, 2], [0, 2, 1], [0, 0, 1]], focal_length=2.0)
    depth = np.full((2, 4), 8.0)
    depth[1, 3] = 50.0
    points = viewports.backproject_depth(depth, viewport, 20.0)
    # pixel (row 0, column 3): x = (3 - 2) * 8 / 2, y = (0 - 1) * 8 / 2
    assert points[3] == pytest.approx([4, -4, 8]) and points[7] == pytest.approx([0, 0, 0])
    world = viewports.project_depth_to_worldspace(depth, viewport, 20.0)
    assert [world[3].x, world[3].y, world[3].z] == pytest.approx([4, 4, 2])


def test_labels_of_the_old_schema_are_counted(fresh_stage):
    for name, label in (("Chair", "chair"), ("Table", "lamp"), ("Plain", "")):
        made = UsdGeom.Mesh.Define(fresh_stage, f"/{name}").GetPrim()
        if label:
            semantics.add_update_semantics(made, label)
    assert semantics.check_missing_semantics() == ["/Plain"]
    assert semantics.check_incorrect_semantics() == [["/Table", "lamp"]]
    assert semantics.count_semantics_in_scene() == {"missing": 1, "chair": 1, "lamp": 1}


def test_the_stage_as_text(fresh_stage):
    fresh_stage.DefinePrim("/W/C", "Cube")
    assert "/W/C (Cube)" in stage_utils.generate_stage_representation("list").splitlines()
    assert stage_utils.generate_stage_representation().splitlines()[2] == "   - C (Cube)"
    with pytest.raises(ValueError, match="expected 'list' or 'tree'"):
        stage_utils.generate_stage_representation("graph")


def test_arrays_fill_what_is_given_and_become_tensors_where_torch_is(monkeypatch):
    class Tensor:
        shape = (4,)

        def copy_(self, values):
            self.values = values

    class WarpArray:
        shape = (2, 2)

        def assign(self, values):
            self.values = values

    image = np.arange(4, dtype=np.float32).reshape(2, 2, 1)
    found = np.zeros((2, 2))
    arrays.fill(found, image)
    assert found.tolist() == [[0, 1], [2, 3]]
    array = WarpArray()
    arrays.fill(array, image)
    assert array.values.shape == (2, 2)
    monkeypatch.setattr(arrays.importlib.util, "find_spec", lambda name: None)
    assert arrays.to_tensor(image) is image
    monkeypatch.setattr(arrays.importlib.util, "find_spec", lambda name: name)
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(from_numpy=lambda values: ("tensor", values.tolist())))
    tensor = Tensor()
    arrays.fill(tensor, image)
    assert tensor.values == ("tensor", [0, 1, 2, 3])
