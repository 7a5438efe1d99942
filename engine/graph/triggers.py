"""Triggers: when a chain of actions runs.

Source: omni.replicator.core trigger documentation; frame accounting as `Graph` states it: frame 0 shows the preview,
every later frame is one `due()` question.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.graph.graph import Clock, Graph
from engine.graph.node import Node
from engine.physics import if_running


class Trigger(Node):
    """Base of all triggers: a chain of actions and an execution budget.

    Attributes:
        chain: actions in creation order.
        executions: counted firings since initialize (preview is not counted).
        max_execs: firings allowed; 0 means no limit.
        rt_subframes: subframes to render after this trigger fired.
        awake: whether events reach it.
    """

    is_trigger = True
    gives_itself = False
    fires_in_preview = False
    awake = True

    def __init__(
        self, graph: Graph, name: str | None = None, max_execs: int = 0, rt_subframes: int = 1, **inputs: Any
    ) -> None:
        self.chain: list[Node] = []
        self.executions = 0
        self.max_execs = max_execs
        self.rt_subframes = max(1, rt_subframes)
        super().__init__(graph, name, **inputs)
        graph.triggers.append(self)

    def reset(self) -> None:
        """Start counting again."""
        self.executions = 0

    def start(self, clock: Clock) -> None:
        """Note the time of the preview, which stands for frame 0."""

    def due(self, clock: Clock) -> bool:
        """Tell whether the trigger fires in this frame; called once a frame."""
        return False

    def listens_to(self, event: str) -> bool:
        """Tell whether a custom event fires this trigger."""
        return False

    def has_budget(self) -> bool:
        """Tell whether max_execs allows one more firing."""
        return self.max_execs <= 0 or self.executions < self.max_execs

    def fire(self, clock: Clock) -> None:
        """Count one firing."""
        self.executions += 1
        self.outputs["execNum"] = self.executions


class OnFrame(Trigger):
    """Fires every `interval` frames; the preview is frame 0."""

    type_name = "omni.replicator.core.OgnOnFrame"
    fires_in_preview = True

    def __init__(self, graph: Graph, interval: int = 1, **options: Any) -> None:
        self._ticks = 0
        super().__init__(graph, interval=interval, **options)

    def reset(self) -> None:
        """Start counting frames again."""
        super().reset()
        self._ticks = 0

    def due(self, clock: Clock) -> bool:
        """Count a frame; every `interval`-th one is due."""
        self._ticks += 1
        return self._ticks % self.inputs["interval"] == 0


class EveryFrame(Trigger):
    """Fires in every frame and in the preview, for nodes of extensions that decide themselves whether to go on."""

    type_name = "omni.replicator.core.OgnOnEveryFrame"
    fires_in_preview = True

    def due(self, clock: Clock) -> bool:
        """Tell: always."""
        return True


class OnTime(Trigger):
    """Fires when the timeline has moved `interval` seconds since the last firing."""

    type_name = "omni.replicator.core.OgnOnTime"
    fires_in_preview = True

    def __init__(self, graph: Graph, interval: float = 1.0, **options: Any) -> None:
        self._last = 0.0
        super().__init__(graph, interval=interval, **options)

    def reset(self) -> None:
        """Measure from time zero again."""
        super().reset()
        self._last = 0.0

    def start(self, clock: Clock) -> None:
        """Measure from the preview."""
        self._last = clock.time

    def due(self, clock: Clock) -> bool:
        """Compare the time passed with the interval (1e-9 s of slack for sums of time steps)."""
        if clock.time < self._last:  # the timeline looped or was stopped
            self._last = clock.time
        return clock.time >= self._last + self.inputs["interval"] - 1e-9

    def fire(self, clock: Clock) -> None:
        """Count one firing and measure from it; simulated prims go back to where they were before play."""
        super().fire(clock)
        self._last = clock.time
        running = if_running() if self.inputs.get("resetPhysics") else None
        if running is not None:
            running.reset()


class OnTimeEnd(OnTime):
    """Fires at the end of every interval, hence not at time zero."""

    type_name = "omni.replicator.core.OgnOnTimeEnd"
    fires_in_preview = False


class OnCustomEvent(Trigger):
    """Fires when its event was sent; events sent before the graph or the application ran once reach nobody.

    So it is in Isaac Sim: the first frame of its augmentation goldens shows a cube that an event should have turned.
    """

    type_name = "omni.graph.action.OnCustomEvent"
    awake = False

    def listens_to(self, event: str) -> bool:
        """Compare the event's name."""
        return event == self.inputs["eventName"]


class OnKeyPress(Trigger):
    """Fires when `key:<NAME>[+MODIFIER]` is sent; the embedded engine has no keyboard of its own."""

    type_name = "omni.graph.action.OnKeyboardInput"

    def listens_to(self, event: str) -> bool:
        """Compare key and modifier."""
        modifier = self.inputs.get("modifier")
        return event == f"key:{self.inputs['key']}" + (f"+{modifier}" if modifier else "")


class OnCondition(Trigger):
    """Fires in every frame in which its condition holds."""

    type_name = "omni.replicator.core.OgnOnCondition"

    def __init__(self, graph: Graph, condition: Callable[[], Any], **options: Any) -> None:
        self._condition = condition
        super().__init__(graph, **options)

    def due(self, clock: Clock) -> bool:
        """Ask the condition."""
        return bool(self._condition())
