"""rep.functional.create: one prim a call, authored at once and returned."""

from __future__ import annotations

from engine.replicator.functional import create_batch
from engine.replicator.functional.building import single
from engine.replicator.missing import refuse

camera = single(create_batch.camera)
clone = single(create_batch.clone)
cone = single(create_batch.cone)
cube = single(create_batch.cube)
capsule = single(create_batch.capsule)
cylinder = single(create_batch.cylinder)
cylinder_light = single(create_batch.cylinder_light)
disk = single(create_batch.disk)
disk_light = single(create_batch.disk_light)
distant_light = single(create_batch.distant_light)
dome_light = single(create_batch.dome_light)
material = single(create_batch.material)
omni_lidar = single(create_batch.omni_lidar)
omni_radar = single(create_batch.omni_radar)
plane = single(create_batch.plane)
rect_light = single(create_batch.rect_light)
reference = single(create_batch.reference)
scope = single(create_batch.scope)
sphere = single(create_batch.sphere)
sphere_light = single(create_batch.sphere_light)
torus = single(create_batch.torus)
xform = single(create_batch.xform)

__all__ = list(create_batch.__all__)
__getattr__ = refuse("omni.replicator.core.functional.create")
