"""isaacsim.core.experimental.objects: shapes, meshes, cameras, lights and ground planes, many a class instance."""

from __future__ import annotations

from .camera import Camera
from .ground_plane import GroundPlane
from .lights import CylinderLight, DiskLight, DistantLight, DomeLight, Light, RectLight, SphereLight
from .mesh import Mesh
from .shapes import Capsule, Cone, Cube, Cylinder, Plane, Shape, Sphere

__all__ = [
    "Camera",
    "Capsule",
    "Cone",
    "Cube",
    "Cylinder",
    "CylinderLight",
    "DiskLight",
    "DistantLight",
    "DomeLight",
    "GroundPlane",
    "Light",
    "Mesh",
    "Plane",
    "RectLight",
    "Shape",
    "Sphere",
    "SphereLight",
]
