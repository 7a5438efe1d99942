"""Materials as Mitsuba BSDFs. RTX draws both sides of every surface, so every BSDF here is two-sided."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import mitsuba as mi
import numpy as np

from engine.render.mitsuba_textures import TextureStore
from engine.stage.scene import Instance, Material, Rgb, ScalarInput, Texture

DEFAULT_GREY = (0.2, 0.2, 0.2)  # OmniPBR's own default colour, which RTX's default material shows
DEFAULT_ROUGHNESS = 0.1  # fitted to RTX's default material: 0.05 and 0.15 fit worse
LEVEL = 0.5  # OmniPBR's default specular_level, and that of the default material
LAYER_SHARE = 0.4  # fitted: at that level a surface mirrors 0.04 + 0.36 (1 - cos)^5
LAYER_IOR = 1.925  # a mirror of 0.1 + 0.9 (1 - cos)^5
LAYER_MEAN = 0.057  # that mirror's mean over all directions, which the base below it goes without
LEAST_ROUGHNESS = 0.03
MATTE = 0.8  # at and above this roughness a dielectric is drawn as a Lambertian: the lobe is too wide to see
MATTE_SHEEN = 0.03  # what the wide lobe adds to a Lambertian's albedo
VERTEX_COLOR = "vertex_color"


def texture_inputs(material: Material) -> list[Texture]:
    """Return the textures of a material."""
    return [value for f in fields(material) if isinstance(value := getattr(material, f.name), Texture)]


def is_masked(material: Material) -> bool:
    """Tell whether parts of the surface let light straight through."""
    opacity = material.opacity
    if isinstance(opacity, Texture):
        return True
    return opacity < 1.0 and material.opacity_threshold <= 0


class MaterialWriter:
    """Write materials as BSDFs, with textures from a store."""

    def __init__(self, textures: TextureStore) -> None:
        self._textures = textures

    def bsdf(self, instance: Instance, has_uvs: bool) -> Any:
        """Build an instance's BSDF.

        Args:
            instance: its material, displayColor, and whether its mesh has varying colours.
            has_uvs: textures can be placed; without coordinates they are ignored.
        """
        surface = self._turned(self._lobes(instance, instance.material, has_uvs), instance.material, has_uvs)
        opacity = self._opacity(instance.material, has_uvs)
        return mi.load_dict(surface if opacity is None else {"type": "mask", "opacity": opacity, "bsdf": surface})

    def _turned(self, surface: dict[str, Any], material: Material, has_uvs: bool) -> dict[str, Any]:
        """Give a surface its normal map and its back."""
        if isinstance(material.normal_map, Texture) and has_uvs:
            normals = self._textures.get(material.normal_map, "normal")
            surface = {"type": "normalmap", "normalmap": normals, "bsdf": surface}
        return {"type": "twosided", "bsdf": surface}

    def _lobes(self, instance: Instance, material: Material, has_uvs: bool) -> dict[str, Any]:
        roughness = DEFAULT_ROUGHNESS if material.model == "default" else material.roughness
        if _is_matte(material, roughness):
            return {"type": "diffuse", "reflectance": self._base_color(instance, material, has_uvs)}
        if is_layered(material):
            level = self._plain(material.specular, LEVEL)
            return _layered(self._scaled(instance, base_factor(level), has_uvs), float(roughness), level)  # type: ignore[arg-type]
        surface: dict[str, Any] = {
            "type": "principled",
            "base_color": self._base_color(instance, material, has_uvs),
            "roughness": self._scalar(roughness, has_uvs, 0.5, least=LEAST_ROUGHNESS),
            "metallic": self._scalar(material.metallic, has_uvs, 0.0),
        }
        if material.model == "preview_surface":
            surface["eta"] = max(material.ior, 1.0 + 1e-4)
        else:
            surface["specular"] = self._plain(material.specular, 0.5)
        if material.clearcoat > 0:
            surface["clearcoat"] = min(material.clearcoat, 1.0)
            surface["clearcoat_gloss"] = float(np.clip(1.0 - material.clearcoat_roughness, 0.0, 1.0))
        return surface

    def _base_color(self, instance: Instance, material: Material, has_uvs: bool) -> Any:
        base = material.base_color
        if isinstance(base, Texture):
            if has_uvs:
                return self._textures.get(base, "color")
            base = None
        if base is None and instance.mesh.corner_colors is not None:
            return {"type": "mesh_attribute", "name": VERTEX_COLOR}
        color: Rgb = base or instance.display_color or DEFAULT_GREY
        matte = MATTE_SHEEN if _is_matte(material, material.roughness) else 0.0
        return rgb(tuple(c + (1 - c) * matte for c in color))

    def _scaled(self, instance: Instance, factor: float, has_uvs: bool) -> Any:
        """Return the base colour times a factor, which may take it above 1; varying colours bear it in the mesh."""
        base = instance.material.base_color
        if isinstance(base, Texture) and has_uvs:
            scale, bias = (tuple(factor * v for v in values) for values in (base.scale, base.bias))
            return self._textures.get(replace(base, scale=scale, bias=bias), "color")  # type: ignore[arg-type]
        if not base and instance.mesh.corner_colors is not None:
            return {"type": "mesh_attribute", "name": VERTEX_COLOR}
        color = instance.display_color or DEFAULT_GREY if base is None or isinstance(base, Texture) else base
        scaled = [float(np.clip(c, 0.0, 1.0)) * factor for c in color]
        return {"type": "srgb", "color": scaled, "unbounded": True}

    def _scalar(self, value: ScalarInput, has_uvs: bool, fallback: float, least: float = 0.0) -> Any:
        if isinstance(value, Texture):
            return self._textures.get(value, "scalar") if has_uvs else fallback
        return float(np.clip(value, least, 1.0))

    @staticmethod
    def _plain(value: ScalarInput, fallback: float) -> float:
        return fallback if isinstance(value, Texture) else float(np.clip(value, 0.0, 1.0))

    def _opacity(self, material: Material, has_uvs: bool) -> Any:
        value, threshold = material.opacity, material.opacity_threshold
        if isinstance(value, Texture):
            if not has_uvs:
                return None
            return self._textures.get(value, "cutout" if threshold > 0 else "scalar", max(threshold, 0.0))
        if threshold > 0:
            return None if value >= threshold else 0.0
        return None if value >= 1.0 else float(max(value, 0.0))


def _is_matte(material: Material, roughness: ScalarInput) -> bool:
    rough = isinstance(roughness, float | int) and roughness >= MATTE
    return rough and material.model != "default" and material.metallic == 0.0 and material.clearcoat == 0.0


def is_layered(material: Material) -> bool:
    """Tell whether a surface is OmniPBR's plain case: a dielectric layer of one roughness over a diffuse base."""
    plain = isinstance(material.roughness, float | int) and material.metallic == 0.0 and material.clearcoat == 0.0
    if material.model == "default":
        return True
    return plain and material.model == "omni_pbr" and not _is_matte(material, material.roughness)


def base_factor(level: float) -> float:
    """Return what a layered surface's base colour is multiplied by, for its share of the mix."""
    return (1.0 - LAYER_MEAN * level / LEVEL) / (1.0 - _share(level))


def _share(level: float) -> float:
    return LAYER_SHARE * max(level / LEVEL, 1.0)


def _layered(color: Any, roughness: float, level: float) -> dict[str, Any]:
    """Describe a mirror of a roughness over a diffuse base, the base colour times `base_factor`.

    Mitsuba's own layered BSDF integrates tables for each material it builds, 20 ms; this mix builds in 0.2 ms.
    Source: docs/rtx-parity.md.
    """
    base = {"type": "diffuse", "reflectance": color}
    if level <= 0.0:
        return base
    mirror = {
        "type": "roughconductor",
        "distribution": "ggx",
        "alpha": max(roughness, LEAST_ROUGHNESS) ** 2,
        "eta": LAYER_IOR,
        "k": 0.0,
        "specular_reflectance": min(level / LEVEL, 1.0),
    }
    return {"type": "blendbsdf", "weight": _share(level), "base": base, "mirror": mirror}


def rgb(value: Any) -> dict[str, Any]:
    """Wrap a linear reflectance."""
    return {"type": "rgb", "value": [float(np.clip(v, 0.0, 1.0)) for v in value]}
