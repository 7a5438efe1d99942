"""Small datasets on disk or in an object store, made by the sink of all datasets from drawn boxes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from tests.exports.worlds import CLASSES, several
from writers.finish import finish_dataset
from writers.shards.plan import Plan
from writers.shards.sample import Sample, frame_of
from writers.shards.sink import ShardSink
from writers.shards.storage import storage_of

SCENARIO: dict[str, Any] = {"name": "boxes", "seed": 7, "classes": CLASSES, "writer": {"exports": []}}


def make(
    out: Path | str,
    rows: list[Sample] | None = None,
    shards: int | None = None,
    skip: int | None = None,
    finish: bool = True,
    **changes: Any,
) -> str:
    """Make a dataset, of two frames a shard unless told otherwise, and return its place.

    Args:
        out: folder or URL.
        rows: its samples; 5 frames of boxes by default.
        shards: make only so many.
        skip: leave this frame out.
        finish: complete it with a manifest.
        changes: of the plan: format, views, frames_per_shard; "seed" goes into the scenario.
    """
    rows = several(frames=5, views=changes.get("views", 1)).rows if rows is None else rows
    scenario = {**SCENARIO, "seed": changes.pop("seed", 7)}
    frames = len({frame_of(row.key) for row in rows})
    plan = Plan({"scenario": scenario}, 0, frames, changes.pop("frames_per_shard", 2), **changes)
    storage = storage_of(out)
    storage.put("plan.json", plan.to_json(), exclusive=True)
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(out) / ".work" if storage.local is not None else Path(scratch) / "work"
        sink = ShardSink(storage, plan, work)
        for shard in plan.shards()[:shards]:
            sink.begin(shard)
            if skip is not None and skip in shard.frames:
                sink.skip(skip, "the asset is corrupt")
            for row in rows:
                if frame_of(row.key) in shard.frames:
                    sink.write(row)
            sink.commit()
    if finish:
        finish_dataset(storage, plan)
    return str(out)
