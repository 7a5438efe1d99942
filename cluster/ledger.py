"""The book of a pool: which shards are to do, in whose hands, done; and which frames end those who render them."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from writers.shards.plan import ShardRange

DEATHS_AT_A_FRAME = 3
_PER_WORKER = 3  # deaths in a row, nothing finished between them, that a worker's place may see


class PoolError(RuntimeError):
    """A run of workers cannot go on.

    Attributes:
        code: exit code of the run.
    """

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Assignment:
    """A shard in the hands of one worker.

    Attributes:
        shard: its range.
        without: frames to leave out, since they end every process that renders them.
        frame: the frame being rendered, as far as the worker told.
        finished: frames finished in this attempt.
    """

    shard: ShardRange
    without: tuple[int, ...] = ()
    frame: int | None = None
    finished: set[int] = field(default_factory=set)

    @property
    def line(self) -> str:
        """What the worker is told: "shard 3", or "shard 3 without 17,18"."""
        left_out = " without " + ",".join(map(str, self.without)) if self.without else ""
        return f"shard {self.shard.number}{left_out}"

    @property
    def at(self) -> int | None:
        """The frame that the worker is at: the one it began last, else the first one that it did not finish."""
        if self.frame is not None:
            return self.frame
        return next((f for f in self.shard.frames if f not in self.finished and f not in self.without), None)

    @property
    def renders(self) -> bool:
        """Whether it is known to be amid its frames; else it starts up, or commits."""
        return self.frame is not None or (bool(self.finished) and self.at is not None)

    @property
    def place(self) -> str:
        """Where the worker is, in words."""
        if self.frame is None and not self.finished:
            return "before it rendered anything"
        return "after its last frame" if self.at is None else f"frame {self.at}"


class Ledger:
    """Keep account of shards.

    Args:
        shards: what is to be made, in order.
        places: how many workers there are.
        skip: leave out a frame that keeps ending its process, instead of stopping.
    """

    def __init__(self, shards: Sequence[ShardRange], places: int = 1, skip: bool = False) -> None:
        self._waiting = deque(shards)
        self._held: dict[int, Assignment] = {}
        self._frames: dict[int, set[int]] = {shard.number: set() for shard in shards}
        self._deaths: Counter[tuple[int, int | None]] = Counter()
        self._in_a_row = 0
        self._places, self._skip = places, skip
        self.crashed: dict[int, list[int]] = {}

    @property
    def finished(self) -> bool:
        """Whether every shard is done."""
        return not self._waiting and not self._held

    @property
    def frames(self) -> int:
        """How many frames are finished."""
        return sum(map(len, self._frames.values()))

    def take(self) -> Assignment | None:
        """Give out the next shard, or None where nobody is needed."""
        if not self._waiting:
            return None
        shard = self._waiting.popleft()
        held = Assignment(shard, tuple(sorted(self.crashed.get(shard.number, []))))
        self._held[shard.number] = held
        return held

    def begin(self, held: Assignment, frame: int) -> None:
        """Note that a worker begins a frame."""
        held.frame = frame

    def finish_frame(self, held: Assignment, frame: int) -> None:
        """Note that a frame is finished."""
        if frame not in self._frames[held.shard.number]:  # one that is only told of again shows no progress
            self._in_a_row = 0
        held.finished.add(frame)
        self._frames[held.shard.number].add(frame)
        if held.frame == frame:
            held.frame = None

    def finish(self, held: Assignment) -> None:
        """Note that a shard is committed."""
        self._in_a_row = 0
        self._frames[held.shard.number] = set(held.shard.frames)
        del self._held[held.shard.number]

    def unpublished(self, held: Assignment, cause: str) -> None:
        """Note that a complete shard lost its worker before its record was there.

        Args:
            held: the shard.
            cause: what is known about the death, if publishing may be the reason; else "".

        Raises:
            PoolError: where another try is of no use.
        """
        self._give_back(held)
        if not cause:
            return
        self._deaths[held.shard.number, None] += 1
        if self._deaths[held.shard.number, None] >= DEATHS_AT_A_FRAME:
            text = f"shard {held.shard.number} ended {DEATHS_AT_A_FRAME} workers while it was published"
            raise PoolError(f"{text}; the last one {cause}")

    def _give_back(self, held: Assignment) -> None:
        """Put a shard back in front."""
        del self._held[held.shard.number]
        self._waiting.appendleft(held.shard)

    def died(self, held: Assignment | None, cause: str) -> None:
        """Note the death of a worker; its shard goes to the next one that asks.

        Args:
            held: the shard that it was making, if any.
            cause: what is known about the death, for the error.

        Raises:
            PoolError: where another try is of no use.
        """
        self._in_a_row += 1
        if held is not None:
            self._give_back(held)
            self._judge(held, cause)
        if self._in_a_row > _PER_WORKER * self._places + DEATHS_AT_A_FRAME:
            raise PoolError(
                f"{self._in_a_row} workers in a row ended before they finished a frame; the last one {cause}"
            )

    def _judge(self, held: Assignment, cause: str) -> None:
        number, frame = held.shard.number, held.at if held.renders else None
        self._deaths[number, frame] += 1
        if self._deaths[number, frame] < DEATHS_AT_A_FRAME:
            return
        if frame is None:
            raise PoolError(f"shard {number} ended {DEATHS_AT_A_FRAME} workers {held.place}; the last one {cause}")
        if frame in held.without:
            raise PoolError(
                f"shard {number}, frame {frame} ended a worker though it was left out; the last one {cause}"
            )
        if not self._skip:
            raise PoolError(
                f"shard {number}, frame {frame} ended {DEATHS_AT_A_FRAME} workers; the last one {cause}. Mend what "
                "this frame needs and run again, or set writer.on_error: skip to leave such frames out"
            )
        self._in_a_row = 0
        self.crashed.setdefault(number, []).append(frame)
