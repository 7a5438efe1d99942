"""Frame accounting, status, time and the two ways of driving."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from pxr import Usd

import engine.replicator as rep
from engine.app import get_app
from engine.replicator.orchestrator import OrchestratorError, Status
from engine.timeline import get_timeline_interface
from tests.replicator.recording import Recorder, product

SCALE = "distribution"


def _moving_cube(**trigger: int) -> None:
    cube = rep.create.cube()
    with rep.trigger.on_frame(**trigger), cube:
        rep.modify.pose(position=rep.distribution.uniform((-1, -2, -3), (1, 2, 3), name="where"))


def _recorder(stage: Usd.Stage) -> Recorder:
    recorder = Recorder()
    recorder.attach(product(stage))
    return recorder


def test_max_execs_writes_that_many_frames_with_the_values_numpy_draws(stage: Usd.Stage) -> None:
    _moving_cube(max_execs=4)
    recorder = _recorder(stage)
    rep.orchestrator.run_until_complete()
    generator = np.random.default_rng(np.random.SeedSequence((42, 0)))
    expected = [generator.uniform((-1, -2, -3), (1, 2, 3), size=(1, 3)) for _ in range(4)]
    assert len(recorder.frames) == recorder.num_written == 4
    for frame, value in zip(recorder.frames, expected, strict=True):
        np.testing.assert_array_equal(np.reshape(frame["distribution_outputs"]["where"], (1, 3)), value)
    assert [frame["trigger_outputs"] for frame in recorder.frames] == [{"on_frame": n} for n in range(4)]
    assert [frame["swhFrameNumber"] for frame in recorder.frames] == [0, 1, 2, 3]
    assert recorder.finals == 1
    assert rep.orchestrator.get_status() is Status.STOPPED


def test_num_frames_ends_a_run_whose_triggers_have_no_limit(stage: Usd.Stage) -> None:
    _moving_cube()
    recorder = _recorder(stage)
    rep.orchestrator.run_until_complete(num_frames=3)
    assert len(recorder.frames) == 3


def test_interval_fires_every_second_frame(stage: Usd.Stage) -> None:
    _moving_cube(interval=2, max_execs=2)
    recorder = _recorder(stage)
    rep.orchestrator.run_until_complete()
    values = [tuple(np.ravel(frame["distribution_outputs"]["where"])) for frame in recorder.frames]
    assert len(values) == 4
    assert values[0] == values[1] != values[2] == values[3]


def test_run_returns_at_once_and_app_updates_go_on(stage: Usd.Stage) -> None:
    _moving_cube(max_execs=2)
    recorder = _recorder(stage)
    rep.orchestrator.run()
    assert rep.orchestrator.get_is_started()
    assert recorder.frames == []
    updates = 0
    while rep.orchestrator.get_is_started():
        get_app().update()
        updates += 1
    assert (updates, len(recorder.frames)) == (3, 2)


def test_run_without_a_trigger_does_nothing(stage: Usd.Stage) -> None:
    recorder = _recorder(stage)
    rep.orchestrator.run_until_complete()
    assert recorder.frames == []


def test_pause_holds_a_run_and_resume_goes_on(stage: Usd.Stage) -> None:
    _moving_cube(max_execs=3)
    recorder = _recorder(stage)
    rep.orchestrator.run()
    get_app().update()
    rep.orchestrator.pause()
    get_app().update()
    assert rep.orchestrator.get_is_paused()
    assert len(recorder.frames) == 1
    rep.orchestrator.resume()
    rep.orchestrator.wait_until_complete()
    assert len(recorder.frames) == 3


def test_step_blocks_never_ends_by_itself_and_stop_gives_the_final_frame(stage: Usd.Stage) -> None:
    _moving_cube(max_execs=2)
    recorder = _recorder(stage)
    for _ in range(5):
        rep.orchestrator.step()
    assert len(recorder.frames) == 5
    assert (rep.orchestrator.get_status(), recorder.finals) == (Status.STEPPED, 0)
    rep.orchestrator.stop()
    assert (rep.orchestrator.get_is_stopped(), recorder.finals) == (True, 1)


def test_stopping_restarts_the_random_streams(stage: Usd.Stage) -> None:
    _moving_cube()
    recorder = _recorder(stage)
    for _ in range(2):
        rep.orchestrator.step()
        rep.orchestrator.step()
        rep.orchestrator.stop()
    values = [tuple(np.ravel(frame["distribution_outputs"]["where"])) for frame in recorder.frames]
    assert values[:2] == values[2:]
    assert values[0] != values[1]


def test_custom_event_acts_on_the_step_that_follows(stage: Usd.Stage) -> None:
    """The first event reaches nobody: the graph has not run yet (Isaac Sim's augmentation goldens show it)."""
    cube = rep.create.cube()
    with rep.trigger.on_custom_event("move"), cube:
        rep.modify.pose(position=rep.distribution.uniform((0, 0, 0), (1, 1, 1), seed=7, name="where"))
    recorder = _recorder(stage)
    drawn = np.random.default_rng(np.random.SeedSequence((7, 0))).uniform((0, 0, 0), (1, 1, 1), size=(2, 1, 3))
    for _ in range(3):
        rep.utils.send_og_event("move")
        rep.orchestrator.step()
    got = [frame["distribution_outputs"].get("where") for frame in recorder.frames]
    assert got[0] is None
    np.testing.assert_array_equal([np.reshape(value, (1, 3)) for value in got[1:]], drawn)


def test_custom_event_after_a_preview_acts_on_the_first_step(stage: Usd.Stage) -> None:
    cube = rep.create.cube()
    with rep.trigger.on_custom_event("move"), cube:
        rep.modify.pose(position=rep.distribution.uniform((0, 0, 0), (1, 1, 1), seed=7, name="where"))
    recorder = _recorder(stage)
    rep.orchestrator.preview()
    rep.utils.send_og_event("move")
    rep.orchestrator.step()
    assert len(recorder.frames) == 1 and "where" in recorder.frames[0]["distribution_outputs"]


def test_steps_advance_time_by_a_time_code_or_by_delta_time(stage: Usd.Stage) -> None:
    recorder = _recorder(stage)
    for delta in (None, None, 0.5, 0.0):
        rep.orchestrator.step(delta_time=delta)
    times = [numerator / denominator for numerator, denominator in (f["reference_time"] for f in recorder.frames)]
    np.testing.assert_allclose(times, [0.0, 1 / 60, 1 / 60 + 0.5, 1 / 60 + 0.5], atol=1e-6)


def test_pause_timeline_pauses_a_playing_timeline_only_when_asked(stage: Usd.Stage) -> None:
    timeline = get_timeline_interface()
    _recorder(stage)
    timeline.play()
    rep.orchestrator.step(pause_timeline=False, delta_time=0.0)
    assert timeline.is_playing()
    rep.orchestrator.step(delta_time=0.0)
    assert not timeline.is_playing()


def test_capture_on_play_captures_every_app_update(stage: Usd.Stage) -> None:
    recorder = _recorder(stage)
    timeline = get_timeline_interface()
    timeline.play()
    get_app().update()
    assert recorder.frames == []
    rep.orchestrator.set_capture_on_play(True)
    for _ in range(3):
        get_app().update()
    assert len(recorder.frames) == 3
    timeline.stop()
    get_app().update()
    assert (len(recorder.frames), recorder.finals) == (3, 1)


def test_switching_capture_on_play_off_ends_the_captures(stage: Usd.Stage) -> None:
    recorder = _recorder(stage)
    timeline = get_timeline_interface()
    rep.orchestrator.set_capture_on_play(True)
    timeline.play()
    get_app().update()
    timeline.stop()
    rep.orchestrator.set_capture_on_play(False)
    timeline.play()
    get_app().update()
    assert (len(recorder.frames), recorder.finals) == (1, 1)
    rep.orchestrator.set_capture_on_play(True)
    get_app().update()
    assert len(recorder.frames) == 2


def test_capture_on_play_shows_the_time_that_the_update_leads_to(stage: Usd.Stage) -> None:
    recorder = _recorder(stage)
    timeline = get_timeline_interface()
    rep.orchestrator.set_capture_on_play(True)
    timeline.play()
    for frame in range(1, 4):
        get_app().update()
        numerator, denominator = recorder.frames[-1]["reference_time"]
        assert len(recorder.frames) == frame
        assert numerator / denominator == pytest.approx(timeline.get_current_time()) == pytest.approx(frame / 60)
    timeline.stop()
    get_app().update()


def test_step_async_runs_in_the_apps_loop_and_in_a_foreign_one(stage: Usd.Stage) -> None:
    _moving_cube()
    recorder = _recorder(stage)

    async def two_steps() -> str:
        await rep.orchestrator.step_async()
        await rep.orchestrator.step_async(rt_subframes=4)
        await rep.orchestrator.wait_until_complete_async()
        return "done"

    assert get_app().run_coroutine(two_steps()) == "done"
    assert asyncio.run(two_steps()) == "done"
    assert len(recorder.frames) == 4


def test_run_until_complete_async_writes_every_frame(stage: Usd.Stage) -> None:
    _moving_cube(max_execs=3)
    recorder = _recorder(stage)
    get_app().run_coroutine(rep.orchestrator.run_until_complete_async())
    assert len(recorder.frames) == 3


def test_status_callbacks_hear_every_change_until_they_unregister(stage: Usd.Stage) -> None:
    heard: list[Status] = []
    subscription = rep.orchestrator.register_status_callback(heard.append)
    rep.orchestrator.step()
    rep.orchestrator.stop()
    subscription.unregister()
    subscription.unregister()
    rep.orchestrator.step()
    steps = [Status.INITIALIZING, Status.STEPPING, Status.STEPPED, Status.STOPPING, Status.STOPPED]
    assert heard == steps


def test_a_failing_writer_stops_the_run_and_shows_its_error(stage: Usd.Stage) -> None:
    class Broken(Recorder):
        def write(self, data: dict[str, object]) -> None:
            raise RuntimeError("disk is full")

    Broken().attach(product(stage))
    with pytest.raises(RuntimeError, match="disk is full"):
        rep.orchestrator.step()
    assert rep.orchestrator.get_is_stopped()


def test_preview_moves_the_cube_and_writes_nothing(stage: Usd.Stage) -> None:
    _moving_cube()
    recorder = _recorder(stage)
    rep.orchestrator.preview()
    value = np.random.default_rng(np.random.SeedSequence((42, 0))).uniform((-1, -2, -3), (1, 2, 3), size=3)
    moved = stage.GetPrimAtPath("/Replicator/Cube_Xform").GetAttribute("xformOp:translate").Get()
    np.testing.assert_allclose(moved, value)
    assert recorder.frames == []


def test_sync_calls_inside_a_coroutine_name_the_awaited_form(stage: Usd.Stage) -> None:
    async def wrong() -> None:
        rep.orchestrator.step()

    with pytest.raises(OrchestratorError, match=r"step was called inside a coroutine; expected: await step_async"):
        get_app().run_coroutine(wrong())


def test_bad_arguments_are_named(stage: Usd.Stage) -> None:
    with pytest.raises(OrchestratorError, match=r"delta_time=-1 was given; expected None, 0 or more seconds"):
        rep.orchestrator.step(delta_time=-1)
    with pytest.raises(OrchestratorError, match=r"num_frames=0 was given; expected a whole number of at least 1"):
        rep.orchestrator.run(num_frames=0)


def test_time_triggers_start_the_timeline(stage: Usd.Stage) -> None:
    with rep.trigger.on_time(interval=0.05, max_execs=2), rep.create.cube():
        rep.modify.pose(position=rep.distribution.uniform((0, 0, 0), (1, 1, 1), name="where"))
    recorder = _recorder(stage)
    rep.orchestrator.run()
    for _ in range(50):
        get_app().update()
    assert rep.orchestrator.get_is_stopped()
    assert len({tuple(np.ravel(frame["distribution_outputs"]["where"])) for frame in recorder.frames}) == 2


def test_a_writer_with_a_trigger_writes_frame_0_though_an_event_is_queued(stage: Usd.Stage) -> None:
    every = rep.trigger.on_frame(interval=3)
    with rep.trigger.on_custom_event("go"):
        rep.modify.timeline(0.0)
    recorder = Recorder()
    recorder.attach(product(stage), trigger=every)
    rep.orchestrator.preview()
    for number in range(4):
        if number == 0:
            _send_after_preview("go")
        rep.orchestrator.step(delta_time=0.0)
    assert [frame["swhFrameNumber"] for frame in recorder.frames] == [0, 3]
    assert recorder.frames[0]["trigger_outputs"]["go"] == 1


def _send_after_preview(event: str) -> None:
    """Queue an event between the preview of the first step and its capture."""

    def send(status: rep.orchestrator.Status) -> None:  # type: ignore[name-defined]
        if status is rep.orchestrator.Status.STEPPING:
            subscription.unregister()
            rep.utils.send_og_event(event)

    subscription = rep.orchestrator.register_status_callback(send)
