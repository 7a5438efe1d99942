"""Materials as Mitsuba BSDFs that also come in parts: the diffuse lobe alone, and all lobes without cut-outs.

Mitsuba's `principled` cannot be asked for one of its lobes, so the diffuse one is built apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, no_type_check

import mitsuba as mi

from engine.render.mitsuba_materials import MaterialWriter, is_layered
from engine.stage.scene import Instance, Material

BLACK = {"type": "diffuse", "reflectance": {"type": "rgb", "value": 0.0}}
NO_STEP = 1.0 + 1e-4  # a refractive index whose Fresnel reflection is none


@dataclass(frozen=True, eq=False)
class Parts:
    """A surface's lobes.

    Attributes:
        whole: all of them.
        diffuse: the diffuse one; the same object where there is no other.
    """

    whole: Any
    diffuse: Any

    @property
    def has_gloss(self) -> bool:
        """Tell whether there are other lobes than the diffuse one."""
        return self.whole is not self.diffuse


class PartsWriter(MaterialWriter):
    """Write BSDFs, and remember of which parts each is made."""

    def __init__(self, textures: Any) -> None:
        super().__init__(textures)
        self._parts: dict[int, tuple[Any, Parts]] = {}  # by address; the BSDF is kept, so that its address is its own

    def bsdf(self, instance: Instance, has_uvs: bool) -> Any:
        """Build an instance's BSDF and its parts."""
        made = super().bsdf(instance, has_uvs)
        material = instance.material
        lobes = self._lobes(instance, material, has_uvs)
        whole = mi.load_dict(self._turned(lobes, material, has_uvs))
        base = self._base(lobes, material, has_uvs)
        diffuse = whole if base is lobes else mi.load_dict(self._turned(base, material, has_uvs))
        self._parts[id(made)] = (made, Parts(whole, diffuse))
        return made

    @no_type_check  # called once a sample
    def parts(self, bsdf: Any) -> Parts | None:
        """Return the parts of a BSDF that this writer built, None for any other."""
        found = self._parts.get(id(bsdf))
        return found[1] if found else None

    def _base(self, lobes: dict[str, Any], material: Material, has_uvs: bool) -> dict[str, Any]:
        """Describe the diffuse lobe of what `_lobes` describes."""
        if lobes["type"] == "diffuse":
            return lobes
        if is_layered(material):
            return {"type": "blendbsdf", "weight": lobes["weight"], "base": lobes["base"], "mirror": BLACK}
        index = {"eta": NO_STEP} if material.model == "preview_surface" else {"specular": 0.0}
        plain = {name: lobes[name] for name in ("type", "base_color", "roughness")} | index
        return {"type": "blendbsdf", "weight": self._scalar(material.metallic, has_uvs, 0.0), "a": plain, "b": BLACK}
