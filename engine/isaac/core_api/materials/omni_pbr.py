"""OmniPBR: a material of OmniPBR.mdl."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import UsdShade

from .visual_material import KnownMaterial, inputs


@inputs(
    {
        "color": ("diffuse_color_constant", np.ndarray),
        "texture": ("diffuse_texture", str),
        "texture_scale": ("texture_scale", np.ndarray),
        "texture_translate": ("texture_translate", np.ndarray),
        "project_uvw": ("project_uvw", bool),
        "reflection_roughness": ("reflection_roughness_constant", float),
        "metallic_constant": ("metallic_constant", float),
    }
)
class OmniPBR(KnownMaterial):
    """A material of OmniPBR.mdl."""

    kind = "OmniPBR"

    def __init__(
        self,
        prim_path: str,
        name: str = "omni_pbr",
        shader: UsdShade.Shader | None = None,
        texture_path: str | None = None,
        texture_scale: Any = None,
        texture_translate: Any = None,
        color: Any = None,
    ) -> None:
        """Find or define the material and set what is given; textures are projected, roughness is 0.5."""
        super().__init__(prim_path, name, shader)
        given = {
            "diffuse_color_constant": color,
            "diffuse_texture": texture_path,
            "texture_scale": texture_scale,
            "texture_translate": texture_translate,
            "project_uvw": True,
            "reflection_roughness_constant": 0.5,
        }
        for input_name, value in given.items():
            if value is not None:
                self._set_input(input_name, value)
