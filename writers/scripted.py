"""A dataset of a script that decides as it goes how many frames there are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from writers.manifest import code_version, package_versions
from writers.shards.claim import OutputError, check, claim, work_folder
from writers.shards.plan import Plan
from writers.shards.sample import Sample, frame_of
from writers.shards.sink import ShardSink
from writers.shards.storage import storage_of


class ScriptedDataset:
    """Shards of a script, each committed when it is full; a script cannot be resumed: nobody knows what it does.

    Args:
        folder: new folder for the dataset, or a URL.
        outputs: what a sample holds.
        classes: class names in order.
        settings: as the `writer` of a scenario.
    """

    def __init__(self, folder: str | Path, outputs: list[str], classes: list[str], settings: Mapping[str, Any]) -> None:
        self.storage = storage_of(folder)
        self._settings = dict(settings)
        exports = ["coco"] if {"rgb", "boxes"} <= set(outputs) else []
        about = {"outputs": outputs, "classes": classes, "writer": {"exports": exports, **settings}}
        self._spec = {"scenario": about, "versions": package_versions(), "code": code_version()}
        self._sink: ShardSink | None = None
        self._last: int | None = None
        self._done = False

    def begin(self, views: int) -> None:
        """Say how many samples the next frame has.

        Raises:
            OutputError: if something is in the folder already.
            ValueError: if the dataset has been finished.
        """
        if self._done:
            raise ValueError(f"the dataset in '{self.storage.url}' is finished; initialize a writer for another folder")
        if self._sink is not None:
            return
        per_shard = max(1, int(self._settings.get("samples_per_shard", 256)) // views)
        plan = Plan(self._spec, 0, 0, per_shard, views, self._settings.get("format", "webdataset"))
        if check(self.storage, plan):
            raise OutputError(
                f"output '{self.storage.url}' holds a dataset already; give the writer another output_dir"
            )
        work = work_folder(self.storage, plan)
        self._sink = ShardSink(self.storage, plan, work, lambda: claim(self.storage, plan))

    def take(self, sample: Sample) -> None:
        """Add a sample."""
        assert self._sink is not None
        number = frame_of(sample.key) // self._sink.plan.frames_per_shard
        if self._last is None or number != self._last // self._sink.plan.frames_per_shard:
            self._commit()
            self._sink.begin(self._sink.plan.shard(number))
        self._sink.write(sample)
        self._last = frame_of(sample.key)

    def finish(self) -> None:
        """Commit the last shard and complete the dataset."""
        from writers.finish import finish_dataset

        self._commit()
        if self._sink is not None and not self._done:
            finish_dataset(self.storage, self._sink.plan)
        self._done = True

    def _commit(self) -> None:
        if self._sink is not None and self._last is not None:
            self._sink.commit(stop=self._last + 1)
            self._last = None
