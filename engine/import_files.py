"""The files that Isaac Sim's packages consist of: scripts import a class from its file as well as from its package.

Each file of the real packages is answered by the engine module that holds its names.
"""

from __future__ import annotations

_CORE = {
    "articulations": "robots",
    "articulations.articulation": "robots",
    "articulations.articulation_gripper": "robots",
    "articulations.articulation_subset": "robots",
    "articulations.articulation_view": "robots",
    "controllers.articulation_controller": "controllers",
    "controllers.base_controller": "controllers",
    "controllers.base_gripper_controller": "controllers",
    "loggers.data_logger": "loggers",
    "materials.deformable_material": "materials",
    "materials.deformable_material_view": "materials",
    "materials.particle_material": "materials",
    "materials.particle_material_view": "materials",
    "physics_context.physics_context": "physics_context",
    "robots.robot": "robots",
    "robots.robot_view": "robots",
    "scenes.scene": "scenes",
    "scenes.scene_registry": "scenes",
    "sensors.base_sensor": "sensors",
    "sensors.rigid_contact_view": "sensors",
    "simulation_context.simulation_context": "simulation_context",
    "tasks.base_task": "tasks",
    "tasks.follow_target": "tasks",
    "tasks.pick_place": "tasks",
    "tasks.stacking": "tasks",
    "world.world": "world",
}
_PRIMS = (
    "articulation",
    "cloth_prim",
    "deformable_prim",
    "particle_system",
    "sdf_shape_prim",
    "single_articulation",
    "single_cloth_prim",
    "single_deformable_prim",
    "single_particle_system",
)
_PRIMS4 = (
    "base_sensor",
    "geometry_prim",
    "geometry_prim_view",
    "rigid_contact_view",
    "rigid_prim",
    "rigid_prim_view",
    "sdf_shape_view",
    "soft.cloth_prim",
    "soft.cloth_prim_view",
    "soft.deformable_prim",
    "soft.deformable_prim_view",
    "soft.particle_system",
    "soft.particle_system_view",
    "xform_prim",
    "xform_prim_view",
)
_WRITERS = ("data_visualization_writer", "dope_writer", "pose_writer", "ycb_video_writer")
_WRITER_FOLDERS = ("isaacsim.replicator.writers.scripts", "omni.replicator.isaac.scripts")
_SENSORS4 = ("contact_sensor", "effort_sensor", "imu_sensor", "lidar_rtx", "rotating_lidar_physX")

FILES: dict[str, str] = {
    **{
        f"{core}.{file}": f"engine.isaac.core_api.{name}"
        for core in ("isaacsim.core.api", "omni.isaac.core")
        for file, name in _CORE.items()
    },
    **{f"isaacsim.core.prims.{file}": "engine.isaac.core_prims" for file in _PRIMS},
    **{f"omni.isaac.core.prims.{file}": "engine.isaac.core_prims4" for file in _PRIMS4},
    **{f"omni.isaac.sensor.{file}": "engine.isaac.sensor4" for file in _SENSORS4},
    **{
        f"{above}.writers.{file}": f"engine.isaac.replicator_writers.{file}"
        for above in _WRITER_FOLDERS
        for file in _WRITERS
    },
    **{f"{above}.writers": "engine.isaac.replicator_writers" for above in _WRITER_FOLDERS},
    **dict.fromkeys((*_WRITER_FOLDERS, "omni.replicator.isaac"), "engine.isaac.replicator_writers"),
    "omni.isaac.sensor": "engine.isaac.sensor4",
    "omni.isaac.sensor.camera": "engine.isaac.camera.camera",
    "omni.isaac.sensor.camera_view": "engine.isaac.camera.camera_view",
    "omni.isaac.benchmark.services": "engine.isaac.benchmark",
    "isaacsim.core.cloner.impl.cloner": "engine.isaac.cloner",
    "isaacsim.core.cloner.impl.grid_cloner": "engine.isaac.cloner",
    "isaacsim.core.simulation_manager.impl.isaac_events": "engine.isaac.simulation_manager",
    "isaacsim.core.simulation_manager.impl.simulation_manager": "engine.isaac.simulation_manager",
    "omni.isaac.cloner.cloner": "engine.isaac.cloner",
    "omni.isaac.cloner.grid_cloner": "engine.isaac.cloner",
    "omni.isaac.nucleus.nucleus": "engine.isaac.storage",
    "usdrt.Gf": "pxr.Gf",
    "usdrt.Sdf": "pxr.Sdf",
    "usdrt.UsdGeom": "pxr.UsdGeom",
    "usdrt.Vt": "pxr.Vt",
}
