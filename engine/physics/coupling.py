"""The timeline drives the simulation: play starts it, a playing clock moves it on, stop puts everything back.

A stage without a body, an articulation or a physics scene never comes near PhysX.
"""

from __future__ import annotations

from pxr import Sdf, Tf, Usd

from engine.carb.logging import log_warn
from engine.carb.settings import get_settings
from engine.physics import PhysicsMissingError, if_running, is_available, simulation
from engine.physics.reading import simulates, stage_simulates
from engine.physics.subscription import AFTER_EVERY_STEP, BEFORE_EVERY_STEP
from engine.usd_context import get_context

PLAY_SIMULATIONS = "/app/player/playSimulations"
IDLE_RATE = 60.0  # steps a second on a stage without physics


class _Newcomers:
    """Watch a stage without physics for a prim that has some."""

    def __init__(self, stage: Usd.Stage) -> None:
        self.stage = stage
        self._paths: set[Sdf.Path] = set()
        self._listener = Tf.Notice.Register(Usd.Notice.ObjectsChanged, self._heard, stage)

    def close(self) -> None:
        """Stop watching."""
        self._listener.Revoke()

    def seen(self) -> bool:
        """Tell whether physics has appeared since the last call."""
        paths, self._paths = self._paths, set()
        return any(self._simulates(path) for path in paths)

    def _simulates(self, path: Sdf.Path) -> bool:
        prim = self.stage.GetPrimAtPath(path)
        return bool(prim) and any(simulates(below) for below in Usd.PrimRange(prim, Usd.TraverseInstanceProxies()))

    def _heard(self, notice: Usd.Notice.ObjectsChanged, sender: Usd.Stage) -> None:
        self._paths.update(path for path in notice.GetResyncedPaths() if not path.IsPropertyPath())


class _Follower:
    """What the timeline does to the simulation of the open stage."""

    def __init__(self) -> None:
        self._watch: _Newcomers | None = None
        self._stage: Usd.Stage | None = None
        self._runs = False
        self._idle = 0.0

    def play(self, late: bool = False) -> None:
        """Start the simulation if the stage has physics; else watch for some.

        Args:
            late: the timeline plays already, so that there is nothing to warm up.
        """
        stage = get_context().get_stage()
        if stage is None or get_settings().get(PLAY_SIMULATIONS) is False:
            self._runs = False
        elif self._has_physics(stage):
            self._start(stage, late)

    def _has_physics(self, stage: Usd.Stage) -> bool:
        """Tell whether a stage has physics; one that had none is only asked about what is new on it."""
        if self._watch is not None and self._watch.stage == stage:
            return self._watch.seen()
        if self._stage == stage:
            return True
        self._forget()
        if stage_simulates(stage):
            return True
        self._watch = _Newcomers(stage)
        return False

    def _start(self, stage: Usd.Stage, late: bool) -> None:
        if is_available():
            running = simulation(stage)
            running.start() if late else running.warm_up()
            self._runs = True
        elif self._stage != stage:
            log_warn(f"{PhysicsMissingError()}. The timeline plays, but no body moves")
        self._forget_watch()
        self._stage = stage

    def forward(self, seconds: float) -> None:
        """Move the simulation on with a playing clock."""
        if get_context().get_stage() != self._stage or not self._runs:
            self.play(late=True)
        if get_settings().get(PLAY_SIMULATIONS) is False:
            return
        running = if_running(self._stage) if self._runs else None
        if running is not None:
            running.advance(seconds)
        elif BEFORE_EVERY_STEP or AFTER_EVERY_STEP:
            self._tick(seconds)

    def _tick(self, seconds: float) -> None:
        """Call who listens to steps, as Isaac Sim does on a stage where nothing moves."""
        self._idle += seconds
        count = int(self._idle * IDLE_RATE + 1e-6)
        self._idle = max(0.0, self._idle - count / IDLE_RATE)
        for _ in range(count):
            BEFORE_EVERY_STEP.call(1.0 / IDLE_RATE)
            AFTER_EVERY_STEP.call(1.0 / IDLE_RATE)

    def stop(self) -> None:
        """Put the stage back to what it was before play."""
        self._forget()
        running = if_running()
        if running is not None:
            running.reset()

    def _forget(self) -> None:
        self._forget_watch()
        self._stage, self._runs = None, False

    def _forget_watch(self) -> None:
        if self._watch is not None:
            self._watch.close()
        self._watch = None


_follower = _Follower()


def on_state(state: str) -> None:
    """Follow a change of the timeline: playing, paused or stopped."""
    if state == "playing":
        _follower.play()
    elif state == "stopped":
        _follower.stop()


def on_forward(seconds: float) -> None:
    """Follow a playing timeline that has moved on."""
    _follower.forward(seconds)
