"""SimulationContext: the stage's time steps; one instance until a new stage is opened."""

from __future__ import annotations

from typing import Any, ClassVar

from pxr import Usd, UsdPhysics

from ... import carb
from ...app import App, get_app
from ...carb.settings import get_settings
from ...timeline import get_timeline_interface
from ...usd_context import get_context
from ..core_utils import stage as stage_utils
from .callbacks import Callbacks
from .physics_context import PhysicsContext

PLAY_SIMULATIONS = "/app/player/playSimulations"
FRAME = 1.0 / 60.0


class SimulationContext(Callbacks):
    """Plays, steps and resets the stage."""

    _instance: ClassVar[Any] = None
    _sim_context_initialized: ClassVar[bool] = False

    def __new__(cls, *arguments: Any, **named: Any) -> SimulationContext:
        """Return the instance that there is, or a new one."""
        if SimulationContext._instance is None:
            SimulationContext._instance = super().__new__(cls)
        return SimulationContext._instance  # type: ignore[no-any-return]

    def __init__(
        self,
        physics_dt: float | None = None,
        rendering_dt: float | None = None,
        stage_units_in_meters: float | None = None,
        physics_prim_path: str = "/physicsScene",
        sim_params: dict[str, Any] | None = None,
        set_defaults: bool = True,
        backend: str = "numpy",
        device: str | None = None,
        stage: Usd.Stage | None = None,
    ) -> None:
        """Set the stage up: Z up, units, a physics scene and the lengths of steps.

        Args:
            physics_dt: seconds of a physics step (default 1/60).
            rendering_dt: seconds of a frame (default 1/60).
            stage_units_in_meters: metres a unit (default 1).
            physics_prim_path: where the physics scene goes.
            sim_params: settings of `PhysicsContext`.
            set_defaults: use the defaults named here.
            backend: "numpy", "torch" or "warp": what the views return.
            device: accepted; the engine runs on the CPU.
            stage: another stage than the open one.
        """
        if SimulationContext._sim_context_initialized:
            return
        SimulationContext._sim_context_initialized = True
        super().__init__()
        from ..simulation_manager import SimulationManager

        SimulationManager.set_backend(backend)
        self._stage = stage
        if self.is_playing():
            self.stop()
        if self.stage is None:
            stage_utils.create_new_stage()
        with stage_utils.use_stage(self.stage):
            stage_utils.set_stage_up_axis("z")
            if set_defaults or stage_units_in_meters is not None:
                stage_utils.set_stage_units(1.0 if stage_units_in_meters is None else stage_units_in_meters)
            self._physics_context = PhysicsContext(physics_dt, physics_prim_path, sim_params, set_defaults)
        is_authored = not set_defaults and self.stage.GetRootLayer().HasTimeCodesPerSecond()
        default_dt = 1.0 / self.stage.GetTimeCodesPerSecond() if is_authored else FRAME
        self._rendering_dt = FRAME
        self.set_simulation_dt(physics_dt, default_dt if rendering_dt is None else rendering_dt)
        self._skips_next_stage = False
        if _on_new_stage not in get_context().on_stage_changed:
            get_context().on_stage_changed.append(_on_new_stage)

    @classmethod
    def instance(cls) -> Any:
        """Return the instance, None where there is none."""
        return SimulationContext._instance

    @classmethod
    def clear_instance(cls) -> None:
        """Forget the instance."""
        if SimulationContext._instance is not None and SimulationContext._sim_context_initialized:
            SimulationContext._instance.clear_all_callbacks()
        SimulationContext._instance, SimulationContext._sim_context_initialized = None, False

    @property
    def app(self) -> App:
        """The application."""
        return get_app()

    @property
    def stage(self) -> Usd.Stage:
        """The stage."""
        return self._stage if self._stage is not None else stage_utils.get_current_stage()

    @property
    def current_time(self) -> float:
        """Seconds simulated since play (of the timeline where nothing is simulated)."""
        running = _running()
        return running.time if running is not None else get_timeline_interface().get_current_time()

    @property
    def current_time_step_index(self) -> int:
        """Physics steps since play."""
        running = _running()
        return running.steps if running is not None else round(self.current_time / (self.get_physics_dt() or FRAME))

    @property
    def backend(self) -> str:
        """What the views return."""
        from ..simulation_manager import SimulationManager

        return SimulationManager.get_backend()

    @property
    def device(self) -> str:
        """Where physics runs."""
        return "cpu"

    @property
    def physics_sim_view(self) -> Any:
        """The tensor view of the running simulation, else None."""
        from ..simulation_manager import SimulationManager

        return SimulationManager.get_physics_sim_view()

    def get_physics_context(self) -> PhysicsContext:
        """Return the physics scene and its settings."""
        return self._physics_context

    def set_simulation_dt(self, physics_dt: float | None = None, rendering_dt: float | None = None) -> None:
        """Set seconds of a physics step and of a frame.

        Raises:
            ValueError: if one is negative.
        """
        if rendering_dt is not None and rendering_dt < 0:
            raise ValueError(f"rendering_dt cannot be <0; {rendering_dt} was given")
        if physics_dt is not None:
            self._physics_context.set_physics_dt(physics_dt)
        if rendering_dt is None:
            return
        self._rendering_dt = rendering_dt
        if rendering_dt > 0:
            with Usd.EditContext(self.stage, self.stage.GetRootLayer()):
                self.stage.SetTimeCodesPerSecond(1.0 / rendering_dt)
            get_timeline_interface().set_time_codes_per_second(1.0 / rendering_dt)

    def get_physics_dt(self) -> float:
        """Return seconds of a physics step."""
        return self._physics_context.get_physics_dt()

    def get_rendering_dt(self) -> float:
        """Return seconds of a frame."""
        return self._rendering_dt

    def set_block_on_render(self, block: bool) -> None:
        """Accept: frames are always complete."""
        get_settings().set("/app/hydraEngine/waitIdle", bool(block))

    def get_block_on_render(self) -> bool:
        """Return what was set."""
        return bool(get_settings().get("/app/hydraEngine/waitIdle"))

    async def initialize_simulation_context_async(self) -> None:
        """Wait an app frame: the stage was set up by the constructor."""
        await get_app().next_update_async()

    def initialize_physics(self) -> None:
        """Play, which starts physics."""
        if self.is_stopped():
            self.play()

    def reset(self, soft: bool = False) -> None:
        """Stop and play again; nothing where `soft`."""
        if not soft:
            if not self.is_stopped():
                self.stop()
            self.play()

    async def reset_async(self, soft: bool = False) -> None:
        """Stop and play again, an app frame each; nothing where `soft`."""
        if not soft:
            if not self.is_stopped():
                await self.stop_async()
            await self.play_async()

    def step(self, render: bool = True, update_fabric: bool = False) -> None:
        """Run one frame with the physics steps that fit, or (without `render`) one physics step.

        Raises:
            PhysicsMissingError: if a step is asked for, there are bodies, and PhysX is not installed.
        """
        if not render:
            self._step_physics()
        elif self.get_physics_dt() == 0:
            self.render()
        elif self.get_rendering_dt() == 0:
            self._step_physics()
            self.render()
        else:
            get_app().update()

    def _step_physics(self) -> None:
        if not self.is_playing():
            return
        from ... import physics

        if physics.is_available() or _has_bodies(self.stage):
            physics.simulation(self.stage).step(self.get_physics_dt())

    def render(self) -> None:
        """Run one app frame without physics."""
        get_settings().set(PLAY_SIMULATIONS, False)
        get_app().update()
        get_settings().set(PLAY_SIMULATIONS, True)

    async def render_async(self) -> None:
        """Wait one app frame without physics."""
        get_settings().set(PLAY_SIMULATIONS, False)
        await get_app().next_update_async()
        get_settings().set(PLAY_SIMULATIONS, True)

    def clear(self) -> None:
        """Remove every prim but the physics scene, /World and render products."""
        kept = ("/World", "/Render")
        stage_utils.clear_stage(lambda path: not path.startswith(kept) and not self._is_scene(path))
        world = self.stage.GetPrimAtPath("/World")
        for child in list(world.GetChildren()) if world else []:
            if not self._is_scene(str(child.GetPath())):
                self.stage.RemovePrim(child.GetPath())

    def _is_scene(self, path: str) -> bool:
        return bool(self.stage.GetPrimAtPath(path).IsA(UsdPhysics.Scene))

    def is_simulating(self) -> bool:
        """Tell whether physics has been started."""
        return _running() is not None

    def is_playing(self) -> bool:
        """Tell whether the timeline runs."""
        return get_timeline_interface().is_playing()

    def is_stopped(self) -> bool:
        """Tell whether the timeline is stopped."""
        return get_timeline_interface().is_stopped()

    def play(self) -> None:
        """Start the timeline and run one app frame without physics."""
        get_timeline_interface().play()
        SimulationContext.render(self)

    def pause(self) -> None:
        """Hold the timeline and run one app frame."""
        get_timeline_interface().pause()
        SimulationContext.render(self)

    def stop(self) -> None:
        """Stop the timeline and run one app frame."""
        get_timeline_interface().stop()
        SimulationContext.render(self)

    async def play_async(self) -> None:
        """Start the timeline and wait one app frame."""
        get_timeline_interface().play()
        await SimulationContext.render_async(self)

    async def pause_async(self) -> None:
        """Hold the timeline and wait one app frame."""
        get_timeline_interface().pause()
        await SimulationContext.render_async(self)

    async def stop_async(self) -> None:
        """Stop the timeline and wait one app frame."""
        get_timeline_interface().stop()
        await SimulationContext.render_async(self)

    def skip_next_stage_open_callback(self) -> None:
        """Keep the instance when the next stage is opened."""
        self._skips_next_stage = True


def _running() -> Any:
    from ..views.bodies import running

    return running()


def _has_bodies(stage: Usd.Stage) -> bool:
    return any(prim.HasAPI(UsdPhysics.RigidBodyAPI) for prim in stage.Traverse())


def _on_new_stage() -> None:
    """Forget the instance when another stage is opened."""
    made = SimulationContext._instance
    if made is None or not SimulationContext._sim_context_initialized:
        return
    if made._skips_next_stage:
        made._skips_next_stage = False
        return
    type(made).clear_instance()
    carb.log_info("A new stage was opened: World and SimulationContext objects are void; make them again")
