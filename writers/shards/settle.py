"""What a shard's record says, and what happens when two made the same shard."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from writers.shards.formats import format_of
from writers.shards.formats.webdataset import pack
from writers.shards.plan import Plan, ShardRange
from writers.shards.record import SHARDS, ShardRecord, read_record
from writers.shards.sample import frame_of
from writers.shards.storage import Storage, sha256_in
from writers.shards.totals import count_objects

GRACE = 5.0  # seconds in which the winner of a race is expected to write its record
_LOOKS = 20


def describe(
    plan: Plan,
    shard: ShardRange,
    skipped: list[dict[str, Any]],
    keys: list[str] | None = None,
    totals: list[dict[str, int]] | None = None,
    file: tuple[str, int, str] = ("", 0, ""),
    index: dict[str, list[int]] | None = None,
) -> ShardRecord:
    """Make the record of a shard.

    Args:
        plan: of the run.
        shard: its range.
        skipped: frames left out and why.
        keys: of its samples, in order.
        totals: objects a class, one entry a sample.
        file: name below `shards/`, length in bytes and SHA-256; all empty where every frame was skipped.
        index: where samples lie, for formats that have that.
    """
    added: dict[str, int] = {}
    for counts in totals or []:
        for name, number in counts.items():
            added[name] = added.get(name, 0) + number
    keys = keys or []
    return ShardRecord(
        number=shard.number,
        name=file[0],
        start=shard.start,
        stop=shard.stop,
        samples=len(keys),
        bytes=file[1],
        sha256=file[2],
        first_key=keys[0] if keys else "",
        last_key=keys[-1] if keys else "",
        totals=dict(sorted(added.items())),
        skipped=skipped,
        plan=plan.hash,
        index=index,
    )


def rebuild(storage: Storage, plan: Plan, shard: ShardRange, skipped: list[dict[str, Any]]) -> ShardRecord | None:
    """Make the record of a published shard from its file alone.

    Args:
        storage: where it lies.
        plan: of the run.
        shard: its range.
        skipped: what this process skipped; reasons for frames that the shard lacks are taken from here.

    Returns:
        The record, or None where the file cannot be read to its end.
    """
    form = format_of(plan.format)
    name = form.file_name(shard.number)
    keys, totals, index, end = [], [], dict[str, list[int]](), 0
    try:
        with storage.open(SHARDS + name) as file:
            for sample in form.read(file):
                keys.append(sample.key)
                totals.append(count_objects(sample))
                if plan.format == "webdataset":
                    index[sample.key] = [end, len(pack(sample))]
                    end += index[sample.key][1]
        size, digest = storage.size(SHARDS + name), sha256_in(storage, SHARDS + name)
        frames = {frame_of(key) for key in keys}
    except (ValueError, FileNotFoundError):
        return None
    reasons = {item["frame"]: item["error"] for item in skipped}
    lacks = [frame for frame in shard.frames if frame not in frames]
    left_out = [{"frame": frame, "error": reasons.get(frame, "not recorded")} for frame in lacks]
    return describe(plan, shard, left_out, keys, totals, (name, size, digest), index or None)


def settle(storage: Storage, plan: Plan, mine: ShardRecord, path: Path) -> ShardRecord:
    """Find the record of a shard whose name was taken: the first one wins, and a published file is never replaced.

    Args:
        storage: where the dataset lies.
        plan: of the run.
        mine: the record of our own shard.
        path: our own file; it is published after all where the one that is there cannot be read.

    Returns:
        Theirs if it is there; ours if the bytes are equal; else one made from what was published, by a process that
        died before it wrote the record and whose renderer does not repeat its bytes.
    """
    name = SHARDS + mine.name
    for look in range(_LOOKS):
        if (theirs := read_record(storage, mine.number)) is not None:
            return theirs
        if look == 0 and storage.size(name) == mine.bytes and sha256_in(storage, name) == mine.sha256:
            return mine
        time.sleep(GRACE / _LOOKS)
    found = rebuild(storage, plan, ShardRange(mine.number, mine.start, mine.stop), mine.skipped)
    if found is None:  # not a shard, and no record ever said it was one
        storage.delete(name)
        return mine if storage.publish(name, path) else settle(storage, plan, mine, path)
    return found
