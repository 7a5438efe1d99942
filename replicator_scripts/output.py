"""Where a run writes: the dataset it begins, goes on with, or finds complete."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from replicator_scripts import arguments
from replicator_scripts.worker import Order
from writers.finish import finish_dataset, missing_shards
from writers.mending import drop_damaged_files, restore_plan
from writers.shards.claim import MANIFEST, OutputError, check, claim, clear_work, is_complete, work_folder
from writers.shards.damage import move_damaged_away
from writers.shards.local import LocalStorage
from writers.shards.plan import PLAN, Plan, ShardRange
from writers.shards.record import read_record
from writers.shards.sink import Finished, ShardSink
from writers.shards.storage import Storage, storage_of
from writers.shards.uploads import Uploads

_USER_ERRORS = (errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP)


def choose(out: str | None, root: Path, name: str, plan: Plan) -> Storage:
    """Return the asked-for output, or the first `_out/<name>[-N]` that is free or holds this very plan.

    Raises:
        OutputError: for an address that holds a secret or that nothing here can reach.
    """
    if out is not None:
        try:
            return storage_of(out)
        except ValueError as error:
            raise OutputError(f"--out: {error}") from error
    number = 1
    while True:
        storage = LocalStorage(root / "_out" / (name if number == 1 else f"{name}-{number}"))
        try:
            check(storage, plan)
        except OutputError:
            number += 1
            continue
        return storage


class Output:
    """A dataset that this process makes, or its part of one.

    Args:
        plan: what it is.
        storage: where it lies.
        options: the command line: task, overwrite, verify, scratch.

    Attributes:
        resumed: the dataset was there already, in part or whole.

    Raises:
        OutputError: if something else is there, or nothing can be written there.
        OSError: if the place is full or read-only.
    """

    def __init__(self, plan: Plan, storage: Storage, options: arguments.Options) -> None:
        self.plan, self.storage, self._options = plan, storage, options
        self._new = storage.local if storage.local is not None and not storage.local.exists() else None
        found = restore_plan(storage, plan) if options.verify else []
        self.resumed = check(storage, plan, options.overwrite)
        work = work_folder(storage, plan, Path(options.scratch) if options.scratch else None)
        self.sink = ShardSink(storage, plan, work, self.claim)
        if self.resumed and options.verify and not options.worker:  # the parent of a pool does it for its workers
            found += move_damaged_away(storage, plan, work, {shard.number for shard in self.asked()})
            found += drop_damaged_files(storage, plan)
        print("".join(f"{line}\n" for line in found), end="", flush=True)
        if not (self.resumed and is_complete(storage)):
            self._probe()

    @property
    def complete(self) -> bool:
        """Tell whether the whole dataset is there."""
        return self.resumed and is_complete(self.storage)

    def manifest(self) -> dict[str, Any]:
        """Return the manifest of the whole dataset.

        Raises:
            OutputError: if it is damaged.
        """
        try:
            found: dict[str, Any] = json.loads(self.storage.read(MANIFEST))
        except ValueError as error:
            raise OutputError(
                f"{MANIFEST} of '{self.storage.url}' cannot be read ({error}); run the same command again with --verify"
            ) from error
        return found

    def claim(self) -> None:
        """Write the plan, or see that it is there; replaces another dataset if that was asked for."""
        claim(self.storage, self.plan, self._options.overwrite)

    def missing(self) -> list[Order]:
        """List the shards that this process is asked for and that are not there, in order."""
        if not self.resumed:
            numbers = [shard.number for shard in self.plan.shards()]
        else:
            numbers = missing_shards(self.storage, self.plan)
            self._learn_size(set(numbers))
        asked = {shard.number for shard in self.asked()}
        return [Order(number) for number in numbers if number in asked]

    def asked(self) -> list[ShardRange]:
        """List the shards that this process is asked for, there or not."""
        task, tasks = self._options.task or (0, 1)
        return [shard for shard in self.plan.shards() if shard.number % tasks == task]

    @contextmanager
    def publishing(self, tell: Callable[..., Any]) -> Iterator[ShardSink]:
        """Publish to object stores while the next shard is made; leaving waits until all is published.

        Args:
            tell: called with "shard" and its number once a shard and its record are there.
        """

        def publish(finished: Finished) -> None:
            tell("shard", shard=self.sink.publish(finished).number)

        if self.storage.local is not None:
            self.sink.hand_over = publish
            yield self.sink
            return
        with Uploads(publish) as uploads:
            self.sink.hand_over = uploads.add
            yield self.sink

    def finish(self) -> bool:
        """Complete the dataset if all of its shards are there; tells whether it is complete."""
        if missing_shards(self.storage, self.plan):
            return False
        finish_dataset(self.storage, self.plan)
        self.tidy()
        self.resumed = True
        return True

    def tidy(self) -> None:
        """Remove the attempts that killed runs have left on this machine; a whole dataset needs none."""
        clear_work(self.storage)
        if self.storage.local is None:
            shutil.rmtree(self.sink.work, ignore_errors=True)

    def give_up(self) -> None:
        """Leave nothing behind where nothing was made: no plan was written."""
        if not self.storage.exists(PLAN):
            self.tidy()
            if self._new is not None:
                with suppress(OSError):
                    self._new.rmdir()

    def _learn_size(self, missing: set[int]) -> None:
        for shard in self.plan.shards():
            if shard.number not in missing:
                record = read_record(self.storage, shard.number)
                self.sink.largest = record.bytes if record is not None else 0
                return

    def _probe(self) -> None:
        """See that the output can be written, before the long work begins."""
        try:
            self.storage.probe()
        except OSError as error:
            if error.errno not in _USER_ERRORS:
                raise
            raise OutputError(
                f"output '{self.storage.url}' cannot be written ({os.strerror(error.errno or 0)}); choose another --out"
            ) from error
