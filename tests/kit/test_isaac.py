from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from pxr import Gf, Sdf, Usd, UsdGeom

from engine.isaac import storage, version
from engine.isaac.core_utils import bounds, prims, rotations, semantics, stage, viewports, xforms
from engine.isaac.core_utils import render_product as products
from engine.isaac.experimental import app as app_utils
from engine.isaac.experimental import prim as prim_utils
from engine.isaac.experimental import semantics as new_semantics
from engine.isaac.experimental import stage as stage_utils
from engine.isaac.experimental import transform, xform
from engine.isaac.test_utils import file_validation, image_comparison


def test_rotations_of_quarter_turns():
    half = np.sqrt(0.5)
    assert rotations.euler_angles_to_quat([0, 0, np.pi / 2]) == pytest.approx([half, 0, 0, half])
    # fixed axes: x first, then z, takes +Y to +Z and leaves it there
    matrix = rotations.euler_to_rot_matrix([90, 0, 90], degrees=True)
    assert matrix @ [0, 1, 0] == pytest.approx([0, 0, 1], abs=1e-12)
    assert rotations.quat_to_rot_matrix([half, half, 0, 0]) @ [0, 1, 0] == pytest.approx([0, 0, 1], abs=1e-12)
    quat = rotations.lookat_to_quatf(Gf.Vec3f(0, 0, 5), Gf.Vec3f(0, 0, 0), Gf.Vec3f(0, 1, 0))
    assert rotations.gf_quat_to_np_array(quat) == pytest.approx([1, 0, 0, 0])


def test_look_at_quaternion_points_minus_z_at_the_target():
    quat = transform.look_at_quaternion((3, -2, 4), (0, 1, 0)).numpy()
    forward = rotations.quat_to_rot_matrix(quat) @ [0, 0, -1]
    assert forward == pytest.approx(np.array([-3, 3, -4]) / np.sqrt(34), abs=1e-6)
    straight_down = transform.look_at_quaternion((0, 0, 5), (0, 0, 0)).numpy()
    assert rotations.quat_to_rot_matrix(straight_down) @ [0, 0, -1] == pytest.approx([0, 0, -1], abs=1e-6)


def test_quaternion_product_is_the_product_of_the_matrices():
    first, second = rotations.euler_angles_to_quat([0.3, 0.2, 0.1]), rotations.euler_angles_to_quat([1.0, -0.4, 0.7])
    product = transform.quaternion_multiplication(first, second).numpy()
    expected = rotations.quat_to_rot_matrix(first) @ rotations.quat_to_rot_matrix(second)
    assert transform.quaternion_to_rotation_matrix(product).numpy() == pytest.approx(expected, abs=1e-6)


def test_world_position_below_a_moved_parent():
    prims.create_prim(
        "/P", translation=(10, 0, 0), orientation=rotations.euler_angles_to_quat([0, 0, np.pi / 2]), scale=(2, 2, 2)
    )
    prims.create_prim("/P/C", "Cube", position=(10, 4, 0))
    place, _ = xforms.get_local_pose("/P/C")
    assert place == pytest.approx([2, 0, 0], abs=1e-9)
    xform.set_world_pose("/P/C", position=(1, 2, 3), orientation=(1, 0, 0, 0))
    position, quat = xform.get_world_pose("/P/C")
    assert position.numpy() == pytest.approx([1, 2, 3], abs=1e-5)
    assert abs(quat.numpy()) == pytest.approx([1, 0, 0, 0], abs=1e-6)


def test_both_positions_are_refused():
    with pytest.raises(ValueError, match=r"give position \(world frame\) or translation"):
        prims.create_prim("/P", position=(0, 0, 0), translation=(0, 0, 0))


def test_boxes_of_a_turned_cube():
    quat = rotations.euler_angles_to_quat([0, 0, np.pi / 4])
    prims.create_prim("/C", "Cube", translation=(1, 2, 3), orientation=quat)
    cache = bounds.create_bbox_cache()
    root = np.sqrt(2)
    assert bounds.compute_aabb(cache, "/C") == pytest.approx([1 - root, 2 - root, 2, 1 + root, 2 + root, 4])
    centre, axes, half = bounds.compute_obb(cache, "/C")
    assert centre == pytest.approx([1, 2, 3]) and half == pytest.approx([1, 1, 1])
    assert axes @ axes.T == pytest.approx(np.eye(3))
    corners = bounds.get_obb_corners(centre, axes, half)
    assert corners.min(axis=0) == pytest.approx([1 - root, 2 - root, 2])


def test_labels_in_both_schemas():
    from pxr import Semantics

    prim = prims.create_prim("/C", "Cube")
    semantics.add_labels(prim, ["cow"])
    new_semantics.add_labels(prim, labels="calf")
    assert semantics.get_labels(prim) == {"class": ["cow", "calf"]}
    semantics.add_labels(prim, ["bull"])
    assert semantics.get_labels(prim) == {"class": ["bull"]}
    semantics.add_update_semantics(prim, "old")
    assert prim.GetAttribute("semantic:Semantics:params:semanticData").Get() == "old"
    assert semantics.get_semantics(prim) == {"Semantics": ("class", "old")}
    assert bool(Semantics.SemanticsAPI.Get(prim, "Semantics")) and not Semantics.SemanticsAPI.Get(prim, "Other")
    assert semantics.upgrade_prim_semantics_to_labels(prim) == 1
    assert semantics.get_labels(prim) == {"class": ["bull", "old"]} and semantics.get_semantics(prim) == {}
    semantics.remove_all_semantics(prim)
    assert semantics.get_labels(prim) == {}


def test_labels_of_the_schema_editor():
    from semantics.schema.editor import LabelWriteType, add_prim_semantics, remove_prim_semantics

    prim = prims.create_prim("/C", "Cube")
    add_prim_semantics(prim, "cow", "class")
    add_prim_semantics(prim, "brown", "colour")
    assert sorted(semantics.get_semantics(prim).values()) == [("class", "cow"), ("colour", "brown")]
    remove_prim_semantics(prim, label_type="colour")
    add_prim_semantics(prim, "bull", "class", write_type=LabelWriteType.REPLACE)
    assert list(semantics.get_semantics(prim).values()) == [("class", "bull")]


def test_physx_schema_authors_attributes():
    from pxr import PhysxSchema

    prim = prims.create_prim("/C", "Cube")
    api = PhysxSchema.PhysxRigidBodyAPI.Apply(prim)
    api.CreateLinearDampingAttr(0.5)
    assert prim.GetAttribute("physxRigidBody:linearDamping").Get() == 0.5
    assert bool(api) and not PhysxSchema.PhysxSceneAPI(prim)
    with pytest.raises(AttributeError, match="'PhysxRigidBodyAPI' has no attribute 'nothing'"):
        api.nothing  # noqa: B018


def test_find_and_change_prims():
    for path in ("/A", "/A/b1", "/A/b2", "/A/b2/c"):
        prims.define_prim(path, "Xform")
    assert prims.find_matching_prim_paths("/A/b[0-9]") == ["/A/b1", "/A/b2"]
    assert [str(p.GetPath()) for p in prims.get_all_matching_child_prims("/A", depth=1)] == ["/A", "/A/b1", "/A/b2"]
    assert str(prims.get_first_matching_parent_prim("/A/b2/c", lambda p: p.endswith("b2")).GetPath()) == "/A/b2"
    assert stage.get_next_free_path("/A/b1") == "/A/b1_01"
    prims.move_prim("/A/b1", "/A/d")
    assert prims.is_prim_path_valid("/A/d") and not prims.is_prim_path_valid("/A/b1")
    with pytest.raises(RuntimeError, match="a prim already exists at prim path: /A"):
        prims.define_prim("/A")
    with pytest.raises(ValueError, match="no prim at path '/Z'"):
        prims.get_prim_type_name("/Z")
    assert prim_utils.has_api("/A", "Nothing", test="none")
    with pytest.raises(ValueError, match="expected 'all', 'any' or 'none'"):
        prim_utils.has_api("/A", "Nothing", test="some")
    with pytest.raises(ValueError, match="has no variant 'b' in a set 'a'"):
        prim_utils.set_prim_variants("/A", variants=[("a", "b")])
    prim_utils.create_prim_attribute("/A", name="x", type_name=Sdf.ValueTypeNames.Int)
    with pytest.raises(RuntimeError, match="already has an attribute 'x'"):
        prim_utils.create_prim_attribute("/A", name="x", type_name=Sdf.ValueTypeNames.Int, exist_ok=False)


def test_stage_functions(tmp_path):
    stage_utils.create_new_stage(template="sunlight")
    assert stage_utils.get_stage_units()[0] == 1.0
    path = str(tmp_path / "made.usda")
    assert stage_utils.save_stage(path)
    assert stage_utils.open_stage(path)[1].GetPrimAtPath("/Environment/defaultLight")
    other = Usd.Stage.CreateInMemory()
    with stage.use_stage(other):
        assert stage.get_current_stage() is other
    for bad, text in (
        (lambda: stage_utils.get_current_stage(backend="fabric"), "has only the 'usd' backend"),
        (lambda: stage_utils.create_new_stage(template="moon"), "stage template 'moon': expected 'empty', 'sunlight'"),
        (lambda: stage_utils.define_prim("relative"), "expected an absolute prim path"),
        (lambda: stage.set_stage_up_axis("w"), "expected 'x', 'y' or 'z'"),
    ):
        with pytest.raises(ValueError, match=text):
            bad()
    stage_utils.define_prim("/Q", "Xform")
    with pytest.raises(ValueError, match="a Xform lies there already"):
        stage_utils.define_prim("/Q", "Cube")
    with pytest.raises(FileNotFoundError, match="provided wasn't found"):
        stage.add_reference_to_stage(str(tmp_path / "none.usd"), "/R")
    with pytest.raises(FileNotFoundError, match="cannot open stage"):
        stage.open_stage(str(tmp_path / "none.usd"))


def test_camera_view_looks_at_the_target():
    viewports.set_camera_view((5, 0, 0), (0, 0, 0))
    camera = UsdGeom.Xformable(stage.get_current_stage().GetPrimAtPath("/OmniverseKit_Persp"))
    matrix = camera.ComputeLocalToWorldTransform(0)
    assert np.array(matrix.TransformDir(Gf.Vec3d(0, 0, -1))) == pytest.approx([-1, 0, 0])
    with pytest.raises(ValueError, match="set_camera_view: no camera at '/None'"):
        viewports.set_camera_view((1, 1, 1), (0, 0, 0), "/None")


def test_render_product_needs_a_product():
    with pytest.raises(RuntimeError, match="no render product at '/None'"):
        products.get_resolution("/None")


def test_assets_root_comes_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.delenv(storage.VARIABLE, raising=False)
    with pytest.raises(RuntimeError, match="downloads no assets; set REPLICANT_ASSETS"):
        storage.get_assets_root_path()
    monkeypatch.setenv(storage.VARIABLE, str(tmp_path / "none"))
    with pytest.raises(RuntimeError, match="which is not a folder"):
        storage.get_assets_root_path()
    monkeypatch.setenv(storage.VARIABLE, str(tmp_path))
    assert storage.get_assets_root_path() == str(tmp_path)


def test_versions():
    assert version.get_version()[2:5] == ("6", "0", "1")
    assert version.parse_version("5.1.0-rc.2+build.7") == ("5.1.0", "rc.2", "5", "1", "0", "rc", "build", "7")


def test_extension_path_needs_a_folder():
    with pytest.raises(ValueError, match=r"extension 'omni.usd' has no folder"):
        app_utils.get_extension_path("omni.usd")


def test_commands_edit_the_stage():
    import omni.kit.commands

    omni.kit.commands.execute("CreatePrim", prim_path="/C", prim_type="Cube", attributes={"size": 4.0})
    omni.kit.commands.execute("ChangeProperty", prop_path="/C.size", value=3.0, prev=None)
    _, copy = omni.kit.commands.execute("CopyPrim", path_from="/C", path_to="/D")
    omni.kit.commands.execute("DeletePrimsCommand", paths=["/C"])
    assert not prims.is_prim_path_valid("/C") and prims.get_prim_attribute_value(copy, "size") == 3.0
    with pytest.raises(ValueError, match=r"has no such command; it has .*BindMaterial"):
        omni.kit.commands.execute("FlyToTheMoon")


def test_sensor_types_and_crash():
    import omni.kit.app
    from omni.syntheticdata import SyntheticData

    assert SyntheticData.convert_sensor_type_to_rendervar("Rgb") == "LdrColor"
    with pytest.raises(KeyError, match="no sensor type 'Smell'"):
        SyntheticData.convert_sensor_type_to_rendervar("Smell")
    with pytest.raises(RuntimeError, match=r"omni.kit.app.crash\(\) is not offered"):
        omni.kit.app.crash()


def test_windows_are_accepted_and_do_nothing():
    import omni.ui as ui

    with ui.Window("x", width=3).frame, ui.VStack(spacing=2):
        assert not ui.Button("press", clicked_fn=lambda: None)
    with pytest.raises(AttributeError, match="has no attribute '__wrapped__'"):
        ui.Button.__wrapped__  # noqa: B018
    with pytest.raises(AttributeError, match="has no attribute '__wrapped__'"):
        ui.Button("x").__wrapped__  # noqa: B018


def test_file_counts_and_image_differences(tmp_path):
    golden, test = tmp_path / "golden", tmp_path / "test"
    for folder, grey in ((golden, 10), (test, 14)):
        folder.mkdir()
        Image.new("RGB", (4, 4), (grey, grey, grey)).save(folder / "a.png")
    assert file_validation.validate_folder_contents(str(golden), {"png": 1})
    assert not file_validation.validate_folder_contents(str(golden), {"png": 2})
    (golden / "b.json").write_text("")
    assert not file_validation.validate_folder_contents(str(golden), {"json": 1}, fail_on_empty_files=True)
    compare = image_comparison.compare_images_in_directories
    assert compare(str(golden), str(test), mean_tolerance=4)["all_passed"]
    assert not compare(str(golden), str(test), mean_tolerance=3.9)["all_passed"]
    assert not compare(str(golden), str(test), r"\.exr$", mean_tolerance=9)["all_passed"]
    with pytest.raises(ValueError, match="images of different shape"):
        image_comparison.compute_difference_metrics(np.zeros((2, 2)), np.zeros((3, 2)))
