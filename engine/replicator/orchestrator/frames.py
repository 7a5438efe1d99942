"""The frames of a run: initialize, preview, capture, and when it ends.

Frame 0 shows the preview; each later frame evaluates the graph first. A run of triggers with max_execs=N therefore
writes N frames: the preview's and those of N - 1 executions; the N-th execution ends the run.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.carb.settings import get_settings
from engine.graph.graph import Clock, get_graph
from engine.graph.sampling import global_seed
from engine.replicator import capture, writer_runs
from engine.timeline import get_timeline_interface

SUBFRAMES_SETTING = "/omni/replicator/RTSubframes"


@dataclass
class FrameCounter:
    """Where a run is.

    Attributes:
        captured: frames captured since initialize.
        last_time: timeline time of the last frame, seconds.
        next_subframes: subframes of the next frame only; 0 means not asked for.
        minimum_subframes: lower bound of the next frame's subframes.
        previewed: the preview state has been evaluated and waits for its capture.
    """

    captured: int = 0
    last_time: float = 0.0
    next_subframes: int = 0
    minimum_subframes: int = 0
    previewed: bool = False

    def initialize(self) -> None:
        """Restart every stream and counter, and evaluate the preview: the state of frame 0."""
        self.captured, self.previewed = 0, True
        self.last_time = get_timeline_interface().get_current_time()
        get_graph().initialize()
        get_graph().preview(self._clock())

    def evaluate(self, ahead: float = 0.0) -> None:
        """Hop 2: let the triggers of the next frame edit the stage; frame 0 has its preview already.

        Args:
            ahead: seconds that the timeline will move on by before the frame is captured.
        """
        graph, clock = get_graph(), self._clock(ahead)
        if self.previewed:
            self.previewed = False
            graph.run_pending(clock, anew=False) if _pending() else None
        else:
            graph.evaluate(clock)
        graph.settle(clock)

    def capture(self, rt_subframes: int = -1, sparing: bool = False, passing: bool = False) -> None:
        """Hops 3 to 6: snapshot, render, annotate, write.

        Args:
            rt_subframes: how often the state is rendered; below 1 leaves it to settings and triggers.
            sparing: compute nothing for writers whose trigger has not fired.
            passing: a frame of a playing timeline that a script may let pass: what no writer reads waits until asked.
        """
        frame = capture.Frame(self.captured, get_timeline_interface().get_current_time(), self._subframes(rt_subframes))
        idle = writer_runs.idle_annotators() if sparing else ()
        capture.capture_frame(frame, global_seed(), idle, writer_runs.read_annotators() if passing else None)
        self.captured += 1
        self.last_time = frame.time
        writer_runs.write_frame()

    def expose(self, rt_subframes: int = -1) -> None:
        """Gather the colour of this moment for the frame that is captured next: motion blur."""
        clock = self._clock()
        get_graph().settle(clock)
        capture.expose(capture.Frame(self.captured, clock.time, max(rt_subframes, 1)), global_seed())

    def _clock(self, ahead: float = 0.0) -> Clock:
        time = get_timeline_interface().get_current_time() + ahead
        return Clock(self.captured, time, time - self.last_time)

    def _subframes(self, asked: int) -> int:
        chosen = asked if asked > 0 else self.next_subframes
        if chosen <= 0:
            chosen = max(int(get_settings().get(SUBFRAMES_SETTING) or 1), get_graph().rt_subframes)
        chosen = max(chosen, self.minimum_subframes, 1)
        self.next_subframes = self.minimum_subframes = 0
        return chosen


def _pending() -> bool:
    graph = get_graph()
    return bool(graph.events or graph.pending)
