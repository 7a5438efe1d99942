"""rep.functional.create and create_batch: what is on the stage afterwards, read with plain OpenUSD."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pxr import Gf, Sdf, Usd, UsdGeom, UsdLux, UsdSemantics, UsdShade

from engine.graph.graph import current_stage
from engine.replicator.functional import create, create_batch

SHAPES = ["cone", "cube", "cylinder", "disk", "plane", "sphere", "torus"]


def world_range(prim: Usd.Prim) -> tuple[np.ndarray, np.ndarray]:
    box = UsdGeom.BBoxCache(Usd.TimeCode.Default(), [UsdGeom.Tokens.default_]).ComputeWorldBound(prim)
    found = box.ComputeAlignedRange()
    return np.array(found.GetMin()), np.array(found.GetMax())


def world_matrix(prim: Usd.Prim) -> np.ndarray:
    return np.array(UsdGeom.XformCache().GetLocalToWorldTransform(prim))


@pytest.mark.parametrize("kind", SHAPES)
def test_shapes_are_meshes_one_metre_in_size(kind: str) -> None:
    prim = getattr(create, kind)()
    assert str(prim.GetPath()) == f"/{kind.capitalize()}" and prim.GetTypeName() == "Mesh"
    low, high = world_range(prim)
    flat = kind in ("disk", "plane")
    np.testing.assert_allclose(high[:2] - low[:2], 1.0, atol=0.01)
    assert (high[2] - low[2] == pytest.approx(0.0)) if flat else (high[2] - low[2] > 0.2)
    np.testing.assert_allclose(low + high, 0.0, atol=1e-6)


@pytest.mark.parametrize("as_mesh", [True, False])
def test_a_capsule_is_a_metre_long_and_half_as_wide(as_mesh: bool) -> None:
    prim = create.capsule(as_mesh=as_mesh, position=(1, 0, 0))
    assert prim.GetTypeName() == ("Mesh" if as_mesh else "Capsule")
    low, high = world_range(prim)
    np.testing.assert_allclose(high - low, [0.5, 0.5, 1.0], atol=0.01)
    np.testing.assert_allclose(low + high, [2, 0, 0], atol=1e-6)


@pytest.mark.parametrize("kind", [*SHAPES, "capsule"])
def test_mesh_faces_point_outwards_and_agree_with_their_normals(kind: str) -> None:
    mesh = UsdGeom.Mesh(getattr(create, kind)())
    points = np.array(mesh.GetPointsAttr().Get(), np.float64)
    counts, corners = np.array(mesh.GetFaceVertexCountsAttr().Get()), np.array(mesh.GetFaceVertexIndicesAttr().Get())
    normals = np.array(mesh.GetNormalsAttr().Get(), np.float64)
    start, checked = 0, 0
    for count in counts:
        face = points[corners[start : start + count]]
        across = np.cross(face[1] - face[0], face[-1] - face[0])
        if np.linalg.norm(across) > 1e-9:
            agreement = normals[start : start + count] @ (across / np.linalg.norm(across))
            assert agreement.min() > 0.5
            checked += 1
        start += count
    assert checked == len(counts)


def test_prims_without_mesh_are_gprims() -> None:
    for kind in ("cone", "cube", "cylinder", "sphere"):
        prim = getattr(create, kind)(as_mesh=False)
        assert prim.GetTypeName() == kind.capitalize()
        low, high = world_range(prim)
        np.testing.assert_allclose(high - low, 1.0, atol=1e-6)


def test_sizes_follow_the_stage_unit(stage: Usd.Stage) -> None:
    UsdGeom.SetStageMetersPerUnit(stage, 0.01)
    low, high = world_range(create.cube())
    np.testing.assert_allclose(high - low, 100.0)


def test_ops_are_translate_orient_scale() -> None:
    prim = create.cube(position=(1, 2, 3), rotation=(0, 0, 90), scale=(2, 1, 1))
    names = [op.GetOpName() for op in UsdGeom.Xformable(prim).GetOrderedXformOps()]
    assert names == ["xformOp:translate", "xformOp:orient", "xformOp:scale"]
    matrix = world_matrix(prim)
    np.testing.assert_allclose(matrix[3, :3], [1, 2, 3])
    np.testing.assert_allclose(np.array([1, 0, 0, 0]) @ matrix, [0, 2, 0, 0], atol=1e-6)  # x, scaled, turned to y


def test_rotations_are_rx_ry_rz_on_row_vectors() -> None:
    prim = create.xform(rotation=(10, 20, 30))
    turn = [
        Gf.Matrix4d().SetRotate(Gf.Rotation(axis, angle))
        for axis, angle in zip(np.eye(3).tolist(), (10, 20, 30), strict=True)
    ]
    np.testing.assert_allclose(world_matrix(prim), np.array(turn[0] * turn[1] * turn[2]), atol=1e-6)


def test_quaternion_rotations() -> None:
    quat = Gf.Quatf(Gf.Rotation(Gf.Vec3d(1, 2, 3).GetNormalized(), 50).GetQuat())
    for value in (quat, Gf.Quatd(quat), [quat]):
        wanted = np.array(Gf.Matrix4d().SetRotate(Gf.Rotation(Gf.Quatd(quat))))
        np.testing.assert_allclose(world_matrix(create.xform(rotation=value)), wanted, atol=1e-6)


def test_cameras_look_at_points_and_keep_up_up() -> None:
    prim = create.camera(position=(3, -4, 5), look_at=(1, 1, 1))
    matrix = world_matrix(prim)
    forward = (np.array([1, 1, 1]) - [3, -4, 5]) / np.linalg.norm(np.array([1, 1, 1]) - [3, -4, 5])
    np.testing.assert_allclose(-matrix[2, :3], forward, atol=1e-6)
    assert matrix[0, 2] == pytest.approx(0.0, abs=1e-6) and matrix[1, 2] > 0  # X is level and Y points up


def test_a_camera_that_looks_straight_down_is_turned_as_in_isaac_sim() -> None:
    """Numbers of PoseWriter's golden pinhole/rp1/000000.json, 6.0.1: a cube in the frame of a camera at (0, 0, 10)."""
    view = (
        UsdGeom.XformCache()
        .GetLocalToWorldTransform(create.camera(position=(0, 0, 10), look_at=(0, 0, 0)))
        .GetInverse()
    )
    quat = Gf.Transform(view).GetRotation().GetQuat()
    golden = [0.7071067811865467, -3.535533861196609e-08, -3.535533861196607e-08, -0.7071067811865466]
    np.testing.assert_allclose([quat.GetReal(), *quat.GetImaginary()], golden, atol=1e-12)


def test_other_views_along_the_up_axis() -> None:
    up = world_matrix(create.camera(position=(0, 0, -5), look_at=(0, 0, 0)))
    np.testing.assert_allclose(-up[2, :3], [0, 0, 1], atol=1e-6)
    np.testing.assert_allclose(up[1, :3], [1, 0, 0], atol=1e-6)  # image-up is +X when looking up
    nowhere = world_matrix(create.camera(position=(1, 2, 3), look_at=(1, 2, 3)))
    np.testing.assert_allclose(nowhere[:3, :3], np.eye(3), atol=1e-12)


def test_cameras_have_the_lens_that_was_asked_for() -> None:
    camera = UsdGeom.Camera(create.camera(focal_length=35, horizontal_aperture=30, clipping_range=(0.5, 90)))
    assert camera.GetFocalLengthAttr().Get() == 35 and camera.GetHorizontalApertureAttr().Get() == 30
    assert camera.GetClippingRangeAttr().Get() == Gf.Vec2f(0.5, 90)
    assert camera.GetProjectionAttr().Get() == "perspective" and camera.GetStereoRoleAttr().Get() == "mono"
    default = UsdGeom.Camera(create.camera())
    assert default.GetFocalLengthAttr().Get() == 24 and default.GetHorizontalApertureAttr().Get() == pytest.approx(
        20.955
    )
    fisheye = create.camera(projection_type="fisheye_polynomial", fisheye_max_fov=170.0)
    assert fisheye.GetAttribute("cameraProjectionType").Get() == "fisheyePolynomial"


def test_names_and_parents(stage: Usd.Stage) -> None:
    first = create.xform(name="Box", parent="/World")
    second = create.cube(name="Box", parent="/World")
    third = create.sphere(name="Inner", parent=first)
    assert [str(p.GetPath()) for p in (first, second, third)] == ["/World/Box", "/World/Box_01", "/World/Box/Inner"]
    assert (
        str(create.scope(name="Group").GetPath()) == "/Group" and stage.GetPrimAtPath("/Group").GetTypeName() == "Scope"
    )


def test_labels_and_visibility() -> None:
    prim = create.cube(semantics={"class": ["a", "b"], "shape": "box"}, visible=False)
    assert list(UsdSemantics.LabelsAPI(prim, "class").GetLabelsAttr().Get()) == ["a", "b"]
    assert list(UsdSemantics.LabelsAPI(prim, "shape").GetLabelsAttr().Get()) == ["box"]
    assert UsdGeom.Imageable(prim).ComputeVisibility() == "invisible"
    old = create.cube(semantics=[("class", "c")])
    assert list(UsdSemantics.LabelsAPI(old, "class").GetLabelsAttr().Get()) == ["c"]


def test_batches_take_one_value_or_one_a_prim() -> None:
    prims = create_batch.cube(
        count=3,
        position=[(0, 0, 0), (1, 0, 0), (2, 0, 0)],
        scale=0.5,
        semantics=[{"class": c} for c in "abc"],
        name="Box",
    )
    assert [str(p.GetPath()) for p in prims] == ["/Box", "/Box_01", "/Box_02"]
    assert [world_matrix(p)[3, 0] for p in prims] == [0, 1, 2]
    assert all(world_matrix(p)[0, 0] == 0.5 for p in prims)
    assert [list(UsdSemantics.LabelsAPI(p, "class").GetLabelsAttr().Get()) for p in prims] == [["a"], ["b"], ["c"]]


def test_pose_relative_to_another_prim() -> None:
    frame = create.xform(position=(10, 0, 0), rotation=(0, 0, 90))
    prim = create.cube(position=(1, 0, 0), relative_to=frame, parent=create.xform(position=(0, 0, 5)))
    np.testing.assert_allclose(world_matrix(prim)[3, :3], [10, 1, 0], atol=1e-6)


def test_a_pivot_is_the_point_that_is_placed() -> None:
    prim = create.cube(position=(0, 0, 0), rotation=(0, 90, 0), pivot=(0, 0, -1))
    low, high = world_range(prim)
    assert (np.array([0, 0, 0]) >= low - 1e-6).all() and (np.array([0, 0, 0]) <= high + 1e-6).all()
    np.testing.assert_allclose(np.sort(np.abs(low + high)), [0, 0, 1], atol=1e-6)  # the pivot face touches the origin


@pytest.mark.parametrize(
    ("kind", "schema", "own"),
    [
        ("sphere_light", UsdLux.SphereLight, {"radius": 2.0}),
        ("disk_light", UsdLux.DiskLight, {"radius": 2.0}),
        ("rect_light", UsdLux.RectLight, {"height": 2.0, "width": 3.0}),
        ("cylinder_light", UsdLux.CylinderLight, {"radius": 2.0, "length": 3.0}),
        ("distant_light", UsdLux.DistantLight, {"angle": 2.0}),
        ("dome_light", UsdLux.DomeLight, {}),
    ],
)
def test_lights(kind: str, schema: Any, own: dict[str, float]) -> None:
    prim = getattr(create, kind)(
        intensity=123, color=(1, 0.5, 0.25), color_temperature=5000, enable_color_temperature=True, **own
    )
    light = UsdLux.LightAPI(prim)
    assert prim.IsA(schema) and light.GetIntensityAttr().Get() == 123
    assert light.GetColorAttr().Get() == Gf.Vec3f(1, 0.5, 0.25)
    assert light.GetColorTemperatureAttr().Get() == 5000 and light.GetEnableColorTemperatureAttr().Get() is True
    for name, value in own.items():
        assert prim.GetAttribute(f"inputs:{name}").Get() == value


def test_light_defaults() -> None:
    dome, sphere = UsdLux.LightAPI(create.dome_light()), UsdLux.LightAPI(create.sphere_light())
    assert (dome.GetIntensityAttr().Get(), dome.GetExposureAttr().Get()) == (1000, 1)
    assert (sphere.GetIntensityAttr().Get(), sphere.GetExposureAttr().Get()) == (30000, 0)
    assert create.sphere_light().GetAttribute("inputs:shaping:cone:angle").Get() == 180
    textured = create.dome_light(texture="sky.hdr")
    assert textured.GetAttribute("inputs:texture:file").Get().path == "sky.hdr"


def test_materials_are_made_and_bound() -> None:
    cube, sphere = create.cube(), create.sphere()
    made = create.material(mdl="OmniPBR.mdl", bind_prims=[cube, sphere], diffuse_color_constant=(1, 0, 0))
    assert str(made.GetPath()) == "/Looks/OmniPBR"
    for prim in (cube, sphere):
        bound, _ = UsdShade.MaterialBindingAPI(prim).ComputeBoundMaterial()
        assert bound.GetPath() == made.GetPath()
    shader = UsdShade.Material(made).ComputeSurfaceSource("mdl")[0]
    assert shader.GetInput("diffuse_color_constant").Get() == Gf.Vec3f(1, 0, 0)
    other = create.plane(material=made)
    assert UsdShade.MaterialBindingAPI(other).ComputeBoundMaterial()[0].GetPath() == made.GetPath()


def write_asset(path: Path) -> None:
    layer = Usd.Stage.CreateNew(str(path))
    layer.SetDefaultPrim(UsdGeom.Xform.Define(layer, "/Asset").GetPrim())
    UsdGeom.Cube.Define(layer, "/Asset/Box")
    UsdGeom.Sphere.Define(layer, "/Other")
    layer.Save()


def test_references_to_files_and_prims(tmp_path: Path, stage: Usd.Stage) -> None:
    write_asset(tmp_path / "a.usda")
    prim = create.reference(str(tmp_path / "a.usda"), position=(1, 0, 0), semantics={"class": "a"})
    assert str(prim.GetPath()) == "/Ref" and stage.GetPrimAtPath("/Ref/Box").GetTypeName() == "Cube"
    other = create.reference(usd_path=str(tmp_path / "a.usda"), prim_path="/Other", name="Ball")
    assert other.GetTypeName() == "Sphere"
    inner = create.reference(prim_path="/Ref", name="Twin")
    assert stage.GetPrimAtPath("/Twin/Box").GetTypeName() == "Cube" and inner.HasAuthoredReferences()


def test_clones_are_copies_with_what_is_below(stage: Usd.Stage) -> None:
    source = create.xform(name="A", position=(1, 2, 3), semantics={"class": "a"})
    create.cube(parent=source, name="Box")
    twin = create.clone("/A")
    assert str(twin.GetPath()) == "/A_01" and stage.GetPrimAtPath("/A_01/Box").GetTypeName() == "Mesh"
    np.testing.assert_allclose(world_matrix(twin), world_matrix(source))
    moved = create_batch.clone(source, count=2, position=[(0, 0, 1), (0, 0, 2)], name="B", parent="/World")
    assert [str(p.GetPath()) for p in moved] == ["/World/B", "/World/B_01"]
    assert [world_matrix(p)[3, 2] for p in moved] == [1, 2]
    assert list(UsdSemantics.LabelsAPI(moved[0], "class").GetLabelsAttr().Get()) == ["a"]


def test_lidars_and_radars_keep_their_attributes() -> None:
    lidar = create.omni_lidar(position=(0, 0, 2), tick_rate=20.0)
    assert lidar.GetTypeName() == "OmniLidar" and lidar.GetAttribute("omni:sensor:tickRate").Get() == 20
    assert create.omni_radar(name="Front").GetTypeName() == "OmniRadar"


MISTAKES: list[tuple[str, dict[str, Any], type[Exception], str]] = [
    ("cube", {"name": "9a"}, ValueError, r"functional.create.cube: name='9a' was given; expected letters, digits"),
    ("cube", {"parent": "World"}, ValueError, r"parent='World' was given; expected the absolute path of a prim"),
    ("cube", {"position": "here"}, TypeError, r"position='here' was given; expected a number, 3 numbers, or one of"),
    ("cube", {"position": (1, 2)}, ValueError, r"position=\(1, 2\) was given; expected a number, 3 numbers"),
    ("cube", {"scale": (1, 2, np.nan)}, ValueError, r"scale=\(1, 2, nan\) was given; expected finite numbers"),
    ("cube", {"rotation": (0, 0, 0), "look_at": (1, 1, 1)}, ValueError, "rotation and look_at were given together"),
    ("cube", {"look_at": "/Nothing"}, ValueError, r"look_at='/Nothing' was given; expected a prim on the stage"),
    ("cube", {"visible": 1}, TypeError, r"visible=1 was given; expected True or False"),
    ("cube", {"material": "/Nothing"}, ValueError, r"material='/Nothing' was given; expected a prim on the stage"),
    ("cube", {"semantics": "box"}, TypeError, r"semantics='box' was given; expected \{'class': 'name'\}"),
    ("camera", {"projection_type": "mirror"}, ValueError, r"projection_type='mirror' was given; expected one of: pin"),
    ("camera", {"zoom": 2}, TypeError, r"functional.create.camera: unknown argument zoom=2; expected one of: "),
    ("material", {"mdl": None}, TypeError, r"mdl=None was given; expected the name of an MDL file"),
    ("reference", {}, ValueError, r"usd_path and prim_path are both None; expected at least one of them"),
    ("reference", {"usd_path": 3}, TypeError, r"usd_path=3 was given; expected the path of a USD file"),
    ("clone", {"source_path": "/Nothing"}, ValueError, r"source_path='/Nothing' was given; expected a prim on the st"),
    ("clone", {"source_path": []}, ValueError, r"source_path=\[\] was given; expected one prim"),
    ("omni_lidar", {"a b": 1}, ValueError, r"a b=1 was given; expected a USD attribute name"),
]


@pytest.mark.parametrize(
    ("kind", "arguments", "error", "text"),
    MISTAKES,
    ids=[f"{k}-{next(iter(a), 'none')}-{i}" for i, (k, a, *_) in enumerate(MISTAKES)],
)
def test_mistakes_are_named(kind: str, arguments: dict[str, Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        getattr(create, kind)(**arguments)
    left = [str(prim.GetPath()) for prim in current_stage().Traverse() if prim.GetTypeName() != "Scope"]
    assert left == ["/OmniverseKit_Persp"]


def test_mistakes_of_batches_and_files(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"count=0 was given; expected a number not below 1"):
        create_batch.cube(count=0)
    with pytest.raises(
        ValueError, match=r"name=\['a', 'b'\] was given; expected one value, or one for each of 3 prims"
    ):
        create_batch.cube(count=3, name=["a", "b"])
    cubes = create_batch.cube(count=2)
    with pytest.raises(ValueError, match=r"bind_prims=.* was given; expected 3 prims, one for each material"):
        create_batch.material("OmniPBR.mdl", bind_prims=cubes, count=3)
    with pytest.raises(ValueError, match=r"material='/Cube' was given; expected a Material; this prim is of type Mesh"):
        create.cube(material="/Cube")
    write_asset(tmp_path / "a.usda")
    with pytest.raises(ValueError, match=r"prim_path='/No' was given; expected a prim of '.*a.usda'"):
        create.reference(str(tmp_path / "a.usda"), "/No")
    (tmp_path / "broken.usda").write_text("#usda 1.0\ndef {")
    with pytest.raises(
        (ValueError, FileNotFoundError), match=r"usd_path='.*broken.usda' was given; expected .*can be read"
    ):
        create.reference(str(tmp_path / "broken.usda"))
    with pytest.raises(
        (ValueError, FileNotFoundError), match=r"usd_path='.*none.usd' was given; expected .*can be read"
    ):
        create.reference(str(tmp_path / "none.usd"))


def test_shared_authoring_refuses_unknown_kinds(stage: Usd.Stage) -> None:
    from engine.replicator.functional import authoring

    with pytest.raises(ValueError, match=r"define_shape: kind='blob' was given; expected one of: capsule, cone, cube"):
        authoring.define_shape(stage, "blob", "/A")
    with pytest.raises(ValueError, match=r"define_light: light_type='laser' was given; expected one of: cylinder"):
        authoring.define_light(stage, "/A", "laser")
    prim = stage.DefinePrim("/Empty")
    with pytest.raises(ValueError, match=r"prim '/Empty' is untyped and has no transform; expected an Xformable prim"):
        authoring.set_pose(prim, position=(0, 0, 0))
    with pytest.raises(ValueError, match=r"prims='/Empty' was given; expected prims that can be seen"):
        from engine.replicator.functional import modify

        modify.visibility(prim, False)
    assert Sdf.Path("/Empty") == prim.GetPath()
