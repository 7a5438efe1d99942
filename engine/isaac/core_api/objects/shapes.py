"""What the shapes have in common: a shape with a size, a look, maybe a collider, maybe a body."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pxr import Usd, UsdGeom

from ...core_prims.single_geometry_prim import SingleGeometryPrim
from ...core_prims.single_rigid_prim import SingleRigidPrim
from ...core_utils.prims import get_prim_at_path, is_prim_path_valid
from ...core_utils.stage import get_current_stage
from ...core_utils.string import find_unique_string_name
from ..materials import PhysicsMaterial, PreviewSurface

PLACING = ("position", "translation", "orientation", "scale", "visible")
BODY = ("mass", "density", "linear_velocity", "angular_velocity")
GREY = (0.5, 0.5, 0.5)


def free_path(path: str) -> str:
    """Return the path, or the first of path_1, path_2 ... that holds no prim."""
    return find_unique_string_name(path, lambda name: not is_prim_path_valid(name))


def arguments(owner: str, names: tuple[str, ...], given: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
    """Return positional and named arguments by name.

    Raises:
        TypeError: if there are too many, or one has an unknown name.
    """
    result = dict(zip(names, given, strict=False)) | named
    unknown = sorted(set(result) - set(names))
    if len(given) > len(names) or unknown:
        raise TypeError(f"{owner}: {', '.join(unknown) or len(given)} given; expected {', '.join(names)}")
    return result


class VisualShape(SingleGeometryPrim):
    """A shape to look at. Subclasses name its USD type and sizes.

    Attributes:
        schema: USD schema class.
        sizes: size argument to the value of a new shape.
        default_name: name of an object that is given none.
    """

    schema: ClassVar[Any] = None
    sizes: ClassVar[dict[str, float]] = {}
    default_name = ""

    def __init__(self, prim_path: str, name: str | None = None, *given: Any, **named: Any) -> None:
        """Find the shape or define it.

        Args:
            prim_path: existing shape of this type, or a new path.
            name: of the object.
            given: position, translation, orientation, scale, visible, color, the sizes, visual_material.
            named: the same by name.

        Raises:
            TypeError: if an argument is unknown, or the prim at the path has another type.
        """
        names = (*PLACING, "color", *self.sizes, "visual_material")
        self._set_up(prim_path, name, arguments(type(self).__name__, names, given, named))

    def _set_up(self, prim_path: str, name: str | None, options: dict[str, Any]) -> bool:
        """Define what is missing and set what is given; returns whether the shape is new."""
        is_new = not is_prim_path_valid(prim_path)
        if is_new:
            self.schema.Define(get_current_stage(), prim_path)
            options = {"visible": True} | {k: v for k, v in options.items() if v is not None}
            options = self.sizes | options
        elif not get_prim_at_path(prim_path).IsA(self.schema):
            kind = self.schema.__name__
            raise TypeError(f"The prim at path {prim_path} cannot be parsed as a {kind} object")
        placing: dict[str, Any] = {key: options.get(key) for key in PLACING}
        SingleGeometryPrim.__init__(self, prim_path, name or self.default_name, **placing)
        for size in self.sizes:
            if options.get(size) is not None:
                self._set_size(size, options[size])
        self._look(options.get("visual_material"), options.get("color"), is_new)
        return is_new

    def _look(self, material: Any, color: Any, is_new: bool) -> None:
        if material is None and is_new:
            path = free_path("/World/Looks/visual_material")
            material = PreviewSurface(path, color=np.array(GREY if color is None else color, dtype=float))
        if material is not None:
            self.apply_visual_material(material)

    def _set_size(self, name: str, value: Any) -> None:
        self.prim.GetAttribute(name).Set(float(np.asarray(value).ravel()[0]))
        boundable = UsdGeom.Boundable(self.prim)
        extent = UsdGeom.Boundable.ComputeExtentFromPlugins(boundable, Usd.TimeCode.Default())
        boundable.CreateExtentAttr().Set(extent)

    def _get_size(self, name: str) -> float:
        return float(self.prim.GetAttribute(name).Get())


class RoundShape(VisualShape):
    """A shape with a radius."""

    def set_radius(self, radius: float) -> None:
        """Set the radius, stage units."""
        self._set_size("radius", radius)

    def get_radius(self) -> float:
        """Return the radius, stage units."""
        return self._get_size("radius")


class LongShape(RoundShape):
    """A shape with a radius and a height."""

    sizes = {"radius": 1.0, "height": 1.0}

    def set_height(self, height: float) -> None:
        """Set the height, stage units."""
        self._set_size("height", height)

    def get_height(self) -> float:
        """Return the height, stage units."""
        return self._get_size("height")


class FixedShape(VisualShape):
    """A shape that others collide with; new ones get a physics material (friction 0.2 and 1.0, no bounce)."""

    def __init__(self, prim_path: str, name: str | None = None, *given: Any, **named: Any) -> None:
        """Find the shape or define it; arguments of the visual shape, then physics_material."""
        names = (*PLACING, "color", *self.sizes, "visual_material", "physics_material")
        self._collide(prim_path, name, arguments(type(self).__name__, names, given, named))

    def _collide(self, prim_path: str, name: str | None, options: dict[str, Any]) -> bool:
        is_new = self._set_up(prim_path, name, options)
        self.set_collision_enabled(True)
        material = options.get("physics_material")
        if material is None and is_new:
            path = free_path("/World/Physics_Materials/physics_material")
            material = PhysicsMaterial(path, static_friction=0.2, dynamic_friction=1.0, restitution=0.0)
        if material is not None:
            self.apply_physics_material(material)
        if is_new:
            self.set_rest_offset(0.0)
            self.set_contact_offset(0.1)
            self.set_torsional_patch_radius(1.0)
            self.set_min_torsional_patch_radius(0.8)
        return is_new


class DynamicShape(SingleRigidPrim, FixedShape):
    """A shape that falls; new ones have a mass of 0.02 unless one is given."""

    def __init__(self, prim_path: str, name: str | None = None, *given: Any, **named: Any) -> None:
        """Find the shape or define it; arguments of the fixed shape, then mass, density and velocities."""
        names = (*PLACING, "color", *self.sizes, "visual_material", "physics_material", *BODY)
        options = arguments(type(self).__name__, names, given, named)
        is_new = self._collide(prim_path, name, options)
        body: dict[str, Any] = {key: options.get(key) for key in (*PLACING, *BODY)}
        if is_new and body["mass"] is None:
            body["mass"] = 0.02
        SingleRigidPrim.__init__(self, prim_path, name or self.default_name, **body)
