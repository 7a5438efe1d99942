"""OmniGlass: a material of OmniGlass.mdl."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import UsdShade

from .visual_material import KnownMaterial, inputs


@inputs(
    {
        "color": ("glass_color", np.ndarray),
        "ior": ("glass_ior", float),
        "depth": ("depth", float),
        "thin_walled": ("thin_walled", bool),
    }
)
class OmniGlass(KnownMaterial):
    """A material of OmniGlass.mdl."""

    kind = "OmniGlass"

    def __init__(
        self,
        prim_path: str,
        name: str = "omni_glass",
        shader: UsdShade.Shader | None = None,
        color: Any = None,
        ior: float | None = None,
        depth: float | None = None,
        thin_walled: bool | None = None,
    ) -> None:
        """Find or define the material and set what is given."""
        super().__init__(prim_path, name, shader)
        given = {"glass_color": color, "glass_ior": ior, "depth": depth, "thin_walled": thin_walled}
        for input_name, value in given.items():
            if value is not None:
                self._set_input(input_name, value)
