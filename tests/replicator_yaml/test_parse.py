"""A YAML file makes what the same calls in Python make."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pxr import Gf, UsdGeom, UsdLux

from engine.carb.settings import get_settings
from engine.graph.graph import Clock, get_graph
from engine.replicator import create, distribution, get, modify, randomizer, settings, trigger
from engine.replicator_yaml import parse
from engine.usd_context import get_context


def usda(stage):
    return "\n".join(line for line in stage.Flatten().ExportToString().splitlines() if not line.startswith("    doc"))


def run_frames(count=3):
    graph = get_graph()
    graph.initialize()
    graph.preview(Clock())
    for frame in range(1, count):
        graph.evaluate(Clock(frame))


def same_as(path, script):
    """Compare the stage after some frames of a YAML file and of a function."""
    parse(path)
    run_frames()
    from_yaml = usda(get_context().get_stage())
    get_context().new_stage()
    script()
    run_frames()
    from_python = usda(get_context().get_stage())
    assert len(from_python) > 500
    assert from_yaml == from_python


def test_groups_functions_distributions_and_with(write):
    path = write("""
        units:
          settings.set_stage_meters_per_unit: {meters_per_unit: 0.01}
        camera:
          create.camera:
            position: [5, -1, 4]
            focus_distance: 800
        torus:
          create.torus:
            semantics: [["class", "torus"]]
            scale: {distribution.uniform: {lower: 1, upper: 2}}
        sphere:
          create.sphere:
            position: [1, 0, 1]
            count: 3
        group:
          create.group:
            items: [torus, sphere]
        trigger:
          trigger.on_frame: {max_execs: 10}
        with_trigger:
          with.trigger:
            with.group:
              modify.pose:
                position:
                  distribution.uniform: {lower: [-1, -1, -1], upper: [2, 2, 2]}
                look_at: camera
              modify.visibility: null
    """)

    def script():
        UsdGeom.SetStageMetersPerUnit(get_context().get_stage(), 0.01)
        camera = create.camera(position=(5, -1, 4), focus_distance=800)
        torus = create.torus(semantics=[("class", "torus")], scale=distribution.uniform(1, 2))
        sphere = create.sphere(position=(1, 0, 1), count=3)
        group = create.group([torus, sphere])
        with trigger.on_frame(max_execs=10), group:
            modify.pose(position=distribution.uniform((-1, -1, -1), (2, 2, 2)), look_at=camera)
            modify.visibility()

    same_as(path, script)


def test_registered_functions_with_inputs_of_their_own(write):
    path = write("""
        plane:
          create.plane: {scale: 10}
        spheres:
          create.sphere: {count: 4, semantics: {class: ball}}
        mats:
          create.material_omnipbr: {count: 2, diffuse: [1, 0, 0]}
        register_lights:
          randomizer.register:
            lights:
              inputs:
                num: 1
                kind: "Sphere"
              light:
                create.light:
                  light_type: kind
                  intensity: {distribution.normal: {mean: 35000, std: 5000}}
                  count: num
        register_look:
          randomizer.register:
            look:
              inputs: {things: null, surface: null, mats: null}
              with.things:
                randomizer.materials: {materials: mats}
                randomizer.scatter_2d: {surface_prims: [surface]}
        trigger:
          trigger.on_frame: null
        with_trigger:
          with.trigger:
            randomizer.look:
              things: spheres
              surface: plane
              mats: mats
            randomizer.lights: {num: 3}
    """)

    def script():
        plane = create.plane(scale=10)
        spheres = create.sphere(count=4, semantics={"class": "ball"})
        mats = create.material_omnipbr(count=2, diffuse=(1, 0, 0))

        def lights(num):
            return create.light(light_type="Sphere", intensity=distribution.normal(35000, 5000), count=num).node

        randomizer.register(lights)
        with trigger.on_frame():
            with spheres:
                randomizer.materials(mats)
                randomizer.scatter_2d(surface_prims=[plane])
            randomizer.lights(3)

    same_as(path, script)


def test_groups_inside_with_and_a_sequence_of_the_prims_of_a_search(write):
    path = write("""
        floor: {create.plane: {scale: 5}}
        clothes:
          create.material_omnipbr: {count: 3, diffuse: [0, 0, 1]}
        places:
          create.xform: {count: 3, name: Place}
        where:
          get.xform: {path_pattern: Place}
        trigger: {trigger.on_frame: null}
        with_trigger:
          with.trigger:
            people:
              create.sphere: {count: 4}
            with.people:
              modify.semantics:
                semantics: [[class, person]]
              randomizer.materials:
                materials: clothes
              randomizer.scatter_2d: {seed: 0, surface_prims: floor}
            background:
              settings.carb_settings:
                setting: /rtx/post/backgroundZeroAlpha/backplateTexture
                value: {distribution.sequence: {items: where}}
    """)

    def script():
        floor = create.plane(scale=5)
        clothes = create.material_omnipbr(count=3, diffuse=(0, 0, 1))
        create.xform(count=3, name="Place")
        where = get.xform(path_pattern="Place")
        with trigger.on_frame():
            people = create.sphere(count=4)
            with people:
                modify.semantics([("class", "person")])
                randomizer.materials(clothes)
                randomizer.scatter_2d(surface_prims=floor, seed=0)
            settings.carb_settings("/rtx/post/backgroundZeroAlpha/backplateTexture", distribution.sequence(where))

    same_as(path, script)
    chosen = get_settings().get("/rtx/post/backgroundZeroAlpha/backplateTexture")
    assert str(chosen).startswith("/Replicator/Place")


def test_what_parse_returns(write):
    found = parse(str(write("numbers: [1, 2.5, 1e-3]\nname: cube\ncube: {create.cube: null}\nsame: {look: cube}\n")))
    assert found["numbers"] == [1, 2.5, 0.001] and found["name"] == "cube" and list(found.groups)[2] == "cube"
    assert found["same"]["look"] is found["cube"]
    assert found["cube"].get_output("prims") == ["/Replicator/Cube_Xform"]


def test_labels_and_text_are_not_groups_of_the_same_name(write, stage):
    found = parse(
        write("""
            cube:
              create.cube: {semantics: [["class", "cube"]]}
            cone:
              create.cone: {semantics: [["class", kind]]}
            kind: "tip"
            drawn: {distribution.choice: {choices: [red, blue]}}
            sphere: {create.sphere: {semantics: {class: drawn}, name: cube}}
            cubes:
              get.prims: {semantics: [["class", "cube"]], path_pattern: cube}
        """)
    )
    assert found["cubes"].node.paths() == ["/Replicator/Cube_Xform"]
    assert stage.GetPrimAtPath("/Replicator/cube_Xform/cube")
    tips = get.prims(semantics=[("class", "tip")]).node.paths()
    assert tips == ["/Replicator/Cone_Xform"]
    run_frames(1)
    labelled = get.prims(semantics=[("class", "red"), ("class", "blue")]).node.paths()
    assert labelled == ["/Replicator/cube_Xform"]


def test_a_group_may_be_used_before_it_stands(write):
    found = parse(
        write("""
            product: {create.render_product: {camera: eye, resolution: [8, 8]}}
            moved:
              with.eye:
                modify.pose: {position: places}
            eye: {create.camera: {name: Eye}}
            places: {distribution.uniform: {lower: 0, upper: 1}}
        """)
    )
    assert found["product"].camera_path == "/Replicator/Eye_Xform/Eye" and next(iter(found.groups)) == "product"


def test_methods_of_groups_and_functions_two_deep(write, stage, tmp_path):
    found = parse(
        write(f"""
            cube: {{functional.create.cube: {{name: Box, parent: /World}}}}
            camera: {{create.camera: null}}
            product: {{create.render_product: {{camera: camera, resolution: [16, 12]}}}}
            writer: {{writers.get: {{name: BasicWriter}}}}
            ready: {{writer.initialize: {{output_dir: {tmp_path}/out, rgb: true}}}}
            attach: {{writer.attach: {{render_products: [product]}}}}
        """)
    )
    assert stage.GetPrimAtPath("/World/Box")
    assert found["writer"].attached_paths() == [found["product"].path]


def test_an_argument_beside_its_function_is_taken_with_a_warning(write, capsys):
    """As the example in NVIDIA's own page on Replicator YAML has it."""
    path = write("""
        cube: {create.cube: null}
        trigger: {trigger.on_frame: null}
        with_trigger:
          with.trigger:
            with.cube:
              modify.pose:
              position:
                distribution.uniform: {lower: [3, 3, 3], upper: [4, 4, 4]}
              scale: 2
    """)
    parse(path)
    run_frames(1)
    place = UsdGeom.XformCache().GetLocalToWorldTransform(
        get_context().get_stage().GetPrimAtPath("/Replicator/Cube_Xform")
    )
    assert all(3 <= v <= 4 for v in place.ExtractTranslation()) and place.GetRow3(0).GetLength() == pytest.approx(2)
    said = capsys.readouterr().err
    assert f"{path}:8: position: read as an argument of modify.pose (line 7)" in said and f"{path}:10: scale:" in said


def test_a_key_given_twice_is_said(write, capsys, stage):
    parse(write("cube:\n  create.cube: {name: A}\ncube:\n  create.cube: {name: B}\n"))
    assert "scene.yaml:3: 'cube' is given again: it replaces the one on line 1" in capsys.readouterr().err
    assert not stage.GetPrimAtPath("/Replicator/A_Xform") and stage.GetPrimAtPath("/Replicator/B_Xform")


def test_profiles_and_inherit(write, stage):
    write(
        """
        lamp:
          create.light:
            light_type: "Sphere"
            intensity: 5
            color: [1, 0, 0]
        unused: {create.cone: null}
        eye: {create.camera: {name: Eye}}
        where:
          modify.pose:
            position: [1, 2, 3]
            scale: 4
        """,
        "profiles/parent.yaml",
    )
    found = parse(
        write("""
            profiles:
              - profiles/parent.yaml
            lamps:
              inherit: lamp
              create.light:
                intensity: 7
                count: 2
            product: {create.render_product: {camera: eye, resolution: [8, 8]}}
            cube: {create.cube: null}
            moved:
              with.cube:
                inherit: where
                modify.pose: {scale: 5}
        """)
    )
    assert found["lamps"].get_output("prims") == ["/Replicator/SphereLight_Xform", "/Replicator/SphereLight_Xform_01"]
    light = UsdLux.SphereLight(stage.GetPrimAtPath("/Replicator/SphereLight_Xform/SphereLight"))
    assert (light.GetIntensityAttr().Get(), light.GetColorAttr().Get()) == (7.0, Gf.Vec3f(1, 0, 0))
    assert found["product"].camera_path == "/Replicator/Eye_Xform/Eye"
    assert not stage.GetPrimAtPath("/Replicator/Cone_Xform") and "unused" not in found.groups
    run_frames(1)
    place = UsdGeom.XformCache().GetLocalToWorldTransform(stage.GetPrimAtPath("/Replicator/Cube_Xform"))
    assert place.ExtractTranslation() == Gf.Vec3d(1, 2, 3) and place.GetRow3(0).GetLength() == pytest.approx(5)


def test_paths_below_a_root(write, tmp_path):
    write("sizes: [1, 2]\n", "base/assets.yaml")
    write("profiles: /base/assets.yaml\nkept: [sizes]\n", "below/main.yaml")
    assert parse("below/main.yaml", root_dir=tmp_path)["kept"] == [[1, 2]]
    get_settings().set("/omni/replicator/replicatorYaml/rootDir", str(tmp_path))
    assert parse("below/main.yaml")["kept"] == [[1, 2]]


def test_a_module_a_script_gives_to_rep_can_be_named(write, monkeypatch):
    import types

    import engine.replicator as rep

    guide = types.ModuleType("guide")
    guide.twice = lambda value: 2 * value
    monkeypatch.setattr(rep, "guide", guide, raising=False)
    assert parse(write("a: {guide.twice: {value: 21}}"))["a"] == 42


def test_anchors_merge_keys_and_python_tuples(write):
    found = parse(
        write("""
            base: &base {position: [1, 2, 3]}
            cube: {create.cube: {<<: *base, scale: !!python/tuple [1, 2, 1]}}
            other: {create.cone: *base}
        """)
    )
    assert found["base"] == {"position": [1, 2, 3]} and found["other"].node.paths() == ["/Replicator/Cone_Xform"]


def test_the_example_of_the_documentation(tmp_path, write):
    page = (Path(__file__).parents[2] / "docs" / "replicator_yaml.md").read_text()
    example = re.search(r"```yaml\n(.*?)```", page, re.S)[1].replace("_out_cubes", str(tmp_path / "out"))
    found = parse(write(example))
    assert found["writer"].attached_paths() == [found["render_product"].path]
    run_frames()
    lights = get.light().node.paths()
    assert len(lights) == 4 and len(found["cubes"].node.paths()) == 3
