"""Prims that create authors, and what get and modify do with them."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from pxr import Sdf, Usd, UsdGeom, UsdLux, UsdPhysics, UsdSemantics, UsdShade

from engine.carb.settings import get_settings
from engine.graph.graph import Clock
from engine.graph.sources import labels_of
from engine.replicator import (
    create,
    distribution,
    example,
    functional,
    get,
    layers,
    modify,
    physics,
    rng,
    settings,
    trigger,
    utils,
)
from engine.replicator import randomizer as randomizers

from .conftest import make_xforms


def labels(stage, path, kind="class"):
    return list(UsdSemantics.LabelsAPI(stage.GetPrimAtPath(path), kind).GetLabelsAttr().Get() or [])


@pytest.mark.parametrize("kind", ["sphere", "cube", "cylinder", "cone", "torus", "disk", "plane"])
def test_shapes_are_an_xform_with_a_mesh_below(stage, graph, kind):
    item = getattr(create, kind)(position=(1, 2, 3), semantics=[("class", "thing"), ("class", "other")], count=2)
    title = kind.capitalize()
    paths = [str(p.GetPath()) for p in item.get_output_prims()["prims"]]
    assert paths == [f"/Replicator/{title}_Xform", f"/Replicator/{title}_Xform_01"]
    assert stage.GetPrimAtPath(f"{paths[1]}/{title}").IsA(UsdGeom.Mesh)
    assert stage.GetPrimAtPath(paths[0]).HasAttribute("replicatorXform")
    assert labels(stage, paths[1]) == ["thing", "other"]
    box = UsdGeom.BBoxCache(Usd.TimeCode.Default(), ["default"]).ComputeWorldBound(stage.GetPrimAtPath(paths[0]))
    np.testing.assert_allclose(box.ComputeAlignedRange().GetMidpoint(), (1, 2, 3), atol=1e-5)


def test_distribution_arguments_become_actions(stage, graph):
    item = create.cube(position=distribution.uniform((1, 1, 1), (2, 2, 2)), count=3, visible=False)
    graph.run_pending(Clock())
    rows = [p.GetAttribute("xformOp:translate").Get() for p in item.get_output_prims()["prims"]]
    assert len({tuple(r) for r in rows}) == 3
    assert np.all(np.array(rows) >= 1)
    prim = item.get_output_prims()["prims"][0]
    assert UsdGeom.Imageable(prim).ComputeVisibility() == "invisible"


def test_light(stage, graph):
    create.light(light_type="sphere", intensity=7, exposure=2, temperature=4000, color=(1, 0.5, 0), count=2)
    light = UsdLux.LightAPI(stage.GetPrimAtPath("/Replicator/SphereLight_Xform_01/SphereLight"))
    assert (light.GetIntensityAttr().Get(), light.GetExposureAttr().Get()) == (7, 2)
    assert (light.GetEnableColorTemperatureAttr().Get(), light.GetColorTemperatureAttr().Get()) == (True, 4000)
    create.light(light_type="Dome", texture="sky.hdr", temperature=None)
    dome = stage.GetPrimAtPath("/Replicator/DomeLight_Xform/DomeLight")
    assert dome.GetAttribute("inputs:texture:file").Get().path == "sky.hdr"
    assert not UsdLux.LightAPI(dome).GetEnableColorTemperatureAttr().Get()
    assert get_settings().get("/omni/replicator/RTSubframes") >= 3


def test_camera_optics(stage, graph):
    create.camera(focal_length=35, f_stop=2.8, clipping_range=(0.1, 50), projection_type="fisheye_polynomial", name="c")
    prim = stage.GetPrimAtPath("/Replicator/c_Xform/c")
    camera = UsdGeom.Camera(prim)
    assert camera.GetFocalLengthAttr().Get() == 35
    assert camera.GetHorizontalApertureAttr().Get() == pytest.approx(20.955)
    assert camera.GetVerticalApertureAttr().Get() == pytest.approx(15.2908)
    np.testing.assert_allclose(camera.GetClippingRangeAttr().Get(), (0.1, 50))
    assert prim.GetAttribute("cameraProjectionType").Get() == "fisheyePolynomial"
    assert prim.GetAttribute("fthetaPolyB").Get() == pytest.approx(0.00245)


def test_stereo_camera_children_are_a_baseline_apart(stage, graph):
    create.stereo_camera(stereo_baseline=0.4, position=(1, 0, 0))
    cache = UsdGeom.XformCache()
    eyes = [
        np.array(cache.GetLocalToWorldTransform(stage.GetPrimAtPath(f"/Replicator/StereoCam/StereoCam_{s}")))
        for s in "LR"
    ]
    np.testing.assert_allclose(eyes[1][3, :3] - eyes[0][3, :3], (0, 0.4, 0), atol=1e-7)
    np.testing.assert_allclose(eyes[0][1, :3], (0, 0, 1), atol=1e-7)


@pytest.mark.parametrize("axis", ["Y", "Z"])
def test_stereo_pair_looks_at_its_target(stage, graph, axis):
    UsdGeom.SetStageUpAxis(stage, axis)
    eye, target = np.array((0.0, 10.0, 50.0)), np.array((4.0, -2.0, 1.0))
    rig = create.stereo_camera(stereo_baseline=0.4, position=tuple(eye), look_at=tuple(target))
    towards = (target - eye) / np.linalg.norm(target - eye)
    for expected in (towards, -towards):
        cache = UsdGeom.XformCache()
        for side in "LR":
            camera = stage.GetPrimAtPath(f"/Replicator/StereoCam/StereoCam_{side}")
            frame = np.array(cache.GetLocalToWorldTransform(camera))
            np.testing.assert_allclose(-frame[2, :3], expected, atol=1e-6)
            assert frame[1, 1 if axis == "Y" else 2] > 0
        with rig:
            modify.pose(position=tuple(2 * target - eye), look_at=tuple(target))
        graph.run_pending(Clock())


def test_from_usd_group_and_dir(stage, graph, tmp_path):
    for name in "ab":
        asset = Usd.Stage.CreateNew(str(tmp_path / f"{name}.usda"))
        asset.SetDefaultPrim(UsdGeom.Cube.Define(asset, "/Root").GetPrim())
        asset.Save()
    first = create.from_usd(str(tmp_path / "a.usda"), semantics={"class": "a"}, count=2)
    assert first.get_output("prims") == ["/Replicator/Ref_Xform", "/Replicator/Ref_Xform_01"]
    assert stage.GetPrimAtPath("/Replicator/Ref_Xform/Ref").GetTypeName() == "Cube"
    everything = create.group([first, create.from_dir(str(tmp_path)), "/Replicator/Ref_Xform"])
    assert len(everything.get_output("prims")) == 4
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "c.usda").write_bytes((tmp_path / "a.usda").read_bytes())
    assert len(create.from_dir(str(tmp_path)).get_output("prims")) == 2
    assert len(create.from_dir(str(tmp_path), recursive=True).get_output("prims")) == 3
    assert layers.open_stage(tmp_path / "a.usda").GetPrimAtPath("/Root").GetTypeName() == "Cube"
    assert utils.get_usd_files(str(tmp_path), path_filter="b") == [str(tmp_path / "b.usda")]
    with pytest.raises(FileNotFoundError, match=r"create.from_usd: usd='/no.usd' was given"):
        create.from_usd("/no.usd")
    with pytest.raises(FileNotFoundError, match="expected an existing local folder"):
        utils.get_usd_files("/no/folder")


def test_omnipbr_inputs(stage, graph):
    item = create.material_omnipbr(diffuse=(1, 0, 0), roughness=distribution.uniform(0.2, 0.3), count=2)
    cube = create.cube(material=item)
    graph.run_pending(Clock())
    shader = next(
        p for p in Usd.PrimRange(stage.GetPrimAtPath("/Replicator/Looks/OmniPBR_01")) if p.IsA(UsdShade.Shader)
    )
    assert tuple(shader.GetAttribute("inputs:diffuse_color_constant").Get()) == (1, 0, 0)
    assert 0.2 <= shader.GetAttribute("inputs:reflection_roughness_constant").Get() < 0.3
    assert len(item.get_output("prims")) == 2
    bound, _ = UsdShade.MaterialBindingAPI(stage.GetPrimAtPath("/Replicator/Cube_Xform/Cube")).ComputeBoundMaterial()
    assert str(bound.GetPath()).startswith("/Replicator/Looks/OmniPBR")
    assert cube


def test_get_searches_by_pattern_type_and_label(stage, graph):
    create.cube(semantics={"class": "box"}, count=2)
    create.sphere(semantics=[("class", "ball")])
    create.light()
    assert get.prims(path_pattern="cube_xform.*01$").get_output("prims") == ["/Replicator/Cube_Xform_01"]
    assert get.prims(path_pattern="cube", ignore_case=False).get_output("prims") == []
    found = get.prims(semantics=[("class", "ball"), ("class", "box")], path_pattern_exclusion="01").get_output("prims")
    assert found == ["/Replicator/Cube_Xform", "/Replicator/Sphere_Xform"]
    assert get.light().get_output("prims") == ["/Replicator/DistantLight_Xform/DistantLight"]
    assert len(get.mesh(path_match="Cube").get_output("prims")) == 2
    assert get.prims(prim_types=["Mesh"], semantics_exclusion={"class": "box"}, path_match="Sph").get_output("prims")


def test_legacy_labels_are_read(stage):
    prim = stage.DefinePrim("/World/A")
    prim.CreateAttribute("semantic:Semantics:params:semanticType", Sdf.ValueTypeNames.String).Set("class")
    prim.CreateAttribute("semantic:Semantics:params:semanticData", Sdf.ValueTypeNames.String).Set("cow")
    assert labels_of(prim) == {"class": ["cow"]}


def test_semantics_modes(stage, graph):
    (path,) = make_xforms(stage, 1)
    for mode, value in (("add", "a"), ("add", "b"), ("replace", "c")):
        modify.semantics([("class", value)], input_prims=path, mode=mode)
        graph.run_pending(Clock())
    assert labels(stage, path) == ["c"]
    modify.semantics({"kind": "d"}, input_prims=path, mode="clear")
    graph.run_pending(Clock())
    assert labels_of(stage.GetPrimAtPath(path)) == {"kind": ["d"]}


def test_visibility_rows_serve_all_prims_at_once(stage, graph):
    paths = make_xforms(stage, 3)
    with trigger.on_frame(), get.prim_at_path(paths):
        modify.visibility(distribution.sequence([(True, True, True), (True, False, False)]))
    seen = []
    for frame in range(1, 4):
        graph.evaluate(Clock(frame))
        seen.append([UsdGeom.Imageable(stage.GetPrimAtPath(p)).ComputeVisibility() == "inherited" for p in paths])
    assert seen == [[True] * 3, [True, False, False], [True] * 3]


def test_attribute_reaches_the_camera_below_an_xform_and_makes_new_ones(stage, graph):
    camera = create.camera()
    modify.attribute("focalLength", 50.0, input_prims=camera)
    modify.attribute("my:flag", "hello", attribute_type="token", input_prims=make_xforms(stage, 1))
    graph.run_pending(Clock())
    assert UsdGeom.Camera.Get(stage, "/Replicator/Camera_Xform/Camera").GetFocalLengthAttr().Get() == 50
    assert stage.GetPrimAtPath("/World/Thing_0").GetAttribute("my:flag").Get() == "hello"


@pytest.fixture
def timeline():
    """The timeline, whose start and end are afterwards what they were."""
    from engine.timeline import get_timeline_interface

    clock = get_timeline_interface()
    start, end = clock.get_start_time(), clock.get_end_time()
    yield clock
    clock.set_start_time(start)
    clock.set_end_time(end)
    clock.set_current_time(start)


def test_variant_and_timeline(stage, graph, timeline):
    (path,) = make_xforms(stage, 1)
    variants = stage.GetPrimAtPath(path).GetVariantSets().AddVariantSet("look")
    variants.AddVariant("red")
    variants.AddVariant("blue")
    modify.variant("look", "blue", input_prims=path)
    modify.timeline(2.5)
    graph.run_pending(Clock())
    assert variants.GetVariantSelection() == "blue"
    assert timeline.get_current_time() == 2.5
    modify.timeline(48, "frame")
    modify.timeline(0.5, "start_time")
    modify.timeline(distribution.choice([240]), "End_Frame")
    graph.run_pending(Clock())
    rate = timeline.get_time_codes_per_seconds()
    assert (timeline.get_current_time(), timeline.get_start_time(), timeline.get_end_time()) == (
        48 / rate,
        0.5,
        240 / rate,
    )
    modify.time(0)
    modify.variant("look", "green", input_prims=path)
    with pytest.raises(ValueError, match="has no variant 'green' in set 'look'; expected one of: blue, red"):
        graph.run_pending(Clock())


def test_physics_schemas(stage, graph):
    with create.cube():
        physics.rigid_body(velocity=distribution.uniform((1, 1, 1), (2, 2, 2)))
        physics.mass(mass=3)
        physics.physics_material(restitution=0.5)
    graph.run_pending(Clock())
    prim = stage.GetPrimAtPath("/Replicator/Cube_Xform")
    assert prim.HasAPI(UsdPhysics.RigidBodyAPI)
    assert UsdPhysics.MassAPI(prim).GetMassAttr().Get() == 3
    assert 1 <= UsdPhysics.RigidBodyAPI(prim).GetVelocityAttr().Get()[0] < 2
    assert stage.GetPrimAtPath("/Replicator/Cube_Xform/Cube").HasAPI(UsdPhysics.CollisionAPI)
    with pytest.raises(ValueError, match="approximation_shape='blob' was given; expected one of: none, convexHull"):
        physics.collider("blob", input_prims="/Replicator/Cube_Xform")


def test_new_layer_holds_what_is_made_and_is_emptied_when_made_again(stage, graph):
    with layers.new_layer() as layer:
        create.cube()
    assert layer.GetPrimAtPath("/Replicator/Cube_Xform")
    assert stage.GetEditTarget().GetLayer() == stage.GetRootLayer()
    with layers.new_layer() as again:
        create.sphere()
        raise ValueError("swallowed")
    assert again == layer
    assert not stage.GetPrimAtPath("/Replicator/Cube_Xform")
    assert stage.GetPrimAtPath("/Replicator/Sphere_Xform")


def test_settings_and_seeds(stage, graph):
    settings.set_render_pathtraced(samples_per_pixel=8)
    assert get_settings().get("/rtx/rendermode") == "PathTracing"
    settings.set_render_rtx_realtime("dlaa")
    assert get_settings().get("/rtx/post/aa/op") == 4
    settings.carb_settings("/a/b", distribution.choice([3]))
    graph.run_pending(Clock())
    assert get_settings().get("/a/b") == 3
    with layers.new_layer():
        settings.set_stage_meters_per_unit(0.01)
        settings.set_stage_up_axis("y")
    assert stage.GetRootLayer().pseudoRoot.GetInfo("upAxis") == UsdGeom.GetStageUpAxis(stage) == "Y"
    settings.set_physx_timestep(120)
    assert (UsdGeom.GetStageMetersPerUnit(stage), settings.get_physx_timestep()) == (0.01, 120)
    layers.set_global_seed(5)
    assert layers.get_global_seed() == 5
    expected = np.random.default_rng(np.random.SeedSequence((42, 0))).random(3)
    assert np.array_equal(rng.ReplicatorRNG(seed=42).generator.random(3), expected)
    assert np.array_equal(
        rng.ReplicatorRNG().generator.random(2), np.random.default_rng(np.random.SeedSequence((5, 0))).random(2)
    )


@pytest.mark.parametrize("name", example.PATTERNS)
def test_textures_tile(name):
    image = example.pattern(name, 64).astype(int)
    step = np.abs(np.diff(image, axis=1)).max()
    assert image.std() > 5
    assert np.abs(image[:, 0] - image[:, -1]).max() <= max(step, 1)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: create.cube(count=0), ValueError, "create.cube: count=0 was given; expected a number not below 1"),
        (lambda: create.cube(semantics=3), TypeError, "semantics=3 was given; expected {'class': 'name'}"),
        (lambda: create.cube(visible=2), TypeError, "visible=2 was given; expected True, False"),
        (
            lambda: create.cube(parent="/No"),
            ValueError,
            "parent='/No' was given; expected the path of an existing prim",
        ),
        (lambda: create.light(light_type="neon"), ValueError, "light_type='neon' was given; expected one of: cylinder"),
        (lambda: create.light(texture="a.png"), ValueError, "texture='a.png' was given; expected None for a distant"),
        (lambda: create.camera(projection_type="eye"), ValueError, "projection_type='eye' was given; expected one of"),
        (lambda: create.camera(zoom=2), TypeError, "unknown argument zoom=2; expected one of: focal_length"),
        (lambda: create.stereo_camera(0), ValueError, "stereo_baseline=0 was given; expected a number above 0"),
        (lambda: create.render_product("/No", (8, 8)), ValueError, "there is no prim at '/No'"),
        (lambda: create.render_product("/No", (8, 0)), ValueError, "expected .width, height., at least 1 pixel"),
        (lambda: create.group([]), ValueError, "items=.. was given; expected at least one item"),
        (lambda: create.tiled_sensor, AttributeError, "use rep.create.render_product_tiled"),
        (lambda: create.nothing, AttributeError, "rep.create has no 'nothing'; see docs/parity.md"),
        (lambda: create.render_product_tiled("/No", (8, 8)), ValueError, "there is no prim at '/No'"),
        (lambda: create.render_product_tiled([], (8, 8)), ValueError, "cameras=.. was given; expected camera items"),
        (lambda: create.render_product_tiled("/No", (8, 0)), ValueError, "expected .width, height., at least 1 pixel"),
        (lambda: modify.nothing, AttributeError, "see docs/parity.md"),
        (lambda: modify.visibility(3, input_prims="/"), TypeError, "value=3 was given; expected True, False, a list"),
        (lambda: modify.semantics(mode="x", input_prims="/"), ValueError, "mode='x' was given; expected one of: add"),
        (lambda: modify.attribute("", 1, input_prims="/"), TypeError, "name='' was given"),
        (lambda: modify.attribute("a", 1, "blob", input_prims="/"), ValueError, "attribute_type='blob' was given"),
        (
            lambda: modify.timeline(1, "jump"),
            ValueError,
            "modify_type='jump' was given; expected one of: time, start_time",
        ),
        (lambda: get.prims(path_pattern="("), ValueError, "expected a regular expression"),
        (lambda: get.prims(prim_types=[3]), TypeError, "expected names of USD prim types"),
        (lambda: get.prim_at_path(None), TypeError, "path=None was given; expected a prim path"),
        (lambda: layers.set_global_seed(-1), ValueError, "seed=-1 was given; expected a number not below 0"),
        (lambda: layers.open_stage(3), TypeError, "url=3 was given"),
        (lambda: settings.set_stage_up_axis("X"), ValueError, "up_axis='X' was given; expected one of: Y, Z"),
        (lambda: settings.set_render_rtx_realtime("no"), ValueError, "antialiasing='no' was given; expected Off, TAA"),
        (lambda: settings.set_stage_meters_per_unit(0), ValueError, "meters_per_unit=0 was given"),
        (lambda: settings.set_physx_timestep(0), ValueError, "rate=0 was given"),
        (lambda: settings.carb_settings("", 1), TypeError, "setting='' was given"),
        (lambda: example.pattern("x"), ValueError, "name='x' was given; expected one of: checker"),
        (lambda: utils.get_prims_from_paths(["/No"]), ValueError, "paths='/No' was given"),
    ],
)
def test_bad_arguments(stage, call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_actions_on_a_search_that_finds_nothing_do_nothing(stage, graph):
    colour = distribution.uniform((0, 0, 0), (1, 1, 1))
    with get.prims(path_pattern="/World/None"):
        modify.pose(position=colour, look_at=(0, 0, 0))
        modify.visibility(distribution.choice([True, False]))
        modify.visibility([True, False])
        modify.attribute("size", distribution.uniform(1, 2))
        modify.semantics([("class", "x")])
        modify.variant("a", "b")
        modify.material(["/Looks/A"])
        modify.pose_orbit((0, 0, 0), 3, 10, 20)
        randomizers.color(colour)
        randomizers.texture(["a.png", "b.png"])
        randomizers.materials(["/Looks/A"])
        randomizers.rotation()
    graph.preview(Clock())
    assert not stage.GetPrimAtPath("/World") and not stage.GetPrimAtPath("/Replicator/Looks")


LENS_MODEL = ["fisheye_nominal_width", "fisheye_nominal_height", "fisheye_optical_centre_x"]


@pytest.mark.parametrize("function", [create.camera, create.stereo_camera, functional.create.camera])
def test_lens_parameters_are_named_in_the_signature(function):
    parameters = inspect.signature(function).parameters
    start = list(parameters).index("projection_type") + 1
    assert list(parameters)[start : start + 3] == LENS_MODEL
    assert (parameters["focal_length"].default, parameters["fisheye_polynomial_b"].default) == (24.0, 0.00245)
    assert "model" not in parameters or parameters["model"].kind is inspect.Parameter.VAR_KEYWORD


def test_lens_parameters_may_be_given_by_position(stage):
    optics = (24.0, 400.0, 0.0, 20.955, 0.0, 0.0, (1.0, 100.0), "fisheye_polynomial", 1000, 800)
    (path,) = create.camera(None, None, None, None, *optics).get_output("prims")
    made = stage.GetPrimAtPath(f"{path}/Camera")
    assert made.GetAttribute("fthetaWidth").Get() == 1000 and made.GetAttribute("fthetaHeight").Get() == 800
    assert made.GetAttribute("cameraProjectionType").Get() == "fisheyePolynomial"
