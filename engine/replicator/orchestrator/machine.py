"""The orchestrator's state: what each app update does, and what a step does."""

from __future__ import annotations

from collections.abc import Callable

from engine.app import get_app
from engine.carb.logging import log_warn
from engine.carb.settings import get_settings
from engine.graph.graph import Clock, get_graph
from engine.graph.triggers import OnTime
from engine.replicator import capture, writer_runs
from engine.replicator.motion_blur import shutter
from engine.replicator.orchestrator.frames import FrameCounter
from engine.replicator.orchestrator.status import RUNNING, Status
from engine.timeline import get_timeline_interface
from engine.usd_context import get_context

CAPTURE_ON_PLAY = "/omni/replicator/captureOnPlay"
ENDLESS = 1e6  # seconds; end time of a timeline that the orchestrator starts for its own time triggers


class Orchestrator:
    """The one orchestrator of the process."""

    def __init__(self) -> None:
        self.status = Status.STOPPED
        self.callbacks: list[Callable[[Status], None]] = []
        self.counter = FrameCounter()
        self._num_frames: int | None = None
        self._follows_timeline = False
        self._play_handled = False
        self._busy = False
        get_app().subscribe_update(self.update)
        get_app().subscribe_update(self.show, late=True)
        get_context().on_stage_changed.append(self.drop_stage)

    def start(self, num_frames: int | None, start_timeline: bool) -> None:
        """Begin a run; its frames are captured in the app updates that follow."""
        graph = get_graph()
        if not graph.has_triggers and num_frames is None:
            log_warn("orchestrator.run: there is no trigger and num_frames was not given, so nothing runs")
            return
        if self.status is Status.PAUSED:
            self.set_status(Status.STARTED)
            return
        self.stop()
        self._num_frames, self._follows_timeline = num_frames, False
        timeline = get_timeline_interface()
        timed = any(isinstance(trigger, OnTime) for trigger in graph.triggers)
        if (start_timeline or timed) and not timeline.is_playing():
            if timed:
                timeline.set_end_time(ENDLESS)
            timeline.play()
        self.set_status(Status.STARTING)

    def step(self, rt_subframes: int, pause_timeline: bool, delta_time: float | None) -> None:
        """Capture one frame."""
        self._busy = True
        try:
            acted = False
            if self.status in (Status.STOPPED, Status.STARTING):
                self._initialize()
            else:
                acted = self._move_on(delta_time, rt_subframes)
            self.set_status(Status.STEPPING)
            if not acted:
                self.counter.evaluate()
            self.counter.capture(rt_subframes)
            if pause_timeline and get_timeline_interface().is_playing():
                get_timeline_interface().pause()
            self.set_status(Status.STEPPED)
        except BaseException:
            self.set_status(Status.STOPPED)
            raise
        finally:
            self._busy = False

    def preview(self) -> None:
        """Show the first random state on the stage, without capturing."""
        if self.status is Status.STOPPED:
            get_graph().initialize()
        time = get_timeline_interface().get_current_time()
        get_graph().preview(Clock(0, time, 0.0))

    def pause(self) -> None:
        """Hold a run."""
        if self.status in RUNNING:
            self.set_status(Status.PAUSED)

    def stop(self) -> None:
        """End the run or the steps; writers get their final frame."""
        if self.status is Status.STOPPED:
            return
        self.set_status(Status.STOPPING)
        try:
            writer_runs.final_frame()
        finally:
            self.set_status(Status.STOPPED)

    def update(self) -> None:
        """Do what one app update asks for before the timeline moves on: graph events, and a frame of a run."""
        if self._busy:
            return
        self._follow_timeline()
        if self.status in RUNNING and self._follows_timeline:
            return
        if self.status in RUNNING:
            self._run_frame()
        elif get_graph().events or get_graph().pending:
            get_graph().run_pending(Clock(self.counter.captured, get_timeline_interface().get_current_time(), 0.0))
        self._wake_triggers()

    def show(self) -> None:
        """Capture a frame of a playing timeline, once it and its physics have moved on."""
        if self._follows_timeline and self.status in RUNNING and not self._busy:
            self._run_frame() if get_timeline_interface().is_playing() else None
            self._wake_triggers()

    def set_status(self, status: Status) -> None:
        """Change the status and tell who asked to know."""
        if status is not self.status:
            self.status = status
            for callback in list(self.callbacks):
                callback(status)

    def drop_stage(self) -> None:
        """Stop and detach every writer: the stage they wrote is gone."""
        self.stop()
        writer_runs.detach_all()
        self._play_handled = False

    @staticmethod
    def _wake_triggers() -> None:
        for trigger in get_graph().triggers:
            trigger.awake = True

    def _initialize(self) -> None:
        self.set_status(Status.INITIALIZING)
        self.counter.initialize()

    def _run_frame(self) -> None:
        self._busy = True
        try:
            if self.status is Status.STARTING:
                self._initialize()
                self.set_status(Status.STARTED)
            self.counter.evaluate()
            if get_graph().finished:
                self.stop()
                return
            self.counter.capture(sparing=True, passing=self._follows_timeline)
            if self._num_frames is not None and self.counter.captured >= self._num_frames:
                self.stop()
        except BaseException:
            self.set_status(Status.STOPPED)
            raise
        finally:
            self._busy = False

    def _follow_timeline(self) -> None:
        """Start with a timeline that plays, if capture on play is on, and stop or pause with it."""
        timeline = get_timeline_interface()
        if self._follows_timeline and self.status is not Status.STOPPED:
            if timeline.is_stopped() or not capture_on_play():
                self.stop()
            elif not timeline.is_playing():
                self.pause()
        if not timeline.is_playing() or not capture_on_play():
            self._play_handled = False
            return
        if self._play_handled or self.status in RUNNING:
            return
        if capture.anything_attached() or get_graph().has_triggers:
            self._play_handled = self._follows_timeline = True
            self._num_frames = None
            self.set_status(Status.STARTING if self.status is Status.STOPPED else Status.STARTED)

    def _move_on(self, delta_time: float | None, rt_subframes: int) -> bool:
        """Move the timeline on by a step: one time code, or `delta_time` seconds; 0 leaves it alone.

        Returns:
            Whether the graph has acted: with motion blur it does so before the shutter opens.
        """
        rate = get_timeline_interface().get_time_codes_per_seconds()
        seconds = 1.0 / rate if delta_time is None else float(delta_time)
        opened = shutter()
        if opened.moments == 1 or seconds <= 0:
            self._advance(seconds)
            return False
        self.counter.evaluate(ahead=seconds)
        *waits, last = opened.waits(seconds)
        for wait in waits:
            self._advance(wait)
            self.counter.expose(rt_subframes)
        self._advance(last)
        get_graph().settle(Clock(self.counter.captured, get_timeline_interface().get_current_time(), 0.0))
        return True

    @staticmethod
    def _advance(seconds: float) -> None:
        timeline = get_timeline_interface()
        if seconds > 0:
            if not timeline.is_playing():
                timeline.play()
            timeline.forward(seconds)


def capture_on_play() -> bool:
    """Tell whether a playing timeline captures in every app update (on unless switched off)."""
    value = get_settings().get(CAPTURE_ON_PLAY)
    return True if value is None else bool(value)


machine = Orchestrator()
