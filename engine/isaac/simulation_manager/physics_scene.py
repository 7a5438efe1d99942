"""A physics scene of the stage, with its PhysX settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pxr import Gf, Sdf, Usd, UsdGeom, UsdPhysics

from engine.graph.graph import current_stage
from engine.physics.reading import STEPS

EARTH = 9.81  # m/s^2, which UsdPhysics means by a gravity that is not set
BROADPHASE, SOLVER = "physxScene:broadphaseType", "physxScene:solverType"
CCD, STABILIZATION = "physxScene:enableCCD", "physxScene:enableStabilization"
GPU = "physxScene:enableGPUDynamics"


@dataclass
class PhysxGpuCfg:
    """GPU buffer sizes: accepted, the engine simulates on the CPU."""

    gpu_collision_stack_size: int | None = None
    gpu_found_lost_aggregate_pairs_capacity: int | None = None
    gpu_found_lost_pairs_capacity: int | None = None
    gpu_heap_capacity: int | None = None
    gpu_max_deformable_surface_contacts: int | None = None
    gpu_max_num_partitions: int | None = None
    gpu_max_particle_contacts: int | None = None
    gpu_max_rigid_contact_count: int | None = None
    gpu_max_rigid_patch_count: int | None = None
    gpu_max_soft_body_contacts: int | None = None
    gpu_temp_buffer_capacity: int | None = None
    gpu_total_aggregate_pairs_capacity: int | None = None


class PhysicsScene:
    """A UsdPhysics scene, made where it is missing."""

    def __init__(self, prim: str | Usd.Prim) -> None:
        if isinstance(prim, Usd.Prim):
            self._prim = prim
        else:
            self._prim = UsdPhysics.Scene.Define(current_stage(), str(prim)).GetPrim()

    @property
    def path(self) -> str:
        """The path of the prim."""
        return str(self._prim.GetPath())

    @property
    def prim(self) -> Usd.Prim:
        """The prim."""
        return self._prim

    @property
    def physics_scene(self) -> UsdPhysics.Scene:
        """The UsdPhysics schema."""
        return UsdPhysics.Scene(self._prim)

    @staticmethod
    def get_physics_scene_paths(stage: Usd.Stage | None = None) -> list[str]:
        """Return the paths of every scene of a stage (default: the open one)."""
        found = current_stage() if stage is None else stage
        return [str(prim.GetPath()) for prim in found.Traverse() if prim.IsA(UsdPhysics.Scene)]

    def get_gravity(self) -> Gf.Vec3f:
        """Return gravity, stage units/s^2."""
        stage = self._prim.GetStage()
        direction = self.physics_scene.GetGravityDirectionAttr().Get()
        if Gf.Vec3f(direction).GetLength() == 0:
            down = (0, -1, 0) if UsdGeom.GetStageUpAxis(stage) == UsdGeom.Tokens.y else (0, 0, -1)
            direction = Gf.Vec3f(*down)
        magnitude = self.physics_scene.GetGravityMagnitudeAttr().Get()
        if magnitude < 0:
            magnitude = EARTH / UsdGeom.GetStageMetersPerUnit(stage)
        return Gf.Vec3f(direction).GetNormalized() * magnitude

    def set_gravity(self, gravity: Sequence[float]) -> None:
        """Set gravity, stage units/s^2."""
        vector = Gf.Vec3f(*[float(value) for value in gravity])
        length = vector.GetLength()
        self.physics_scene.CreateGravityMagnitudeAttr().Set(length)
        self.physics_scene.CreateGravityDirectionAttr().Set(vector / length if length > 0 else Gf.Vec3f(0, 0, -1))

    def get_dt(self) -> float:
        """Return seconds of a step."""
        return 1.0 / steps if (steps := self._get(STEPS, 60)) else 0.0

    def set_dt(self, dt: float) -> None:
        """Set seconds of a step; PhysX takes whole steps a second.

        Raises:
            ValueError: if it is not from 0 to 1.
        """
        if not 0.0 <= dt <= 1.0:
            raise ValueError(f"PhysicsScene.set_dt: dt={dt} was given; expected seconds from 0 to 1")
        self._set(STEPS, Sdf.ValueTypeNames.UInt, round(1.0 / dt) if dt else 0)

    def _get(self, name: str, default: Any) -> Any:
        attribute = self._prim.GetAttribute(name)
        value = attribute.Get() if attribute else None
        return default if value is None else value

    def _set(self, name: str, kind: Sdf.ValueTypeName, value: Any) -> None:
        if "PhysxSceneAPI" not in self._prim.GetPrimTypeInfo().GetAppliedAPISchemas():
            self._prim.AddAppliedSchema("PhysxSceneAPI")
        attribute = self._prim.GetAttribute(name) or self._prim.CreateAttribute(name, kind, custom=False)
        attribute.Set(value)


class PhysxScene(PhysicsScene):
    """The same with the settings that only PhysX has."""

    def get_steps_per_second(self) -> int:
        """Return steps a second."""
        return int(self._get(STEPS, 60))

    def set_steps_per_second(self, steps_per_second: int) -> None:
        """Set steps a second.

        Raises:
            ValueError: if it is negative.
        """
        if steps_per_second < 0:
            raise ValueError(f"PhysxScene.set_steps_per_second: {steps_per_second} was given; expected 0 or more")
        self._set(STEPS, Sdf.ValueTypeNames.UInt, int(steps_per_second))

    def get_solver_type(self) -> str:
        """Return "TGS" or "PGS"."""
        return str(self._get(SOLVER, "TGS"))

    def set_solver_type(self, solver_type: str) -> None:
        """Choose the solver.

        Raises:
            ValueError: if it is neither "TGS" nor "PGS".
        """
        self._set(SOLVER, Sdf.ValueTypeNames.Token, one_of("solver_type", solver_type, ("TGS", "PGS")))

    def get_enabled_ccd(self) -> bool:
        """Tell whether fast bodies are swept."""
        return bool(self._get(CCD, False))

    def set_enabled_ccd(self, enabled: bool) -> None:
        """Sweep fast bodies, or not."""
        self._set(CCD, Sdf.ValueTypeNames.Bool, bool(enabled))

    def get_enabled_stabilization(self) -> bool:
        """Tell whether there is an additional stabilization pass."""
        return bool(self._get(STABILIZATION, False))

    def set_enabled_stabilization(self, enabled: bool) -> None:
        """Choose the additional stabilization pass."""
        self._set(STABILIZATION, Sdf.ValueTypeNames.Bool, bool(enabled))

    def get_broadphase_type(self) -> str:
        """Return "MBP", "GPU" or "SAP"."""
        return str(self._get(BROADPHASE, "MBP"))

    def set_broadphase_type(self, broadphase_type: str) -> None:
        """Choose the broad phase.

        Raises:
            ValueError: if it is not "MBP", "GPU" or "SAP".
        """
        kind = one_of("broadphase_type", broadphase_type, ("MBP", "GPU", "SAP"))
        self._set(BROADPHASE, Sdf.ValueTypeNames.Token, kind)

    def get_enabled_gpu_dynamics(self) -> bool:
        """Tell whether the GPU was asked for (the engine simulates on the CPU)."""
        return bool(self._get(GPU, False))

    def set_enabled_gpu_dynamics(self, enabled: bool) -> None:
        """Ask for the GPU; the engine simulates on the CPU all the same."""
        self._set(GPU, Sdf.ValueTypeNames.Bool, bool(enabled))

    def get_gpu_configuration(self) -> PhysxGpuCfg:
        """Return GPU buffer sizes: none are set."""
        return PhysxGpuCfg()

    def set_gpu_configuration(self, cfg: PhysxGpuCfg | dict[str, Any]) -> None:
        """Accept GPU buffer sizes."""


def one_of(name: str, given: str, known: tuple[str, ...]) -> str:
    """Return a word if it is known.

    Raises:
        ValueError: if it is not.
    """
    if given not in known:
        raise ValueError(f"{name}={given!r} was given; expected one of: {', '.join(known)}")
    return given
