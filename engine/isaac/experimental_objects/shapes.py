"""The primitive shapes: one line of a table a property."""

from __future__ import annotations

from typing import Any

from pxr import Gf, Usd, UsdGeom

from ..views.colors import color_rows
from ..views.fields import Field, accessors, number, word
from .typed_prim import TypedPrim, instances

RADIUS, HEIGHT = number("radii", "radius"), number("heights", "height")
AXIS = word("axes", "axis", default="Z")
ROUND = {"radii": "radii", "colors": "display_colors"}
LONG = {"radii": "radii", "heights": "heights", "axes": "axes", "colors": "display_colors"}
LONG_FIELDS: dict[str, tuple[Field, ...] | Field] = {"radii": RADIUS, "heights": HEIGHT, "axes": AXIS}


class Shape(TypedPrim):
    """A primitive shape."""

    options = {"colors": "display_colors"}
    schema = UsdGeom.Gprim

    @staticmethod
    def update_extents(geoms: list[Any]) -> None:
        """Author the boxes that shapes fill in their own frames."""
        for geom in geoms:
            boundable = UsdGeom.Boundable(geom)
            extent = UsdGeom.Boundable.ComputeExtentFromPlugins(boundable, Usd.TimeCode.Default())
            if extent is not None:
                boundable.CreateExtentAttr().Set(extent)

    @staticmethod
    def fetch_instances(paths: Any) -> list[Any]:
        """Return an object of the fitting class for each prim, None where none fits."""
        return instances(paths, [Capsule, Cone, Cube, Cylinder, Plane, Sphere])

    def set_display_colors(self, colors: Any, *, indices: Any = None) -> None:
        """Set display colours: numbers in [0, 1], or names."""
        prims = self._pick(indices)
        for prim, color in zip(prims, color_rows(colors, len(prims)), strict=True):
            UsdGeom.Gprim(prim).CreateDisplayColorAttr().Set([Gf.Vec3f(*color.tolist())])

    def _changed(self, prims: list[Usd.Prim]) -> None:
        self.update_extents(prims)


@accessors({"sizes": number("sizes", "size")})
class Cube(Shape):
    """A cube; USD's default edge is 2."""

    schema = UsdGeom.Cube
    options = {"sizes": "sizes", "colors": "display_colors"}


@accessors({"radii": RADIUS})
class Sphere(Shape):
    """A ball."""

    schema = UsdGeom.Sphere
    options = ROUND


@accessors(LONG_FIELDS)
class Cylinder(Shape):
    """A cylinder."""

    schema = UsdGeom.Cylinder
    options = LONG


@accessors(LONG_FIELDS)
class Cone(Shape):
    """A cone."""

    schema = UsdGeom.Cone
    options = LONG


@accessors(LONG_FIELDS)
class Capsule(Shape):
    """A cylinder with half balls at its ends."""

    schema = UsdGeom.Capsule
    options = LONG


@accessors({"widths": number("widths", "width"), "lengths": number("lengths", "length"), "axes": AXIS})
class Plane(Shape):
    """A rectangle."""

    schema = UsdGeom.Plane
    options = {"widths": "widths", "lengths": "lengths", "axes": "axes", "colors": "display_colors"}
