"""MDL materials by name: OmniPBR and its kin, OmniGlass, OmniSurface, glTF; others by the names of their inputs.

Source for OmniPBR: its published parameters and defaults, and its formula
base = tint * (lerp(texture, grey, desaturation) * brightness + add); constant where no texture is given.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import radians

from engine.stage.geometry import Needs
from engine.stage.preview_surface import scaled
from engine.stage.scene import ColorInput, Material, Rgb, ScalarInput, Texture
from engine.stage.shader_inputs import Inputs
from engine.stage.textures import ColorSpace, color_space, image_file

WHITE: Rgb = (1.0, 1.0, 1.0)
GLASS_OPACITY = 0.15  # what blending can show of a transmitting surface
UV_SETS = ("st", "st1", "st2", "st3")


@dataclass(frozen=True)
class Names:
    """Which inputs of an MDL material mean what; the first one given counts. "" at the end of a pair means none."""

    color: tuple[str, ...] = ()
    color_texture: tuple[str, ...] = ()
    roughness: tuple[str, ...] = ()
    roughness_texture: tuple[str, ...] = ()
    metallic: tuple[str, ...] = ()
    metallic_texture: tuple[str, ...] = ()
    specular: tuple[str, ...] = ()
    opacity: tuple[str, ...] = ()
    opacity_texture: tuple[str, ...] = ()
    normal_texture: tuple[str, ...] = ()
    emission: tuple[str, ...] = ()
    emission_texture: tuple[str, ...] = ()
    emission_intensity: tuple[str, ...] = ()
    ior: tuple[str, ...] = ()


ANY = Names(
    ("diffuse_color_constant", "diffuse_color", "diffuseColor", "base_color", "baseColor", "BaseColor", "albedo")
    + ("base_color_factor", "diffuse_reflection_color", "glass_color", "color", "Color", "diffuse", "tint"),
    ("diffuse_texture", "base_color_texture", "diffuse_reflection_color_image", "baseColorTexture", "albedo_texture")
    + ("diffuse_color_texture", "BaseColor_Tex", "AlbedoTexture", "glass_color_texture", "Albedo", "color_texture"),
    ("reflection_roughness_constant", "roughness", "roughness_factor", "specular_reflection_roughness")
    + ("frosting_roughness", "Roughness"),
    ("reflectionroughness_texture", "roughness_texture", "specular_reflection_roughness_image"),
    ("metallic_constant", "metallic", "metallic_factor", "metalness", "Metallic"),
    ("metallic_texture", "metalness_image"),
    ("specular_level", "specular"),
    ("opacity_constant", "opacity", "geometry_opacity", "cutout_opacity"),
    ("opacity_texture", "geometry_opacity_image", "cutout_opacity_texture"),
    ("normalmap_texture", "normal_map_texture", "normal_texture", "geometry_normal_image", "normalTexture"),
    ("emissive_color", "emission_color", "emissive_factor", "emissiveColor"),
    ("emissive_color_texture", "emissive_texture", "emission_color_image"),
    ("emissive_intensity", "emission_intensity", "emissive_strength"),
    ("glass_ior", "ior_constant", "ior", "specular_reflection_ior"),
)
KNOWN = frozenset(
    [
        "OmniPBR",
        "OmniPBR_ClearCoat",
        "OmniPBR_Opacity",
        "OmniPBR_ClearCoat_Opacity",
        "OmniPBRBase",
        "OmniGlass",
        "OmniGlass_Opacity",
        "OmniSurface",
        "OmniSurfaceLite",
        "OmniSurfaceBase",
        "OmniSurfaceLiteBase",
        "gltf_material",
        "OmniUe4Base",
        "OmniUe4Base_1",
    ]
)


@dataclass
class MdlSurface:
    """Read one MDL shader."""

    inputs: Inputs
    name: str

    def read(self, path: str) -> tuple[Material, Needs]:
        """Return the material with this prim path, and what it needs of meshes."""
        if self.name not in KNOWN:
            self.inputs.reading.complaints.warn(
                f"{path}: MDL material '{self.name}' is not known; its inputs are read as OmniPBR's where the names fit"
            )
        glass = "Glass" in self.name
        material = Material(
            path,
            "omni_pbr",
            self._base_color(),
            self._roughness(0.0 if glass else 0.5),
            self._blended(ANY.metallic, ANY.metallic_texture, "metallic_texture_influence", 0.0, "b"),
            self._number(ANY.specular, 0.5),
            self._number(ANY.ior, 1.491 if glass else 1.5),
            self._opacity(glass),
            self._number(("opacity_threshold", "alpha_cutoff"), 0.0),
            self._emission(),
            self._normal(),
            self._coat(),
            self._number(("clearcoat_reflection_roughness", "coat_roughness"), 0.0),
            (("transmission", 1.0),) if glass else (),
        )
        index = int(self._number(("uv_space_index",), 0.0))
        return material, Needs(UV_SETS[index] if 0 < index < len(UV_SETS) else None, None)

    def _first(self, names: tuple[str, ...]) -> str | None:
        return next((name for name in names if self.inputs.has(name)), None)

    def _number(self, names: tuple[str, ...], default: float) -> float:
        name = self._first(names)
        return default if name is None else self.inputs.number(name, default)

    def _color(self, names: tuple[str, ...], default: Rgb) -> Rgb:
        name = self._first(names)
        return default if name is None else self.inputs.color(name, default)

    def _texture(self, names: tuple[str, ...], space: ColorSpace, channel: str = "rgb") -> Texture | None:
        inputs = self.inputs
        name = next((n for n in names if inputs.asset(n) is not None), None)
        file = image_file(inputs.shader.GetPrim(), inputs.asset(name), inputs.reading.complaints) if name else None
        if file is None or name is None:
            return None
        attribute = inputs.attribute(name)
        authored = attribute.GetColorSpace() if attribute is not None and attribute.HasColorSpace() else space
        projected = inputs.flag("project_uvw", False)
        return Texture(
            file,
            color_space(authored, space),
            channel,
            uv_scale=inputs.pair("texture_scale", (1.0, 1.0)),
            uv_rotation=radians(inputs.number("texture_rotate", 0.0)),
            uv_translation=inputs.pair("texture_translate", (0.0, 0.0)),
            project_size=1.0 if projected else None,
        )

    def _base_color(self) -> ColorInput:
        inputs = self.inputs
        tint = inputs.color("diffuse_tint", WHITE)
        default = WHITE if self.name in ("OmniGlass", "gltf_material") or "Surface" in self.name else (0.2, 0.2, 0.2)
        texture = self._texture(ANY.color_texture, "auto")
        if texture is None:
            color = self._color(ANY.color, default)
            return (color[0] * tint[0], color[1] * tint[1], color[2] * tint[2])
        brightness, add = inputs.number("albedo_brightness", 1.0), inputs.number("albedo_add", 0.0)
        adjusted = replace(texture, scale=(brightness,) * 3 + (1.0,), bias=(add,) * 3 + (0.0,))
        if self.name == "gltf_material":
            tint = self._color(("base_color_factor",), WHITE)
        return scaled(adjusted, tint)

    def _roughness(self, default: float) -> ScalarInput:
        influence = "reflection_roughness_texture_influence"
        return self._blended(ANY.roughness, ANY.roughness_texture, influence, default, "g")

    def _blended(
        self, names: tuple[str, ...], textures: tuple[str, ...], influence: str, default: float, packed: str
    ) -> ScalarInput:
        """Read lerp(constant, texture, influence); a texture whose influence is not authored counts in full."""
        constant = self._number(names, default)
        orm = self.inputs.flag("enable_ORM_texture", False) or self.name == "gltf_material"
        texture = None
        if orm:
            texture = self._texture(("ORM_texture", "metallic_roughness_texture"), "raw", packed)
        texture = texture or self._texture(textures, "raw", "r")
        weight = self.inputs.number(influence, 1.0)
        if texture is None or weight <= 0:
            return constant
        return replace(texture, scale=(weight,) * 4, bias=((1 - weight) * constant,) * 4)

    def _opacity(self, glass: bool) -> ScalarInput:
        inputs = self.inputs
        if glass:
            return min(self._number(("cutout_opacity",), 1.0), GLASS_OPACITY)
        switched = inputs.has("enable_opacity") or self.name in ("OmniPBR", "OmniPBR_ClearCoat")
        if switched and not inputs.flag("enable_opacity", False):
            return 1.0
        allowed = inputs.flag("enable_opacity_texture", not self.name.startswith("OmniPBR"))
        mode = int(inputs.number("opacity_mode", 1))  # mono_alpha 0, mono_average 1, mono_luminance 2, mono_maximum 3
        texture = self._texture(ANY.opacity_texture, "raw", "a" if mode == 0 else "r") if allowed else None
        return texture if texture is not None else self._number(ANY.opacity, 1.0)

    def _emission(self) -> ColorInput | None:
        inputs = self.inputs
        if self.name.startswith("Omni") and "Surface" not in self.name and not inputs.flag("enable_emission", False):
            return None
        surface = "Surface" in self.name
        strength = self._number(ANY.emission_intensity, 1.0 if surface or self.name == "gltf_material" else 40.0)
        if surface:
            strength *= inputs.number("emission_weight", 0.0)
        color = self._color(ANY.emission, (1.0, 0.1, 0.1) if self.name.startswith("OmniPBR") else (0.0, 0.0, 0.0))
        texture = self._texture(ANY.emission_texture, "auto")
        if texture is not None and strength > 0:
            return scaled(texture, (strength,) * 3)
        radiance = (color[0] * strength, color[1] * strength, color[2] * strength)
        return radiance if max(radiance) > 0 else None

    def _normal(self) -> Texture | None:
        texture = self._texture(ANY.normal_texture, "raw")
        if texture is None:
            return None
        bump = self.inputs.number("bump_factor", 1.0)
        rest = (1 - bump) / 2  # values are stored as 0..1 round the middle
        return replace(texture, color_space="raw", scale=(bump, bump, 1.0, 1.0), bias=(rest, rest, 0.0, 0.0))

    def _coat(self) -> float:
        if "ClearCoat" in self.name:
            on = self.inputs.flag("enable_clearcoat", True)
            return self._number(("clearcoat_weight",), 1.0) if on else 0.0
        return self._number(("coat_weight",), 0.0)
