"""Capsules: to look at, to collide with, and falling."""

from __future__ import annotations

from pxr import UsdGeom

from .shapes import DynamicShape, FixedShape, LongShape


class VisualCapsule(LongShape):
    """A capsule to look at."""

    schema = UsdGeom.Capsule
    default_name = "visual_capsule"


class FixedCapsule(FixedShape, VisualCapsule):
    """A capsule that others collide with."""

    default_name = "fixed_capsule"


class DynamicCapsule(DynamicShape, FixedCapsule):
    """A capsule that falls."""

    default_name = "dynamic_capsule"
