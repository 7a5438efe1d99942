"""Spheres: to look at, to collide with, and falling."""

from __future__ import annotations

from pxr import UsdGeom

from .shapes import DynamicShape, FixedShape, RoundShape


class VisualSphere(RoundShape):
    """A ball to look at."""

    schema = UsdGeom.Sphere
    default_name = "visual_sphere"
    sizes = {"radius": 1.0}


class FixedSphere(FixedShape, VisualSphere):
    """A ball that others collide with."""

    default_name = "fixed_sphere"


class DynamicSphere(DynamicShape, FixedSphere):
    """A ball that falls."""

    default_name = "dynamic_sphere"
