"""The commit record of a shard: a shard exists if and only if its record does."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from typing import Any

from writers.shards.storage import Storage

RECORDS, SHARDS = "records/", "shards/"
_NAME = re.compile(rf"{RECORDS}shard-(\d{{6,}})\.json")


@dataclass(frozen=True)
class ShardRecord:
    """What one committed shard holds. The same shard has the same record, whoever made it.

    Attributes:
        number: of the shard, from 0.
        name: of its file, below `shards/`.
        start: its first frame.
        stop: the frame after its last one.
        samples: number of samples.
        bytes: length of the file.
        sha256: hash of the file, hexadecimal.
        first_key: key of its first sample ("" where it has none).
        last_key: key of its last sample.
        totals: objects a class, sorted by name.
        skipped: frames that could not be made: {"frame": int, "error": one line}.
        plan: hash of the plan it was made by.
        index: (webdataset) key -> [offset, length] of the sample's members in the file, headers included.
    """

    number: int
    name: str
    start: int
    stop: int
    samples: int
    bytes: int
    sha256: str
    first_key: str
    last_key: str
    totals: dict[str, int]
    skipped: list[dict[str, Any]]
    plan: str
    index: dict[str, list[int]] | None = field(default=None, repr=False)

    def to_json(self) -> bytes:
        """Return the record's file."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"

    @classmethod
    def from_json(cls, data: bytes) -> ShardRecord:
        """Read a record's file.

        Raises:
            ValueError: if it is not a record.
        """
        try:
            return cls(**json.loads(data))
        except (ValueError, TypeError) as error:
            raise ValueError(f"not the record of a shard: {error}") from error


def record_name(number: int) -> str:
    """Return the name of a shard's record in the dataset."""
    return f"{RECORDS}shard-{number:06d}.json"


def read_record(storage: Storage, number: int) -> ShardRecord | None:
    """Return the record of a shard, or None where the shard does not exist.

    Raises:
        ValueError: if the record cannot be read; `--verify` moves it away.
    """
    try:
        data = storage.read(record_name(number))
    except FileNotFoundError:
        return None
    try:
        return ShardRecord.from_json(data)
    except ValueError as error:
        raise ValueError(f"{record_name(number)} in '{storage.url}' is {error}; run again with --verify") from error


def numbers_of_records(storage: Storage) -> list[int]:
    """List the shards that have a record, in order; files of other names are passed over."""
    found = (_NAME.fullmatch(name) for name in storage.list(RECORDS))
    return sorted(int(match[1]) for match in found if match)


def read_records(storage: Storage) -> list[ShardRecord]:
    """Return all records of a dataset in the order of their shards."""
    found = [read_record(storage, number) for number in numbers_of_records(storage)]
    return [record for record in found if record is not None]
