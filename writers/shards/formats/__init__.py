"""Shard formats: one file each, found by being in this folder; each defines `FORMAT`."""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from writers.shards.sample import Sample

if TYPE_CHECKING:
    from writers.shards.record import ShardRecord
    from writers.shards.storage import Storage


class ShardFormat(ABC):
    """How samples lie in a shard's file. Equal samples give equal bytes: no clocks, hosts or random numbers.

    Attributes:
        name: what `--format` calls it.
    """

    name: str

    @abstractmethod
    def file_name(self, number: int) -> str:
        """Return the name of shard `number` below `shards/`."""

    @abstractmethod
    def build(self, samples: Iterable[Sample], path: Path) -> None:
        """Write one shard.

        Args:
            samples: in order; read once, never held all at once.
            path: a new file; the caller syncs and publishes it.
        """

    @abstractmethod
    def read(self, file: BinaryIO) -> Iterator[Sample]:
        """Yield the samples of a shard in order.

        Args:
            file: the shard, seekable.

        Raises:
            ValueError: if the shard is damaged or cut short.
        """

    def pick(self, file: BinaryIO, members: set[str] | None) -> Iterator[Sample]:
        """Yield the samples in order with these members alone; all of them for None.

        Raises:
            ValueError: if the shard is damaged or cut short.
        """
        for sample in self.read(file):
            kept = sample.members if members is None else {k: v for k, v in sample.members.items() if k in members}
            yield Sample(sample.key, kept)

    def keys(self, file: BinaryIO) -> list[str]:
        """List the keys of a shard in order."""
        return [sample.key for sample in self.read(file)]

    def find(self, file: BinaryIO, key: str) -> Sample | None:
        """Return one sample; None if the shard has no such key."""
        return next((sample for sample in self.read(file) if sample.key == key), None)

    def finish(self, records: list[ShardRecord], storage: Storage) -> list[str]:
        """Write what readers of the whole dataset need beside its shards, once all records are there.

        Returns:
            Names of the files written; most formats need none.
        """
        return []


def format_names() -> list[str]:
    """List the formats by name."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def format_of(name: str) -> ShardFormat:
    """Return a format; what it needs is imported only now.

    Raises:
        ValueError: if there is no such format.
    """
    if name not in format_names():
        raise ValueError(f"shard format '{name}' is unknown; choose from {', '.join(format_names())}")
    found: ShardFormat = importlib.import_module(f"{__name__}.{name}").FORMAT
    return found
