"""Cuboids: to look at, to collide with, and falling."""

from __future__ import annotations

from pxr import UsdGeom

from .shapes import DynamicShape, FixedShape, VisualShape


class VisualCuboid(VisualShape):
    """A cuboid to look at."""

    schema = UsdGeom.Cube
    default_name = "visual_cube"
    sizes = {"size": 1.0}

    def set_size(self, size: float) -> None:
        """Set the edge, stage units."""
        self._set_size("size", size)

    def get_size(self) -> float:
        """Return the edge, stage units."""
        return self._get_size("size")


class FixedCuboid(FixedShape, VisualCuboid):
    """A cuboid that others collide with."""

    default_name = "fixed_cube"


class DynamicCuboid(DynamicShape, FixedCuboid):
    """A cuboid that falls."""

    default_name = "dynamic_cube"
