"""Find committed shards whose files are not what their records say, and have them made again."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from writers.shards.claim import MANIFEST
from writers.shards.formats import format_of
from writers.shards.local import WORK
from writers.shards.plan import Plan
from writers.shards.record import RECORDS, SHARDS, ShardRecord, read_record, record_name
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


def move_damaged_away(storage: Storage, plan: Plan, work: Path) -> list[str]:
    """Move every damaged shard and its record away, so that it is made again.

    Args:
        storage: the dataset.
        plan: of the run.
        work: where the shards of a remote dataset are kept on this machine, below `bad`.

    Returns:
        One line for each, naming the file and what is wrong.
    """
    bad = storage.local / WORK / "bad" if storage.local is not None else work / "bad"
    lines = []
    for name in [name for name in storage.list(RECORDS) if name.endswith(".json")]:
        number = int(name.removesuffix(".json").rpartition("-")[2])
        try:
            record = read_record(storage, number)
            wrong = damage(storage, record, plan) if record is not None else ""
            file = record.name if record is not None else ""
        except ValueError:
            wrong, file = "has a record that cannot be read", format_of(plan.format).file_name(number)
        if wrong:
            storage.delete(MANIFEST)  # the dataset is not whole any more
            for part in ([SHARDS + file] if file else []) + [record_name(number)]:
                _move(storage, part, bad)
            lines.append(f"damaged   {file or name} {wrong}; moved to {bad}, made again")
    return lines


def _move(storage: Storage, name: str, folder: Path) -> None:
    target = folder / name.rpartition("/")[2]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if storage.local is not None:
            os.replace(storage.local / name, target)
            return
        with storage.open(name) as source, open(target, "wb") as copy:
            shutil.copyfileobj(source, copy)
    except FileNotFoundError:
        return
    storage.delete(name)
