"""PhysicsContext: the physics scene of the stage and its settings, authored in USD."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pxr import Gf, Sdf, Usd, UsdGeom, UsdPhysics

from ..core_utils.stage import get_current_stage, get_stage_units
from ..views.bodies import running
from ..views.fields import BOOL, Field, apply_api

INT, FLOAT, TOKEN = Sdf.ValueTypeNames.Int, Sdf.ValueTypeNames.Float, Sdf.ValueTypeNames.Token
EARTH = 9.81  # m/s^2
GPU = ("rigid_contact_count", "rigid_patch_count", "soft_body_contacts", "particle_contacts", "num_partitions")
GPU_NAMES = tuple(f"gpu_max_{name}" for name in GPU) + (
    "gpu_found_lost_pairs_capacity",
    "gpu_found_lost_aggregate_pairs_capacity",
    "gpu_total_aggregate_pairs_capacity",
    "gpu_heap_capacity",
    "gpu_temp_buffer_capacity",
    "gpu_collision_stack_size",
)
# name, attribute, type, value where nothing is authored
SWITCHES = (
    ("ccd", "enableCCD", False),
    ("stablization", "enableStabilization", False),
    ("gpu_dynamics", "enableGPUDynamics", False),
)
VALUES: list[tuple[str, str, Any, Any]] = [
    ("broadphase_type", "broadphaseType", TOKEN, "MBP"),
    ("solver_type", "solverType", TOKEN, "TGS"),
    ("bounce_threshold", "bounceThreshold", FLOAT, 0.2),
    ("friction_offset_threshold", "frictionOffsetThreshold", FLOAT, 0.04),
    ("friction_correlation_distance", "frictionCorrelationDistance", FLOAT, 0.025),
    ("enable_scene_query_support", "enableSceneQuerySupport", BOOL, True),
    ("invert_collision_group_filter", "invertCollisionGroupFilter", BOOL, False),
    ("solve_articulation_contact_last", "solveArticulationContactLast", BOOL, False),
]


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


VALUES += [(name, _camel(name), INT, 0) for name in GPU_NAMES]
SETTINGS = [(f"is_{name}_enabled", f"enable_{name}", path, BOOL, value) for name, path, value in SWITCHES]
SETTINGS += [(f"get_{name}", f"set_{name}", path, kind, value) for name, path, kind, value in VALUES]


def _pair(field: Field) -> tuple[Callable[..., Any], Callable[..., None]]:
    def getter(self: PhysicsContext) -> Any:
        found = field.read([self.get_current_physics_scene_prim()])
        return found[0] if isinstance(found, list) else found[0, 0].item()

    def setter(self: PhysicsContext, value: Any) -> None:
        field.write([self.get_current_physics_scene_prim()], value)

    getter.__doc__, setter.__doc__ = f"Return {field.attribute}.", f"Set {field.attribute}."
    return getter, setter


class PhysicsContext:
    """The physics scene of the stage; made where there is none."""

    def __init__(
        self,
        physics_dt: float | None = None,
        prim_path: str = "/physicsScene",
        sim_params: dict[str, Any] | None = None,
        set_defaults: bool = True,
    ) -> None:
        """Find or make the scene.

        Args:
            physics_dt: seconds of a step.
            prim_path: where a new scene goes.
            sim_params: gravity (3,), dt and settings by the names of the setters; others are accepted.
            set_defaults: gravity 9.81 m/s^2, 60 steps a second, fast bodies swept.

        Raises:
            ValueError: if the path is not absolute.
        """
        if not Sdf.Path(prim_path).IsAbsolutePath():
            raise ValueError(f"PhysicsContext: prim_path='{prim_path}' was given; expected an absolute path")
        self._stage = get_current_stage()
        found = self.get_current_physics_scene_prim()
        self._prim = found or UsdPhysics.Scene.Define(self._stage, prim_path).GetPrim()
        apply_api(self._prim, "PhysxSceneAPI")
        if sim_params is None and set_defaults:
            self.set_gravity(-EARTH / get_stage_units())
            self._scene().set_enabled_ccd(True)
            self.set_physics_dt(1.0 / 60.0)
        for name, value in (sim_params or {}).items():
            self._take(name, value)
        if physics_dt is not None:
            self.set_physics_dt(physics_dt)

    def _take(self, name: str, value: Any) -> None:
        if name == "gravity":
            self.set_gravity(float(value["XYZ".index(UsdGeom.GetStageUpAxis(self._stage))]))
        elif name == "dt":
            self.set_physics_dt(value)
        elif hasattr(self, f"set_{name}"):
            getattr(self, f"set_{name}")(value)

    @property
    def prim_path(self) -> str:
        """Path of the scene."""
        return str(self._prim.GetPath())

    @property
    def device(self) -> str:
        """Where physics runs: the CPU."""
        return "cpu"

    @property
    def use_gpu_sim(self) -> bool:
        """Whether physics runs on a GPU: no."""
        return False

    use_gpu_pipeline = use_gpu_sim
    use_fabric = use_gpu_sim

    def warm_start(self) -> None:
        """Accept."""

    def enable_fabric(self, enable: bool) -> None:
        """Accept: results are always written to USD."""

    def enable_residual_reporting(self, flag: bool) -> None:
        """Accept: residuals are not reported."""

    def get_current_physics_scene_prim(self) -> Usd.Prim | None:
        """Return the first physics scene of the stage, None where there is none."""
        return next((prim for prim in self._stage.Traverse() if prim.IsA(UsdPhysics.Scene)), None)

    def _scene(self) -> Any:
        from ..simulation_manager.physics_scene import PhysxScene

        return PhysxScene(self.get_current_physics_scene_prim())

    def set_physics_dt(self, dt: float = 1.0 / 60.0, substeps: int = 1) -> None:
        """Set seconds of a step.

        Raises:
            ValueError: if it is not from 0 to 1.
        """
        self._scene().set_dt(dt)
        simulation = running()
        if simulation is not None and dt > 0:
            simulation.dt = dt

    def get_physics_dt(self) -> float:
        """Return seconds of a step."""
        return float(self._scene().get_dt())

    def set_gravity(self, value: float) -> None:
        """Set gravity along the up axis, stage units/s^2; negative is down."""
        axis = "XYZ".index(UsdGeom.GetStageUpAxis(self._stage))
        vector = [0.0, 0.0, 0.0]
        vector[axis] = float(value)
        self._scene().set_gravity(vector)

    def get_gravity(self) -> tuple[list[float], float]:
        """Return direction (3,) and magnitude, stage units/s^2."""
        gravity = Gf.Vec3f(self._scene().get_gravity())
        magnitude = gravity.GetLength()
        return list(gravity / magnitude) if magnitude else [0.0, 0.0, 0.0], float(magnitude)

    def set_physx_update_transformations_settings(self, **accepted: Any) -> None:
        """Accept: poses and velocities are always written to USD."""

    def get_physx_update_transformations_settings(self) -> tuple[bool, bool, bool, bool]:
        """Return that poses and velocities are written to USD, in the world frame."""
        return (True, True, True, False)


for _getter_name, _setter_name, _attribute, _kind, _default in SETTINGS:
    _field = Field("value", f"physxScene:{_attribute}", kind=_kind, default=_default, apis=("PhysxSceneAPI",))
    _get, _set = _pair(_field)
    setattr(PhysicsContext, _getter_name, _get)
    setattr(PhysicsContext, _setter_name, _set)
