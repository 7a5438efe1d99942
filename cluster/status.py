"""What a dataset has and what it lacks, judged by its plan and its records: never by exit codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cluster.job import JobError
from writers.shards.plan import PLAN, Plan
from writers.shards.record import SHARDS, ShardRecord, numbers_of_records, read_record
from writers.shards.storage import Storage


@dataclass(frozen=True)
class Survey:
    """The shards of a dataset.

    Attributes:
        shards: how many the plan has.
        done: records of the shards that are there.
        damaged: shard -> what is wrong with it: it has a record that its file does not fit.
        missing: shards without a record.
        busy: shard -> state of its task, for missing shards whose task runs or waits.
        finished: the manifest is there.
    """

    shards: int
    done: list[ShardRecord]
    damaged: dict[int, str]
    missing: list[int]
    busy: dict[int, str] = field(default_factory=dict)
    finished: bool = False

    @property
    def lost(self) -> list[int]:
        """Shards that nobody is making: `resume` gives their tasks out again."""
        return sorted({*self.damaged, *self.missing} - set(self.busy))

    @property
    def samples(self) -> int:
        """Samples in the shards that are there."""
        return sum(record.samples for record in self.done)

    @property
    def skipped(self) -> int:
        """Frames that could not be made, in the shards that are there."""
        return sum(len(record.skipped) for record in self.done)

    @property
    def complete(self) -> bool:
        """Nothing is missing or damaged, and the manifest has been written."""
        return self.finished and not self.missing and not self.damaged


def read_plan(storage: Storage) -> Plan:
    """Read the plan of a dataset.

    Raises:
        JobError: if there is none, or it is not a plan.
    """
    try:
        return Plan.from_json(storage.read(PLAN))
    except FileNotFoundError as error:
        raise JobError(f"'{storage.url}' has no {PLAN}, so no run has begun there; submit or run one") from error
    except ValueError as error:
        raise JobError(str(error)) from error


def survey(storage: Storage, tasks: int = 1, running: Mapping[int, str] | None = None) -> Survey:
    """Compare the plan of a dataset with its records.

    Args:
        storage: the dataset.
        tasks: into how many tasks its shards are dealt.
        running: task -> state, of those that run or wait.

    Raises:
        JobError: if there is no plan.
    """
    plan = read_plan(storage)
    numbers = [shard.number for shard in plan.shards()]
    present, records, damaged = set(numbers_of_records(storage)), list[ShardRecord](), dict[int, str]()
    for number in sorted(present & set(numbers)):
        try:
            record = read_record(storage, number)
        except ValueError:
            damaged[number] = "its record cannot be read"
            continue
        if record is None:  # moved away this moment
            present.discard(number)
            continue
        records.append(record)
        if wrong := _wrong(storage, record, plan):
            damaged[number] = wrong
    missing = sorted(set(numbers) - present)
    states = running or {}
    busy = {n: states[n % tasks] for n in sorted({*missing, *damaged}) if n % tasks in states}
    done = [record for record in records if record.number not in damaged]
    return Survey(len(numbers), done, damaged, missing, busy, storage.exists("manifest.json"))


def lines(found: Survey) -> list[str]:
    """Say what there is, one line a kind of shard."""
    size = sum(record.bytes for record in found.done)
    text = [f"done      {len(found.done)} of {found.shards} shards, {found.samples} samples, {size / 1e6:.1f} MB"]
    if found.skipped:
        text.append(f"skipped   {found.skipped} frames that could not be made; the records name them")
    text += [f"damaged   shard {number}: {wrong}" for number, wrong in sorted(found.damaged.items())]
    states = sorted(set(found.busy.values()))
    text += [f"{s.lower():<9} shards {spans([n for n in found.busy if found.busy[n] == s])}" for s in states]
    if idle := [n for n in found.lost if n in found.missing]:
        text.append(f"missing   shards {spans(idle)}: no task that runs or waits will make them")
    text.append(f"finished  {'yes' if found.complete else 'no'}")
    return text


def as_json(found: Survey) -> dict[str, Any]:
    """Return the survey as plain values."""
    return {
        "shards": found.shards,
        "done": [record.number for record in found.done],
        "samples": found.samples,
        "skipped": found.skipped,
        "damaged": {str(number): wrong for number, wrong in found.damaged.items()},
        "busy": {str(number): state for number, state in found.busy.items()},
        "missing": found.missing,
        "lost": found.lost,
        "finished": found.complete,
    }


def spans(numbers: list[int]) -> str:
    """Write sorted numbers shortly: [0, 1, 2, 5] is "0-2,5"."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in found)


def _wrong(storage: Storage, record: ShardRecord, plan: Plan) -> str:
    """Say how a record does not fit its file or the plan; "" if it does."""
    if record.plan != plan.hash:
        return "its record belongs to another plan"
    if not record.name:
        return ""  # every frame of it was left out
    try:
        size = storage.size(SHARDS + record.name)
    except FileNotFoundError:
        return "its file is gone"
    return "" if size == record.bytes else f"its file has {size} bytes, its record says {record.bytes}"
