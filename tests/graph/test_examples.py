"""rep.example, materials from JSON and from MDL files, sensors that are only written."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from pxr import Usd, UsdGeom, UsdShade

import engine.replicator as rep
from engine.graph.graph import Clock, get_graph
from engine.replicator.functional.mdl_presets import read_preset
from engine.stage.reader import StageReader


@pytest.fixture(autouse=True)
def own_cache(stage: Usd.Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.replicator import example, example_assets

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for cached in (example.folder, example_assets.assets, example_assets.materials):
        cached.cache_clear()


def shader_of(stage: Usd.Stage, material: str) -> UsdShade.Shader:
    return UsdShade.Shader(next(p for p in Usd.PrimRange(stage.GetPrimAtPath(material)) if p.IsA(UsdShade.Shader)))


def test_assets_stand_on_the_ground(stage: Usd.Stage) -> None:
    assert len(rep.example.ASSETS) == 5 and all(
        Path(p).parent == Path(rep.example.ASSETS_DIR) for p in rep.example.ASSETS
    )
    for path in rep.example.ASSETS:
        opened = Usd.Stage.Open(path)
        cache = UsdGeom.BBoxCache(Usd.TimeCode.Default(), [UsdGeom.Tokens.default_])
        box = cache.ComputeWorldBound(opened.GetDefaultPrim()).ComputeAlignedRange()
        assert abs(box.GetMin()[2]) < 0.06 and max(box.GetSize()[:2]) == pytest.approx(0.5, abs=0.01)
    item = rep.create.from_usd(rep.example.ASSETS[0])
    scene = StageReader(stage).snapshot()
    assert [i.material.base_color for i in scene.instances] == [pytest.approx((0.62, 0.45, 0.28))]
    assert item.get_output("prims") == ["/Replicator/Ref_Xform"]


def test_materials_are_mdl_files_that_set_omnipbr(stage: Usd.Stage) -> None:
    presets = {preset.name: preset for preset in (read_preset(p) for p in rep.example.MATERIALS) if preset}
    assert len(presets) == 4 and {p.base for p in presets.values()} == {"OmniPBR"}
    assert presets["Example_Rubber"].inputs["diffuse_color_constant"] == (0.03, 0.03, 0.03)
    with rep.create.cube(count=3):
        rep.randomizer.materials(rep.example.MATERIALS)
    get_graph().preview(Clock())
    colors = {tuple(np.round(i.material.base_color, 3)) for i in StageReader(stage).snapshot().instances}
    assert colors <= {tuple(np.round(p.inputs["diffuse_color_constant"], 3)) for p in presets.values()}


def test_mdl_presets_as_they_are_published(tmp_path: Path) -> None:
    (tmp_path / "Oak.mdl").write_text(
        """mdl 1.4; // a comment, with export material Nothing(*) = X();
        import ::OmniPBR::OmniPBR;
        export material Oak(*)
        [[ anno::display_name("Oak (new)"), anno::hidden() ]]
        = OmniPBR::OmniPBR(
            diffuse_color_constant: color(.2f, 0.1, 0.05), diffuse_texture: texture_2d("./oak, wide.png", ::tex::gamma_srgb),
            normalmap_texture: texture_2d(), reflection_roughness_constant: 0.4f, enable_ORM_texture: true,
            texture_scale: float2(2.f, 3.f), opacity_mode: ::OmniPBR::mono_alpha);
        export material Pine(*) = OmniPBR(metallic_constant: 0.5);""",
        encoding="utf-8",
    )
    oak = read_preset(str(tmp_path / "Oak.mdl"))
    assert oak is not None and (oak.name, oak.base) == ("Oak", "OmniPBR")
    assert oak.inputs.pop("diffuse_texture").path == str(tmp_path / "oak, wide.png")
    assert oak.inputs == {
        "diffuse_color_constant": (0.2, 0.1, 0.05),
        "reflection_roughness_constant": 0.4,
        "enable_ORM_texture": True,
        "texture_scale": (2.0, 3.0),
    }
    pine = read_preset(str(tmp_path / "Oak.mdl"), "Pine")
    assert pine is not None and pine.inputs == {"metallic_constant": 0.5}
    assert read_preset(str(tmp_path / "Oak.mdl"), "Elm") is None and read_preset("OmniPBR.mdl") is None
    (tmp_path / "Own.mdl").write_text("mdl 1.4; export material Own(float a = 1) = material();")
    assert read_preset(str(tmp_path / "Own.mdl")) is None


def test_the_decal_texture_is_clear_outside_its_circle() -> None:
    image = cv2.imread(rep.example.TEXTURES_DIR + "/smiley_albedo.png", cv2.IMREAD_UNCHANGED)
    assert image.shape == (256, 256, 4) and image[0, 0, 3] == 0 and image[128, 128, 3] == 255
    assert (image[..., 3] > 0).mean() == pytest.approx(np.pi * 0.48**2, abs=0.01)
    assert all("smiley" not in path for path in rep.example.TEXTURES)


def test_a_material_from_json(stage: Usd.Stage, tmp_path: Path) -> None:
    item = rep.create.mdl_from_json(rep.example.MDL_JSON_EXAMPLE)
    assert item.get_output("prims") == ["/Replicator/Looks/ExampleMaterial"]
    rep.create.cube(material=item)
    found = StageReader(stage).snapshot().instances[0].material
    assert found.base_color == pytest.approx((0.1, 0.5, 0.3)) and found.metallic == pytest.approx(0.2)
    cv2.imwrite(str(tmp_path / "wood.png"), np.zeros((4, 4, 3), np.uint8))
    definition = {
        "shaders": {
            "tint": {"mdl": "nvidia/core_definitions.mdl", "identifier": "constant_color"},
            "top": {"mdl": "OmniPBR.mdl", "inputs": {"diffuse_texture": "wood.png", "diffuse_tint": [1, 1, 1]}},
        },
        "connections": [["tint", "out", "top", "diffuse_tint"]],
        "surface": "top",
    }
    (tmp_path / "m.json").write_text(json.dumps(definition))
    rep.create.mdl_from_json(material_def_path=tmp_path / "m.json")
    shader = UsdShade.Shader.Get(stage, "/Replicator/Looks/Material/top")
    assert shader.GetInput("diffuse_texture").Get().path == str(tmp_path / "wood.png")
    source = shader.GetInput("diffuse_tint").GetConnectedSources()[0][0]
    assert str(source.source.GetPath()) == "/Replicator/Looks/Material/tint"


MISTAKES = [
    ({}, ValueError, r"material_def_path=None was given; expected material_def, or the path of a JSON file"),
    ({"material_def": {}}, ValueError, r"the material has no key 'shaders'; expected the keys name, shaders"),
    ({"material_def": {"shaders": {}}}, TypeError, r"shaders=\{\} was given; expected a dictionary with at least one"),
    ({"material_def": 3}, TypeError, r"the material=3 was given; expected a dictionary with name, shaders"),
    (
        {"material_def": {"shaders": {"a": {"file": 1}}}},
        ValueError,
        r"shader 'a' has unknown key 'file'; expected the k",
    ),
    (
        {"material_def": {"shaders": {"a b": {"mdl": "x"}}}},
        ValueError,
        r"shaders='a b' was given; expected names of le",
    ),
    (
        {"material_def": {"shaders": {"a": {"mdl": "x.mdl"}}, "surface": "b"}},
        ValueError,
        r"surface='b' was given; expected one of the shaders: a",
    ),
    (
        {"material_def": {"shaders": {"a": {"mdl": "x.mdl"}}, "connections": [["a", "b"]]}},
        ValueError,
        r"connections=\['a', 'b'\] was given; expected \[shader, output, shader, input\]",
    ),
]


@pytest.mark.parametrize(("options", "error", "text"), MISTAKES)
def test_mistakes_in_json_are_named(options: dict, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        rep.create.mdl_from_json(**options)


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text("{\n'a'}")
    with pytest.raises(ValueError, match=r"m.json' is no JSON: line 2, .*; expected a dictionary"):
        rep.create.mdl_from_json(material_def_path=str(tmp_path / "m.json"))


@pytest.mark.parametrize(("name", "kind"), [("omni_lidar", "OmniLidar"), ("omni_radar", "OmniRadar")])
def test_sensors_are_written_and_say_they_give_no_data(
    stage: Usd.Stage, name: str, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    item = getattr(rep.create, name)(position=(1, 2, 3), count=2, tick_rate=20)
    prims = item.get_output_prims()["prims"]
    assert [p.GetTypeName() for p in prims] == [kind, kind]
    assert prims[0].GetAttribute("omni:sensor:tickRate").Get() == 20
    assert tuple(prims[1].GetAttribute("xformOp:translate").Get()) == (1, 2, 3)
    assert f"rep.create.{name}: the prim is written with its attributes, and gives no data" in capsys.readouterr().err


def test_values_are_batched() -> None:
    batched = rep.functional.utils.get_batched_value
    assert batched(None, count=2) is None
    assert batched(3, count=2) == [3, 3] and batched("a", count=2) == ["a", "a"]
    assert batched((1, 2, 3), count=2) == [(1, 2, 3)] * 2 and batched([1, 2, 3], count=2) == [[1, 2, 3]] * 2
    assert batched([1, 2, 3], count=3) == [1, 2, 3]
    assert batched([(1, 2, 3), (4, 5, 6)], rep.create.cube(count=2)) == [(1, 2, 3), (4, 5, 6)]
    assert np.array_equal(batched(np.eye(2), count=2), np.eye(2)) and len(batched(np.zeros(3), count=2)) == 2
    with pytest.raises(ValueError, match=r"get_batched_value: prims=None was given; expected prims or count"):
        batched(3)
    with pytest.raises(
        ValueError, match=r"value=\['a', 'b'\] was given; expected one value, or one for each of 3 prims"
    ):
        batched(["a", "b"], count=3)
