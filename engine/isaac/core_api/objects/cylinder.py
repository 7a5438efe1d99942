"""Cylinders: to look at, to collide with, and falling."""

from __future__ import annotations

from pxr import UsdGeom

from .shapes import DynamicShape, FixedShape, LongShape


class VisualCylinder(LongShape):
    """A cylinder to look at."""

    schema = UsdGeom.Cylinder
    default_name = "visual_cylinder"


class FixedCylinder(FixedShape, VisualCylinder):
    """A cylinder that others collide with."""

    default_name = "fixed_cylinder"


class DynamicCylinder(DynamicShape, FixedCylinder):
    """A cylinder that falls."""

    default_name = "dynamic_cylinder"
