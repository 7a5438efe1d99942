"""Shards: samples in, complete files out.

`ShardSink` owns names, limits, hashes and the index; a format adds two methods (`_open`, `_add`). A shard appears under
its name only when complete: it is written under a temporary name, flushed, synced and renamed, and its index entry
follows. Bytes are fixed: no clocks, no host names, members in sorted order.
"""

from __future__ import annotations

import io
import os
import tarfile
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from writers.shards.sample import Sample
from writers.shards.storage import sha256_of


@dataclass(frozen=True)
class ShardEntry:
    """One complete shard in the index."""

    name: str
    samples: int
    bytes: int
    sha256: str
    first_key: str
    last_key: str


class ShardSink(ABC):
    """Write samples to shards of a folder.

    Args:
        folder: existing or new folder for the shards.
        samples_per_shard: most samples in one shard, at least 1.
        prefix: shard names are `<prefix>-<index:06d><suffix>`.
    """

    suffix = ""

    def __init__(self, folder: Path, samples_per_shard: int = 256, prefix: str = "shard") -> None:
        if samples_per_shard < 1:
            raise ValueError(f"samples_per_shard is {samples_per_shard}; expected at least 1")
        self.folder = Path(folder)
        self.samples_per_shard = samples_per_shard
        self.prefix = prefix
        self.index: list[ShardEntry] = []
        self._file: BinaryIO | None = None
        self._keys: list[str] = []
        self._extensions: tuple[str, ...] | None = None
        self.folder.mkdir(parents=True, exist_ok=True)

    def write(self, sample: Sample) -> None:
        """Add one sample; closes the shard when it is full.

        Raises:
            ValueError: if the key or the set of members would make a shard that readers misread.
        """
        self._check(sample)
        if self._file is None:
            self._file = open(self._partial, "wb")
            self._open(self._file)
        self._add(sample)
        self._keys.append(sample.key)
        if len(self._keys) >= self.samples_per_shard:
            self.flush()

    def flush(self) -> None:
        """Complete the open shard, if there is one, and enter it in the index."""
        if self._file is None:
            return
        self._close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._file = None
        final = self.folder / f"{self.prefix}-{len(self.index):06d}{self.suffix}"
        digest = sha256_of(self._partial)
        size = self._partial.stat().st_size
        os.replace(self._partial, final)
        self._sync_folder()
        self.index.append(ShardEntry(final.name, len(self._keys), size, digest, self._keys[0], self._keys[-1]))
        self._keys = []

    def abandon(self) -> None:
        """Drop the open shard: nothing of it stays on disk."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self._partial.unlink(missing_ok=True)
            self._keys = []

    def entries(self) -> list[dict[str, Any]]:
        """Return the index as plain dictionaries."""
        return [asdict(entry) for entry in self.index]

    def __enter__(self) -> ShardSink:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.flush()
        else:
            self.abandon()

    @property
    def _partial(self) -> Path:
        return self.folder / f".{self.prefix}-{len(self.index):06d}{self.suffix}.partial"

    def _sync_folder(self) -> None:
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _check(self, sample: Sample) -> None:
        if not sample.key or "." in sample.key or "/" in sample.key:
            raise ValueError(f"sample key '{sample.key}' is empty or has a dot or slash; readers split keys there")
        if self._keys and sample.key == self._keys[-1]:
            raise ValueError(f"sample key '{sample.key}' was written twice in a row; keys must differ")
        extensions = tuple(sorted(sample.members))
        if self._extensions is None:
            self._extensions = extensions
        elif extensions != self._extensions:
            raise ValueError(
                f"sample '{sample.key}' has members {extensions}; the first sample had {self._extensions}; "
                "readers want the same members in every sample"
            )

    @abstractmethod
    def _open(self, file: BinaryIO) -> None:
        """Begin a shard in `file`."""

    @abstractmethod
    def _add(self, sample: Sample) -> None:
        """Append one sample to the open shard."""

    def _close(self) -> None:  # noqa: B027 - a format without a trailer has nothing to do
        """End the shard (trailers)."""


class WebDatasetSink(ShardSink):
    """WebDataset: USTAR members `<key>.<extension>`, adjacent, sorted, mode 0444, mtime 0.

    Source: WebDataset's naming rule (key = basename up to its first dot); POSIX.1-1988 ustar.
    """

    suffix = ".tar"

    def _open(self, file: BinaryIO) -> None:
        self._tar = tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT)

    def _add(self, sample: Sample) -> None:
        for extension in sorted(sample.members):
            data = sample.members[extension]
            info = tarfile.TarInfo(f"{sample.key}.{extension}")
            info.size, info.mode, info.mtime = len(data), 0o444, 0
            self._tar.addfile(info, io.BytesIO(data))

    def _close(self) -> None:
        self._tar.close()


SINKS: dict[str, type[ShardSink]] = {"webdataset": WebDatasetSink}


def sink_class(name: str) -> type[ShardSink]:
    """Return the sink of a shard format.

    Raises:
        ValueError: if there is no such format.
    """
    if name not in SINKS:
        raise ValueError(f"shard format '{name}' is unknown; choose from {', '.join(SINKS)}")
    return SINKS[name]
