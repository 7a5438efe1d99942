"""Materials as Mitsuba BSDF dictionaries."""

from __future__ import annotations

from typing import Any

import mitsuba as mi
import numpy as np

from engine.render.textures import CHANNEL, is_srgb, load_rgba, srgb_to_linear
from engine.stage.scene import Instance, Material, ScalarInput, Texture

DEFAULT_GREY = (0.18, 0.18, 0.18)
DEFAULT_ROUGHNESS = 0.25
MATTE = 0.8  # at and above this roughness a dielectric is drawn as a Lambertian: the lobe is too wide to see
WRAP = {"repeat": "repeat", "mirror": "mirror", "clamp": "clamp", "black": "clamp"}
VERTEX_COLOR = "vertex_color"


def bsdf(instance: Instance) -> dict[str, Any]:
    """Describe an instance's surface to Mitsuba: both sides shaded, cut-outs and blending by a mask."""
    material = instance.material
    surface: dict[str, Any] = _lobes(instance, material)
    if isinstance(material.normal_map, Texture) and instance.mesh.corner_uvs is not None:
        surface = {"type": "normalmap", "normalmap": _bitmap(material.normal_map, raw=True), "bsdf": surface}
    surface = {"type": "twosided", "bsdf": surface}
    opacity = _opacity(instance, material)
    return surface if opacity is None else {"type": "mask", "opacity": opacity, "bsdf": surface}


def _lobes(instance: Instance, material: Material) -> dict[str, Any]:
    color = _base_color(instance, material)
    roughness, metallic, specular = material.roughness, material.metallic, material.specular
    if material.model == "default":
        roughness = DEFAULT_ROUGHNESS
    plain = isinstance(roughness, float | int) and roughness >= MATTE and metallic == 0.0 and material.clearcoat == 0.0
    if plain:
        return {"type": "diffuse", "reflectance": color}
    surface: dict[str, Any] = {
        "type": "principled",
        "base_color": color,
        "roughness": _scalar(instance, roughness, 0.5, least=0.03),
        "metallic": _scalar(instance, metallic, 0.0),
        "specular": float(specular) if isinstance(specular, float | int) else 0.5,
    }
    if material.clearcoat > 0:
        surface["clearcoat"] = material.clearcoat
        surface["clearcoat_gloss"] = 1.0 - material.clearcoat_roughness
    return surface


def _base_color(instance: Instance, material: Material) -> dict[str, Any]:
    base = material.base_color
    if isinstance(base, Texture):
        if instance.mesh.corner_uvs is not None:
            return _bitmap(base)
        base = None
    if base is None and instance.mesh.corner_colors is not None:
        return {"type": "mesh_attribute", "name": VERTEX_COLOR}
    return rgb(base or instance.display_color or DEFAULT_GREY)


def rgb(value: Any) -> dict[str, Any]:
    """Wrap a linear colour."""
    return {"type": "rgb", "value": [float(np.clip(v, 0.0, 1.0)) for v in value]}


def _scalar(instance: Instance, value: ScalarInput, fallback: float, least: float = 0.0) -> Any:
    if isinstance(value, Texture):
        return fallback if instance.mesh.corner_uvs is None else _channel(value)
    return max(float(value), least)


def _opacity(instance: Instance, material: Material) -> Any:
    value = material.opacity
    if isinstance(value, Texture):
        return None if instance.mesh.corner_uvs is None else _channel(value, material.opacity_threshold)
    if material.opacity_threshold > 0:
        return None if value >= material.opacity_threshold else 0.0
    return None if value >= 1.0 else float(value)


def _bitmap(texture: Texture, raw: bool = False) -> dict[str, Any]:
    """Describe a colour texture; texels are linearised here, so that both renderers read the same values."""
    image = load_rgba(texture.path)[..., :3]
    identity = texture.scale == (1.0,) * 4 and texture.bias == (0.0,) * 4
    common = {"type": "bitmap", "wrap_mode": WRAP[texture.wrap[0]], "filter_type": "bilinear"}
    if image.dtype == np.uint8 and identity and not raw:
        return common | {"bitmap": mi.Bitmap(np.ascontiguousarray(image)), "raw": not is_srgb(texture)}
    values = image.astype(np.float32) / (255.0 if image.dtype == np.uint8 else 1.0)
    if is_srgb(texture) and not raw:
        values = srgb_to_linear(values)
    values = values * np.float32(texture.scale[:3]) + np.float32(texture.bias[:3])
    return common | {"bitmap": mi.Bitmap(np.ascontiguousarray(values, dtype=np.float32)), "raw": True}


def _channel(texture: Texture, threshold: float = 0.0) -> dict[str, Any]:
    """Describe one channel as a raw scalar texture; with a threshold it becomes a sharp 0 or 1."""
    image = load_rgba(texture.path)
    index = CHANNEL.get(texture.channel, 0)
    values = image[..., index].astype(np.float32) / (255.0 if image.dtype == np.uint8 else 1.0)
    values = values * texture.scale[index] + texture.bias[index]
    if threshold > 0:
        values = (values >= threshold).astype(np.float32)
    bitmap = mi.Bitmap(np.ascontiguousarray(values[..., None], dtype=np.float32))
    kind = "nearest" if threshold > 0 else "bilinear"
    return {"type": "bitmap", "bitmap": bitmap, "raw": True, "wrap_mode": WRAP[texture.wrap[0]], "filter_type": kind}
