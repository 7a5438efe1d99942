"""rep.trigger: when the actions created inside `with trigger:` run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from engine.carb.settings import get_settings
from engine.graph import triggers
from engine.graph.graph import get_graph
from engine.replicator.arguments import fail, number
from engine.replicator.utils.items import ReplicatorWrapper, register_into


def _budget(where: str, max_execs: int, deprecated: int, old_name: str, rt_subframes: int) -> dict[str, int]:
    limit = number(where, "max_execs", max_execs, 0, whole=True)
    old = number(where, old_name, deprecated, 0, whole=True)
    subframes = number(where, "rt_subframes", rt_subframes, 0, whole=True)
    return {"max_execs": int(limit or old), "rt_subframes": int(subframes)}


@ReplicatorWrapper
def on_frame(
    interval: int = 1, num_frames: int = 0, name: str = "on_frame", rt_subframes: int = 1, max_execs: int = 0
) -> Any:
    """Fire every `interval` frames.

    Args:
        interval: frames between firings, at least 1.
        num_frames: older name of `max_execs`.
        name: key in the writers' `trigger_outputs`.
        rt_subframes: subframes rendered after a firing.
        max_execs: firings after which the trigger rests; 0 means no limit.
    """
    budget = _budget("trigger.on_frame", max_execs, num_frames, "num_frames", rt_subframes)
    every = number("trigger.on_frame", "interval", interval, 1, whole=True)
    return triggers.OnFrame(get_graph(), every, name=name, **budget)


def _timed(kind: type[triggers.OnTime], where: str, interval: float, name: str, play: bool, budget: Any) -> Any:
    if number(where, "interval", interval, 0) == 0:
        raise fail(where, "interval", interval, "a number of seconds above 0")
    get_settings().set("/omni/replicator/captureOnPlay", bool(play))
    return kind(get_graph(), float(interval), name=name, **budget)


@ReplicatorWrapper
def on_time(
    interval: float = 1,
    num: int = 0,
    name: str = "on_time",
    rt_subframes: int = 32,
    enable_capture_on_play: bool = True,
    reset_physics: bool = True,
    max_execs: int = 0,
) -> Any:
    """Fire each time the timeline has moved `interval` seconds.

    Args:
        interval: seconds between firings.
        num: older name of `max_execs`.
        name, rt_subframes, max_execs: as for `on_frame`.
        enable_capture_on_play: capture while the timeline plays.
        reset_physics: put simulated prims back before each firing.
    """
    budget = _budget("trigger.on_time", max_execs, num, "num", rt_subframes)
    node = _timed(triggers.OnTime, "trigger.on_time", interval, name, enable_capture_on_play, budget)
    node.inputs["resetPhysics"] = bool(reset_physics)
    return node


@ReplicatorWrapper
def on_time_end(
    interval: float = 1,
    name: str = "on_time_end",
    rt_subframes: int = 32,
    enable_capture_on_play: bool = True,
    max_execs: int = 0,
) -> Any:
    """Fire at the end of every `interval` seconds of the timeline (see `on_time`)."""
    budget = _budget("trigger.on_time_end", max_execs, 0, "max_execs", rt_subframes)
    return _timed(triggers.OnTimeEnd, "trigger.on_time_end", interval, name, enable_capture_on_play, budget)


@ReplicatorWrapper
def on_custom_event(event_name: str) -> Any:
    """Fire when `rep.utils.send_og_event(event_name)` is called."""
    if not isinstance(event_name, str) or not event_name:
        raise fail("trigger.on_custom_event", "event_name", event_name, "the name of an event", TypeError)
    return triggers.OnCustomEvent(get_graph(), name=event_name, eventName=event_name)


@ReplicatorWrapper
def on_condition(condition: Callable[[], Any], max_execs: int = 0, rt_subframes: int = 1) -> Any:
    """Fire in every frame in which `condition()` is true."""
    if not callable(condition):
        raise fail("trigger.on_condition", "condition", condition, "a function without arguments", TypeError)
    budget = _budget("trigger.on_condition", max_execs, 0, "max_execs", rt_subframes)
    return triggers.OnCondition(get_graph(), condition, name="on_condition", **budget)


@ReplicatorWrapper
def on_key_press(key: str, modifier: str | None = None, name: str | None = None) -> Any:
    """Fire on a key; without a window, `send_og_event("key:<KEY>")` stands for the key."""
    if not isinstance(key, str) or not key:
        raise fail("trigger.on_key_press", "key", key, "the name of a key", TypeError)
    return triggers.OnKeyPress(get_graph(), name=name or "on_key_press", key=key, modifier=modifier)


def register(fn: Callable[..., Any], override: bool = True, fn_name: str | None = None) -> None:
    """Add `fn` as `rep.trigger.<name>`."""
    register_into(sys.modules[__name__], fn, override, fn_name)
