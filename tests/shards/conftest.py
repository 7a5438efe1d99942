"""A cheap dataset: samples that depend on their frame alone, and what makes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from writers.shards import settle
from writers.shards.claim import claim, work_folder
from writers.shards.plan import Plan
from writers.shards.sample import Sample, sample_key
from writers.shards.sink import ShardSink
from writers.shards.storage import Storage, storage_of

SPEC: dict[str, Any] = {
    "scenario": {"name": "field", "seed": 3, "classes": ["cow"], "outputs": ["flow"], "writer": {"preview": 0}},
    "versions": {"python": "3.11"},
    "code": "test",
    "command": "./launch.sh run --scenario field",
}


def plan_of(frames: int = 5, per_shard: int = 2, views: int = 1, form: str = "webdataset", start: int = 0) -> Plan:
    """Return a plan; equal arguments give equal plans."""
    return Plan(SPEC, start, frames, per_shard, views, form)


def sample(frame: int, view: str | None = None, salt: int = 0) -> Sample:
    """Make a sample from its frame; another salt is a renderer that does not repeat its bytes."""
    about = {"frame": frame, "counts": {"cow": frame % 3}, "objects": [], "salt": salt}
    return Sample(sample_key(frame, view), {"json": json.dumps(about).encode(), "flow.npy": bytes([frame % 256]) * 700})


def sink_of(storage: Storage | Path, plan: Plan, work: Path | None = None) -> ShardSink:
    """Return a sink as a process of its own would make it."""
    storage = storage_of(storage) if isinstance(storage, Path) else storage
    return ShardSink(storage, plan, work or work_folder(storage, plan), lambda: claim(storage, plan))


def make(sink: ShardSink, number: int, salt: int = 0) -> list[int]:
    """Make a shard to its end; returns the frames that were still missing."""
    sink.begin(sink.plan.shard(number))
    missing = sink.missing()
    for frame in missing:
        for view in [None] if sink.plan.views == 1 else [f"c{n}" for n in range(sink.plan.views)]:
            sink.write(sample(frame, view, salt))
    sink.commit()
    return missing


def make_all(folder: Path, plan: Plan | None = None) -> Plan:
    """Make every shard of a plan and finish it."""
    from writers.finish import finish_dataset

    plan = plan or plan_of()
    sink = sink_of(folder, plan)
    for shard in plan.shards():
        make(sink, shard.number)
    finish_dataset(sink.storage, plan)
    return plan


def files(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder by name."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nobody."""
    monkeypatch.setattr(settle, "GRACE", 0.02)
