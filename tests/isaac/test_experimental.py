"""isaacsim.core.experimental: what is authored, read back through pxr."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pxr import Gf, UsdGeom, UsdLux, UsdPhysics, UsdShade

from engine.isaac.core_prims import SingleDeformablePrim
from engine.isaac.core_utils import prims
from engine.isaac.experimental import bounds, ops, transform
from engine.isaac.experimental import physics as physics_utils
from engine.isaac.experimental import prim as prim_utils
from engine.isaac.experimental_materials import (
    OmniGlassMaterial,
    OmniPbrMaterial,
    PreviewSurfaceMaterial,
    RigidBodyMaterial,
    SurfaceDeformableMaterial,
    VisualMaterial,
    VolumeDeformableMaterial,
)
from engine.isaac.experimental_objects import (
    Camera,
    Capsule,
    Cube,
    DomeLight,
    GroundPlane,
    Light,
    Mesh,
    RectLight,
    Shape,
    Sphere,
    SphereLight,
)
from engine.isaac.experimental_prims import Articulation, DeformablePrim, GeomPrim, RigidPrim, XformPrim

HALF = math.sqrt(0.5)


def test_cubes_have_sizes_colours_extents_and_poses(fresh_stage):
    cubes = Cube(
        ["/A", "/B"],
        sizes=[1.0, 3.0],
        colors=["red", "#0000ff"],
        positions=[[0, 0, 1], [4, 5, 6]],
        scales=2.0 * np.ones(3),
    )
    first, second = (UsdGeom.Cube(fresh_stage.GetPrimAtPath(path)) for path in ("/A", "/B"))
    assert first.GetSizeAttr().Get() == 1.0 and second.GetSizeAttr().Get() == 3.0
    assert np.array(second.GetExtentAttr().Get()) == pytest.approx(np.array([[-1.5] * 3, [1.5] * 3]))
    assert np.array(second.GetDisplayColorAttr().Get()) == pytest.approx(np.array([[0, 0, 1.0]]))
    world = second.ComputeLocalToWorldTransform(0)
    assert world.Transform(Gf.Vec3d(1, 0, 0)) == Gf.Vec3d(6, 5, 6)
    assert cubes.get_sizes(indices=[1]).numpy() == pytest.approx(np.array([[3.0]]))


def test_world_pose_below_a_turned_and_scaled_parent_is_the_one_asked_for(fresh_stage):
    parent = UsdGeom.Xform.Define(fresh_stage, "/P")
    parent.AddTranslateOp().Set(Gf.Vec3d(1, 2, 3))
    parent.AddRotateZOp().Set(90)
    parent.AddScaleOp().Set(Gf.Vec3f(2, 2, 2))
    fresh_stage.DefinePrim("/P/C", "Cube")
    child = XformPrim("/P/C", positions=[5, 6, 7], orientations=[HALF, HALF, 0, 0], reset_xform_op_properties=True)
    matrix = UsdGeom.Xformable(fresh_stage.GetPrimAtPath("/P/C")).ComputeLocalToWorldTransform(0)
    assert np.array(matrix.ExtractTranslation()) == pytest.approx([5, 6, 7])
    assert matrix.RemoveScaleShear().TransformDir(Gf.Vec3d(0, 1, 0))[2] == pytest.approx(1)
    position, quat = child.get_world_poses()
    assert position.numpy()[0] == pytest.approx([5, 6, 7]) and quat.numpy()[0] == pytest.approx(
        [HALF, HALF, 0, 0], abs=1e-6
    )
    translation, _ = child.get_local_poses()
    # the world offset (4, 4, 4), turned by -90 degrees about Z and halved
    assert translation.numpy()[0] == pytest.approx([2, -2, 2], abs=1e-6)


def test_resetting_the_operations_moves_nothing(fresh_stage):
    cube = UsdGeom.Cube.Define(fresh_stage, "/C")
    cube.AddTranslateOp().Set(Gf.Vec3d(1, 2, 3))
    cube.AddRotateXYZOp().Set(Gf.Vec3f(30, 40, 50))
    cube.AddScaleOp().Set(Gf.Vec3f(1, 2, 3))
    before = np.array(cube.ComputeLocalToWorldTransform(0))
    view = XformPrim("/C", reset_xform_op_properties=True)
    assert [op.GetOpName() for op in cube.GetOrderedXformOps()] == [
        "xformOp:translate",
        "xformOp:orient",
        "xformOp:scale",
    ]
    assert np.array(cube.ComputeLocalToWorldTransform(0)) == pytest.approx(before, abs=1e-12)
    assert view.get_local_scales().numpy()[0] == pytest.approx([1, 2, 3])


def test_default_state_comes_back(fresh_stage):
    cube = Cube("/C", positions=[1, 2, 3])
    cube.set_default_state(positions=[7, 8, 9])
    cube.set_world_poses([0, 0, 0])
    cube.reset_to_default_state()
    assert cube.get_world_poses()[0].numpy()[0] == pytest.approx([7, 8, 9])
    assert cube.get_default_state()[0].numpy()[0] == pytest.approx([7, 8, 9])


def test_visibility(fresh_stage):
    cubes = Cube(["/A", "/B"])
    cubes.set_visibilities([True, False])
    assert UsdGeom.Imageable(fresh_stage.GetPrimAtPath("/B")).ComputeVisibility() == "invisible"
    assert cubes.get_visibilities().numpy().ravel().tolist() == [True, False]


def test_paths_that_lead_nowhere_are_refused(fresh_stage):
    with pytest.raises(ValueError, match="no prim at /None"):
        XformPrim("/None")
    Cube("/A")
    with pytest.raises(ValueError, match="lead to no prim; expected either existing prims only or new paths only"):
        Cube(["/A", "/New"])
    with pytest.raises(TypeError, match="The wrapped prim at path /A is a Cube, not a Sphere"):
        Sphere("/A")
    with pytest.raises(TypeError, match="Cube: radius given; expected sizes"):
        Cube("/B", radius=1.0)
    with pytest.raises(ValueError, match="Both 'positions' and 'translations' are specified"):
        XformPrim("/A", positions=[0, 0, 0], translations=[0, 0, 0])
    with pytest.raises(ValueError, match="neither 'positions' nor 'orientations' was given"):
        XformPrim("/A").set_world_poses()
    with pytest.raises(ValueError, match=r"positions: values of shape \(2,\) were given; expected 3 numbers"):
        XformPrim("/A").set_world_poses([1, 2])
    with pytest.raises(IndexError, match="expected numbers from 0 to 0"):
        XformPrim("/A").get_world_poses(indices=[3])
    view = XformPrim("/A")
    fresh_stage.RemovePrim("/A")
    assert not view.valid
    with pytest.raises(RuntimeError, match="a prim of /A has been removed"):
        view.get_world_poses()


def test_expressions_match_part_by_part(fresh_stage):
    for path in ("/W/a_1", "/W/a_2", "/W/a_1/b"):
        fresh_stage.DefinePrim(path, "Xform")
    assert XformPrim("/W/a_.*").paths == ["/W/a_1", "/W/a_2"]
    assert prim_utils.find_matching_prim_paths("/W/a_.*", traverse=True) == ["/W/a_1", "/W/a_1/b", "/W/a_2"]
    assert prims.find_matching_prim_paths("/W/a*") == ["/W/a_1", "/W/a_2"]
    assert prims.find_matching_prim_paths("/W/a_.*/b") == ["/W/a_1/b"]


def test_accessors_say_what_they_take(fresh_stage):
    capsule = Capsule("/C", radii=0.2, heights=0.6, axes="X")
    # a capsule along X: 0.6 / 2 + 0.2 = 0.5 to each side
    assert np.array(UsdGeom.Capsule(fresh_stage.GetPrimAtPath("/C")).GetExtentAttr().Get())[1] == pytest.approx(
        [0.5, 0.2, 0.2]
    )
    with pytest.raises(TypeError, match=r"set_radii: \['size'\] were given; expected radii"):
        capsule.set_radii(size=1.0)
    with pytest.raises(ValueError, match="set_radii: nothing was given; expected at least one of radii"):
        capsule.set_radii(None)
    with pytest.raises(ValueError, match="axes: 2 values were given; expected 1 or 1"):
        capsule.set_axes(["X", "Y"])
    with pytest.raises(ValueError, match="'no such colour' is no colour"):
        capsule.set_display_colors("no such colour")
    assert isinstance(Shape.fetch_instances("/C")[0], Capsule) and capsule.get_axes() == ["X"]


def test_camera_lengths_are_tenths_in_usd(fresh_stage):
    camera = Camera("/Cam")
    camera.set_focal_lengths(2.4)
    camera.set_apertures(horizontal_apertures=3.6)
    camera.enforce_square_pixels([720, 1280])  # height first
    camera.set_clipping_ranges(near_distances=0.01)
    schema = UsdGeom.Camera(fresh_stage.GetPrimAtPath("/Cam"))
    assert schema.GetFocalLengthAttr().Get() == pytest.approx(
        24
    ) and schema.GetHorizontalApertureAttr().Get() == pytest.approx(36)
    assert schema.GetVerticalApertureAttr().Get() == pytest.approx(36 * 720 / 1280)
    assert schema.GetClippingRangeAttr().Get()[0] == pytest.approx(0.01)
    assert camera.get_clipping_ranges()[1].numpy().item() == pytest.approx(1e6)


def test_lights(fresh_stage):
    dome = DomeLight("/Dome", texture_files="sky.hdr", radii=5.0)
    dome.set_intensities(500.0)
    dome.set_colors([0.1, 0.2, 0.3])
    schema = UsdLux.DomeLight(fresh_stage.GetPrimAtPath("/Dome"))
    assert schema.GetIntensityAttr().Get() == 500.0 and schema.GetTextureFileAttr().Get().path == "sky.hdr"
    assert schema.GetGuideRadiusAttr().Get() == 5.0 and dome.get_texture_files() == ["sky.hdr"]
    assert np.array(schema.GetColorAttr().Get()) == pytest.approx([0.1, 0.2, 0.3])
    sphere = SphereLight("/S", radii=0.25)
    sphere.set_enabled_color_temperatures(True)
    sphere.set_color_temperatures(3000)
    assert UsdLux.LightAPI(fresh_stage.GetPrimAtPath("/S")).GetColorTemperatureAttr().Get() == 3000
    assert RectLight("/R", widths=2.0).get_widths().numpy().item() == 2.0
    found = Light.fetch_instances(["/Dome", "/S", "/R"])
    assert [type(one).__name__ for one in found] == ["DomeLight", "SphereLight", "RectLight"]


def test_meshes(fresh_stage):
    mesh = Mesh("/M", primitives="Cube")
    points = np.array(UsdGeom.Mesh(fresh_stage.GetPrimAtPath("/M")).GetPointsAttr().Get())
    assert (
        points.min(0) == pytest.approx([-0.5] * 3)
        and points.max(0) == pytest.approx([0.5] * 3)
        and mesh.num_faces == [6]
    )
    empty = Mesh("/E")
    empty.set_points([[[0, 0, 0], [1, 0, 0], [0, 2, 0]]])
    empty.set_face_specs(vertex_indices=[[0, 1, 2]], vertex_counts=[[3]])
    schema = UsdGeom.Mesh(fresh_stage.GetPrimAtPath("/E"))
    assert list(schema.GetFaceVertexIndicesAttr().Get()) == [0, 1, 2]
    assert np.array(schema.GetExtentAttr().Get())[1] == pytest.approx([1, 2, 0])
    with pytest.raises(ValueError, match=r"primitives \['Pyramid'\] were given; expected Cone, Cube"):
        Mesh("/P", primitives="Pyramid")


def test_materials_are_authored_and_bound(fresh_stage):
    cube = Cube("/C")
    pbr = OmniPbrMaterial("/Looks/pbr")
    pbr.set_input_values("diffuse_color_constant", [0.2, 0.4, 0.6])
    pbr.set_input_values("diffuse_texture", "wood.png")
    cube.apply_visual_materials(pbr)
    bound, _ = UsdShade.MaterialBindingAPI(fresh_stage.GetPrimAtPath("/C")).ComputeBoundMaterial()
    assert str(bound.GetPath()) == "/Looks/pbr"
    shader = UsdShade.Shader(fresh_stage.GetPrimAtPath("/Looks/pbr/Shader"))
    assert shader.GetSourceAsset("mdl").path == "OmniPBR.mdl"
    assert np.array(shader.GetInput("diffuse_color_constant").Get()) == pytest.approx([0.2, 0.4, 0.6])
    assert pbr.get_input_values("diffuse_texture") == ["wood.png"]
    assert isinstance(cube.get_applied_visual_materials()[0], OmniPbrMaterial)
    glass, plain = OmniGlassMaterial("/Looks/glass"), PreviewSurfaceMaterial("/Looks/plain")
    plain.set_input_values("roughness", 0.3)
    assert plain.get_input_values("roughness").numpy().item() == pytest.approx(0.3)
    kinds = VisualMaterial.fetch_instances(["/Looks/glass", "/Looks/plain", "/C"])
    assert [type(kind).__name__ for kind in kinds] == ["OmniGlassMaterial", "PreviewSurfaceMaterial", "NoneType"]
    with pytest.raises(ValueError, match="Invalid input name: colour"):
        glass.set_input_values("colour", 1.0)
    with pytest.raises(RuntimeError, match="The attribute depth is not initialized"):
        glass.get_input_values("depth")
    with pytest.raises(TypeError, match="is not a OmniPBR material"):
        OmniPbrMaterial("/Looks/glass")


def test_colliders_and_their_materials(fresh_stage):
    Cube("/C")
    geom = GeomPrim("/C", apply_collision_apis=True)
    prim = fresh_stage.GetPrimAtPath("/C")
    assert {"PhysicsCollisionAPI", "PhysxCollisionAPI"} <= set(prim.GetPrimTypeInfo().GetAppliedAPISchemas())
    assert geom.get_enabled_collisions().numpy().item() is True
    geom.set_enabled_collisions(False)
    assert UsdPhysics.CollisionAPI(prim).GetCollisionEnabledAttr().Get() is False
    geom.set_offsets(contact_offsets=0.02, rest_offsets=0.01)
    assert prim.GetAttribute("physxCollision:contactOffset").Get() == pytest.approx(0.02)
    geom.set_collision_approximations("convexHull")
    assert geom.get_collision_approximations() == ["convexHull"]
    material = RigidBodyMaterial("/Mat", static_frictions=0.5, dynamic_frictions=0.4, restitutions=0.1)
    geom.apply_physics_materials(material)
    bound, _ = UsdShade.MaterialBindingAPI(prim).ComputeBoundMaterial("physics")
    api = UsdPhysics.MaterialAPI(bound.GetPrim())
    assert [api.GetStaticFrictionAttr().Get(), api.GetRestitutionAttr().Get()] == pytest.approx([0.5, 0.1])
    assert isinstance(geom.get_applied_physics_materials()[0], RigidBodyMaterial)


def test_rigid_bodies_are_authored(fresh_stage):
    Cube(["/A", "/B"])
    bodies = RigidPrim(["/A", "/B"], masses=[1.0, 2.0])
    bodies.set_velocities([[1, 0, 0], [0, 2, 0]], [0, 0, math.pi])
    bodies.set_enabled_gravities([True, False])
    prim = fresh_stage.GetPrimAtPath("/B")
    api = UsdPhysics.RigidBodyAPI(prim)
    assert prim.HasAPI(UsdPhysics.RigidBodyAPI) and UsdPhysics.MassAPI(prim).GetMassAttr().Get() == 2.0
    assert list(api.GetVelocityAttr().Get()) == [0, 2, 0] and api.GetAngularVelocityAttr().Get()[2] == pytest.approx(
        180
    )
    assert prim.GetAttribute("physxRigidBody:disableGravity").Get() is True
    assert bodies.get_masses(inverse=True).numpy().ravel() == pytest.approx([1.0, 0.5])
    assert bodies.get_coms()[1].numpy()[0] == pytest.approx([1, 0, 0, 0])
    with pytest.raises(RuntimeError, match="forces act on a running simulation and none runs"):
        bodies.apply_forces([0, 0, 1])
    with pytest.raises(ValueError, match="neither 'linear_velocities' nor 'angular_velocities' was given"):
        bodies.set_velocities()
    with pytest.raises(ValueError, match="neither 'forces' nor 'torques' was given"):
        bodies.apply_forces_and_torques_at_pos()


def test_ground_plane_faces_up_on_either_axis(fresh_stage):
    for axis, index in (("Z", 2), ("Y", 1)):
        UsdGeom.SetStageUpAxis(fresh_stage, axis)
        ground = GroundPlane(f"/G{axis}", sizes=10)
        mesh = UsdGeom.Mesh(fresh_stage.GetPrimAtPath(f"/G{axis}/geom"))
        normal = mesh.ComputeLocalToWorldTransform(0).TransformDir(Gf.Vec3d(0, 0, 1))
        assert normal[index] == pytest.approx(1)
        box = UsdGeom.BBoxCache(0, ["default"]).ComputeWorldBound(mesh.GetPrim()).ComputeAlignedRange()
        assert sorted(np.round(box.GetSize(), 5).tolist()) == pytest.approx([0, 10, 10])
        assert ground.get_enabled_collisions().numpy().item() is True
    with pytest.raises(ValueError, match="Unsupported template: grass"):
        ground.apply_visual_templates("grass")
    with pytest.raises(AttributeError, match="'GroundPlane' object has no attribute 'fly'"):
        ground.fly()
    fresh_stage.DefinePrim("/Empty", "Xform")
    with pytest.raises(ValueError, match="should have one Plane below each"):
        GroundPlane("/Empty")


def test_what_is_not_simulated_says_so():
    with pytest.raises(RuntimeError, match="Articulation: the embedded engine simulates no robots"):
        Articulation("/R")
    with pytest.raises(RuntimeError, match="simulates no deformable bodies"):
        SingleDeformablePrim("/M")


def test_soft_bodies_are_authored_and_rest(fresh_stage, capsys):
    material = VolumeDeformableMaterial("/M", youngs_moduli=[5e5], poissons_ratios=[0.45])
    cloth = SurfaceDeformableMaterial("/Cloth", surface_thicknesses=0.01)
    assert fresh_stage.GetPrimAtPath("/M").GetAttribute("omniphysics:youngsModulus").Get() == 5e5
    assert material.get_poissons_ratios().numpy().item() == pytest.approx(0.45)
    assert fresh_stage.GetPrimAtPath("/Cloth").GetAttribute("omniphysics:surfaceThickness").Get() == pytest.approx(0.01)
    assert VolumeDeformableMaterial.are_of_type(["/M", "/Cloth"]).numpy().ravel().tolist() == [True, False]
    assert SurfaceDeformableMaterial.are_of_type(["/M", "/Cloth"]).numpy().ravel().tolist() == [False, True]
    with pytest.raises(TypeError, match="VolumeDeformableMaterial: hardness was given; expected static_frictions"):
        VolumeDeformableMaterial("/M", hardness=1)
    UsdGeom.Mesh.Define(fresh_stage, "/Banana")
    body = DeformablePrim("/Banana", deformable_type="volume")
    body.apply_physics_materials(material)
    bound = UsdShade.MaterialBindingAPI(body.prims[0]).ComputeBoundMaterial("physics")[0]
    assert bound.GetPath() == "/M" and body.deformable_type == "volume" and not body.is_physics_tensor_entity_valid()
    assert "OmniPhysicsDeformableBodyAPI" in body.prims[0].GetPrimTypeInfo().GetAppliedAPISchemas()
    said = capsys.readouterr().err
    assert said.count("DeformablePrim: the embedded engine simulates no deformable bodies") == 1 and cloth.paths
    with pytest.raises(RuntimeError, match=r"DeformablePrim.get_nodal_positions: the embedded engine simulates no"):
        body.get_nodal_positions()
    with pytest.raises(ValueError, match="deformable_type='gas' was given; expected surface, volume"):
        DeformablePrim("/Banana", deformable_type="gas")


def test_boxes_in_three_spaces(fresh_stage):
    Cube(
        "/C",
        sizes=1.0,
        positions=[5, 0, 0],
        orientations=[math.cos(math.pi / 8), 0, 0, math.sin(math.pi / 8)],
        scales=[2, 2, 4],
    )
    assert bounds.compute_aabb("/C", space="untransformed") == pytest.approx([-0.5] * 3 + [0.5] * 3)
    world = bounds.compute_aabb("/C")
    assert world[3] - world[0] == pytest.approx(2 * math.sqrt(2)) and world[5] - world[2] == pytest.approx(4)
    middle, size = bounds.compute_bound_range("/C", space="world")
    assert middle == pytest.approx([5, 0, 0]) and size[2] == pytest.approx(4)
    assert bounds.compute_bound_volume("/C", space="untransformed") == pytest.approx(1)
    with pytest.raises(ValueError, match="space='moon' was given; expected one of: world, local, untransformed"):
        bounds.compute_aabb("/C", space="moon")


def test_frames_there_and_back():
    point, place, turn = [1, 2, 3], [4, 5, 6], [HALF, 0, 0, HALF]
    world = transform.transform_local_to_world(point, place, turn).numpy()
    assert world == pytest.approx([2, 6, 9], abs=1e-6)
    assert transform.transform_world_to_local(world, place, turn).numpy() == pytest.approx(point, abs=1e-5)
    assert transform.rotate_vectors_by_quaternion([1, 0, 0], turn).numpy() == pytest.approx([0, 1, 0], abs=1e-6)
    matrix = transform.look_at_matrix([0, -5, 0], [0, 0, 0])
    assert np.array(matrix.TransformDir(Gf.Vec3d(0, 0, -1))) == pytest.approx([0, 1, 0], abs=1e-6)


def test_attributes_and_bodies_of_assets(fresh_stage):
    fresh_stage.DefinePrim("/Asset", "Xform")
    mesh = Mesh("/Asset/mesh", primitives="Sphere").prims[0]
    physics_utils.apply_rigid_body("/Asset", approximation="convexHull", kinematic=True)
    root = fresh_stage.GetPrimAtPath("/Asset")
    assert UsdPhysics.RigidBodyAPI(root).GetKinematicEnabledAttr().Get() is True
    assert mesh.GetAttribute("physics:approximation").Get() == "convexHull" and not root.HasAPI(UsdPhysics.CollisionAPI)
    prim_utils.create_prim_attribute(root, name="my:color", type_name=prim_utils.Sdf.ValueTypeNames.Color3f)
    prim_utils.set_prim_attribute_value("/Asset", "my:color", (1, 0, 0))
    assert list(root.GetAttribute("my:color").Get()) == [1, 0, 0]
    assert prim_utils.delete_prim_attribute(root, "my:color") and not root.HasAttribute("my:color")
    with pytest.raises(ValueError, match="has no attribute 'my:color'; make it first"):
        prim_utils.set_prim_attribute_value("/Asset", "my:color", (1, 0, 0))
    assert prim_utils.join_prim_paths("/World/", "a/b") == "/World/a/b" and prim_utils.is_prim_valid("/Asset")


def test_arrays_of_the_api():
    assert ops.place([1.0, 2.0]).numpy().dtype == np.float32
    assert ops.resolve_indices(None, count=3).numpy().tolist() == [0, 1, 2]
    assert ops.broadcast_to(2.0, shape=[2, 3]).numpy().tolist() == [[2, 2, 2], [2, 2, 2]]
    with pytest.raises(ValueError, match="neither indices nor 'count' was given"):
        ops.resolve_indices(None)


def test_arrays_are_warps_own_where_a_script_uses_warp(fresh_stage):
    warp = pytest.importorskip("warp")
    cubes = Cube(["/A", "/B"], sizes=[1.0, 2.0])
    assert isinstance(cubes.get_sizes(), warp.array) and cubes.get_sizes().numpy().ravel().tolist() == [1, 2]
    assert cubes.get_visibilities().dtype == warp.bool and ops.place([1, 2]).dtype == warp.int32
    cubes.set_sizes(warp.array([3.0, 4.0], dtype=warp.float32, device="cpu"))
    assert UsdGeom.Cube(fresh_stage.GetPrimAtPath("/B")).GetSizeAttr().Get() == 4.0
