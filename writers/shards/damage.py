"""Find committed shards whose files are not what their records say, and have them made again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Container
from pathlib import Path

from writers.shards.claim import MANIFEST
from writers.shards.formats import format_of
from writers.shards.local import WORK
from writers.shards.plan import Plan, ShardRange
from writers.shards.record import SHARDS, ShardRecord, numbers_of_records, read_record, record_name
from writers.shards.settle import rebuild
from writers.shards.storage import Storage, sha256_in


def damage(storage: Storage, record: ShardRecord, plan: Plan | None = None) -> str:
    """Say what is wrong with a committed shard in a few words, or "" where its bytes are those of its record."""
    if plan is not None and record.plan != plan.hash:
        return "was made by another plan"
    if not record.name:
        return ""
    try:
        size = storage.size(SHARDS + record.name)
        if size != record.bytes:
            return f"has {size} bytes instead of {record.bytes}"
        if sha256_in(storage, SHARDS + record.name) != record.sha256:
            return "has other bytes than its record says (SHA-256 differs)"
    except FileNotFoundError:
        return "is missing"
    return ""


def move_damaged_away(storage: Storage, plan: Plan, work: Path, asked: Container[int] | None = None) -> list[str]:
    """Move every damaged shard and its record away, so that it is made again.

    Args:
        storage: the dataset.
        plan: of the run.
        work: where the shards of a remote dataset are kept on this machine, below `bad`.
        asked: numbers of the shards to look at; all of them if not given.

    Returns:
        One line for each, naming the file and what is wrong.
    """
    bad = storage.local / WORK / "bad" if storage.local is not None else work / "bad"
    lines = []
    for number in numbers_of_records(storage):
        if asked is not None and number not in asked:
            continue
        wrong, parts = _fault(storage, plan, number)
        if wrong:
            storage.delete(MANIFEST)  # the dataset is not whole any more
            moved = [part for part in parts if _move(storage, part, bad)]
            where = f"moved to {bad}, " if parts[0] in moved else ""
            lines.append(f"damaged   {parts[0].removeprefix(SHARDS)} {wrong}; {where}made again")
    return lines


def _fault(storage: Storage, plan: Plan, number: int) -> tuple[str, list[str]]:
    """Return what is wrong with a shard, "" for nothing, and the files to move away: shard and record, or record."""
    where = record_name(number)
    try:
        record = read_record(storage, number)
    except ValueError:
        return "has a record that cannot be read", [SHARDS + format_of(plan.format).file_name(number), where]
    if record is None:
        return "", []
    both = [SHARDS + record.name, where] if record.name else [where]
    if wrong := damage(storage, record, plan):
        return wrong, both
    return (
        ("says other than the plan and its shard do", [where])
        if _misstates(storage, plan, number, record)
        else ("", [])
    )


def _misstates(storage: Storage, plan: Plan, number: int, record: ShardRecord) -> bool:
    """Tell whether a record with the right hash is wrong about the rest: frames, keys, objects, where samples lie."""
    shard = plan.shard(number) if plan.frames else ShardRange(number, record.start, record.stop)
    if record.name:
        return record != rebuild(storage, plan, shard, record.skipped)
    left_out = [item.get("frame") for item in record.skipped]
    return (record.number, record.start, record.stop, left_out) != (number, shard.start, shard.stop, list(shard.frames))


def _move(storage: Storage, name: str, folder: Path) -> bool:
    """Move a file away; tells whether it was there."""
    target = folder / name.rpartition("/")[2]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if storage.local is not None:
            os.replace(storage.local / name, target)
            return True
        with storage.open(name) as source, open(target, "wb") as copy:
            shutil.copyfileobj(source, copy)
    except FileNotFoundError:
        return False
    storage.delete(name)
    return True
