"""UsdPreviewSurface and its nodes. Source: OpenUSD, "UsdPreviewSurface Specification" (version 2.6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import radians

import numpy as np
from pxr import UsdShade

from engine.stage.geometry import DISPLAY_COLOR, Needs
from engine.stage.scene import ColorInput, Material, Rgb, ScalarInput, Texture
from engine.stage.shader_inputs import Inputs, Reading
from engine.stage.textures import color_space, image_file

EMISSION_UNIT = 1000.0  # an emissiveColor of 1 shines like a dome light of intensity 1000: display white
METAL_FROM = 0.3  # a specularColor above this is a metal's
WRAPS = {"repeat": "repeat", "mirror": "mirror", "clamp": "clamp", "black": "black"}
GREY: Rgb = (0.18, 0.18, 0.18)


@dataclass
class PreviewSurface:
    """Read one UsdPreviewSurface; gathers what it needs from meshes on the way."""

    inputs: Inputs
    uvs: str | None = None
    color: str | None = None

    @property
    def _reading(self) -> Reading:
        return self.inputs.reading

    def read(self, path: str) -> tuple[Material, Needs]:
        """Return the material with this prim path, and what it needs."""
        inputs = self.inputs
        base = self._color("diffuseColor", GREY)
        metallic = self._scalar("metallic", 0.0)
        ior = inputs.number("ior", 1.5)
        specular: ScalarInput = min(((1 - ior) / (1 + ior)) ** 2 / 0.08, 1.0)
        if int(inputs.number("useSpecularWorkflow", 0)) == 1:
            base, metallic, specular = self._specular_workflow(base)
        emission = self._color("emissiveColor", (0.0, 0.0, 0.0))
        material = Material(
            path,
            "preview_surface",
            base,
            self._scalar("roughness", 0.5),
            metallic,
            specular,
            ior,
            self._scalar("opacity", 1.0),
            inputs.number("opacityThreshold", 0.0),
            _emission(emission),
            self._normal(),
            inputs.number("clearcoat", 0.0),
            inputs.number("clearcoatRoughness", 0.01),
        )
        return material, Needs(self.uvs, self.color if base is None else None)

    def _specular_workflow(self, base: ColorInput | None) -> tuple[ColorInput | None, float, float]:
        reflected = self._color("specularColor", (0.0, 0.0, 0.0))
        if reflected is None or isinstance(reflected, Texture):
            return base, 0.0, 0.5
        mean = float(np.mean(reflected))
        return (reflected, 1.0, 0.5) if mean > METAL_FROM else (base, 0.0, min(mean / 0.08, 1.0))

    def _color(self, name: str, default: Rgb) -> ColorInput | None:
        """Read a colour; None means the mesh's own colours."""
        source = self.inputs.source(name)
        if source is None:
            return self.inputs.color(name, default)
        shader, output = source
        kind = shader.GetShaderId() or ""
        if kind == "UsdUVTexture":
            found = self._texture(shader, output, "auto")
            return found if isinstance(found, Texture) else found[:3] if found else default
        if kind.startswith("UsdPrimvarReader_float3"):
            self.color = str(Inputs(shader, self._reading).value("varname", DISPLAY_COLOR))
            return None
        self._unknown(shader, kind, name)
        return default

    def _scalar(self, name: str, default: float) -> ScalarInput:
        source = self.inputs.source(name)
        if source is None:
            return self.inputs.number(name, default)
        shader, output = source
        kind = shader.GetShaderId() or ""
        if kind == "UsdUVTexture":
            found = self._texture(shader, output, "raw")
            if isinstance(found, Texture):
                return found
            return default if found is None else float(found["rgba".find(output) if output in "rgba" else 0])
        if kind.startswith("UsdPrimvarReader"):
            return Inputs(shader, self._reading).number("fallback", default)
        self._unknown(shader, kind, name)
        return default

    def _normal(self) -> Texture | None:
        """Read the normal map; its values are stored as 0..1 (see `Material.normal_map`)."""
        source = self.inputs.source("normal")
        if source is None or source[0].GetShaderId() != "UsdUVTexture":
            return None
        found = self._texture(source[0], source[1], "raw")
        if not isinstance(found, Texture):
            return None
        plain = found.scale == (1.0,) * 4 and found.bias == (0.0,) * 4  # 8-bit maps left as they are: meant as 2 v - 1
        scale = found.scale if plain else tuple(v / 2 for v in found.scale)
        bias = found.bias if plain else tuple((v + 1) / 2 for v in found.bias)
        return replace(found, color_space="raw", scale=_four(scale), bias=_four(bias))

    def _texture(
        self, shader: UsdShade.Shader, output: str, space: str
    ) -> Texture | tuple[float, float, float, float] | None:
        """Read a UsdUVTexture; a missing file gives its `fallback` input, None without one."""
        inputs = Inputs(shader, self._reading)
        file = image_file(shader.GetPrim(), inputs.asset("file"), self._reading.complaints)
        if file is None:
            fallback = inputs.value("fallback")
            return None if fallback is None else _four(fallback)
        authored = inputs.value("sourceColorSpace")
        if authored is None:
            attribute = inputs.attribute("file")
            authored = attribute.GetColorSpace() if attribute is not None and attribute.HasColorSpace() else "auto"
        chosen = color_space(authored)
        return Texture(
            file,
            "raw" if space == "raw" and chosen == "auto" else chosen,
            output if output in ("r", "g", "b", "a") else "rgb",
            _four(inputs.value("scale", (1.0, 1.0, 1.0, 1.0))),
            _four(inputs.value("bias", (0.0, 0.0, 0.0, 0.0))),
            (_wrap(inputs.value("wrapS")), _wrap(inputs.value("wrapT"))),
            *self._placement(inputs),
        )

    def _placement(self, inputs: Inputs) -> tuple[tuple[float, float], float, tuple[float, float]]:
        """Read where a texture's coordinates come from: scale, rotation and translation of a primvar."""
        source = inputs.source("st")
        placement = (1.0, 1.0), 0.0, (0.0, 0.0)
        if source is not None and source[0].GetShaderId() == "UsdTransform2d":
            turn = Inputs(source[0], self._reading)
            placement = turn.pair("scale", (1.0, 1.0)), radians(turn.number("rotation", 0.0)), turn.pair(
                "translation", (0.0, 0.0)
            )  # fmt: skip
            source = turn.source("in")
        if source is not None and (source[0].GetShaderId() or "").startswith("UsdPrimvarReader_float2"):
            name = Inputs(source[0], self._reading).value("varname")
            self.uvs = self.uvs or (str(name) if name else None)
        return placement

    def _unknown(self, shader: UsdShade.Shader, kind: str, name: str) -> None:
        self._reading.complaints.warn(
            f"{shader.GetPath()}: a '{kind}' node cannot feed '{name}'; expected UsdUVTexture or UsdPrimvarReader; "
            "its constant is used instead"
        )


def _emission(value: ColorInput | None) -> ColorInput | None:
    if value is None or isinstance(value, Texture):
        return scaled(value, (EMISSION_UNIT,) * 3) if isinstance(value, Texture) else None
    return None if max(value) <= 0 else (value[0] * EMISSION_UNIT, value[1] * EMISSION_UNIT, value[2] * EMISSION_UNIT)


def scaled(texture: Texture, factor: Rgb) -> Texture:
    """Multiply a texture's colour."""
    many = (*factor, 1.0)
    scale = [s * f for s, f in zip(texture.scale, many, strict=True)]
    bias = [b * f for b, f in zip(texture.bias, many, strict=True)]
    return replace(texture, scale=_four(scale), bias=_four(bias))


def _wrap(token: object) -> str:
    return WRAPS.get(str(token), "repeat")  # useMetadata: image files hardly ever carry any, and RTX repeats


def _four(values: object) -> tuple[float, float, float, float]:
    a, b, c, d = (float(v) for v in values)  # type: ignore[attr-defined]
    return a, b, c, d
