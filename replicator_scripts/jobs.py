"""The shards that this process makes: what it lacks of the dataset, or what the parent of a pool hands to it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

from replicator_scripts import arguments, worker
from replicator_scripts.output import Output
from replicator_scripts.progress import Progress
from replicator_scripts.worker import Order


class Work:
    """What this process does for an output.

    Args:
        output: the dataset.
        options: the command line.

    Attributes:
        orders: shards to make; None where there is nothing to do, so that no world is built.
    """

    def __init__(self, output: Output, options: arguments.Options) -> None:
        self._output, self._worker = output, bool(options.worker)
        self._replaces = self._worker and options.overwrite and not output.resumed
        if self._worker:
            if not self._replaces:
                self._say_ready()
            self.orders = worker.orders() if self._replaces else _ahead(worker.orders())
            return
        missing = output.missing()
        self.orders = iter(missing) if missing else None
        asked = sum(len(shard.frames) for shard in output.asked())
        self._done = asked - sum(len(output.plan.shard(order.number).frames) for order in missing)
        self._progress = Progress(asked, output.plan.views, before=self._done)
        if self._done and missing:
            print(f"goes on   {self._done} of {asked} frames are there already", flush=True)

    def built(self) -> None:
        """Note that the world stands; a worker that replaces another dataset does it now, before there are others."""
        if self._replaces:
            self._output.claim()
            self._say_ready()
        if not self._worker and self.orders is not None:
            self._progress.begin()

    def tell(self, event: str, **values: Any) -> None:
        """Pass an event of `FrameMaker` on: to the parent of the pool, or to the progress line."""
        if self._worker:
            worker.say(event, **values)
        elif event == "frame":
            self._done += 1
            if values.get("found"):
                self._progress.find()
            self._progress.show(self._done)

    def finish(self) -> None:
        """Complete the dataset if all of its shards are there; the parent of a pool does it for its workers."""
        if self._worker:
            return
        if self._output.complete:
            self._output.tidy()
        else:
            self._output.finish()

    def _say_ready(self) -> None:
        plan = json.loads(self._output.plan.to_json())
        worker.say("ready", out=self._output.storage.url, plan=plan)


def begin(output: Output, options: arguments.Options) -> Work:
    """See what this process has to do."""
    return Work(output, options)


def _ahead(orders: Iterator[Order]) -> Iterator[Order] | None:
    """Wait for the first order; None if there is none."""
    first = next(orders, None)
    return None if first is None else itertools.chain([first], orders)
