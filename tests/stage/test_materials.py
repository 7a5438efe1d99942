"""Materials: preview surface, MDL, textures, and which one is bound."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade, UsdUtils

from engine.stage.reader import StageReader
from engine.stage.scene import Material, Texture

from .build import bind, mdl, mesh, node, only, preview, primvar

TYPES = Sdf.ValueTypeNames


@pytest.fixture
def image(tmp_path: Path) -> str:
    path = tmp_path / "wood.png"
    cv2.imwrite(str(path), np.full((4, 4, 4), 200, np.uint8))
    return str(path)


def read(stage: Usd.Stage, material: UsdShade.Material) -> Material:
    bind(mesh(stage, "/M"), material)
    return only(StageReader(stage).snapshot()).material


def texture_node(stage: Usd.Stage, path: str, image: str, **inputs: Any) -> UsdShade.Shader:
    return node(stage, path, "UsdUVTexture", "rgb", file=(TYPES.Asset, image), **inputs)


def test_nothing_bound(stage: Usd.Stage) -> None:
    mesh(stage, "/M")
    assert only(StageReader(stage).snapshot()).material == Material()


def test_preview_surface_defaults_are_the_specification_s(stage: Usd.Stage) -> None:
    found = read(stage, preview(stage, "/P"))
    assert found == Material("/P", "preview_surface", (0.18, 0.18, 0.18), 0.5, 0.0, found.specular, 1.5)
    assert found.specular == pytest.approx(0.5)  # ior 1.5 reflects 4 %
    assert (found.clearcoat, found.clearcoat_roughness, found.emission, found.normal_map) == (0.0, 0.01, None, None)


def test_preview_surface_constants(stage: Usd.Stage) -> None:
    values = {"diffuseColor": (0.1, 0.2, 0.3), "roughness": 0.25, "metallic": 0.75, "ior": 1.33, "opacity": 0.5}
    values |= {"opacityThreshold": 0.1, "clearcoat": 0.6, "clearcoatRoughness": 0.2, "emissiveColor": (1, 2, 0)}
    found = read(stage, preview(stage, "/P", **values))
    assert found.base_color == pytest.approx((0.1, 0.2, 0.3))
    assert (found.roughness, found.metallic, found.opacity) == (0.25, 0.75, 0.5)
    assert found.specular == pytest.approx(((1 - 1.33) / (1 + 1.33)) ** 2 / 0.08)
    assert (found.opacity_threshold, found.clearcoat, found.clearcoat_roughness) == pytest.approx((0.1, 0.6, 0.2))
    assert found.emission == (1000.0, 2000.0, 0.0) and found.ior == pytest.approx(1.33)


def test_specular_workflow(stage: Usd.Stage) -> None:
    values = {"useSpecularWorkflow": 1, "specularColor": (0.04, 0.04, 0.04), "metallic": 1.0}
    plastic = read(stage, preview(stage, "/P", **values))
    assert (plastic.metallic, plastic.specular) == (0.0, pytest.approx(0.5))


def test_texture_with_everything(stage: Usd.Stage, image: str) -> None:
    reader = node(stage, "/P/St", "UsdPrimvarReader_float2", "result", varname=(TYPES.String, "map2"))
    turn = node(
        stage, "/P/Turn", "UsdTransform2d", "result",
        **{"in": (TYPES.Float2, (reader, "result")), "rotation": (TYPES.Float, 90.0)},
        scale=(TYPES.Float2, (2.0, 3.0)), translation=(TYPES.Float2, (0.25, 0.5)),
    )  # fmt: skip
    picture = texture_node(
        stage, "/P/Tex", image, st=(TYPES.Float2, (turn, "result")), scale=(TYPES.Float4, Gf.Vec4f(0.5, 0.6, 0.7, 1)),
        bias=(TYPES.Float4, Gf.Vec4f(0.1, 0, 0, 0)), wrapS=(TYPES.Token, "mirror"), wrapT=(TYPES.Token, "clamp"),
        sourceColorSpace=(TYPES.Token, "sRGB"),
    )  # fmt: skip
    material = preview(stage, "/P", diffuseColor=(picture, "rgb"))
    made = mesh(stage, "/M")
    primvar(made, "st", TYPES.TexCoord2fArray, "vertex", [(0, 0)] * 4)
    primvar(made, "map2", TYPES.TexCoord2fArray, "vertex", [(0, 0), (1, 0), (1, 1), (0, 1)])
    bind(made, material)
    item = only(StageReader(stage).snapshot())
    found = item.material.base_color
    assert isinstance(found, Texture)
    assert (found.path, found.color_space, found.channel, found.wrap) == (image, "sRGB", "rgb", ("mirror", "clamp"))
    assert found.scale == pytest.approx((0.5, 0.6, 0.7, 1.0)) and found.bias == pytest.approx((0.1, 0, 0, 0))
    assert found.uv_scale == (2.0, 3.0) and found.uv_translation == (0.25, 0.5)
    assert found.uv_rotation == pytest.approx(np.pi / 2)
    np.testing.assert_array_equal(item.mesh.corner_uvs, item.mesh.points[item.mesh.triangles][..., :2])


@pytest.mark.parametrize("channel", ["r", "g", "b", "a"])
def test_scalar_textures_are_raw_and_keep_their_channel(stage: Usd.Stage, image: str, channel: str) -> None:
    picture = texture_node(stage, "/P/Tex", image)
    found = read(stage, preview(stage, "/P", roughness=(picture, channel), opacity=(picture, "a")))
    assert isinstance(found.roughness, Texture) and isinstance(found.opacity, Texture)
    assert (found.roughness.channel, found.roughness.color_space, found.opacity.channel) == (channel, "raw", "a")


def test_normal_map_is_stored_from_0_to_1(stage: Usd.Stage, image: str) -> None:
    usual = {"scale": (TYPES.Float4, Gf.Vec4f(2, 2, 2, 1)), "bias": (TYPES.Float4, Gf.Vec4f(-1, -1, -1, 0))}
    found = read(stage, preview(stage, "/P", normal=(texture_node(stage, "/P/N", image, **usual), "rgb")))
    assert found.normal_map is not None and found.normal_map.color_space == "raw"
    assert found.normal_map.scale[:3] == (1, 1, 1) and found.normal_map.bias[:3] == (0, 0, 0)


def test_values_come_through_the_material_s_interface(stage: Usd.Stage) -> None:
    material = preview(stage, "/P", roughness=0.9)
    outer = material.CreateInput("rough", TYPES.Float)
    outer.Set(0.125)
    UsdShade.Shader.Get(stage, "/P/Surface").GetInput("roughness").ConnectToSource(outer)
    assert read(stage, material).roughness == 0.125


def test_colours_of_the_mesh(stage: Usd.Stage) -> None:
    source = node(stage, "/P/C", "UsdPrimvarReader_float3", "result", varname=(TYPES.String, "dirt"))
    made = mesh(stage, "/M")
    primvar(made, "displayColor", TYPES.Color3fArray, "constant", [(1, 1, 1)])
    primvar(made, "dirt", TYPES.Color3fArray, "vertex", [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)])
    bind(made, preview(stage, "/P", diffuseColor=(source, "result")))
    item = only(StageReader(stage).snapshot())
    assert item.material.base_color is None
    np.testing.assert_array_equal(item.mesh.corner_colors[0], [(0, 0, 0), (1, 0, 0), (0, 1, 0)])


def test_missing_texture_falls_back(stage: Usd.Stage, warnings: list[str]) -> None:
    fallback = {"fallback": (TYPES.Float4, Gf.Vec4f(0.3, 0.2, 0.1, 1))}
    with_it = texture_node(stage, "/P/A", "gone.png", **fallback)
    without = texture_node(stage, "/P/B", "away.png")
    found = read(stage, preview(stage, "/P", diffuseColor=(with_it, "rgb"), roughness=(without, "r")))
    assert found.base_color == pytest.approx((0.3, 0.2, 0.1)) and found.roughness == 0.5
    assert warnings == [
        "/P/A: texture 'gone.png' is not a file that can be read; its constant is used instead",
        "/P/B: texture 'away.png' is not a file that can be read; its constant is used instead",
    ]


def test_unknown_nodes_are_named(stage: Usd.Stage, warnings: list[str]) -> None:
    odd = node(stage, "/P/Noise", "MyNoise", "out")
    assert read(stage, preview(stage, "/P", diffuseColor=(odd, "out"))).base_color == (0.18, 0.18, 0.18)
    assert "/P/Noise: a 'MyNoise' node cannot feed 'diffuseColor'" in warnings[0]


def test_textures_beside_the_layer_that_names_them(stage: Usd.Stage, tmp_path: Path, image: str) -> None:
    asset = Usd.Stage.CreateNew(str(tmp_path / "asset.usda"))
    top = UsdGeom.Xform.Define(asset, "/Top")
    bind(
        mesh(asset, "/Top/M"),
        preview(asset, "/Top/P", diffuseColor=(texture_node(asset, "/Top/P/T", "./wood.png"), "rgb")),
    )
    asset.SetDefaultPrim(top.GetPrim())
    asset.Save()
    stage.DefinePrim("/World/Ref").GetReferences().AddReference(str(tmp_path / "asset.usda"))
    base = only(StageReader(stage).snapshot()).material.base_color
    assert isinstance(base, Texture) and Path(base.path) == Path(image)


def test_textures_inside_a_package(tmp_path: Path, image: str) -> None:
    asset = Usd.Stage.CreateNew(str(tmp_path / "asset.usda"))
    bind(mesh(asset, "/M"), preview(asset, "/P", diffuseColor=(texture_node(asset, "/P/T", "./wood.png"), "rgb")))
    asset.Save()
    package = str(tmp_path / "asset.usdz")
    assert UsdUtils.CreateNewUsdzPackage(str(tmp_path / "asset.usda"), package)
    (tmp_path / "asset.usda").unlink()
    base = only(StageReader(Usd.Stage.Open(package)).snapshot()).material.base_color
    assert isinstance(base, Texture)
    assert Path(base.path).read_bytes() == Path(image).read_bytes()


COLOR, FLOAT, BOOL, ASSET, PAIR = TYPES.Color3f, TYPES.Float, TYPES.Bool, TYPES.Asset, TYPES.Float2


def test_omnipbr_defaults(stage: Usd.Stage) -> None:
    found = read(stage, mdl(stage, "/P"))
    assert found == Material("/P", "omni_pbr", (0.2, 0.2, 0.2), clearcoat_roughness=0.0)


def test_omnipbr_constants(stage: Usd.Stage) -> None:
    found = read(
        stage,
        mdl(
            stage, "/P", diffuse_color_constant=(COLOR, (0.5, 0.4, 0.2)), diffuse_tint=(COLOR, (1, 0.5, 1)),
            reflection_roughness_constant=(FLOAT, 0.125), metallic_constant=(FLOAT, 1.0), specular_level=(FLOAT, 0.25),
            enable_emission=(BOOL, True), emissive_color=(COLOR, (1, 0.5, 0)), emissive_intensity=(FLOAT, 200.0),
            enable_opacity=(BOOL, True), opacity_constant=(FLOAT, 0.5), opacity_threshold=(FLOAT, 0.25),
        ),
    )  # fmt: skip
    assert found.base_color == pytest.approx((0.5, 0.2, 0.2)) and found.emission == (200.0, 100.0, 0.0)
    assert (found.roughness, found.metallic, found.specular) == (0.125, 1.0, 0.25)
    assert (found.opacity, found.opacity_threshold) == (0.5, 0.25)


def test_omnipbr_switches_are_off_by_default(stage: Usd.Stage) -> None:
    values = {
        "emissive_color": (COLOR, (1, 0, 0)),
        "emissive_intensity": (FLOAT, 9.0),
        "opacity_constant": (FLOAT, 0.5),
    }
    found = read(stage, mdl(stage, "/P", **values))
    assert found.emission is None and found.opacity == 1.0


def test_omnipbr_textures(stage: Usd.Stage, image: str) -> None:
    found = read(
        stage,
        mdl(
            stage, "/P", diffuse_texture=(ASSET, image), diffuse_tint=(COLOR, (1, 0.5, 0.25)),
            albedo_brightness=(FLOAT, 0.5), albedo_add=(FLOAT, 0.25), texture_scale=(PAIR, (2, 4)),
            texture_rotate=(FLOAT, 45.0), texture_translate=(PAIR, (0.5, 0.25)),
            reflectionroughness_texture=(ASSET, image), reflection_roughness_texture_influence=(FLOAT, 0.5),
            reflection_roughness_constant=(FLOAT, 0.25), normalmap_texture=(ASSET, image), bump_factor=(FLOAT, 0.5),
            metallic_texture=(ASSET, image), metallic_texture_influence=(FLOAT, 0.0), metallic_constant=(FLOAT, 0.5),
        ),
    )  # fmt: skip
    base, rough, normal = found.base_color, found.roughness, found.normal_map
    assert isinstance(base, Texture) and isinstance(rough, Texture) and normal is not None
    assert base.scale == (0.5, 0.25, 0.125, 1.0) and base.bias == (0.25, 0.125, 0.0625, 0.0)
    assert base.uv_scale == (2, 4) and base.uv_translation == (0.5, 0.25)
    assert base.uv_rotation == pytest.approx(np.pi / 4) and base.project_size is None
    assert rough.color_space == "raw" and rough.scale[0] == 0.5 and rough.bias[0] == 0.125
    assert found.metallic == 0.5
    assert normal.scale[:3] == (0.5, 0.5, 1.0) and normal.bias[:3] == (0.25, 0.25, 0.0)  # half as steep


def test_omnipbr_orm_and_projection(stage: Usd.Stage, image: str) -> None:
    values = {"ORM_texture": (ASSET, image), "enable_ORM_texture": (BOOL, True), "project_uvw": (BOOL, True)}
    found = read(stage, mdl(stage, "/P", diffuse_texture=(ASSET, image), **values))
    assert isinstance(found.roughness, Texture) and isinstance(found.metallic, Texture)
    assert (found.roughness.channel, found.metallic.channel) == ("g", "b")
    assert isinstance(found.base_color, Texture) and found.base_color.project_size == 1.0


def test_omniglass(stage: Usd.Stage) -> None:
    found = read(stage, mdl(stage, "/P", "OmniGlass", glass_color=(COLOR, (0.5, 1, 1)), glass_ior=(FLOAT, 1.3)))
    assert found.base_color == (0.5, 1.0, 1.0) and found.ior == pytest.approx(1.3)
    assert found.roughness == 0.0 and dict(found.attributes) == {"transmission": 1.0}
    assert isinstance(found.opacity, float) and 0 < found.opacity < 0.5


def test_omnisurface(stage: Usd.Stage) -> None:
    values = {"diffuse_reflection_color": (COLOR, (0.1, 0.2, 0.3)), "specular_reflection_roughness": (FLOAT, 0.75)}
    found = read(
        stage, mdl(stage, "/P", "OmniSurface", metalness=(FLOAT, 0.5), geometry_opacity=(FLOAT, 0.5), **values)
    )
    assert found.base_color == pytest.approx((0.1, 0.2, 0.3))
    assert (found.roughness, found.metallic, found.opacity, found.emission) == (0.75, 0.5, 0.5, None)


def test_unknown_mdl_is_read_by_its_input_names(stage: Usd.Stage, warnings: list[str]) -> None:
    found = read(stage, mdl(stage, "/P", "Aluminum_Cast", base_color=(COLOR, (0.6, 0.5, 0.4)), roughness=(FLOAT, 0.3)))
    assert found.base_color == pytest.approx((0.6, 0.5, 0.4)) and found.roughness == pytest.approx(0.3)
    (message,) = warnings
    assert message.startswith("/P: MDL material 'Aluminum_Cast' is not known")


def test_missing_mdl_texture(stage: Usd.Stage, warnings: list[str]) -> None:
    values = {"diffuse_texture": (ASSET, "lost.png"), "diffuse_color_constant": (COLOR, (0.5, 0.5, 0.5))}
    assert read(stage, mdl(stage, "/P", **values)).base_color == (0.5, 0.5, 0.5)
    assert warnings == ["/P/Shader: texture 'lost.png' is not a file that can be read; its constant is used instead"]


def test_material_without_a_shader(stage: Usd.Stage, warnings: list[str]) -> None:
    assert read(stage, UsdShade.Material.Define(stage, "/P")) == Material("/P")
    assert warnings == ["/P: the material has no surface shader; the default grey is used"]


def test_bindings_agree_with_pxr(stage: Usd.Stage) -> None:
    """Direct, inherited, stronger than descendants, by purpose and by collection, on a random tree."""
    generator = np.random.default_rng(2)
    looks = [preview(stage, f"/Looks/L{n}", roughness=n / 16) for n in range(8)]
    paths = ["/World"]
    UsdGeom.Xform.Define(stage, "/World")
    for number in range(60):
        parent = paths[generator.integers(len(paths))]
        kind = UsdGeom.Xform if generator.random() < 0.4 else UsdGeom.Cube
        made = kind.Define(stage, f"{parent}/P{number}")
        paths.append(str(made.GetPath()))
        if generator.random() < 0.6:
            strength = UsdShade.Tokens.strongerThanDescendants if generator.random() < 0.1 else ""
            purpose = "full" if number > 50 else ("preview" if generator.random() < 0.3 else "")
            options = {"bindingStrength": strength or UsdShade.Tokens.weakerThanDescendants}
            bind(made, looks[generator.integers(8)], materialPurpose=purpose, **options)
    collection = Usd.CollectionAPI.Apply(stage.GetPrimAtPath("/World"), "some")
    cubes = [path for path in paths if stage.GetPrimAtPath(path).IsA(UsdGeom.Cube)]
    for path in generator.choice(cubes, 8, replace=False):
        collection.CreateIncludesRel().AddTarget(str(path))
    UsdShade.MaterialBindingAPI.Apply(stage.GetPrimAtPath("/World")).Bind(
        collection, looks[7], "chosen", UsdShade.Tokens.strongerThanDescendants
    )
    scene = StageReader(stage).snapshot()
    assert len(scene.instances) > 20
    seen = set()
    for item in scene.instances:
        api = UsdShade.MaterialBindingAPI(stage.GetPrimAtPath(item.prim_path))
        expected = api.ComputeBoundMaterial(UsdShade.Tokens.full)[0]
        assert item.material.path == (str(expected.GetPath()) if expected else "")
        seen.add(item.material.path)
    assert len(seen) > 4 and "/Looks/L7" in seen
