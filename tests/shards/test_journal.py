"""Attempts: what of a dead one is believed, and that attempts do not disturb each other."""

from __future__ import annotations

import hashlib
import json
import tarfile
from pathlib import Path

import pytest

from writers.shards import journal as journals
from writers.shards.journal import Journal, attempts_at, remove_all, remove_dead, salvage

from .conftest import sample

FRAMES = range(4)


def begun(folder: Path, frames: list[int], views: list[str | None] | None = None) -> Path:
    """Leave an attempt as a process that was killed leaves it; returns its tar."""
    journal = Journal(folder, 0)
    for frame in frames:
        for view in views or [None]:
            journal.write(sample(frame, view))
    journal.close()
    return journal.path


def saved(folder: Path, views: int = 1) -> list[str]:
    return [found.entry.key for found in salvage(folder, 0, folder / "mine.tar", FRAMES, views)]


def test_a_sealed_journal_is_the_tar_that_tarfile_reads(tmp_path: Path) -> None:
    journal = Journal(tmp_path, 0)
    for frame in (0, 1):
        journal.write(sample(frame))
    digest = journal.seal()
    with tarfile.open(journal.path) as tar:
        names = [info.name for info in tar]
        assert all((info.mtime, info.uid, info.gid, info.mode) == (0, 0, 0, 0o444) for info in tar)
    assert names == [f"{frame:09d}.{name}" for frame in (0, 1) for name in ("flow.npy", "json")]
    assert digest == hashlib.sha256(journal.path.read_bytes()).hexdigest()
    assert [s.key for s in journal.samples()] == ["000000000", "000000001"]


def test_samples_written_out_of_order_are_read_back_in_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path, 0)
    for frame in (2, 0):
        journal.write(sample(frame))
    assert not journal.in_order
    assert list(journal.samples()) == [sample(0), sample(2)]
    journal.write(sample(3))
    journal.close()


def test_a_torn_tail_costs_only_its_sample(tmp_path: Path) -> None:
    """Cut at every 50th length of the tar, and at every length of the last line."""
    tar = begun(tmp_path, [0, 1, 2])
    lines, whole = tar.with_suffix(".jsonl").read_bytes(), tar.read_bytes()
    ends = [json.loads(line)["offset"] + json.loads(line)["length"] for line in lines.splitlines()]
    for length in range(0, len(whole), 50):
        tar.write_bytes(whole[:length])
        assert saved(tmp_path) == [f"{n:09d}" for n, end in enumerate(ends) if end <= length]
    tar.write_bytes(whole)
    last = lines.rindex(b"\n", 0, -1) + 1
    for length in range(last, len(lines)):
        tar.with_suffix(".jsonl").write_bytes(lines[:length])
        assert saved(tmp_path) == ["000000000", "000000001"]


def test_a_flipped_byte_costs_only_its_sample(tmp_path: Path) -> None:
    tar = begun(tmp_path, [0, 1, 2])
    whole = tar.read_bytes()
    for at in range(0, len(whole), 101):
        tar.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        lost = at * 3 // len(whole)
        assert saved(tmp_path) == [f"{n:09d}" for n in range(3) if n != lost]


def test_lines_that_make_no_sense_end_what_is_believed(tmp_path: Path) -> None:
    tar = begun(tmp_path, [0, 1, 2])
    first, *rest = tar.with_suffix(".jsonl").read_bytes().splitlines(keepends=True)
    for bad in (b"\0\0\0\n", b"[1, 2]\n", b'{"key": "x"}\n', first.replace(b"000000000", b"cow")):
        tar.with_suffix(".jsonl").write_bytes(first + bad + b"".join(rest))
        assert saved(tmp_path) == ["000000000"]
    tar.unlink()
    assert saved(tmp_path) == []


def test_a_frame_counts_only_with_all_of_its_views_from_one_attempt(tmp_path: Path) -> None:
    views: list[str | None] = ["left", "right"]
    begun(tmp_path, [0], views)
    begun(tmp_path, [1], ["left"])
    begun(tmp_path, [1], ["right"])
    assert saved(tmp_path, 2) == ["000000000_left", "000000000_right"]


def test_each_frame_is_taken_once_from_many_attempts_and_copied_as_it_was(tmp_path: Path) -> None:
    for frames in ([0, 1], [1, 2], [0, 3]):
        begun(tmp_path, frames)
    mine = Journal(tmp_path, 0)
    for found in salvage(tmp_path, 0, mine.path, FRAMES, 1):
        mine.copy(found)
    assert mine.in_order and list(mine.samples()) == [sample(frame) for frame in FRAMES]
    assert saved(tmp_path / "elsewhere") == []
    mine.close()


def test_only_attempts_of_the_dead_are_removed(tmp_path: Path) -> None:
    dead, alive, mine = begun(tmp_path, [0]), Journal(tmp_path, 0), Journal(tmp_path, 0)
    other = Journal(tmp_path, 1)
    remove_dead(tmp_path, 0, mine.path)
    assert not dead.exists() and not dead.with_suffix(".jsonl").exists()
    assert alive.path.exists() and mine.path.exists() and attempts_at(tmp_path, 1)
    remove_all(tmp_path, 0)
    assert not attempts_at(tmp_path, 0) and other.path.exists()
    for journal in (alive, mine, other):
        journal.close()


def test_a_folder_that_is_removed_all_the_time_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "mkdir", lambda *_, **__: None)
    with pytest.raises(FileNotFoundError, match=r"the folder is removed again and again: '.*/gone'"):
        Journal(tmp_path / "gone", 0)


def test_without_locks_nothing_is_thought_dead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "fcntl", None)
    dead = begun(tmp_path, [0])
    mine = Journal(tmp_path, 0)
    remove_dead(tmp_path, 0, mine.path)
    assert dead.exists() and saved(tmp_path) == ["000000000"]
    mine.close()
