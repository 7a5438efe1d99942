"""Cones: to look at, to collide with, and falling."""

from __future__ import annotations

from pxr import UsdGeom

from .shapes import DynamicShape, FixedShape, LongShape


class VisualCone(LongShape):
    """A cone to look at."""

    schema = UsdGeom.Cone
    default_name = "visual_cone"


class FixedCone(FixedShape, VisualCone):
    """A cone that others collide with."""

    default_name = "fixed_cone"


class DynamicCone(DynamicShape, FixedCone):
    """A cone that falls."""

    default_name = "dynamic_cone"
