"""Read a dataset back, whatever its format and wherever it lies: what its records say is there, and nothing else.

for sample in open_dataset("_out/pasture").samples():
    arrays = decode(sample)
"""

from __future__ import annotations

import bisect
import io
import json
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tokenize import TokenError
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from writers.shards.claim import MANIFEST, stored_plan
from writers.shards.formats import format_of
from writers.shards.formats.webdataset import unpack
from writers.shards.plan import Plan
from writers.shards.record import SHARDS, ShardRecord, numbers_of_records, read_record, read_records
from writers.shards.sample import Sample, frame_of
from writers.shards.storage import Storage, storage_of

_RECENT = 64  # records kept for random access
_NEAREST = 4


class DatasetError(ValueError):
    """There is no dataset, or a part of it is damaged."""


class SampleNotFoundError(LookupError):
    """A dataset has no sample of that key."""


def open_dataset(url: str | Path, options: Mapping[str, Any] | None = None) -> Dataset:
    """Open a dataset for reading; one whose run has not finished can be read as far as it is.

    Args:
        url: its folder, or any URL that fsspec knows, e.g. s3://bucket/prefix.
        options: what an object store needs beyond the standard credential chain.

    Raises:
        DatasetError: if no dataset is there.
    """
    storage = storage_of(url, options)
    plan = stored_plan(storage)
    if plan is None:
        raise DatasetError(
            f"no dataset at '{storage.url}': it has no plan.json; give the folder or URL that was --out of "
            "./launch.sh run, not its shards/"
        )
    manifest = _read_manifest(storage)
    dataset = Dataset(storage, plan, manifest)
    if manifest is None:
        of = f" of {len(plan.shards())}" if plan.frames else ""
        warnings.warn(
            f"dataset '{storage.url}' is unfinished: {len(dataset.shard_numbers())}{of} shards are there; "
            "run the same command again to finish it",
            stacklevel=2,
        )
    return dataset


def _read_manifest(storage: Storage) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(storage.read(MANIFEST))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise DatasetError(
            f"{MANIFEST} of '{storage.url}' cannot be read ({error}); run the same command again with --verify"
        ) from error
    return found


class Dataset:
    """A dataset of shards, for reading.

    Attributes:
        storage: where it lies.
        plan: what was asked for.
        manifest: what it holds; None while its run has not finished.
    """

    def __init__(self, storage: Storage, plan: Plan, manifest: dict[str, Any] | None) -> None:
        self.storage, self.plan, self.manifest = storage, plan, manifest
        self._format = format_of(plan.format)
        self._recent: dict[int, ShardRecord] = {}

    def __len__(self) -> int:
        """Count the samples."""
        return self.manifest["samples"] if self.manifest else sum(record.samples for record in self._records())

    @property
    def classes(self) -> list[str]:
        """Class names; the n-th (from 1) is pixel value n of `semantic.png`."""
        known = self.plan.spec.get("scenario", {}).get("classes") or (self.manifest or {}).get("classes")
        if known:
            return list(known)
        first = next(self.samples({"json"}), None)
        return list(json.loads(first.members["json"]).get("classes", [])) if first and first.members else []

    def shard_numbers(self) -> list[int]:
        """List the shards that are there, in order."""
        return numbers_of_records(self.storage)

    def records(self) -> list[ShardRecord]:
        """Return the records of all shards in order, with where each sample lies."""
        return read_records(self.storage)

    def samples(self, members: set[str] | None = None) -> Iterator[Sample]:
        """Yield all samples in order.

        Args:
            members: leave out other members; a format that can does not read them.

        Raises:
            DatasetError: if a shard is damaged or missing.
        """
        for record in self._records():
            if record.samples:
                yield from self._read(record, members)

    def keys(self) -> Iterator[str]:
        """Yield the keys of all samples in order; pictures are not read where the format allows it."""
        for record in self._records():
            yield from self._keys(record)

    def sample(self, key: str) -> Sample:
        """Return one sample by its key, reading little more than it.

        Raises:
            SampleNotFoundError: if there is none.
            DatasetError: if its shard is damaged or missing.
        """
        record = self._record_of(key)
        place = None if record.index is None else record.index.get(key)
        found = None
        if record.samples and (place or record.index is None):
            with self._shard(record) as file:
                if place:
                    file.seek(place[0])
                    found = unpack(file.read(place[1]))
                else:
                    found = self._format.find(file, key)
        if found is None or found.key != key:
            raise SampleNotFoundError(self._absent(key, record))
        return found

    def _records(self) -> Iterator[ShardRecord]:
        """Yield the records one at a time: a large dataset's do not fit into memory together."""
        for number in self.shard_numbers():
            if (record := read_record(self.storage, number)) is not None:
                yield record

    def _read(self, record: ShardRecord, members: set[str] | None) -> Iterator[Sample]:
        with self._shard(record) as file:
            size = self.storage.size(SHARDS + record.name)
            if size != record.bytes:
                raise ValueError(f"it has {size} bytes, and its record says {record.bytes}")
            count = 0
            for sample in self._format.pick(file, members):
                count += 1
                yield sample
            if count != record.samples:
                raise ValueError(f"it holds {count} samples, and its record says {record.samples}")

    def _keys(self, record: ShardRecord) -> list[str]:
        if record.index is not None or not record.samples:
            return list(record.index or ())
        with self._shard(record) as file:
            return self._format.keys(file)

    @contextmanager
    def _shard(self, record: ShardRecord) -> Iterator[Any]:
        """Open a shard; what is wrong with its file is said with its name."""
        name = SHARDS + record.name
        try:
            with self.storage.open(name) as file:
                yield file
        except FileNotFoundError as error:
            raise DatasetError(
                f"{name} of '{self.storage.url}' is gone, and its record is there; {self._advice}"
            ) from error
        except ValueError as error:
            raise DatasetError(f"{name} of '{self.storage.url}' is damaged: {error}; {self._advice}") from error

    @property
    def _advice(self) -> str:
        return f"see ./launch.sh verify {self.storage.url}"

    def _record_of(self, key: str) -> ShardRecord:
        """Return the record of the shard that a key belongs to."""
        plan, where = self.plan, f"dataset '{self.storage.url}' has no sample '{key}'"
        try:
            frame = frame_of(key)
        except ValueError as error:
            raise SampleNotFoundError(f"{where}: {error}") from error
        if frame < plan.start or (plan.frames and frame >= plan.start + plan.frames):
            last = f" to {plan.start + plan.frames - 1}" if plan.frames else ""
            raise SampleNotFoundError(f"{where}: its frames are {plan.start}{last}")
        number = (frame - plan.start) // plan.frames_per_shard
        if number not in self._recent:
            record = read_record(self.storage, number)
            if record is None:
                raise SampleNotFoundError(f"{where}: shard {number} is not there yet; run the same command again")
            if len(self._recent) >= _RECENT:
                self._recent.clear()
            self._recent[number] = record
        return self._recent[number]

    def _absent(self, key: str, record: ShardRecord) -> str:
        """Say why a shard has no such sample: its frame was skipped, or what the nearest keys are."""
        where = f"dataset '{self.storage.url}' has no sample '{key}'"
        for item in record.skipped:
            if item["frame"] == frame_of(key):
                return f"{where}: frame {item['frame']} was left out: {item['error']}"
        keys = sorted(self._keys(record))
        at = bisect.bisect_left(keys, key)
        return f"{where}; near it: {', '.join(keys[max(0, at - _NEAREST // 2) : at + _NEAREST // 2])}"


def decode(sample: Sample) -> dict[str, Any]:
    """Decode a sample's members.

    Returns:
        By member: pictures as (h, w) or (h, w, 3|4) arrays, RGB(A), 16 bits kept; `.npy` as arrays; `.json` parsed;
        others as bytes.

    Raises:
        DatasetError: if a member cannot be decoded.
    """
    return {name: _decode(sample.key, name, data) for name, data in sample.members.items()}


def _decode(key: str, name: str, data: bytes) -> Any:
    extension = name.rpartition(".")[2]
    try:
        if extension in ("png", "jpg", "jpeg", "tiff"):
            return _picture(data)
        if extension == "npy":
            return _array(data)
        return json.loads(data) if extension == "json" else data
    except (ValueError, EOFError, cv2.error) as error:
        raise DatasetError(f"member '{name}' of sample '{key}' cannot be decoded: {error}") from error


def _array(data: bytes) -> NDArray[Any]:
    try:
        found: NDArray[Any] = np.load(io.BytesIO(data), allow_pickle=False)
    except (SyntaxError, TokenError, TypeError, MemoryError, OverflowError) as error:  # its header is Python's text
        raise ValueError(f"its header is damaged ({type(error).__name__})") from error
    return found


def _picture(data: bytes) -> NDArray[Any]:
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) if data else None
    if image is None:
        raise ValueError(f"{len(data)} bytes that are no picture")
    if image.ndim == 2:
        return image
    return cv2.cvtColor(image, cv2.COLOR_BGRA2RGBA if image.shape[2] == 4 else cv2.COLOR_BGR2RGB)
