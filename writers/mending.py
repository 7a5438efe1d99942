"""What `--verify` mends beside the shards: plan, manifest and the files it lists; all of it can be computed again."""

from __future__ import annotations

import json
from collections.abc import Iterator

from writers.finish import UnfinishedError, manifest_again
from writers.shards.claim import MANIFEST, OutputError, stored_plan
from writers.shards.plan import PLAN, Plan
from writers.shards.record import RECORDS, ShardRecord
from writers.shards.storage import Storage, sha256_in


def restore_plan(storage: Storage, plan: Plan) -> list[str]:
    """Write `plan.json` again where it is lost or damaged, and the records say that the dataset is this plan's.

    Returns:
        A line that says so; none where nothing was wrong, or the output is nobody's.
    """
    try:
        if stored_plan(storage) is not None:
            return []
        wrong = "is missing"
    except OutputError:
        wrong = "cannot be read, or was edited"
    if next(_plans_of_records(storage), None) != plan.hash:
        return []
    storage.put(PLAN, plan.to_json())
    return [f"damaged   {PLAN} {wrong}; written again"]


def drop_damaged_files(storage: Storage, plan: Plan) -> list[str]:
    """Remove the manifest of a dataset if it or a file that it lists is damaged: the end of the run makes them again.

    Args:
        storage: the dataset.
        plan: of the run; written again where that file is the damaged one.

    Returns:
        One line for each damaged file.
    """
    try:
        data = storage.read(MANIFEST)
    except FileNotFoundError:
        return []
    wrong = list(_damaged_files(storage, data))
    if not wrong and data != _as_it_should_be(storage, data):
        wrong = [f"{MANIFEST} says other than plan and records do"]
    if any(line.startswith(PLAN) for line in wrong):
        storage.put(PLAN, plan.to_json())
    if wrong:
        storage.delete(MANIFEST)  # the dataset is not whole any more
    return [f"damaged   {line}; made again" for line in wrong]


def _damaged_files(storage: Storage, data: bytes) -> Iterator[str]:
    try:
        entries = [(str(entry["name"]), entry["bytes"], entry["sha256"]) for entry in json.loads(data)["files"]]
    except (ValueError, KeyError, TypeError):
        yield f"{MANIFEST} cannot be read"
        return
    for name, size, digest in entries:
        try:
            sound = storage.size(name) == size and sha256_in(storage, name) == digest
        except FileNotFoundError:
            yield f"{name} is missing"
        else:
            if not sound:
                yield f"{name} has other bytes than {MANIFEST} says"


def _as_it_should_be(storage: Storage, data: bytes) -> bytes | None:
    """Return what the manifest should hold; None where that cannot be told."""
    plan = stored_plan(storage)
    names = [entry["name"] for entry in json.loads(data)["files"]]
    try:
        return None if plan is None else manifest_again(storage, plan, [name for name in names if name != PLAN])
    except UnfinishedError:
        return None


def _plans_of_records(storage: Storage) -> Iterator[str]:
    for name in storage.list(RECORDS):
        try:
            yield ShardRecord.from_json(storage.read(name)).plan
        except (ValueError, FileNotFoundError):
            continue
