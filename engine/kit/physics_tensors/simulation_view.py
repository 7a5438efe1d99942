"""SimulationView: where views of bodies come from, and gravity."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from pxr import Sdf, Usd, UsdPhysics, UsdUtils

from engine.carb.logging import log_warn
from engine.carb.vectors import Float3
from engine.graph.graph import current_stage
from engine.physics import if_running, simulation

from .frontends import frontend
from .rigid_body_view import RigidBodyView

UNSUPPORTED = {
    "create_articulation_view": "robots",
    "create_rigid_contact_view": "reports of contacts",
    "create_sdf_shape_view": "signed distance fields",
    "create_soft_body_view": "deformable bodies",
    "create_soft_body_material_view": "deformable bodies",
    "create_volume_deformable_body_view": "deformable bodies",
    "create_surface_deformable_body_view": "deformable bodies",
    "create_particle_system_view": "particles",
    "create_particle_cloth_view": "cloth",
    "create_particle_material_view": "particles",
}


class SimulationView:
    """Views of one stage in one kind of arrays."""

    device_ordinal = -1

    def __init__(self, stage: Usd.Stage, frontend_name: str) -> None:
        self._stage = stage
        self._frontend = frontend(frontend_name)
        self._is_valid = True

    def __getattr__(self, name: str) -> Any:
        if name in UNSUPPORTED:
            raise RuntimeError(
                f"omni.physics.tensors: {name} was asked for; the embedded engine simulates no {UNSUPPORTED[name]} "
                "(docs/parity.md); run the script in Isaac Sim"
            )
        raise AttributeError(f"'SimulationView' has no attribute '{name}' in the embedded engine")

    @property
    def is_valid(self) -> bool:
        """Whether the stage is still simulated and nobody has called `invalidate`."""
        running = if_running(self._stage)
        return self._is_valid and running is not None and running.is_started

    def check(self) -> bool:
        """Tell whether the view can be used."""
        return self.is_valid

    def create_rigid_body_view(self, pattern: str | list[str]) -> RigidBodyView:
        """Return a view of the bodies at paths; `*` stands for any part of a name.

        Raises:
            ValueError: if no rigid body is there.
        """
        patterns = [pattern] if isinstance(pattern, str) else list(pattern)
        paths = [path for one in patterns for path in self._bodies(one)]
        if not paths:
            raise ValueError(f"create_rigid_body_view: {pattern!r} was given; no rigid body of the stage is there")
        simulation(self._stage).start()
        return RigidBodyView(self._stage, paths, self._frontend)

    def _bodies(self, pattern: str) -> list[str]:
        if Sdf.Path.IsValidPathString(pattern):
            prim = self._stage.GetPrimAtPath(pattern)
            return [pattern] if prim and prim.HasAPI(UsdPhysics.RigidBodyAPI) else []
        parts = pattern.split("/")
        found = []
        for prim in self._stage.Traverse(Usd.TraverseInstanceProxies()):
            names = str(prim.GetPath()).split("/")
            if len(names) != len(parts) or not prim.HasAPI(UsdPhysics.RigidBodyAPI):
                continue
            if all(fnmatchcase(name, part) for name, part in zip(names, parts, strict=True)):
                found.append(str(prim.GetPath()))
        return found

    def set_gravity(self, gravity: Any) -> bool:
        """Simulate another gravity (3,), stage units/s^2, than the stage's, until the simulation is stopped."""
        simulation(self._stage).set_gravity([float(part) for part in gravity])
        return True

    def get_gravity(self) -> Float3:
        """Return gravity (3,), stage units/s^2."""
        from ...isaac.simulation_manager.physics_scene import PhysicsScene

        live = simulation(self._stage).live.gravity
        if live is not None:
            return Float3(*live)
        paths = PhysicsScene.get_physics_scene_paths(self._stage)
        scene = PhysicsScene(self._stage.GetPrimAtPath(paths[0])) if paths else None
        return Float3(*scene.get_gravity()) if scene is not None else Float3(0.0, 0.0, -9.81)

    def set_subspace_roots(self, pattern: str) -> bool:
        """Accept "/": poses are in the world frame."""
        if pattern != "/":
            log_warn(f"set_subspace_roots({pattern!r}): expected '/'; poses stay in the world frame")
        return True

    def enable_warnings(self, enable: bool) -> None:
        """Accept."""

    def update_articulations_kinematic(self) -> None:
        """Accept: there are no robots."""

    def initialize_kinematic_bodies(self) -> None:
        """Accept: bodies are ready when the simulation has been started."""

    def flush(self) -> None:
        """Accept: what is set is set at once."""

    def step(self, dt: float) -> None:
        """Simulate one step."""
        simulation(self._stage).step(dt)

    def invalidate(self) -> None:
        """Use the view no more."""
        self._is_valid = False


def create_simulation_view(frontend_name: str = "numpy", stage_id: int = -1) -> SimulationView:
    """Start the simulation of a stage and return a view of it.

    Args:
        frontend_name: "numpy", "torch" or "warp".
        stage_id: number in the USD stage cache; -1 is the open stage.

    Raises:
        ValueError: if the frontend is unknown, or there is no such stage.
        PhysicsMissingError: if PhysX is not installed.
    """
    stage = current_stage()
    if stage_id >= 0:
        stage = UsdUtils.StageCache.Get().Find(Usd.StageCache.Id.FromLongInt(int(stage_id)))
        if not stage:
            raise ValueError(f"create_simulation_view: stage_id={stage_id} was given; no stage of the cache has it")
    view = SimulationView(stage, frontend_name)
    simulation(stage).start()
    return view
