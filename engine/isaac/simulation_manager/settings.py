"""What SimulationManager knows of the physics scenes, and the settings and switches it takes."""

from __future__ import annotations

from typing import Any

from engine.graph.graph import current_stage
from engine.physics import if_running
from engine.timeline import get_timeline_interface

from .listeners import Listeners
from .physics_scene import PhysicsScene, PhysxScene, one_of

DEFAULT_SCENE = "/PhysicsScene"


class Scenes(Listeners):
    """The physics scenes of the stage, and settings of them."""

    @classmethod
    def get_physics_scenes(cls) -> list[PhysicsScene]:
        """Return every scene of the stage."""
        return [PhysxScene(current_stage().GetPrimAtPath(path)) for path in PhysicsScene.get_physics_scene_paths()]

    @classmethod
    def setup_simulation(cls, dt: float | None = None, device: Any = None) -> None:
        """Make a scene where there is none, and set the length of a step.

        Args:
            dt: seconds.
            device: accepted; the engine simulates on the CPU.
        """
        for scene in cls._scenes(None):
            if dt is not None:
                scene.set_dt(dt)

    @classmethod
    def set_physics_dt(cls, dt: float = 1.0 / 60.0, physics_scene: str | None = None) -> None:
        """Set seconds of a step.

        Raises:
            ValueError: if it is not from 0 to 1, or there is no such scene.
            RuntimeError: while the timeline plays.
        """
        if get_timeline_interface().is_playing():
            raise RuntimeError("set_physics_dt was called while the timeline plays; expected before play or after stop")
        for scene in cls._scenes(physics_scene):
            scene.set_dt(dt)
        running = if_running()
        if running is not None and dt > 0:
            running.dt = dt

    @classmethod
    def get_physics_dt(cls, physics_scene: str | None = None) -> float:
        """Return seconds of a step."""
        return cls._scenes(physics_scene)[0].get_dt()

    @classmethod
    def set_default_physics_scene(cls, physics_scene_prim_path: str) -> None:
        """Choose the scene that calls without one mean.

        Raises:
            ValueError: if there is no such scene.
        """
        cls._scenes(physics_scene_prim_path)
        cls._default_path = physics_scene_prim_path

    @classmethod
    def get_default_physics_scene(cls) -> str | None:
        """Return the path of the scene that calls without one mean, or None where the stage has none."""
        paths = PhysicsScene.get_physics_scene_paths()
        return cls._default_path if cls._default_path in paths else paths[0] if paths else None

    _default_path = ""

    @classmethod
    def _scenes(cls, path: str | None) -> list[PhysxScene]:
        paths = PhysicsScene.get_physics_scene_paths()
        if path is not None and path not in paths:
            raise ValueError(f"physics_scene='{path}' was given; the stage has: {', '.join(paths) or 'none'}")
        if not paths:
            return [PhysxScene(DEFAULT_SCENE)]
        wanted = [path] if path is not None else paths
        return [PhysxScene(current_stage().GetPrimAtPath(found)) for found in wanted]


def _setting(name: str) -> tuple[Any, Any]:
    """Return the getter and the setter of a setting of the scenes."""

    def read(cls: Any, physics_scene: str | None = None) -> Any:
        return getattr(cls._scenes(physics_scene)[0], f"get_{name}")()

    def write(cls: Any, value: Any, physics_scene: str | None = None) -> None:
        for scene in cls._scenes(physics_scene):
            getattr(scene, f"set_{name}")(value)

    return classmethod(read), classmethod(write)


class Settings(Scenes):
    """Settings of Isaac Sim 5, by the names they had there, and devices."""

    get_broadphase_type, set_broadphase_type = _setting("broadphase_type")
    get_solver_type, set_solver_type = _setting("solver_type")
    is_ccd_enabled, enable_ccd = _setting("enabled_ccd")
    is_stablization_enabled, enable_stablization = _setting("enabled_stabilization")
    is_gpu_dynamics_enabled, enable_gpu_dynamics = _setting("enabled_gpu_dynamics")
    _backend = "numpy"
    _fabric = False

    @classmethod
    def set_backend(cls, val: str) -> None:
        """Choose the arrays of views: "numpy", "torch" or "warp".

        Raises:
            ValueError: if it is none of these.
        """
        cls._backend = one_of("backend", val, ("numpy", "torch", "warp"))

    @classmethod
    def get_backend(cls) -> str:
        """Return the arrays of views."""
        return cls._backend

    @classmethod
    def set_physics_sim_device(cls, val: str) -> None:
        """Accept a device; the engine simulates on the CPU."""

    @classmethod
    def get_physics_sim_device(cls) -> str:
        """Return "cpu"."""
        return "cpu"

    @classmethod
    def set_device(cls, device: Any) -> None:
        """Accept a device; the engine simulates on the CPU."""

    @classmethod
    def get_device(cls) -> str:
        """Return "cpu"."""
        return "cpu"

    @classmethod
    def enable_fabric(cls, enable: bool) -> None:
        """Note the wish; results are always written to USD."""
        cls._fabric = bool(enable)

    @classmethod
    def is_fabric_enabled(cls, enable: bool | None = None) -> bool:
        """Tell whether fabric was asked for."""
        return cls._fabric

    @classmethod
    def get_active_physics_engine(cls) -> str:
        """Return "physx"."""
        return "physx"

    @classmethod
    def get_available_physics_engines(cls, verbose: bool = False) -> list[tuple[str, bool]]:
        """Return the engines and whether each is active."""
        return [("physx", True)]

    @classmethod
    def switch_physics_engine(cls, engine_name: str, verbose: bool = False) -> bool:
        """Tell whether an engine is there to switch to: PhysX is, the others are not."""
        return engine_name == "physx"


class Accepted(Settings):
    """Switches of callbacks that the engine does without."""

    _switches = dict.fromkeys(("warm_start", "on_stop", "post_warm_start", "stage_open", "stage_close"), True)

    @classmethod
    def enable_all_default_callbacks(cls, enable: bool = True) -> None:
        """Note the wish: starting and stopping follow the timeline."""
        for name in cls._switches:
            cls._switches[name] = bool(enable)

    @classmethod
    def enable_default_callbacks(cls, **switches: bool | None) -> None:
        """Note the wishes `enable_<name>`."""
        for name, value in switches.items():
            if value is not None:
                cls._switches[name.removeprefix("enable_")] = bool(value)

    @classmethod
    def is_default_callback_enabled(cls, callback_name: str) -> bool:
        """Tell whether a callback is wished for."""
        return cls._switches.get(callback_name, False)

    @classmethod
    def get_default_callback_status(cls) -> dict[str, bool]:
        """Return every wish."""
        return dict(cls._switches)

    @classmethod
    def enable_usd_notice_handler(cls, enable: bool) -> None:
        """Accept."""

    @classmethod
    def enable_fabric_usd_notice_handler(cls, stage_id: int, enable: bool) -> None:
        """Accept."""

    @classmethod
    def is_fabric_usd_notice_handler_enabled(cls, stage_id: int) -> bool:
        """Tell: there is no fabric."""
        return False

    @classmethod
    def assets_loading(cls) -> bool:
        """Tell: stages are complete when they have been opened."""
        return False
