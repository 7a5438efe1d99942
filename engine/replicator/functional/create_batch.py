"""rep.functional.create_batch: `count` prims at a time, every value given once or once a prim."""

from __future__ import annotations

from engine.replicator.functional.create_lights import (
    cylinder_light,
    disk_light,
    distant_light,
    dome_light,
    rect_light,
    sphere_light,
)
from engine.replicator.functional.create_sensors import camera, material, omni_lidar, omni_radar
from engine.replicator.functional.create_shapes import (
    capsule,
    clone,
    cone,
    cube,
    cylinder,
    disk,
    plane,
    reference,
    scope,
    sphere,
    torus,
    xform,
)
from engine.replicator.missing import refuse

__all__ = [
    "camera",
    "capsule",
    "clone",
    "cone",
    "cube",
    "cylinder",
    "cylinder_light",
    "disk",
    "disk_light",
    "distant_light",
]
__all__ += ["dome_light", "material", "omni_lidar", "omni_radar", "plane", "rect_light", "reference", "scope"]
__all__ += ["sphere", "sphere_light", "torus", "xform"]
__getattr__ = refuse("omni.replicator.core.functional.create_batch")
