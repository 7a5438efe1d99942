"""Materials that scripts make: MDL materials by module name and preview surfaces; and the inputs each has.

Source: OmniPBR.mdl and OmniGlass.mdl parameter names; UsdPreviewSurface specification.
"""

from __future__ import annotations

from pxr import Sdf, Usd, UsdShade

Types = Sdf.ValueTypeNames
_TEXTURES = (Types.Float2, "texture_translate texture_scale detail_texture_translate detail_texture_scale")
_MAPPING = (
    (Types.Bool, "flip_tangent_u flip_tangent_v project_uvw world_or_object"),
    (Types.Int, "uv_space_index"),
    (Types.Float, "texture_rotate detail_texture_rotate geometry_normal_roughness_strength"),
    _TEXTURES,
)
_OMNIPBR = (
    (Types.Color3f, "diffuse_color_constant diffuse_tint emissive_color"),
    (Types.Asset, "diffuse_texture reflectionroughness_texture metallic_texture ORM_texture ao_texture"),
    (Types.Asset, "emissive_color_texture emissive_mask_texture opacity_texture normalmap_texture"),
    (Types.Asset, "detail_normalmap_texture"),
    (Types.Bool, "enable_ORM_texture enable_emission enable_opacity enable_opacity_texture"),
    (Types.Bool, "round_edges_across_materials"),
    (Types.Int, "opacity_mode"),
    (Types.Float, "albedo_desaturation albedo_add albedo_brightness reflection_roughness_constant"),
    (Types.Float, "reflection_roughness_texture_influence metallic_constant metallic_texture_influence"),
    (Types.Float, "specular_level ao_to_diffuse emissive_intensity opacity_constant opacity_threshold"),
    (Types.Float, "bump_factor detail_bump_factor round_edges_radius round_edges_roundness"),
    *_MAPPING,
)
_OMNIGLASS = (
    (Types.Color3f, "glass_color reflection_color"),
    (Types.Asset, "glass_color_texture roughness_texture reflection_color_texture normal_map_texture"),
    (Types.Asset, "cutout_opacity_texture"),
    (Types.Bool, "thin_walled enable_opacity"),
    (Types.Int, "cutout_opacity_mono_source"),
    (Types.Float, "depth frosting_roughness roughness_texture_influence glass_ior normal_map_strength"),
    (Types.Float, "cutout_opacity opacity_threshold"),
    *_MAPPING,
)
_PREVIEW = (
    (Types.Color3f, "diffuseColor emissiveColor specularColor"),
    (Types.Int, "useSpecularWorkflow"),
    (Types.Normal3f, "normal"),
    (Types.Float, "metallic roughness clearcoat clearcoatRoughness opacity opacityThreshold ior displacement"),
)


def _table(groups: tuple[tuple[Sdf.ValueTypeName, str], ...]) -> dict[str, Sdf.ValueTypeName]:
    return {name: kind for kind, names in groups for name in names.split()}


INPUTS = {"OmniPBR": _table(_OMNIPBR), "OmniGlass": _table(_OMNIGLASS), "UsdPreviewSurface": _table(_PREVIEW)}


def define_mdl(stage: Usd.Stage, path: str, module: str, name: str, shader_name: str = "Shader") -> UsdShade.Material:
    """Define a material whose surface is one material of an MDL module."""
    material = UsdShade.Material.Define(stage, path)
    shader = UsdShade.Shader.Define(stage, f"{path}/{shader_name}")
    shader.SetSourceAsset(Sdf.AssetPath(module), "mdl")
    shader.SetSourceAssetSubIdentifier(name, "mdl")
    output = shader.CreateOutput("out", Types.Token)
    for made in (material.CreateSurfaceOutput, material.CreateVolumeOutput, material.CreateDisplacementOutput):
        made("mdl").ConnectToSource(output)
    return material


def define_preview_surface(stage: Usd.Stage, path: str, shader_name: str = "Shader") -> UsdShade.Material:
    """Define a material whose surface is a UsdPreviewSurface."""
    material = UsdShade.Material.Define(stage, path)
    shader = UsdShade.Shader.Define(stage, f"{path}/{shader_name}")
    shader.CreateIdAttr("UsdPreviewSurface")
    material.CreateSurfaceOutput().ConnectToSource(shader.CreateOutput("surface", Types.Token))
    return material


def define(stage: Usd.Stage, path: str, kind: str, shader_name: str = "Shader") -> UsdShade.Material:
    """Define a material of a kind of `INPUTS`."""
    if kind == "UsdPreviewSurface":
        return define_preview_surface(stage, path, shader_name)
    return define_mdl(stage, path, f"{kind}.mdl", kind, shader_name)


def shader_of(material: UsdShade.Material) -> UsdShade.Shader | None:
    """Return the shader behind a material's surface, or one of the usual names below it."""
    from ...kit.usd import get_shader_from_material

    prim = material.GetPrim()
    found = get_shader_from_material(prim) if prim else None
    if found:
        return UsdShade.Shader(found.GetPrim())
    children = [child for child in prim.GetChildren() if child.IsA(UsdShade.Shader)] if prim else []
    return UsdShade.Shader(children[0]) if children else None


def kind_of(prim: Usd.Prim) -> str | None:
    """Return the kind of `INPUTS` that a material is, or None."""
    shader = shader_of(UsdShade.Material(prim)) if prim and prim.IsA(UsdShade.Material) else None
    if shader is None:
        return None
    if shader.GetIdAttr().Get() == "UsdPreviewSurface":
        return "UsdPreviewSurface"
    asset = shader.GetSourceAsset("mdl")
    name = asset.path.rpartition("/")[2].lower() if asset else ""
    return next((kind for kind in INPUTS if name == f"{kind}.mdl".lower()), None)
