"""The end of a dataset: the same bytes whoever ends it and how often; and damage found, moved away and made good."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from writers import finish
from writers.finish import UnfinishedError, finish_dataset, missing_shards
from writers.shards.claim import is_complete, work_folder
from writers.shards.damage import move_damaged_away
from writers.shards.formats import format_names
from writers.shards.local import LocalStorage
from writers.shards.plan import Plan
from writers.shards.record import record_name

from .conftest import files, make, make_all, plan_of, sample, sink_of


@pytest.mark.parametrize("form", format_names())
def test_ending_again_changes_nothing(tmp_path: Path, form: str) -> None:
    plan = make_all(tmp_path, plan_of(form=form))
    whole, storage = files(tmp_path), LocalStorage(tmp_path)
    finish_dataset(storage, plan)
    assert files(tmp_path) == whole
    (tmp_path / "manifest.json").unlink()
    (tmp_path / "README.md").write_text("half")
    finish_dataset(storage, plan)
    assert files(tmp_path) == whole


def test_killed_before_any_of_its_files_the_end_comes_out_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = make_all(tmp_path / "whole")
    whole = files(tmp_path / "whole")
    put, steps = LocalStorage.put, 0

    class Killed(BaseException):
        """The end of a process."""

    while True:
        out, left = tmp_path / f"out{steps}", [steps]

        def dying(self: LocalStorage, name: str, data: bytes, exclusive: bool = False, left: Any = left) -> bool:
            if left[0] == 0:
                raise Killed
            left[0] -= 1
            return put(self, name, data, exclusive)

        try:
            with monkeypatch.context() as patch:
                patch.setattr(LocalStorage, "put", dying)
                make_all(out, plan)
            break
        except Killed:
            assert not is_complete(LocalStorage(out))
        storage, made = LocalStorage(out), sink_of(out, plan)
        for shard in plan.shards():
            if not made.committed(shard.number):
                make(made, shard.number)
        finish_dataset(storage, plan)
        assert files(out) == whole
        steps += 1
    assert steps >= 6  # the plan, three records, card, manifest


def test_the_manifest_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put, names = LocalStorage.put, list[str]()
    monkeypatch.setattr(
        LocalStorage, "put", lambda s, n, d, exclusive=False: (names.append(n), put(s, n, d, exclusive))[1]
    )
    make_all(tmp_path)
    assert names[0] == "plan.json" and names[-1] == "manifest.json"
    assert len([name for name in names if name.startswith("records/")]) == 3


def test_what_is_unfinished_is_said(tmp_path: Path) -> None:
    plan, sink = plan_of(40, 2), sink_of(tmp_path, plan_of(40, 2))
    make(sink, 1)
    assert missing_shards(sink.storage, plan) == [0, *range(2, 20)]
    text = r"lacks 19 of 20 shards \(0, 2, 3, 4, 5, 6, 7, 8, \.\.\.\); run the same command again"
    with pytest.raises(UnfinishedError, match=text):
        finish_dataset(sink.storage, plan)
    assert not (tmp_path / "manifest.json").exists()


def test_records_of_another_plan_are_not_believed(tmp_path: Path) -> None:
    plan = make_all(tmp_path)
    record = tmp_path / record_name(1)
    record.write_text(record.read_text().replace(plan.hash, "f" * 64))
    text = "shard 1 of '.*' was made by another plan; run again with --verify"
    with pytest.raises(UnfinishedError, match=text):
        finish_dataset(LocalStorage(tmp_path), plan)
    assert not sink_of(tmp_path, plan).committed(1)


def test_frames_left_out_are_in_the_manifest_and_on_the_card_each_time(tmp_path: Path) -> None:
    plan = plan_of()
    for folder in ("a", "b"):
        sink = sink_of(tmp_path / folder, plan)
        for shard in plan.shards():
            sink.begin(shard)
            for frame in shard.frames:
                sink.skip(frame, "asset 'x.usd' is broken") if frame == 3 else sink.write(sample(frame))
            sink.commit()
        manifest = finish_dataset(sink.storage, plan)
        assert manifest["skipped"] == [{"frame": 3, "error": "asset 'x.usd' is broken"}]
        assert manifest["samples"] == 4 and "| frames left out | 1 |" in (tmp_path / folder / "README.md").read_text()
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_an_export_that_is_wrong_is_written_again(tmp_path: Path) -> None:
    spec = {**plan_of().spec, "scenario": {**plan_of().spec["scenario"], "writer": {"preview": 0, "exports": ["coco"]}}}
    plan = Plan(spec, 0, 2, 2)
    sink = sink_of(tmp_path, plan)
    sink.begin(plan.shard(0))
    for frame in (0, 1):
        sink.skip(frame, "why")
    sink.commit()
    finish_dataset(sink.storage, plan)
    whole = files(tmp_path)
    assert json.loads(whole["instances.json"])["images"] == []
    (tmp_path / "instances.json").write_text("{}")
    finish_dataset(sink.storage, plan)
    assert files(tmp_path) == whole and finish.CARD in whole


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-512])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)


def change_plan(path: Path) -> None:
    record = path.parents[1] / record_name(1)
    record.write_text(record.read_text().replace(plan_of().hash, "f" * 64))


def break_record(path: Path) -> None:
    (path.parents[1] / record_name(1)).write_text("{")


DAMAGES: list[tuple[Callable[[Path], None], str]] = [
    (cut, r"shard-000001.tar has \d+ bytes instead of \d+"),
    (flip, r"shard-000001.tar has other bytes than its record says \(SHA-256 differs\)"),
    (Path.unlink, r"shard-000001.tar is missing"),
    (change_plan, r"shard-000001.tar was made by another plan"),
    (break_record, r"shard-000001.tar has a record that cannot be read"),
]


@pytest.mark.parametrize(("harm", "text"), DAMAGES, ids=[text[17:40] for _, text in DAMAGES])
def test_damage_is_named_moved_away_and_made_good(tmp_path: Path, harm: Callable[[Path], None], text: str) -> None:
    import re

    plan = make_all(tmp_path / "out")
    storage = LocalStorage(tmp_path / "out")
    whole, work = files(tmp_path / "out"), work_folder(storage, plan)
    assert move_damaged_away(storage, plan, work) == []
    harm(tmp_path / "out" / "shards" / "shard-000001.tar")
    harmed = files(tmp_path / "out")
    (line,) = move_damaged_away(storage, plan, work)
    moved_to = "" if text.endswith("is missing") else r"moved to .*/\.work/bad, "
    assert re.fullmatch(rf"damaged   {text}; {moved_to}made again", line)
    assert missing_shards(storage, plan) == [1] and not is_complete(storage)
    moved = {path.name: path.read_bytes() for path in (tmp_path / "out" / ".work" / "bad").iterdir()}
    assert moved.items() <= {name.rpartition("/")[2]: data for name, data in harmed.items()}.items() and moved
    sink = sink_of(storage, plan)
    assert not sink.committed(1)
    make(sink, 1)
    shutil.rmtree(tmp_path / "out" / ".work" / "bad")
    finish_dataset(storage, plan)
    assert files(tmp_path / "out") == whole
