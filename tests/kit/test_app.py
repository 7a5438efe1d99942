from __future__ import annotations

import asyncio

import pytest

from engine.app import GLOBAL_EVENT_UPDATE, App, get_app
from engine.carb.eventdispatcher import get_eventdispatcher
from engine.kit.async_engine import run_coroutine
from engine.timeline import Timeline, TimelineEventType, get_timeline_interface


def test_waiting_coroutines_share_one_app_frame():
    app, frames = App(), []
    app.subscribe_update(lambda: frames.append(app.frame))

    async def wait(count):
        for _ in range(count):
            await app.next_update_async()
        return app.frame

    async def both():
        return await asyncio.gather(wait(3), wait(3))

    first, second = app.run_coroutine(both())
    assert first == second == 5  # one frame starts the two, three more are waited for, one ends them
    assert frames == list(range(1, app.frame + 1))


def test_a_foreign_loop_runs_its_own_frames():
    app = App()

    async def wait():
        await app.next_update_async()
        await app.next_update_async()
        return app.frame

    assert asyncio.run(wait()) == 2


def test_update_inside_a_coroutine_ticks_without_the_loop():
    app = App()

    async def nested():
        before = app.frame
        app.update()
        return app.frame - before

    assert app.run_coroutine(nested()) == 1


def test_run_coroutine_hands_on_errors():
    async def fail():
        raise ValueError("wrong on purpose")

    with pytest.raises(ValueError, match="wrong on purpose"):
        App().run_coroutine(fail())


def test_run_coroutine_of_async_engine_moves_on_with_updates():
    async def work():
        await get_app().next_update_async()
        return 7

    task = run_coroutine(work())
    assert not task.done()
    for _ in range(3):
        get_app().update()
    assert task.result() == 7


def test_updates_are_events_until_the_observer_resets():
    seen = []
    observer = get_eventdispatcher().observe_event(
        event_name=GLOBAL_EVENT_UPDATE, on_event=lambda e: seen.append(e["dt"])
    )
    get_app().update()
    observer.reset()
    get_app().update()
    assert seen == [1.0 / 60.0]


def test_update_stream_and_unsubscribe():
    seen = []
    subscription = get_app().get_update_event_stream().create_subscription_to_pop(lambda e: seen.append(e.type))
    get_app().update()
    subscription.unsubscribe()
    get_app().update()
    assert seen == [0]


def test_an_unknown_stream_is_refused():
    from engine.kit.app_info import AppInfo

    with pytest.raises(KeyError, match="no event stream 'x'"):
        AppInfo().stream("x")


def test_timeline_loops_or_stops_at_its_end():
    clock = Timeline()
    clock.set_end_time(1.0)
    clock.play()
    clock.forward(1.25)
    assert clock.get_current_time() == pytest.approx(0.25)
    clock.set_looping(False)
    clock.forward(2.0)
    assert clock.is_stopped() and clock.get_current_time() == 0.0


def test_timeline_tells_its_events():
    clock, seen = Timeline(), []
    clock.get_timeline_event_stream().create_subscription_to_pop_by_type(
        TimelineEventType.CURRENT_TIME_CHANGED, lambda event: seen.append(event.payload["currentTime"])
    )
    clock.play()
    clock.set_current_time(0.5)
    assert seen == [0.5]


def test_timeline_refuses_a_rate_that_is_not_positive():
    with pytest.raises(ValueError, match="time codes a second must be positive, 0 was given"):
        Timeline().set_time_codes_per_second(0)


def test_an_update_moves_a_playing_timeline_on_by_one_time_code():
    clock = get_timeline_interface()
    clock.set_current_time(0.0)
    clock.play()
    get_app().update()
    get_app().update()
    time = clock.get_current_time()
    clock.stop()
    get_app().update()
    assert time == pytest.approx(2.0 / clock.get_time_codes_per_seconds()) and clock.get_current_time() == 0.0


def test_the_timeline_sends_events_by_global_name():
    from engine import timeline
    from engine.carb.eventdispatcher import get_eventdispatcher

    heard = []
    names = (timeline.GLOBAL_EVENT_PLAY, timeline.GLOBAL_EVENT_CURRENT_TIME_TICKED, timeline.GLOBAL_EVENT_STOP)
    observers = [
        get_eventdispatcher().observe_event(
            event_name=name, on_event=lambda event: heard.append((event.event_name, event.payload["currentTime"]))
        )
        for name in names
    ]
    clock = timeline.Timeline()
    clock.play()
    clock.forward_one_frame()
    clock.stop()
    assert [name for name, _ in heard] == list(names)
    assert [time for _, time in heard] == [0.0, 1 / 60, 0.0]
    for observer in observers:
        observer.reset()


def test_replicators_settings_are_there_from_the_start():
    from engine.carb.settings import get_settings
    from engine.isaac.simulation_app import start_engine

    for name in ("captureOnPlay", "RTSubframes", "backend/writeThreads", "backend/queueSize"):
        get_settings().destroy_item(f"/omni/replicator/{name}")
    get_settings().set("/omni/replicator/RTSubframes", 5)
    start_engine()
    found = [get_settings().get(f"/omni/replicator/{name}") for name in ("captureOnPlay", "RTSubframes")]
    assert found == [True, 5]
    assert get_settings().get("/omni/replicator/backend/writeThreads") == 4
    get_settings().destroy_item("/omni/replicator")
