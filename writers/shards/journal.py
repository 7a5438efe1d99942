"""An attempt at a shard: a growing tar of whole samples, and a line with a hash for each.

Every attempt has files of its own, so attempts never disturb each other, dead or alive. A new attempt copies the
samples of the others whose hashes hold: their owner may still be writing, so nobody appends to a file that is not his.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import BinaryIO, NamedTuple

from writers.shards import ustar
from writers.shards.formats.webdataset import pack, unpack
from writers.shards.local import make_folder, naming, sync
from writers.shards.sample import Sample, frame_of
from writers.shards.totals import count_objects

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows: files of dead attempts stay until their shard is there
    fcntl = None

_TRIES = 100


@dataclass(frozen=True)
class Entry:
    """Where one sample lies in the journal's tar, what it must hash to, and what is in it."""

    key: str
    offset: int
    length: int
    sha256: str
    members: list[str]
    totals: dict[str, int] = field(default_factory=dict)


class Found(NamedTuple):
    """A sample of another attempt whose hash holds."""

    entry: Entry
    data: bytes


class Journal:
    """One attempt at one shard.

    Args:
        folder: where the attempts of the dataset lie; made if need be.
        number: of the shard.

    Attributes:
        entries: key -> its entry, in order of writing.
    """

    def __init__(self, folder: Path, number: int) -> None:
        self.number, self.folder = number, folder
        self.entries: dict[str, Entry] = {}
        self._end = 0
        self._digest = hashlib.sha256()
        self.path, self._tar, self._lines = _create(folder, number)

    def write(self, sample: Sample) -> None:
        """Add one sample, handed to the system whole before its line is."""
        data = pack(sample)
        self._add(data, Entry(sample.key, 0, len(data), "", sorted(sample.members), count_objects(sample)))

    def copy(self, found: Found) -> None:
        """Add a sample of another attempt."""
        self._add(found.data, found.entry)

    def samples(self) -> Iterator[Sample]:
        """Read the samples back, in order of their keys."""
        with open(self.path, "rb") as file:
            for _, entry in sorted(self.entries.items()):
                file.seek(entry.offset)
                yield unpack(file.read(entry.length))

    @property
    def in_order(self) -> bool:
        """Tell whether the samples lie in order of their keys, so that the journal is the shard."""
        return list(self.entries) == sorted(self.entries)

    def seal(self) -> str:
        """End the tar and have it on the disk; returns its hash. Nothing can be added afterwards."""
        with naming(self.path):
            self._tar.write(ustar.TRAILER)
            self._digest.update(ustar.TRAILER)
            sync(self._tar)
            self._tar.close()
        return self._digest.hexdigest()

    def close(self) -> None:
        """Leave the attempt as it is, for the next one to take over."""
        for file in (self._tar, self._lines):
            with suppress(OSError):
                file.close()

    def remove(self) -> None:
        """Drop the attempt: nothing in it is worth keeping, or all of it is kept elsewhere."""
        _remove(self.path)

    def _add(self, data: bytes, entry: Entry) -> None:
        entry = Entry(
            entry.key, self._end, len(data), hashlib.sha256(data).hexdigest(), entry.members, dict(entry.totals)
        )
        with naming(self.path):
            self._tar.write(data)
            self._tar.flush()
            self._lines.write(json.dumps(vars(entry)).encode() + b"\n")
            self._lines.flush()
        self._digest.update(data)
        self._end += len(data)
        self.entries[entry.key] = entry


def attempts_at(folder: Path, number: int) -> bool:
    """Tell whether somebody has begun a shard here."""
    return bool(_tars(folder, number))


def salvage(folder: Path, number: int, mine: Path, frames: range, views: int) -> Iterator[Found]:
    """Yield the samples of other attempts at a shard in order, each once, of frames that are whole.

    Args:
        folder: where the attempts lie.
        number: of the shard.
        mine: the tar of the attempt that asks.
        frames: frames of the shard.
        views: samples of a whole frame.
    """
    attempts = [(tar, _read_lines(tar)) for tar in _tars(folder, number) if tar != mine]
    for frame in frames:
        for tar, by_frame in attempts:
            found = _whole_frame(tar, by_frame.get(frame, []), views)
            if found:
                yield from found
                break


def remove_dead(folder: Path, number: int, mine: Path) -> None:
    """Remove the attempts at a shard whose owners are gone, as their locks tell."""
    for tar in _tars(folder, number):
        if tar != mine:
            _remove_if_dead(tar)


def remove_all(folder: Path, number: int) -> None:
    """Remove every attempt at a shard, once the shard is there; whoever still writes one will notice."""
    for path in [*_tars(folder, number), *_named(folder, f"shard-{number:06d}.*")]:
        _remove(path)


def _create(folder: Path, number: int) -> tuple[Path, BinaryIO, BinaryIO]:
    """Open the files of a new attempt; a janitor may take the folder or an unlocked file away meanwhile."""
    for _ in range(_TRIES):
        path = folder / f"shard-{number:06d}.{uuid.uuid4().hex}.tar"
        try:
            make_folder(folder)
            lines = open(path.with_suffix(".jsonl"), "xb")
        except FileNotFoundError:
            continue
        if not _lock(lines):
            lines.close()
            continue
        try:
            return path, open(path, "xb"), lines
        except FileNotFoundError:
            lines.close()
    raise FileNotFoundError(2, "the folder is removed again and again", str(folder))


def _lock(file: BinaryIO) -> bool:
    """Lock a file for as long as it is open; False if someone else has it. Where locks are unknown, all are free."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return os.fstat(file.fileno()).st_nlink > 0


def _remove_if_dead(tar: Path) -> None:
    """Remove an attempt that nobody holds; the lock is kept meanwhile, so that no owner takes it in between."""
    if fcntl is None:
        return
    try:
        with open(tar.with_suffix(".jsonl"), "rb") as lines:
            fcntl.flock(lines, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(tar)
    except OSError:  # gone, held, or on a file system without locks: it stays until its shard is there
        return


def _tars(folder: Path, number: int) -> list[Path]:
    return sorted(path.with_suffix(".tar") for path in _named(folder, f"shard-{number:06d}.*.jsonl"))


def _named(folder: Path, pattern: str) -> list[Path]:
    try:
        return list(folder.glob(pattern))
    except FileNotFoundError:  # removed while it was read: the dataset is whole
        return []


def _remove(path: Path) -> None:
    for name in (path, path.with_suffix(".jsonl")):
        with suppress(OSError):
            name.unlink()


def _read_lines(tar: Path) -> dict[int, list[Entry]]:
    """Read the entries of an attempt by frame, up to the first line that is not whole."""
    by_frame: dict[int, list[Entry]] = {}
    try:
        text = tar.with_suffix(".jsonl").read_bytes()
    except OSError:
        return {}
    for line in text.split(b"\n")[:-1]:
        try:
            entry = Entry(**json.loads(line))
            by_frame.setdefault(frame_of(entry.key), []).append(entry)
        except (ValueError, TypeError):
            break
    return by_frame


def _whole_frame(tar: Path, entries: list[Entry], views: int) -> list[Found]:
    """Return the samples of a frame if all of them are there and their hashes hold, else none."""
    if len({entry.key for entry in entries}) != views:
        return []
    found = []
    try:
        with open(tar, "rb") as file:
            for entry in sorted(entries, key=lambda entry: entry.key):
                file.seek(entry.offset)
                found.append(Found(entry, file.read(entry.length)))
    except OSError:
        return []
    whole = all(hashlib.sha256(data).hexdigest() == entry.sha256 for entry, data in found)
    return found if whole else []
