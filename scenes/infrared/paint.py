"""How much sunlight paint absorbs: the one thing for which visible colour counts, and by day only."""

from __future__ import annotations

from dataclasses import replace

from pxr import Sdf, Usd, UsdShade

from sensors.heat_balance import painted_absorptance
from sensors.material_table import find_material
from sensors.materials import Material
from sensors.near_infrared import luminance

INPUTS = ("diffuseColor", "diffuse_color_constant", "diffuse_reflection_color")


class Looks:
    """Read the colours of visual materials, once until `refresh`."""

    def __init__(self) -> None:
        self._known: dict[Sdf.Path, float | None] = {}

    def refresh(self) -> None:
        """Forget what the stage said."""
        self._known.clear()

    def painted(self, material: Material, bound: Usd.Prim) -> Material:
        """Return a painted material with the absorptance of the colour it is painted in.

        Materials without paint, with an absorptance that somebody authored, or whose colour is a texture stay as they
        are; so do thick bodies, which would still remember at night what they absorbed by day.

        Args:
            material: what the surface is made of.
            bound: the visual material, or an invalid prim.
        """
        if "paint" not in material.coating or material.inertia or not bound or not _is_usual(material):
            return material
        path = bound.GetPath()
        if path not in self._known:
            self._known[path] = colour_luminance(UsdShade.Material(bound))
        visible = self._known[path]
        return material if visible is None else replace(material, solar_absorptance=float(painted_absorptance(visible)))


def colour_luminance(material: UsdShade.Material) -> float | None:
    """Return the luminance of a material's constant colour, or None where it has none."""
    for child in Usd.PrimRange(material.GetPrim(), Usd.TraverseInstanceProxies()):
        shader = UsdShade.Shader(child)
        for name in INPUTS if shader else ():
            source = shader.GetInput(name)
            if source and not source.HasConnectedSource() and (color := source.Get()) is not None:
                return float(luminance(tuple(color)))
    return None


def _is_usual(material: Material) -> bool:
    """Tell whether nobody has authored the absorptance: it is that of the table."""
    usual = find_material(material.token, material.coating)
    return material.solar_absorptance == usual.solar_absorptance
