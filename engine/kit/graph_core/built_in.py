"""How a built-in node type is written down: its attributes and what it computes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

EXECUTION = {"type": "execution"}


@dataclass(frozen=True)
class BuiltIn:
    """A node type.

    Attributes:
        compute: called with the node's database.
        inputs: declarations as in a .ogn file.
        outputs: likewise.
    """

    compute: Callable[[Any], Any]
    inputs: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)


def declared(**types: str) -> dict[str, Any]:
    """Return declarations of attributes by their type's names."""
    return {name: {"type": kind} for name, kind in types.items()}


def timeline_now() -> dict[str, Any]:
    """Return what nodes tell of time: seconds, frame, whether the timeline plays."""
    from ...app import get_app
    from ...timeline import get_timeline_interface

    timeline = get_timeline_interface()
    rate = timeline.get_time_codes_per_seconds()
    seconds = timeline.get_current_time()
    return {
        "isPlaying": timeline.is_playing(),
        "time": seconds,
        "animationTime": seconds,
        "frame": seconds * rate,
        "deltaSeconds": 1.0 / rate,
        "timeSinceStart": get_app().get_time_since_start_s(),
        "absoluteSimTime": seconds,
    }


TIME = declared(
    isPlaying="bool",
    time="double",
    animationTime="double",
    frame="double",
    deltaSeconds="double",
    timeSinceStart="double",
    absoluteSimTime="double",
)
