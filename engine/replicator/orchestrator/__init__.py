"""rep.orchestrator: when frames are captured.

`run` starts a run whose frames are captured in the app updates that follow; `step` captures one frame at once. The
awaited forms do the same inside a coroutine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from engine.app import get_app
from engine.carb.settings import get_settings
from engine.graph.sampling import global_seed
from engine.replicator import capture, writer_runs
from engine.replicator.missing import refuse
from engine.replicator.orchestrator.machine import CAPTURE_ON_PLAY, machine
from engine.replicator.orchestrator.status import RUNNING, OrchestratorError, Status, StatusCallback
from engine.timeline import get_timeline_interface

__all__ = [
    "BUSY",
    "OrchestratorError",
    "Status",
    "get_is_paused",
    "get_is_started",
    "get_is_stopped",
    "get_sim_times_to_write",
    "get_status",
    "pause",
    "preview",
    "preview_async",
    "register_status_callback",
    "resume",
    "run",
    "run_async",
    "run_until_complete",
    "run_until_complete_async",
    "set_capture_on_play",
    "set_minimum_next_rt_subframes",
    "set_next_rt_subframes",
    "step",
    "step_async",
    "stop",
    "stop_async",
    "wait_until_complete",
    "wait_until_complete_async",
]
BUSY = RUNNING | {Status.STOPPING}


def run(num_frames: int | None = None, start_timeline: bool = False) -> None:
    """Start capturing in the app updates that follow, until triggers reach max_execs or `num_frames` are captured.

    Args:
        num_frames: frames to capture; None leaves the end to the triggers.
        start_timeline: play the timeline too.

    Raises:
        OrchestratorError: if `num_frames` is not a whole number of at least 1.
    """
    if num_frames is not None and (not isinstance(num_frames, int) or num_frames < 1):
        raise OrchestratorError(f"run: num_frames={num_frames!r} was given; expected a whole number of at least 1")
    machine.start(num_frames, start_timeline)


async def run_async(num_frames: int | None = None, start_timeline: bool = False) -> None:
    """Do as `run` does and wait until the run has started."""
    run(num_frames, start_timeline)
    await asyncio.sleep(0)


def run_until_complete(num_frames: int | None = None, start_timeline: bool = False) -> None:
    """Run to the end and wait until everything is written."""
    _refuse_in_coroutine("run_until_complete")
    run(num_frames, start_timeline)
    wait_until_complete()


async def run_until_complete_async(num_frames: int | None = None, start_timeline: bool = False) -> None:
    """Run to the end and wait until everything is written."""
    run(num_frames, start_timeline)
    await wait_until_complete_async()


def step(
    rt_subframes: int = -1, pause_timeline: bool = True, delta_time: float | None = None, wait_for_render: bool = True
) -> None:
    """Capture one frame and return when its data has been given to the writers.

    Args:
        rt_subframes: how often the same state is rendered; path-traced samples add up.
        pause_timeline: pause a playing timeline afterwards.
        delta_time: seconds the timeline moves on before the frame; None is one time code, 0 is not at all. The first
            frame after a stop is taken at the present time.
        wait_for_render: accepted; the data is always that of this frame.

    Raises:
        OrchestratorError: inside a coroutine, or if `delta_time` is negative.
    """
    _refuse_in_coroutine("step")
    _step(rt_subframes, pause_timeline, delta_time)


async def step_async(
    rt_subframes: int = -1, pause_timeline: bool = True, delta_time: float | None = None, wait_for_render: bool = True
) -> None:
    """Do as `step` does; other coroutines get their turn first unless that would move a playing timeline."""
    if not get_timeline_interface().is_playing():
        await asyncio.sleep(0)
    _step(rt_subframes, pause_timeline, delta_time)


def _step(rt_subframes: int, pause_timeline: bool, delta_time: float | None) -> None:
    if delta_time is not None and delta_time < 0:
        raise OrchestratorError(f"step: delta_time={delta_time!r} was given; expected None, 0 or more seconds")
    machine.step(int(rt_subframes), pause_timeline, delta_time)


def preview() -> None:
    """Show the first random state on the stage, without capturing."""
    machine.preview()


async def preview_async() -> None:
    """Show the first random state on the stage, without capturing."""
    await asyncio.sleep(0)
    machine.preview()


def pause() -> None:
    """Hold a run; `resume` goes on."""
    machine.pause()


def resume() -> None:
    """Go on with a paused run."""
    if machine.status is Status.PAUSED:
        machine.set_status(Status.STARTED)


def stop() -> None:
    """End the run; writers get `on_final_frame`."""
    machine.stop()


async def stop_async() -> None:
    """End the run; writers get `on_final_frame`."""
    machine.stop()
    await asyncio.sleep(0)


def wait_until_complete() -> None:
    """Let a run end and wait until every file is written.

    Raises:
        OrchestratorError: inside a coroutine.
    """
    _refuse_in_coroutine("wait_until_complete")
    drain()


def drain() -> None:
    """Let a run end and wait until every file is written, inside a coroutine too: for the end of the application."""
    while machine.status in BUSY:
        get_app().update()
    writer_runs.wait_until_written()


async def wait_until_complete_async() -> None:
    """Let a run end and wait until every file is written."""
    while machine.status in BUSY:
        await get_app().next_update_async()
    writer_runs.wait_until_written()


def get_is_started() -> bool:
    """Tell whether a run is on its way."""
    return machine.status in RUNNING


def get_is_paused() -> bool:
    """Tell whether a run is paused."""
    return machine.status is Status.PAUSED


def get_is_stopped() -> bool:
    """Tell whether nothing runs and no steps are taken."""
    return machine.status is Status.STOPPED


def get_status() -> Status:
    """Return the status."""
    return machine.status


def register_status_callback(callback: Callable[[Status], None]) -> StatusCallback:
    """Call `callback(status)` on every change of the status; `unregister()` of what is returned ends it."""
    return StatusCallback(machine.callbacks, callback)


def set_capture_on_play(value: bool) -> None:
    """Choose whether every app update captures while the timeline plays."""
    get_settings().set(CAPTURE_ON_PLAY, bool(value))


def set_next_rt_subframes(rt_subframes: int) -> None:
    """Choose how often the next frame is rendered."""
    machine.counter.next_subframes = int(rt_subframes)


def set_minimum_next_rt_subframes(rt_subframes: int) -> None:
    """Render the next frame at least this often."""
    machine.counter.minimum_subframes = max(machine.counter.minimum_subframes, int(rt_subframes))


def get_sim_times_to_write() -> list[float]:
    """Return the times of frames captured and not given to writers yet: none, capture hands them over at once."""
    return []


def capture_one(annotator: Any, path: str) -> None:
    """Compute one annotator now, for `get_data` before any capture."""
    capture.compute_now(annotator, path, get_timeline_interface().get_current_time(), global_seed())


def _refuse_in_coroutine(name: str) -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise OrchestratorError(f"orchestrator.{name} was called inside a coroutine; expected: await {name}_async(...)")


__getattr__ = refuse("omni.replicator.core.orchestrator")
