"""Write shards exactly once: whoever dies, whoever races.

A shard is made in an attempt of its own (`journal`), published under its name only when complete and only if the name
is free, and exists once its record does. Everything here may be killed at any moment.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from writers.shards.claim import OutputError, stored_plan
from writers.shards.formats import format_of
from writers.shards.journal import Entry, Journal, attempts_at, remove_all, remove_dead, salvage
from writers.shards.local import naming, sync_file
from writers.shards.plan import Plan, ShardRange
from writers.shards.record import SHARDS, ShardRecord, read_record, record_name
from writers.shards.sample import Sample, check_sample, frame_of
from writers.shards.settle import describe, rebuild, settle
from writers.shards.space import require_space
from writers.shards.storage import Storage, sha256_of


class AttemptLost(RuntimeError):
    """Somebody removed the files of this attempt: see whether its shard is there, else begin it again."""


@dataclass(frozen=True)
class Finished:
    """A shard that is complete on this machine and not published yet.

    Attributes:
        record: what it holds.
        path: its file; None where every frame was skipped, and there is nothing to publish.
        journal: the attempt it comes from; it stays locked until the shard is published.
    """

    record: ShardRecord
    path: Path | None
    journal: Journal | None


class ShardSink:
    """Make the shards of a plan, one after another.

    Args:
        storage: where the dataset lies.
        plan: what it is.
        work: folder on this machine for attempts; for a local dataset its `.work`, so that publishing is a link.
        claim: called once, before the first sample is kept, to claim the output for this plan.
        hand_over: publishes a finished shard instead of `publish`, e.g. in the background.

    Attributes:
        hand_over: as given.
        largest: length of the largest shard so far, bytes; room for two is wanted before another is begun.
    """

    def __init__(
        self,
        storage: Storage,
        plan: Plan,
        work: Path,
        claim: Callable[[], Any] = lambda: None,
        hand_over: Callable[[Finished], Any] | None = None,
    ) -> None:
        self.storage, self.plan, self.work = storage, plan, work
        self.format = format_of(plan.format)
        self._claim, self._claimed = claim, False
        self.hand_over: Callable[[Finished], Any] = hand_over or self.publish
        self.largest = 0
        self._journal: Journal | None = None
        self._range = ShardRange(0, 0, 0)
        self._pending: list[Sample] = []
        self._skipped: dict[int, str] = {}
        self._members: list[str] | None = None

    @property
    def keeps_samples(self) -> bool:
        """Tell whether samples of a shard that is not complete lie where any later start finds them."""
        return self.storage.local is not None

    def committed(self, number: int) -> bool:
        """Tell whether a shard exists; one that was published by somebody who then died gets its record here."""
        record = read_record(self.storage, number)
        if record is not None:
            return record.plan == self.plan.hash  # else it is of a dataset that is going to be replaced
        return self._adopt(self.plan.shard(number)) is not None

    def begin(self, shard: ShardRange) -> set[str]:
        """Begin an attempt at a shard; returns the keys that earlier attempts have made already."""
        self.abandon()
        require_space(self.work, 2 * self.largest)
        self._range, self._skipped, self._pending = shard, {}, []
        if not attempts_at(self.work, shard.number):
            return set()
        self._keep(None)
        journal = self._open()
        for found in salvage(self.work, shard.number, journal.path, shard.frames, self.plan.views):
            journal.copy(found)
            self._members = self._members or found.entry.members
        remove_dead(self.work, shard.number, journal.path)
        return set(journal.entries)

    def missing(self) -> list[int]:
        """List the frames of the begun shard that are neither written nor skipped, in order."""
        done = {frame_of(key) for key in self._entries()} | set(self._skipped)
        return [frame for frame in self._range.frames if frame not in done]

    def write(self, sample: Sample) -> None:
        """Add one sample; a frame is kept when all of its views are there.

        Raises:
            ValueError: for a sample that readers would misread, of another shard, or written already.
        """
        frame = frame_of(sample.key)
        if frame in self._skipped:
            return  # another view of it could not be made
        check_sample(sample, self._members)
        if frame not in self._range.frames:
            raise ValueError(
                f"sample '{sample.key}' is not of shard {self._range.number}, which has the frames "
                f"{self._range.start} to {self._range.stop - 1}"
            )
        if sample.key in self._entries() or any(sample.key == other.key for other in self._pending):
            raise ValueError(f"sample key '{sample.key}' was written already; keys must differ")
        self._members = sorted(sample.members)
        self._pending = [other for other in self._pending if frame_of(other.key) == frame] + [sample]
        if len(self._pending) == self.plan.views:
            self._keep(self._pending)

    def skip(self, frame: int, error: str) -> None:
        """Leave a frame out and say why, in one line that is the same on every machine."""
        self._pending = []
        self._skipped[frame] = " ".join(error.split())[:500]

    def commit(self, stop: int | None = None) -> ShardRecord:
        """Complete the shard: publish it, then its record.

        Args:
            stop: the frame after the last one, where the plan is open-ended and the shard ends early.

        Returns:
            The record that the shard has now: ours, or that of whoever was first.

        Raises:
            ValueError: if frames are missing.
            AttemptLost: if somebody removed the attempt: the shard may be there by now, or is to be begun again.
        """
        if stop is not None:
            self._range = replace(self._range, stop=min(stop, self._range.stop))
        if missing := self.missing():
            raise ValueError(
                f"shard {self._range.number} lacks frames {missing[:5]}; each frame is written or skipped before commit"
            )
        self._keep(None)
        journal, self._journal = self._journal, None
        try:
            finished = self._seal(journal)
        except FileNotFoundError as error:
            if journal is not None:
                journal.close()
            raise _lost(self._range.number) from error
        self.largest = max(self.largest, finished.record.bytes)
        self.hand_over(finished)
        return finished.record

    def publish(self, finished: Finished) -> ShardRecord:
        """Publish a finished shard, then its record, then clear its attempts away; safe from any thread.

        Raises:
            OutputError: if the output has been replaced by a dataset of another plan.
            AttemptLost: if somebody removed the attempt and there is no shard.
        """
        name, record = SHARDS + finished.record.name, finished.record
        self._check_owner()
        try:
            if finished.path is not None and not self.storage.publish(name, finished.path):
                record = settle(self.storage, self.plan, record, finished.path)
        except FileNotFoundError as error:
            if (theirs := read_record(self.storage, record.number)) is None:
                raise _lost(record.number) from error
            record = theirs
        finally:
            if finished.journal is not None:
                finished.journal.close()
        self.storage.put(record_name(record.number), record.to_json(), exclusive=True)
        remove_all(self.work, record.number)
        return record

    def abandon(self) -> None:
        """Stop the attempt; nothing is published, and the next one takes its samples over."""
        if self._journal is not None:
            if not self._journal.entries:
                self._journal.remove()
            self._journal.close()
        self._journal = None
        with suppress(OSError):
            self.work.rmdir()
            self.work.parent.rmdir()

    def _check_owner(self) -> None:
        stored = stored_plan(self.storage)
        if stored is not None and stored.hash != self.plan.hash:
            raise OutputError(
                f"output '{self.storage.url}' has been replaced by a dataset of another plan meanwhile; "
                "choose another --out"
            )

    def _entries(self) -> dict[str, Entry]:
        return self._journal.entries if self._journal is not None else {}

    def _open(self) -> Journal:
        """Return the journal of the begun shard; its files are made when they are needed."""
        if self._journal is None:
            self._journal = Journal(self.work, self._range.number)
        return self._journal

    def _keep(self, samples: list[Sample] | None) -> None:
        """Write the samples of one frame to the journal, after the output has been claimed for this plan."""
        if not self._claimed:
            self._claim()
            self._claimed = True
        for sample in sorted(samples or [], key=lambda sample: sample.key):
            self._open().write(sample)
        self._pending = []

    def _seal(self, journal: Journal | None) -> Finished:
        """Turn the journal into the shard's file: as it is, or through the format."""
        number = self._range.number
        if journal is None or not journal.entries:
            return Finished(describe(self.plan, self._range, self._skips()), None, journal)
        digest, path = journal.seal(), journal.path
        index = {entry.key: [entry.offset, entry.length] for entry in journal.entries.values()}
        if self.plan.format != "webdataset" or not journal.in_order:
            path = self.work / f"shard-{number:06d}.{uuid.uuid4().hex}.out"
            with naming(path):
                self.format.build(journal.samples(), path)
            sync_file(path)
            digest = sha256_of(path)
            index = _index(journal)
        entries = [journal.entries[key] for key in sorted(journal.entries)]
        record = describe(
            self.plan,
            self._range,
            self._skips(),
            keys=[entry.key for entry in entries],
            totals=[entry.totals for entry in entries],
            file=(self.format.file_name(number), path.stat().st_size, digest),
            index=index if self.plan.format == "webdataset" else None,
        )
        return Finished(record, path, journal)

    def _skips(self) -> list[dict[str, Any]]:
        return [{"frame": frame, "error": error} for frame, error in sorted(self._skipped.items())]

    def _adopt(self, shard: ShardRange) -> ShardRecord | None:
        """Give a published shard of a dead process its record, if the shard is whole and says all there is to say."""
        name = SHARDS + self.format.file_name(shard.number)
        if not self.storage.exists(name):
            return None
        stored = stored_plan(self.storage)
        if stored is not None and stored.hash != self.plan.hash:
            return None
        record = rebuild(self.storage, self.plan, shard, [])
        if record is None or record.samples != len(shard.frames) * self.plan.views:
            return None
        self._keep(None)
        self.storage.put(record_name(shard.number), record.to_json(), exclusive=True)
        remove_all(self.work, shard.number)
        return record


def _lost(number: int) -> AttemptLost:
    return AttemptLost(f"the attempt at shard {number} was removed by somebody else")


def _index(journal: Journal) -> dict[str, list[int]]:
    """Return where the samples lie in a tar that has them in order of their keys."""
    index, end = {}, 0
    for key, entry in sorted(journal.entries.items()):
        index[key] = [end, entry.length]
        end += entry.length
    return index
