"""A shard is made exactly once: gone on with, adopted, settled between rivals, refused where it is another's."""

from __future__ import annotations

import ast
import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

import writers.shards
from writers.shards import settle, sink
from writers.shards.claim import OutputError, claim
from writers.shards.formats import format_names
from writers.shards.local import LocalStorage
from writers.shards.record import read_record, record_name
from writers.shards.sink import AttemptLost, Finished

from .conftest import files, make, make_all, plan_of, sample, sink_of


@pytest.fixture
def whole(tmp_path: Path) -> dict[str, bytes]:
    make_all(tmp_path / "whole")
    return files(tmp_path / "whole")


def test_a_killed_attempt_is_gone_on_with_and_the_bytes_are_those_of_one_run(
    tmp_path: Path, whole: dict[str, bytes]
) -> None:
    storage = LocalStorage(tmp_path / "out")
    dead = sink_of(storage, plan_of())
    assert dead.begin(plan_of().shard(1)) == set() and dead.missing() == [2, 3]
    dead.write(sample(2))
    again = sink_of(storage, plan_of())
    assert again.begin(plan_of().shard(1)) == {"000000002"} and again.missing() == [3]
    again.abandon()
    dead.abandon()
    assert make(sink_of(storage, plan_of()), 1) == [3]
    for number in (2, 0):
        make(sink_of(storage, plan_of()), number)
    assert make_all(tmp_path / "out") == plan_of()
    assert files(tmp_path / "out") == whole


@pytest.mark.parametrize("form", format_names())
def test_frames_made_out_of_order_give_the_same_bytes_in_every_format(tmp_path: Path, form: str) -> None:
    plan = plan_of(4, 4, form=form)
    for folder, frames in (("a", [0, 1, 2, 3]), ("b", [2, 0, 3, 1])):
        made = sink_of(tmp_path / folder, plan)
        made.begin(plan.shard(0))
        for frame in frames:
            made.write(sample(frame))
        made.commit()
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert [name for name in files(tmp_path / "a") if ".work" in name] == []


def test_views_of_a_frame_are_kept_together(tmp_path: Path) -> None:
    plan = plan_of(2, 2, views=2)
    made = sink_of(tmp_path, plan)
    made.begin(plan.shard(0))
    for key in ((0, "left"), (0, "right"), (1, "left")):
        made.write(sample(*key))
    assert made.missing() == [1]
    with pytest.raises(ValueError, match=r"shard 0 lacks frames \[1\]; each frame is written or skipped before commit"):
        made.commit()
    made.skip(1, "no\n right")
    made.write(sample(1, "right"))
    record = made.commit()
    assert record.samples == 2 and record.skipped == [{"frame": 1, "error": "no right"}]


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    made = sink_of(tmp_path, plan_of())
    made.begin(plan_of().shard(1))
    with pytest.raises(ValueError, match="sample '000000004' is not of shard 1, which has the frames 2 to 3"):
        made.write(sample(4))
    made.write(sample(2))
    with pytest.raises(ValueError, match="sample key '000000002' was written already; keys must differ"):
        made.write(sample(2))


def test_a_shard_without_record_is_adopted_if_it_is_whole(tmp_path: Path, whole: dict[str, bytes]) -> None:
    out = tmp_path / "out"
    shutil.copytree(tmp_path / "whole", out)
    for name in ("manifest.json", record_name(0), record_name(1)):
        (out / name).unlink()
    cut = out / "shards" / "shard-000001.tar"
    cut.write_bytes(cut.read_bytes()[:-700])
    made = sink_of(out, plan_of())
    assert made.committed(0) and not made.committed(1) and made.committed(2)
    assert make(made, 1) == [2, 3]  # what is there is no shard, and no record said so
    make_all(out)
    assert files(out) == whole


def finished(out: Path, salt: int, machine: str = "") -> tuple[sink.ShardSink, Finished]:
    """Make shard 0 up to the moment before it is published."""
    waiting: list[Finished] = []
    made = sink_of(out, plan_of(), out.parent / f"work-{salt}{machine}")
    made.hand_over = waiting.append
    make(made, 0, salt)
    return made, waiting[0]


@pytest.mark.parametrize("dies", [False, True])
def test_a_loser_with_equal_bytes_is_done(tmp_path: Path, whole: dict[str, bytes], dies: bool) -> None:
    """The winner may die between its file and its record: then the loser's record is as true."""
    (first, a), (second, b) = finished(tmp_path / "out", 0, "a"), finished(tmp_path / "out", 0, "b")
    if dies:
        assert a.path is not None and first.storage.publish("shards/shard-000000.tar", a.path)
    else:
        first.publish(a)
    assert second.publish(b) == a.record == read_record(first.storage, 0)
    assert files(tmp_path / "out").items() <= whole.items()


def test_a_loser_with_other_bytes_takes_the_winner_s_record(tmp_path: Path) -> None:
    (first, a), (second, b) = finished(tmp_path / "out", 1), finished(tmp_path / "out", 2)
    winner = first.publish(a)
    assert b.record.sha256 != winner.sha256 and second.publish(b) == winner
    assert read_record(first.storage, 0) == winner


@pytest.mark.usefixtures("no_grace")
def test_a_published_shard_of_a_dead_rival_gets_the_record_that_is_true_of_it(tmp_path: Path) -> None:
    (first, a), (second, b) = finished(tmp_path / "out", 1), finished(tmp_path / "out", 2)
    assert a.path is not None and first.storage.publish("shards/shard-000000.tar", a.path)
    assert second.publish(b) == a.record == read_record(first.storage, 0)


@pytest.mark.usefixtures("no_grace")
def test_what_is_no_shard_is_replaced(tmp_path: Path) -> None:
    made, mine = finished(tmp_path / "out", 1)
    made.storage.put("shards/shard-000000.tar", b"noise")
    assert made.publish(mine) == mine.record
    assert made.storage.size("shards/shard-000000.tar") == mine.record.bytes


def test_a_rebuilt_record_says_which_frames_are_not_there(tmp_path: Path) -> None:
    made = sink_of(tmp_path, plan_of())
    made.begin(plan_of().shard(0))
    made.write(sample(0))
    made.skip(1, "why")
    record = made.commit()
    shard = plan_of().shard(0)
    assert settle.rebuild(made.storage, plan_of(), shard, [{"frame": 1, "error": "why"}]) == record
    unknown = settle.rebuild(made.storage, plan_of(), shard, [])
    assert unknown is not None and unknown.skipped == [{"frame": 1, "error": "not recorded"}]


def test_a_lost_attempt_is_told_and_can_be_made_again(tmp_path: Path) -> None:
    made, mine = finished(tmp_path / "out", 0)
    shutil.rmtree(made.work)
    with pytest.raises(AttemptLost, match="the attempt at shard 0 was removed by somebody else"):
        made.publish(mine)
    assert make(sink_of(tmp_path / "out", plan_of()), 0) == [0, 1]
    made.publish(mine)  # by now it is there: the loss is none


@pytest.mark.parametrize("form", ["webdataset", "mds"])
def test_an_attempt_lost_before_it_is_sealed_is_told_too(tmp_path: Path, form: str) -> None:
    made = sink_of(tmp_path, plan_of(form=form))
    made.begin(made.plan.shard(0))
    for frame in (0, 1):
        made.write(sample(frame))
    shutil.rmtree(made.work)
    with pytest.raises(AttemptLost, match="the attempt at shard 0 was removed by somebody else"):
        made.commit()
    assert make(made, 0) == [0, 1]


def test_an_output_that_was_replaced_meanwhile_gets_nothing(tmp_path: Path) -> None:
    made, mine = finished(tmp_path / "out", 0)
    claim(made.storage, plan_of(frames=7), overwrite=True)
    with pytest.raises(OutputError, match=r"output '.*/out' has been replaced by a dataset of another plan meanwhile"):
        made.publish(mine)
    assert list(files(tmp_path / "out")) == ["plan.json"]


def test_all_frames_left_out_make_a_record_and_no_file(tmp_path: Path) -> None:
    made = sink_of(tmp_path, plan_of())
    made.begin(plan_of().shard(0))
    for frame in (0, 1):
        made.skip(frame, "broken")
    record = made.commit()
    assert (record.name, record.samples, record.bytes) == ("", 0, 0) and made.committed(0)
    assert sorted(files(tmp_path)) == ["plan.json", "records/shard-000000.json"]


def test_a_full_disk_keeps_what_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of a sample's bytes are written when the disk is full; the rerun believes only the sample before it."""
    made = sink_of(tmp_path, plan_of())
    made.begin(plan_of().shard(0))
    made.write(sample(0))
    assert made._journal is not None
    tar = made._journal._tar

    class Full:
        def write(self, data: bytes) -> None:
            tar.write(data[: len(data) // 2])
            tar.flush()
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self) -> None:
            tar.close()

    monkeypatch.setattr(made._journal, "_tar", Full())
    with pytest.raises(OSError, match="No space left on device") as found:
        made.write(sample(1))
    assert found.value.filename == str(made._journal.path), "the system names no file where writing fails"
    made.abandon()
    assert not (tmp_path / "shards").exists() and make(sink_of(tmp_path, plan_of()), 0) == [1]


def test_no_room_for_two_more_shards_stops_before_one_is_begun(tmp_path: Path) -> None:
    made = sink_of(tmp_path, plan_of())
    made.largest = 1 << 60
    with pytest.raises(OSError, match=r"No space left on device: .* two shards need"):
        made.begin(plan_of().shard(0))


@pytest.mark.parametrize("form", format_names())
def test_a_disk_that_is_full_when_a_shard_is_sealed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    made = sink_of(tmp_path, plan_of(form=form))
    made.begin(plan_of(form=form).shard(0))
    made.write(sample(0))
    made.write(sample(1))

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left on device") as found:
            made.commit()
    assert str(found.value.filename).startswith(str(made.work / "shard-000000."))


def test_no_clock_decides_anything() -> None:
    """Times are only waited for, on a clock that never goes back: no date and no age is looked at in shards."""
    found: dict[str, set[str]] = {}
    for path in Path(writers.shards.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert "datetime" not in names, path
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "time":
                found.setdefault(path.name, set()).add(node.attr)
            assert not (isinstance(node, ast.Attribute) and node.attr in ("st_mtime", "st_ctime", "st_mtime_ns")), path
    assert set().union(*found.values()) <= {"sleep", "monotonic"}


def test_a_clock_that_goes_back_changes_no_byte(
    tmp_path: Path, whole: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    now: list[float] = [2e9]

    def back(*_: Any) -> float:
        now[0] -= 86_400
        return now[0]

    monkeypatch.setattr(time, "time", back)
    make_all(tmp_path / "out")
    assert files(tmp_path / "out") == whole
