"""Plans: which frames a shard has, what counts as a difference, what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from writers.shards import claim as claims
from writers.shards.claim import OutputError, check, claim, clear, stored_plan, work_folder
from writers.shards.formats import format_names, format_of
from writers.shards.local import LocalStorage
from writers.shards.plan import PLAN, Plan
from writers.shards.record import ShardRecord, read_record, read_records
from writers.shards.sample import Sample, check_sample, frame_of, sample_key
from writers.shards.storage import Storage

from .conftest import SPEC, files, make_all, plan_of, sample


@pytest.mark.parametrize(("frames", "per_shard", "start"), [(1, 1, 0), (5, 2, 0), (6, 2, 7), (3, 100, 2)])
def test_shards_share_out_all_frames(frames: int, per_shard: int, start: int) -> None:
    shards = plan_of(frames, per_shard, start=start).shards()
    assert [frame for shard in shards for frame in shard.frames] == list(range(start, start + frames))
    assert [shard.number for shard in shards] == list(range(len(shards)))
    assert all(len(shard.frames) == per_shard for shard in shards[:-1])


def test_a_plan_is_read_back_and_an_edited_one_is_refused() -> None:
    plan = plan_of()
    assert Plan.from_json(plan.to_json()) == plan
    with pytest.raises(ValueError, match=r"plan\.json was edited: its hash does not match"):
        Plan.from_json(plan.to_json().replace(b'"seed":3', b'"seed":4'))
    for text in (b"{", b"[]", b"{}"):
        with pytest.raises(ValueError, match=r"plan.json is not a plan \("):
            Plan.from_json(text)


def test_only_what_shapes_bytes_is_compared() -> None:
    plan = plan_of()
    assert replace(plan, spec={**SPEC, "command": "another"}).hash == plan.hash
    changed = json.loads(json.dumps(SPEC))
    changed["scenario"]["writer"]["preview"] = 4
    changed["scenario"]["classes"] = ["cow", "hen"]
    changed["files"] = {"mug.file[0]": "ab"}
    other = replace(plan, spec=changed, frames=6)
    assert other.hash != plan.hash
    assert sorted(plan.differences(other)) == [
        'files.mug.file[0]: was nothing, is "ab"',
        "frames: was 5, is 6",
        'scenario.classes: was ["cow"], is ["cow", "hen"]',
        "scenario.writer.preview: was 0, is 4",
    ]
    assert plan.differences(plan) == []


def test_an_output_is_claimed_once(tmp_path: Path) -> None:
    storage, plan = LocalStorage(tmp_path / "out"), plan_of()
    assert not check(storage, plan) and stored_plan(storage) is None and not (tmp_path / "out").exists()
    assert claim(storage, plan) == plan == claim(storage, replace(plan, spec={**SPEC, "command": "x"}))
    assert check(storage, plan)
    with pytest.raises(
        OutputError, match=r"'.*/out' holds a dataset of another plan; .*differs:\n  frames: was 5, is 6"
    ):
        claim(storage, plan_of(6))
    many = replace(plan, spec={**SPEC, "scenario": {f"k{n}": n for n in range(40)}})
    with pytest.raises(OutputError, match=r"\n  \.\.\. and \d+ more$"):
        check(storage, many)
    (tmp_path / "out" / "plan.json").write_bytes(b"{}")
    with pytest.raises(OutputError, match=r"output '.*/out': plan.json is not a plan"):
        check(storage, plan)


def test_a_dataset_without_a_plan_is_not_resumed(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").touch()
    with pytest.raises(
        OutputError, match=r"holds a dataset without a plan\.json, which cannot be resumed; choose another"
    ):
        check(LocalStorage(tmp_path), plan_of())
    assert not check(LocalStorage(tmp_path), plan_of(), overwrite=True)


def test_clearing_removes_the_plan_last_and_the_manifest_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_all(tmp_path)
    (tmp_path / ".job").mkdir()
    (tmp_path / ".job" / "job.json").touch()
    storage, gone = LocalStorage(tmp_path), []
    delete = LocalStorage.delete
    monkeypatch.setattr(LocalStorage, "delete", lambda self, name: (gone.append(name), delete(self, name))[1])
    clear(storage)
    assert gone[0] == "manifest.json" and gone[-1] == "plan.json"
    order = [name.partition("/")[0] for name in gone if "/" in name]
    assert order.index("shards") == order.count("records")
    assert list(files(tmp_path)) == [".job/job.json"]


def test_attempts_lie_beside_a_local_dataset_and_have_a_name_of_their_own_elsewhere(tmp_path: Path) -> None:
    class Far(LocalStorage):
        local = None  # type: ignore[assignment]

        def __init__(self, url: str) -> None:
            self.url = url

    plan = plan_of()
    assert work_folder(LocalStorage(tmp_path), plan) == tmp_path / ".work" / plan.hash[:16]
    places = {work_folder(Far(url), p, tmp_path) for url in ("s3://a/b", "s3://a/c") for p in (plan, plan_of(6))}
    assert len(places) == 4 and {place.parent for place in places} == {tmp_path}
    assert work_folder(Far("s3://a/b"), plan, tmp_path) in places
    claims.clear_work(Far("s3://a/b"))  # nothing lies there


def test_records_are_read_in_order_and_bad_ones_named(tmp_path: Path) -> None:
    make_all(tmp_path)
    storage = LocalStorage(tmp_path)
    assert [record.number for record in read_records(storage)] == [0, 1, 2]
    record = read_record(storage, 1)
    assert record is not None and ShardRecord.from_json(record.to_json()) == record
    assert read_record(storage, 3) is None
    (tmp_path / "records" / "shard-000001.json").write_text("{}")
    with pytest.raises(
        ValueError, match=r"records/shard-000001.json in '.*' is not the record .*; run again with --verify"
    ):
        read_record(storage, 1)


def test_keys_are_made_of_frames() -> None:
    assert sample_key(12) == "000000012" and sample_key(12, "left") == "000000012_left"
    assert frame_of("000000012_left") == frame_of(sample_key(12)) == 12
    with pytest.raises(ValueError, match="sample key 'left_3' does not begin with a frame number"):
        frame_of("left_3")


BAD = [
    (Sample("a.b", {}), "sample key 'a.b' is empty or has a dot or slash"),
    (Sample("", {}), "sample key '' is empty"),
    (Sample("a", {"RGB.png": b""}), "sample 'a' has a member 'RGB.png'; expected a lower-case extension"),
    (Sample("a", {".png": b""}), "expected a lower-case extension without a leading dot"),
    (Sample("a", {"json": b""}), r"has members \['json'\]; the first sample had \['flow.npy', 'json'\]"),
]


@pytest.mark.parametrize(("bad", "text"), BAD, ids=[text[-20:] for _, text in BAD])
def test_samples_that_readers_misread(bad: Sample, text: str) -> None:
    check_sample(sample(1), ["json", "flow.npy"])
    with pytest.raises(ValueError, match=text):
        check_sample(bad, ["json", "flow.npy"])


def test_formats_are_found_by_their_files() -> None:
    assert format_names() == ["mds", "parquet", "webdataset"]
    assert [format_of(name).name for name in format_names()] == format_names()
    with pytest.raises(ValueError, match="shard format 'zip' is unknown; choose from mds, parquet, webdataset"):
        format_of("zip")


def test_another_process_begins_between_two_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage, plan = LocalStorage(tmp_path / "out"), plan_of(5)
    look = claims._is_used

    def begun_meanwhile(place: Storage) -> bool:
        found = look(place)
        storage.put(PLAN, plan.to_json(), exclusive=True)
        return found

    monkeypatch.setattr(claims, "_is_used", begun_meanwhile)
    assert claim(storage, plan) == plan
