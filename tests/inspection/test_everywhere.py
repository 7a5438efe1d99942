"""Exports and inspection on whole datasets: every format, an object store, and memory that does not grow."""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.exports.worlds import SPEC, Eye, StandIn, draw, placed, several
from tests.storage.object_store import BUCKET, CREDENTIALS, ObjectStore
from writers.exports import FORMATS, export
from writers.exports.__main__ import main as export_main
from writers.exports.coco import write_instances
from writers.inspection.__main__ import main
from writers.inspection.compare import compare
from writers.inspection.opening import opened
from writers.inspection.stats import collect
from writers.inspection.verify import Verifier
from writers.reader import Dataset
from writers.shards.plan import Plan
from writers.shards.sample import Sample

from .making import make

TABLE = 500_000  # bytes; 1,200 frames kept anywhere are no single block of this size


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", FORMATS)
def test_exports_of_all_shard_formats_are_those_of_the_samples(tmp_path: Path, name: str) -> None:
    wanted = tmp_path / "wanted"
    dataset = several(frames=5, thermal=True)
    dataset.plan = Plan({"scenario": {"name": "boxes", "seed": 7}}, 0, 5, 2)
    export(name, dataset, wanted)
    for kind in ("webdataset", "parquet", "mds"):
        place = make(tmp_path / f"set-{kind}", several(frames=5, thermal=True).rows, format=kind)
        assert export_main([name, place, "--out", str(tmp_path / kind)]) == 0
        assert tree(tmp_path / kind) == tree(wanted)


def test_instances_are_written_before_there_is_a_manifest(tmp_path: Path) -> None:
    place = make(tmp_path / "set", finish=False)
    dataset = opened(place)
    assert isinstance(dataset, Dataset) and dataset.manifest is None
    write_instances(dataset, tmp_path / "instances.json")
    export("coco", several(frames=5), tmp_path / "out", images="none")
    assert (tmp_path / "instances.json").read_bytes() == (tmp_path / "out" / "instances.json").read_bytes()


def test_an_unfinished_dataset_is_exported_as_far_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = make(tmp_path / "set", shards=2, finish=False)
    assert export_main(["coco", place, "--out", str(tmp_path / "out"), "--images", "none"]) == 0
    assert len(json.loads((tmp_path / "out" / "instances.json").read_text())["images"]) == 4
    assert "is unfinished: 2 of 3 shards are there" in capsys.readouterr().err
    assert export_main(["coco", str(tmp_path / "nothing"), "--out", str(tmp_path / "b")]) == 2
    assert "it has no plan.json" in capsys.readouterr().err


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """Run an S3 server and give its bucket; credentials come from the environment, as a user's do."""
    store = ObjectStore()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": store.url, "AWS_EC2_METADATA_DISABLED": "true"}.items():
            patch.setenv(name, value)
        yield f"s3://{BUCKET}"
    store.close()


def test_everything_works_on_an_object_store(tmp_path: Path, bucket: str, capsys: pytest.CaptureFixture[str]) -> None:
    place, local = make(f"{bucket}/look"), make(tmp_path / "local")
    assert main(["verify", place, "--decode"]) == 0
    assert main(["inspect", place, "000000003", "--out", str(tmp_path / "three.png")]) == 0
    assert main(["stats", place, "--json"]) == 0
    assert main(["diff", place, local]) == 0
    assert export_main(["yolo", place, "--out", str(tmp_path / "yolo")]) == 0
    assert export_main(["yolo", local, "--out", str(tmp_path / "same")]) == 0
    assert tree(tmp_path / "yolo") == tree(tmp_path / "same")
    out = capsys.readouterr().out
    assert "everything is as it should be" in out and f"dataset   {bucket}/look (webdataset, 5 samples)" in out
    assert CREDENTIALS["AWS_SECRET_ACCESS_KEY"] not in out


def long_rows(frames: int) -> Iterator[Sample]:
    """Draw one small picture and give it many names; now and then empty the interpreter's lists of free tuples.

    `tuple(generator)` leaves one more free tuple of its size each time, up to 2,000, and tracemalloc counts them.
    """
    eye = Eye((0.9, -1.9, 2.0), (0.0, 0.0, 0.3), focal=60.0, size=(64, 48))
    boxes = [placed("crate", (1, 0.6, 0.5), 0, 0, yaw=25), placed("post", (0.06, 0.06, 1.3), 0.3, -0.6)]
    row = draw("000000000", 0, boxes, eye, thermal=True)
    about = json.loads(row.members["json"])
    for frame in range(frames):
        about["frame"] = frame
        if frame % 50 == 0:
            gc.collect()
        yield Sample(f"{frame:09d}", {**row.members, "json": json.dumps(about).encode()})


class Long(StandIn):
    """A dataset of any length that is never in memory."""

    def samples(self, members: set[str] | None = None) -> Iterator[Sample]:
        for row in long_rows(self.plan.frames):
            yield Sample(row.key, {k: v for k, v in row.members.items() if members is None or k in members})


def peak(work: Callable[[], Any]) -> int:
    """Return the most memory that Python holds while working, bytes.

    The interpreter's table of interned strings, to which pathlib adds every part of a path, grows now and then by a
    block of megabytes; such a block does not count.
    """
    tracemalloc.start()
    work()
    most = tracemalloc.get_traced_memory()[1]
    tables = sum(trace.size for trace in tracemalloc.take_snapshot().traces if trace.size > TABLE)
    tracemalloc.stop()
    return most - tables


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # pytest keeps every warning: pycocotools gives one a mask
@pytest.mark.parametrize("name", FORMATS)
def test_exports_hold_no_more_of_a_longer_dataset(tmp_path: Path, name: str) -> None:
    def run(frames: int, place: str) -> int:
        return peak(lambda: export(name, Long([], Plan(SPEC, 0, frames, 8)), tmp_path / place))

    run(20, "warm")
    assert run(1200, "long") < run(100, "short") + 60_000


@pytest.mark.slow
@pytest.mark.parametrize("name", ["webdataset", "parquet", "mds"])
def test_inspection_holds_no_more_of_a_longer_dataset(tmp_path: Path, name: str) -> None:
    peaks: dict[int, list[int]] = {}
    for frames in (50, 100, 1200):
        place = make(tmp_path / str(frames), list(long_rows(frames)), format=name, frames_per_shard=50)
        peaks[frames] = [
            peak(lambda place=place: list(Verifier(opened(place)).problems())),  # type: ignore[misc]
            peak(lambda place=place: collect(opened(place))),  # type: ignore[misc]
            peak(lambda place=place: compare(opened(place), opened(place))),  # type: ignore[misc]
        ]
    for short, long in zip(peaks[100], peaks[1200], strict=True):
        assert long < short + 60_000 + 22 * 3000  # the manifest describes each of the 24 shards
