"""PreviewSurface: a UsdPreviewSurface material."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import UsdShade

from .visual_material import KnownMaterial, inputs


@inputs({"color": ("diffuseColor", np.ndarray), "roughness": ("roughness", float), "metallic": ("metallic", float)})
class PreviewSurface(KnownMaterial):
    """A UsdPreviewSurface material."""

    kind = "UsdPreviewSurface"

    def __init__(
        self,
        prim_path: str,
        name: str = "preview_surface",
        shader: UsdShade.Shader | None = None,
        color: Any = None,
        roughness: float | None = None,
        metallic: float | None = None,
    ) -> None:
        """Find or define the material and set what is given (colour in [0, 1], linear)."""
        super().__init__(prim_path, name, shader)
        given = {"diffuseColor": color, "roughness": roughness, "metallic": metallic}
        for input_name, value in given.items():
            if value is not None:
                self._set_input(input_name, value)
