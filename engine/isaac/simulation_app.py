"""isaacsim.SimulationApp: start the engine under the name, the settings and the exit codes of Isaac Sim."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any

from .. import import_names
from ..app import App, get_app
from ..carb.settings import get_settings, parse_value
from ..usd_context import UsdContext, get_context
from .idle import Idle

__all__ = ["AppFramework", "SimulationApp"]

REPLICATOR_SETTINGS = {"captureOnPlay": True, "RTSubframes": 1, "backend/writeThreads": 4, "backend/queueSize": 1000}
_RENDER_MODES = {"pathtracing": "PathTracing", "raytracedlighting": "RaytracedLighting"}
_RENDER_MODES |= {"realtimepathtracing": "RealTimePathTracing", "minimalrendering": "MinimalRendering"}


class SimulationApp:
    """The application of a standalone script. `omni.*` can be imported once it exists."""

    DEFAULT_LAUNCHER_CONFIG: dict[str, Any] = {
        "headless": True,
        "hide_ui": None,
        "active_gpu": None,
        "physics_gpu": 0,
        "multi_gpu": True,
        "max_gpu_count": None,
        "sync_loads": True,
        "width": 1280,
        "height": 720,
        "window_width": 1440,
        "window_height": 900,
        "display_options": 3094,
        "subdiv_refinement_level": 0,
        "renderer": "RealTimePathTracing",
        "minimal_shading_mode": 0,
        "anti_aliasing": 3,
        "samples_per_pixel_per_frame": 64,
        "denoiser": True,
        "max_bounces": 3,
        "max_specular_transmission_bounces": 3,
        "max_volume_bounces": 15,
        "open_usd": None,
        "fast_shutdown": True,
        "shutdown_watchdog_timeout": 120.0,
        "profiler_backend": [],
        "create_new_stage": True,
        "extra_args": [],
        "enable_crashreporter": True,
        "limit_cpu_threads": 32,
        "disable_viewport_updates": False,
    }

    config: dict[str, Any] = DEFAULT_LAUNCHER_CONFIG

    def __init__(self, launch_config: dict[str, Any] | None = None, experience: str = "") -> None:
        """Start the engine.

        Args:
            launch_config: overrides of `DEFAULT_LAUNCHER_CONFIG`; keys that are not there are kept and not used.
            experience: path of a Kit app file, accepted and not read.
        """
        self.config = {**self.DEFAULT_LAUNCHER_CONFIG, **(launch_config or {})}
        self._exiting = False
        self._idle = Idle()
        self._app = get_app()
        for argument in [*self.config["extra_args"], *kit_arguments(sys.argv[1:])]:
            apply_kit_argument(str(argument))
        if get_context().get_stage() is not None and self.config["create_new_stage"]:
            get_context().new_stage()  # as the editor's, with its light, which a standalone script does not find
        start_engine()
        self.reset_render_settings()
        if self.config["open_usd"]:
            get_context().open_stage(str(self.config["open_usd"]))

    @property
    def app(self) -> App:
        """The application."""
        return get_app()

    @property
    def context(self) -> UsdContext:
        """The owner of the stage."""
        return get_context()

    def update(self) -> None:
        """Run one app frame."""
        get_app().update()

    def is_running(self) -> bool:
        """Tell whether the application goes on: it is not closing, has a stage, and something has gone on of late."""
        if self._exiting or not get_app().is_running() or get_context().get_stage() is None:
            return False
        return not self._idle.is_over()

    def is_exiting(self) -> bool:
        """Tell whether `close` was called."""
        return self._exiting

    def set_setting(self, setting: str, value: Any) -> None:
        """Set a carb setting."""
        get_settings().set(setting, value)

    def run_coroutine(self, coroutine: Coroutine[Any, Any, Any], run_until_complete: bool = True) -> Any:
        """Run a coroutine to its end, or start it and return its future."""
        if run_until_complete:
            return get_app().run_coroutine(coroutine)
        return asyncio.ensure_future(coroutine, loop=get_app().loop)

    def reset_render_settings(self) -> None:
        """Write the render settings of the launch configuration to carb."""
        settings = get_settings()
        mode = str(self.config["renderer"])
        settings.set("/rtx/rendermode", _RENDER_MODES.get(mode.lower(), mode))
        settings.set("/rtx/post/aa/op", self.config["anti_aliasing"])
        settings.set("/rtx/pathtracing/spp", self.config["samples_per_pixel_per_frame"])
        settings.set("/rtx/pathtracing/totalSpp", self.config["samples_per_pixel_per_frame"])
        settings.set("/rtx/pathtracing/optixDenoiser/enabled", bool(self.config["denoiser"]))
        settings.set("/rtx/pathtracing/maxBounces", self.config["max_bounces"])

    def close(self, wait_for_replicator: bool = True, skip_cleanup: bool = False, exit_code: int = 0) -> None:
        """Stop Replicator, wait for its writers and leave.

        Args:
            wait_for_replicator: wait until every queued file is written.
            skip_cleanup: leave at once.
            exit_code: status of the process; a value other than 0 ends it here, as in Isaac Sim.
        """
        if self._exiting:
            return
        self._exiting = True
        sys.stdout.flush()
        sys.stderr.flush()
        if exit_code != 0:
            sys.exit(exit_code)
        if not skip_cleanup:
            stop_replicator(wait_for_replicator)
            get_context().close_stage()
        get_app().print_and_log("Simulation App Shutting Down")
        get_app().post_quit()

    def __enter__(self) -> SimulationApp:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class AppFramework:
    """Kit without Isaac Sim's defaults; the engine makes no difference."""

    def __init__(self, name: str = "kit", argv: list[str] | None = None) -> None:
        for argument in argv or []:
            apply_kit_argument(argument)
        start_engine()

    @property
    def app(self) -> App:
        """The application."""
        return get_app()

    def update(self) -> None:
        """Run one app frame."""
        get_app().update()

    def close(self) -> None:
        """Stop Replicator and leave."""
        stop_replicator(True)
        get_app().post_quit()


def start_engine() -> None:
    """Make a stage, set the asyncio loop and let `omni.*` be imported."""
    from .. import assets, torch_devices, warp_names
    from ..kit.extension_manager import get_extension_manager

    assets.install()
    torch_devices.install()
    warp_names.install()
    import_names.start_kit()
    get_app().take_over()
    for name, value in REPLICATOR_SETTINGS.items():
        get_settings().set_default(f"/omni/replicator/{name}", value)
    if get_context().get_stage() is None:
        get_context().new_stage()
    get_extension_manager().start_defaults()


def stop_replicator(wait: bool) -> None:
    """Stop the orchestrator, if a script has used it, and wait for its writers."""
    orchestrator = sys.modules.get("engine.replicator.orchestrator")
    if orchestrator is None:
        return
    if orchestrator.get_status() not in (orchestrator.Status.STOPPED, orchestrator.Status.STOPPING):
        orchestrator.stop()
    if wait:
        orchestrator.drain()
    orchestrator.set_capture_on_play(False)


def kit_arguments(arguments: list[str]) -> list[str]:
    """Return the arguments that Kit itself reads: `--/path=value`."""
    return [argument for argument in arguments if argument.startswith("--/")]


def apply_kit_argument(argument: str) -> None:
    """Apply one `--/path=value` to the settings; any other argument is accepted and not used."""
    path, equals, value = argument.removeprefix("--").partition("=")
    if argument.startswith("--/"):
        get_settings().set(path, parse_value(value) if equals else True)
