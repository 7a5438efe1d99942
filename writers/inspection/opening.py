"""Open a dataset for a command, and read it shard by shard."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator

from writers.reader import Dataset, open_dataset
from writers.shards.formats import format_of
from writers.shards.record import SHARDS, ShardRecord, read_record
from writers.shards.sample import Sample


def opened(path: str) -> Dataset:
    """Open a dataset; that it is unfinished is said in a line on the error stream.

    Raises:
        ValueError: if there is none.
    """
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        dataset = open_dataset(path)
    for each in said:
        print(f"note: {each.message}", file=sys.stderr)
    return dataset


def records_of(dataset: Dataset) -> Iterator[ShardRecord]:
    """Yield the records of a dataset one at a time.

    Raises:
        ValueError: if one cannot be read.
    """
    for number in dataset.shard_numbers():
        record = read_record(dataset.storage, number)
        if record is not None:
            yield record


def shard_samples(dataset: Dataset, record: ShardRecord) -> Iterator[Sample]:
    """Read the samples of one shard as they lie.

    Raises:
        ValueError: if it is damaged.
        FileNotFoundError: if it is missing.
    """
    if record.name:
        with dataset.storage.open(SHARDS + record.name) as file:
            yield from format_of(dataset.plan.format).read(file)
