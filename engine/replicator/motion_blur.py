"""Motion blur: colour gathered while a step's time passes; labels stay those of its last moment.

Source: Isaac Sim documentation, motion blur: `/omni/replicator/captureMotionBlur` switches it on,
`/omni/replicator/pathTracedMotionBlurSubSamples` are the moments of a path-traced frame; in real time
`/rtx/post/motionblur/numSamples` are those of the filter and `exposureFraction` is the share of the frame exposed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from engine.carb.settings import get_settings
from engine.render.buffers import RenderSettings

SWITCH = "/omni/replicator/captureMotionBlur"
TRACED = "/omni/replicator/pathTracedMotionBlurSubSamples"
REAL_TIME = "/rtx/post/motionblur/numSamples"
FRACTION = "/rtx/post/motionblur/exposureFraction"
MOMENTS = 8


@dataclass(frozen=True)
class Shutter:
    """When colour is gathered within a step.

    Attributes:
        moments: how often.
        fraction: share of the step, its last part, that the shutter is open for.
    """

    moments: int = 1
    fraction: float = 1.0

    def waits(self, seconds: float) -> list[float]:
        """Return how far the timeline moves on before each moment, seconds; together they are the step."""
        opened = seconds * self.fraction / self.moments
        return [seconds - opened * (self.moments - 1), *[opened] * (self.moments - 1)]


def shutter() -> Shutter:
    """Return when colour is gathered: once a step, unless motion blur is on.

    Raises:
        ValueError: if a setting makes no sense.
    """
    if not get_settings().get(SWITCH):
        return Shutter()
    traced = str(get_settings().get("/rtx/rendermode") or "").lower() == "pathtracing"
    fraction = 1.0 if traced else float(_value(FRACTION, 1.0))
    if not 0.0 < fraction <= 1.0:
        raise ValueError(f"setting '{FRACTION}' is {fraction!r}; expected a share of the frame above 0, at most 1")
    name = TRACED if traced else REAL_TIME
    moments = int(_value(name, MOMENTS))
    if moments < 1:
        raise ValueError(f"setting '{name}' is {moments!r}; expected a whole number of at least 1")
    return Shutter(moments, fraction)


def shared_out(settings: RenderSettings, moments: int) -> RenderSettings:
    """Return settings of one moment: the samples of a frame are shared out among its moments."""
    return replace(settings, samples=-(-settings.samples // moments))


def _value(name: str, default: Any) -> Any:
    value = get_settings().get(name)
    return default if value is None else value
