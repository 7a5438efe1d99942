"""The frames of one shard after another: captured, kept or left out, committed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import omni.kit.app
import omni.replicator.core as rep

from replicator_scripts import application, stopping
from replicator_scripts.worker import Order
from scenes import world
from scenes.errors import ScenarioError
from scenes.scenario import Scenario
from scenes.streams import Streams
from writers.dataset import DatasetWriter
from writers.encoding import EncodingError
from writers.shards.sink import AttemptLost, ShardSink

NO_SURVIVORS = "every process that rendered this frame ended"
_FATAL = (OSError, MemoryError, AttemptLost)
_ATTEMPTS = 5


class FrameMaker:
    """Make shards frame by frame.

    Args:
        scenario: what is made.
        streams: of its randomizers.
        writer: turns captures into samples and gives them to the sink.
        sink: of the output.
        tell: called with an event ("begin", "frame", "kept", "sealed", "shard") and its values.
    """

    def __init__(
        self,
        scenario: Scenario,
        streams: list[Streams],
        writer: DatasetWriter,
        sink: ShardSink,
        tell: Callable[..., Any] = lambda event, **values: None,
    ) -> None:
        self._scenario, self._streams, self._writer, self._sink, self._tell = scenario, streams, writer, sink, tell
        self._skips = scenario.writer.get("on_error") == "skip"
        self._before: int | None = None  # the frame captured last
        self._shown: int | None = None  # the frame that the stage was last made for, captured or not
        self.skipped = 0

    async def make(self, order: Order) -> None:
        """Make one shard, whatever others do to it at the same time; nothing is left to do if it is there."""
        for attempt in range(_ATTEMPTS):
            if self._sink.committed(order.number):
                self._tell("shard", shard=order.number)
                break
            try:
                await self._attempt(order)
                break
            except AttemptLost:
                if attempt == _ATTEMPTS - 1:
                    raise

    async def _attempt(self, order: Order) -> None:
        try:
            await self._all_frames(order)
        except BaseException:
            with suppress(Exception):  # what is captured is kept for the next attempt, where that can be
                self._writer.drain()
            self._sink.abandon()
            raise
        self._tell("sealed", shard=order.number)

    async def _all_frames(self, order: Order) -> None:
        shard = self._sink.plan.shard(order.number)
        self._sink.begin(shard)
        missing = self._sink.missing()
        for frame in [frame for frame in shard.frames if frame not in missing]:
            self._tell("frame", shard=shard.number, frame=frame, found=True)
        for frame in missing:
            if frame not in order.without:
                self._tell("begin", shard=shard.number, frame=frame)
            with stopping.shielded():
                await self._frame(frame, order)
            self._tell("frame", shard=shard.number, frame=frame)
            if self._sink.keeps_samples:
                self._keep()
        with stopping.shielded():
            await rep.orchestrator.wait_until_complete_async()
            self._drain()
            self._sink.commit()
            self._keep()

    def _keep(self) -> None:
        """Note, once, that the next start finds more than this one did."""
        if not stopping.has_kept():
            stopping.keep()
            self._tell("kept")

    async def _frame(self, frame: int, order: Order) -> None:
        """Make one frame, or leave it out where the scenario says so."""
        if frame in order.without:
            self._skip(frame, NO_SURVIVORS)
            return
        try:
            await self._lead_in(frame, order)
            self._writer.begin_frame({"frame": frame, "seed": self._scenario.seed}, lambda: world.noted(self._streams))
            await self._capture(frame)
        except EncodingError as error:  # of an earlier frame; this one is captured and waits its turn
            self._leave_out(error)
        except Exception as error:
            if _is_fatal(error):
                raise
            self._before = None
            self._writer.drop_frame()
            if not self._skips:
                raise _explained(error, frame, self._scenario) from error
            self._skip(frame, _one_line(error))

    def _drain(self) -> None:
        """Hand over every sample that is still being encoded."""
        while True:
            try:
                return self._writer.drain()
            except EncodingError as error:
                self._leave_out(error)

    def _leave_out(self, error: EncodingError) -> None:
        """Leave out a frame that cannot be encoded, where the scenario says so."""
        if not self._skips:
            raise _explained(error, error.frame, self._scenario) from error
        self._skip(error.frame, _one_line(error.__cause__ or error))

    async def _lead_in(self, frame: int, order: Order) -> None:
        """Capture the frame before, from which motion is seen, unless it was the last one captured."""
        if "flow" not in self._scenario.outputs or self._before == frame - 1:
            return
        if frame == 0:
            if self._shown is not None:
                await self._capture(0)  # seen from itself nothing moves, as where it is captured first
            return
        try:
            if frame - 1 in order.without:
                raise ValueError(NO_SURVIVORS)
            await self._capture(frame - 1)
        except Exception as error:
            if _is_fatal(error):
                raise
            raise ValueError(f"the frame before, from which motion is seen, fails: {_one_line(error)}") from error

    async def _capture(self, frame: int) -> None:
        """Capture one frame; time stands still, so that no frame depends on those before it."""
        if frame == self._shown:  # its seeds would not change, so its random streams would go on, not begin again
            await self._shake(frame + 1)
        await self._show(frame)
        self._before = frame

    async def _show(self, frame: int) -> None:
        self._shown = frame
        world.randomize(self._scenario, self._streams, frame)
        if self._scenario.infrared.outputs:  # looks at what the randomizers did: their turn comes before the capture
            await application.guarded_step(asyncio.ensure_future(omni.kit.app.get_app().next_update_async()))
            world.prepare_infrared(self._scenario, frame)
        if self._writer.frame is not None:
            self._writer.schedule_write()
        step = rep.orchestrator.step_async(rt_subframes=self._scenario.quality.rt_subframes, delta_time=0.0)
        await application.guarded_step(asyncio.ensure_future(step))

    async def _shake(self, frame: int) -> None:
        """Make the stage another frame's without capturing it; that it can be made does not matter."""
        world.randomize(self._scenario, self._streams, frame)
        with suppress(Exception):
            await application.guarded_step(asyncio.ensure_future(omni.kit.app.get_app().next_update_async()))

    def _skip(self, frame: int, error: str) -> None:
        self._sink.skip(frame, error)
        self.skipped += 1


def _is_asset(error: BaseException) -> bool:
    """Tell whether a file that a scene refers to cannot be read; errors of the system have a number, this has words."""
    return isinstance(error, FileNotFoundError) and error.errno is None


def _is_fatal(error: BaseException) -> bool:
    """Tell whether no other frame would fare better: the machine or the output fails, not what is in this frame."""
    return isinstance(error, _FATAL) and not _is_asset(error)


def _explained(error: Exception, frame: int, scenario: Scenario) -> Exception:
    """Say which frame cannot be made; what is no fault of the scenario's keeps its kind and its traceback."""
    if isinstance(error, ValueError) or _is_asset(error):
        return ScenarioError("", f"frame {frame} cannot be made: {error}", scenario.file)
    error.add_note(f"while frame {frame} of {scenario.file} was made")
    return error


def _one_line(error: BaseException) -> str:
    """Put an error in one line that is the same in every process and on every machine."""
    kind = "" if isinstance(error, ValueError) or _is_asset(error) else f"{type(error).__name__}: "
    text = re.sub(r"0x[0-9a-fA-F]+", "0x...", kind + " ".join(str(error).split()))
    return re.sub(r"'/[^']*/([^/']+)'", r"'\1'", text) if _is_asset(error) else text
