"""MDS, MosaicML's shards: a table of offsets, then the samples; `shards/index.json` lists them once all are there.

Written and read with NumPy alone. Numbers are little endian. A shard is

    samples: u32 | offset of each sample and of the end: u32 each | columns as JSON | samples

and a sample the length of each column (u32; all columns here are of variable length), then their bytes, in the order of
the columns' names.

Source: mosaicml/streaming, `docs/source/preparing_datasets/dataset_format.md` and `streaming/base/format/mds`.
"""

from __future__ import annotations

import bisect
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from writers.shards.formats import ShardFormat
from writers.shards.record import SHARDS, ShardRecord
from writers.shards.sample import Sample

if TYPE_CHECKING:
    from writers.shards.storage import Storage

KEY = "__key__"
INDEX = f"{SHARDS}index.json"
LIMIT = 2**32 - 1  # offsets are u32
ENCODINGS = {".jpg": "jpeg", ".jpeg": "jpeg", ".png": "png", ".json": "json"}  # the rest is "bytes"
_U32 = np.dtype("<u4")


class Mds(ShardFormat):
    """MDS files for MosaicML's StreamingDataset."""

    name = "mds"

    def file_name(self, number: int) -> str:
        """Return `shard.00000.mds`."""
        return f"shard.{number:05d}.mds"

    def build(self, samples: Iterable[Sample], path: Path) -> None:
        """Write one shard; the samples wait in a file beside it until the table before them can be written.

        Raises:
            ValueError: if a sample has other members than the first, or the shard would be 4 GiB or more.
        """
        names: list[str] = []
        sizes: list[int] = []
        with tempfile.TemporaryFile(dir=path.parent) as body:
            for sample in samples:
                names = names or sorted([KEY, *sample.members])
                packed = _pack(sample, names)
                sizes.append(len(packed))
                body.write(packed)
            config = _config(names)
            start = 4 + 4 * (len(sizes) + 1) + len(config)
            if start + sum(sizes) > LIMIT:
                raise ValueError(
                    f"an MDS shard holds less than 4 GiB, and these {len(sizes)} samples need {start + sum(sizes)} "
                    "bytes; make the dataset with fewer --samples-per-shard"
                )
            offsets = start + np.cumsum([0, *sizes])
            body.seek(0)
            with open(path, "wb") as file:
                file.write(np.array([len(sizes), *offsets], _U32).tobytes() + config)
                shutil.copyfileobj(body, file, 1 << 20)

    def read(self, file: BinaryIO) -> Iterator[Sample]:
        """Yield the samples of a shard in order."""
        shard = MdsFile(file)
        for number in range(len(shard)):
            yield shard.sample(number)

    def keys(self, file: BinaryIO) -> list[str]:
        """List the keys of a shard in order; pictures are not read."""
        shard = MdsFile(file)
        return [shard.key(number) for number in range(len(shard))]

    def find(self, file: BinaryIO, key: str) -> Sample | None:
        """Return one sample, in a few reads: the keys of a shard are sorted."""
        shard = MdsFile(file)
        number = bisect.bisect_left(range(len(shard)), key, key=shard.key)
        return shard.sample(number) if number < len(shard) and shard.key(number) == key else None

    def finish(self, records: list[ShardRecord], storage: Storage) -> list[str]:
        """Write `shards/index.json`, which makes the folder a StreamingDataset with hashes to validate."""
        full = [record for record in records if record.samples]
        shards = []
        if full:
            with storage.open(f"{SHARDS}{full[0].name}") as file:
                layout = _layout(MdsFile(file).names)
        for record in full:
            data = {"basename": record.name, "bytes": record.bytes, "hashes": {"sha256": record.sha256}}
            shards.append({**layout, "raw_data": data, "samples": record.samples, "zip_data": None})
        storage.put(INDEX, json.dumps({"version": 2, "shards": shards}, sort_keys=True).encode())
        return [INDEX]


class MdsFile:
    """An MDS shard open for reading.

    Args:
        file: the shard, seekable.

    Attributes:
        names: its columns in order.

    Raises:
        ValueError: if it is damaged or cut short.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        size = file.seek(0, os.SEEK_END)
        count = int(self._numbers(0, 1)[0])
        if 4 * (count + 2) > size:
            raise ValueError(f"the MDS file of {size} bytes is cut short or damaged: it should list {count} samples")
        self._offsets = self._numbers(4, count + 1).astype(np.int64)
        if (np.diff(self._offsets) < 0).any() or self._offsets[-1] != size:
            raise ValueError(
                f"the MDS file is cut short or damaged: its table ends at {self._offsets[-1]}, not at {size}"
            )
        start = 4 * (count + 2)
        try:
            self.names = list(json.loads(self._bytes(start, int(self._offsets[0])))["column_names"])
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"the MDS file is damaged: its columns cannot be read ({error})") from error
        if count and KEY not in self.names:
            raise ValueError(f"the MDS file has no column '{KEY}'; it is not a shard of Replicant")

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def key(self, number: int) -> str:
        """Return the key of a sample; reads no more than it."""
        begin, bounds = self._bounds(number)
        column = self.names.index(KEY)
        return self._bytes(begin + int(bounds[column]), begin + int(bounds[column + 1])).decode()

    def sample(self, number: int) -> Sample:
        """Return a sample by its place."""
        begin, bounds = self._bounds(number)
        data = self._bytes(begin, int(self._offsets[number + 1]))
        columns = {name: data[bounds[n] : bounds[n + 1]] for n, name in enumerate(self.names)}
        return Sample(columns.pop(KEY).decode(), columns)

    def _bounds(self, number: int) -> tuple[int, NDArray[np.int64]]:
        """Return where a sample begins, and where its columns begin and end within it."""
        begin, end = int(self._offsets[number]), int(self._offsets[number + 1])
        head = 4 * len(self.names)
        bounds = head + np.cumsum([0, *self._numbers(begin, len(self.names))], dtype=np.int64)
        if begin + bounds[-1] != end:
            raise ValueError(f"the MDS file is damaged: sample {number} has {end - begin} bytes, not {bounds[-1]}")
        return begin, bounds

    def _numbers(self, begin: int, count: int) -> NDArray[np.uint32]:
        return np.frombuffer(self._bytes(begin, begin + 4 * count), _U32)

    def _bytes(self, begin: int, end: int) -> bytes:
        self._file.seek(begin)
        data = self._file.read(end - begin)
        if len(data) != end - begin:
            raise ValueError(f"the MDS file is cut short: it ends before byte {end}")
        return data


def _pack(sample: Sample, names: list[str]) -> bytes:
    if sorted([KEY, *sample.members]) != names:
        raise ValueError(
            f"sample '{sample.key}' has members {sorted(sample.members)}; the first sample had "
            f"{[name for name in names if name != KEY]}"
        )
    parts = [sample.key.encode() if name == KEY else sample.members[name] for name in names]
    if max(map(len, parts)) > LIMIT:
        raise ValueError(f"sample '{sample.key}' has a member of 4 GiB or more; MDS cannot hold it")
    return np.array([len(part) for part in parts], _U32).tobytes() + b"".join(parts)


def _layout(names: list[str]) -> dict[str, Any]:
    """Describe the columns as MDS does."""
    return {
        "version": 2,
        "format": "mds",
        "compression": None,
        "hashes": ["sha256"],
        "size_limit": None,
        "column_names": names,
        "column_encodings": [_encoding(name) for name in names],
        "column_sizes": [None] * len(names),
    }


def _encoding(name: str) -> str:
    return "str" if name == KEY else ENCODINGS.get(os.path.splitext(f"x.{name}")[1], "bytes")


def _config(names: list[str]) -> bytes:
    return json.dumps(_layout(names), sort_keys=True).encode()


FORMAT = Mds()
