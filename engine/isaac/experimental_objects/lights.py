"""The UsdLux lights: one line of a table a property."""

from __future__ import annotations

from typing import Any

from pxr import Gf, Sdf, UsdLux

from ..arrays import to_device
from ..views.colors import color_rows
from ..views.fields import accessors, flag, number, word
from .typed_prim import TypedPrim, instances

RADIUS = number("radii", "inputs:radius", default=0.5)
TEXTURE = word("texture_files", "inputs:texture:file", kind=Sdf.ValueTypeNames.Asset)


@accessors(
    {
        "intensities": number("intensities", "inputs:intensity", default=1.0),
        "exposures": number("exposures", "inputs:exposure"),
        "multipliers": (
            number("diffuse_multipliers", "inputs:diffuse", default=1.0),
            number("specular_multipliers", "inputs:specular", default=1.0),
        ),
        "enabled_normalizations": flag("enabled", "inputs:normalize"),
        "enabled_color_temperatures": flag("enabled", "inputs:enableColorTemperature"),
        "color_temperatures": number("color_temperatures", "inputs:colorTemperature", default=6500.0),
    }
)
class Light(TypedPrim):
    """A light of any kind."""

    schema = UsdLux.BoundableLightBase

    @property
    def lights(self) -> list[Any]:
        """The lights as USD schema objects."""
        return self.geoms

    def set_colors(self, colors: Any, *, indices: Any = None) -> None:
        """Set colours: numbers in [0, 1], or names."""
        prims = self._pick(indices)
        for prim, color in zip(prims, color_rows(colors, len(prims)), strict=True):
            UsdLux.LightAPI(prim).CreateColorAttr().Set(Gf.Vec3f(*color.tolist()))

    def get_colors(self, *, indices: Any = None) -> Any:
        """Return the colours (n, 3)."""
        return to_device([list(UsdLux.LightAPI(prim).GetColorAttr().Get()) for prim in self._pick(indices)])

    @staticmethod
    def fetch_instances(paths: Any) -> list[Any]:
        """Return an object of the fitting class for each light, None for other prims."""
        return instances(paths, [CylinderLight, DiskLight, DistantLight, DomeLight, RectLight, SphereLight])


@accessors({"radii": RADIUS, "enabled_treat_as_points": flag("enabled", "treatAsPoint")})
class SphereLight(Light):
    """A glowing ball."""

    schema = UsdLux.SphereLight
    options = {"radii": "radii"}


@accessors({"radii": RADIUS})
class DiskLight(Light):
    """A glowing disk that shines along -Z."""

    schema = UsdLux.DiskLight
    options = {"radii": "radii"}


@accessors(
    {
        "radii": RADIUS,
        "lengths": number("lengths", "inputs:length", default=1.0),
        "enabled_treat_as_lines": flag("enabled", "treatAsLine"),
    }
)
class CylinderLight(Light):
    """A glowing tube."""

    schema = UsdLux.CylinderLight
    options = {"radii": "radii", "lengths": "lengths"}


@accessors(
    {
        "widths": number("widths", "inputs:width", default=1.0),
        "heights": number("heights", "inputs:height", default=1.0),
        "texture_files": TEXTURE,
    }
)
class RectLight(Light):
    """A glowing rectangle that shines along -Z."""

    schema = UsdLux.RectLight
    options = {"widths": "widths", "heights": "heights", "texture_files": "texture_files"}


@accessors({"angles": number("angles", "inputs:angle", default=0.53)})
class DistantLight(Light):
    """A sun that shines along -Z."""

    schema = UsdLux.DistantLight
    options = {"angles": "angles"}


@accessors(
    {
        "guide_radii": number("radii", "guideRadius", default=1e5),
        "texture_files": TEXTURE,
        "texture_formats": word("texture_formats", "inputs:texture:format", default="automatic"),
    }
)
class DomeLight(Light):
    """A sky."""

    schema = UsdLux.DomeLight
    options = {"radii": "guide_radii", "texture_files": "texture_files", "texture_formats": "texture_formats"}
