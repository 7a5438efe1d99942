"""verify: whether every shard is what its record, the plan and the manifest say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from writers.inspection.opening import shard_samples
from writers.reader import Dataset, decode
from writers.shards.claim import MANIFEST
from writers.shards.damage import damage
from writers.shards.formats import format_of
from writers.shards.formats.webdataset import pack
from writers.shards.record import SHARDS, ShardRecord, read_record, record_name
from writers.shards.sample import Sample, check_sample, frame_of
from writers.shards.storage import sha256_in
from writers.shards.ustar import TRAILER

NAMED = 5  # missing shards, keys and the like that are named one by one


class Verifier:
    """Walk a dataset and yield what is wrong, a line each; nothing is changed.

    Args:
        dataset: an open dataset.
        decoding: also decode every member.
        partial: shards that are not there yet are no fault.

    Attributes:
        shards, samples: how many were read so far.
    """

    def __init__(self, dataset: Dataset, decoding: bool = False, partial: bool = False) -> None:
        self.dataset, self.plan = dataset, dataset.plan
        self._decoding, self._partial = decoding, partial
        self._members: list[str] | None = None
        self.shards = self.samples = 0
        self._bytes = 0
        self._totals: dict[str, int] = {}
        self._known: dict[str, dict[str, Any]] = {}

    def problems(self) -> Iterator[str]:
        """Yield one line a fault, naming its file."""
        if self.dataset.manifest is not None:
            self._known = {entry["name"]: entry for entry in self.dataset.manifest["shards"] if entry["name"]}
        numbers = self.dataset.shard_numbers()
        files = set()
        for number in numbers:
            try:
                record = read_record(self.dataset.storage, number)
            except ValueError:
                yield f"{record_name(number)}: is not the record of a shard"
                files.add(format_of(self.plan.format).file_name(number))
                continue
            if record is not None:
                files.add(record.name)
                name = SHARDS + record.name if record.name else record_name(number)
                for fault in self._shard(record, number):
                    yield f"{name}: {fault}"
        yield from self._missing(set(numbers))
        yield from self._strays(files)
        if self.dataset.manifest is not None:
            yield from self._manifest(self.dataset.manifest)

    def _shard(self, record: ShardRecord, number: int) -> Iterator[str]:
        """Yield what is wrong with one shard: its record, its hash, its samples."""
        self.shards += 1
        self.samples += record.samples
        self._bytes += record.bytes
        for name, count in record.totals.items():
            self._totals[name] = self._totals.get(name, 0) + count
        wanted = self.plan.shard(number)
        if (record.number, record.start, record.stop) != (
            wanted.number,
            wanted.start,
            wanted.stop,
        ) and self.plan.frames:
            yield f"its record says frames {record.start} to {record.stop}, the plan {wanted.start} to {wanted.stop}"
        entry = self._known.get(record.name)
        if self.dataset.manifest is not None and record.name:
            if entry is None:
                yield f"is not in {MANIFEST}"
            elif (entry["sha256"], entry["bytes"], entry["samples"]) != (record.sha256, record.bytes, record.samples):
                yield f"{MANIFEST} and its record disagree on its bytes, samples or hash"
        fault = damage(self.dataset.storage, record, self.plan)
        if fault:
            yield fault
        if "missing" not in fault and record.name:
            try:
                yield from self._walk(record)
            except ValueError as error:
                yield f"cannot be read: {error}"

    def _walk(self, record: ShardRecord) -> Iterator[str]:
        """Yield what is wrong with the samples of one shard; keys ascend, so none is there twice."""
        last, count, offset, frames, totals = "", 0, 0, dict[int, int](), dict[str, int]()
        for sample in shard_samples(self.dataset, record):
            count += 1
            yield from self._sample(sample, totals)
            if record.index is not None:
                length = len(pack(sample))
                if record.index.get(sample.key) != [offset, length]:
                    yield f"the index of its record does not lead to sample '{sample.key}'"
                offset += length
            if sample.key <= last:
                yield f"sample '{sample.key}' comes after '{last}': twice or out of order"
            if count == 1 and sample.key != record.first_key:
                yield f"its first sample is '{sample.key}', its record says '{record.first_key}'"
            last = sample.key
            try:
                frame = frame_of(sample.key)
            except ValueError as error:
                yield str(error)
            else:
                frames[frame] = frames.get(frame, 0) + 1
        if count != record.samples:
            yield f"holds {count} samples, its record says {record.samples}"
        if record.index is not None and offset + len(TRAILER) != record.bytes:
            yield f"has {record.bytes} bytes, its samples take {offset + len(TRAILER)}: is a sample in it twice?"
        if last != record.last_key:
            yield f"its last sample is '{last}', its record says '{record.last_key}'"
        yield from self._frames(record, frames)
        if count and totals != record.totals:
            yield f"its samples have {totals} objects, its record says {record.totals}"

    def _sample(self, sample: Sample, totals: dict[str, int]) -> Iterator[str]:
        """Yield what is wrong with one sample, and count its objects."""
        try:
            check_sample(sample, self._members)
            self._members = self._members or sorted(sample.members)
            about = decode(Sample(sample.key, _json_of(sample))).get("json", {})
            for name, count in about.get("counts", {}).items():
                totals[name] = totals.get(name, 0) + count
            if self._decoding:
                decode(sample)
        except ValueError as error:
            yield str(error)

    def _frames(self, record: ShardRecord, frames: dict[int, int]) -> Iterator[str]:
        skipped = {item["frame"] for item in record.skipped}
        lacking = [n for n in range(record.start, record.stop) if n not in skipped and frames.get(n) != self.plan.views]
        if lacking:
            yield f"frame(s) {_some(lacking)} do not have {self.plan.views} sample(s) each"
        strange = [n for n in frames if not record.start <= n < record.stop or n in skipped]
        strange += [n for n in sorted(skipped) if not record.start <= n < record.stop]
        if strange:
            yield f"frame(s) {_some(strange)} do not belong to it"

    def _missing(self, numbers: set[int]) -> Iterator[str]:
        lacking = [shard.number for shard in self.plan.shards() if shard.number not in numbers]
        if lacking and (not self._partial or self.dataset.manifest is not None):
            yield f"shard(s) {_some(lacking)} of {len(self.plan.shards())} are not there; run the same command again"
        beyond = sorted(numbers - {shard.number for shard in self.plan.shards()}) if self.plan.frames else []
        if beyond:
            yield f"shard(s) {_some(beyond)} have records, and the plan has {len(self.plan.shards())} shards"

    def _strays(self, files: set[str]) -> Iterator[str]:
        """Yield files among the shards that no record knows; readers that list the folder would read them."""
        if self.dataset.manifest is None:
            return  # the run may be between a shard and its record
        for name in self.dataset.storage.list(SHARDS):
            short = name.removeprefix(SHARDS)
            if short not in files and not _is_companion(short, files):
                yield f"{name}: has no record; readers that list the folder would read it"

    def _manifest(self, manifest: dict[str, Any]) -> Iterator[str]:
        """Yield where the manifest disagrees with the plan, the records and the files beside the shards."""
        said = {"plan": self.plan.hash, "samples": self.samples, "bytes": self._bytes}
        said |= {"objects": dict(sorted(self._totals.items())), "format": self.plan.format, "views": self.plan.views}
        for key, value in said.items():
            if manifest.get(key) != value:
                yield f"{MANIFEST}: {key} is {_short(manifest.get(key))}, the records and the plan say {_short(value)}"
        for entry in manifest.get("files", []):
            try:
                sound = self.dataset.storage.size(entry["name"]) == entry["bytes"]
                sound = sound and sha256_in(self.dataset.storage, entry["name"]) == entry["sha256"]
            except FileNotFoundError:
                yield f"{entry['name']}: is missing, and {MANIFEST} lists it"
                continue
            if not sound:
                yield f"{entry['name']}: has other bytes than {MANIFEST} says"


def _json_of(sample: Sample) -> dict[str, bytes]:
    return {"json": sample.members["json"]} if "json" in sample.members else {}


def _is_companion(name: str, files: set[str]) -> bool:
    """Tell whether a file beside the shards is one that readers are known to put there.

    Source: MosaicML Streaming, MDS format (index.json); Megatron-Energon, "Dataset preparation" (.nv-meta/, and one
    SHARD.tar.idx a shard); NVIDIA DALI, wds2idx (SHARD.idx).
    """
    stem, _, suffix = name.rpartition(".")
    index = suffix == "idx" and (stem in files or f"{stem}.tar" in files)
    return index or name == "index.json" or name.startswith(".nv-meta/")


def _some(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:NAMED]))
    return shown + (f" and {len(numbers) - NAMED} more" if len(numbers) > NAMED else "")


def _short(value: Any) -> str:
    text = json.dumps(value, sort_keys=True)
    return text if len(text) <= 100 else text[:97] + "..."
