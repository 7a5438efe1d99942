"""The registry, folders that are there whole or not at all, and the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from writers.exports import FORMATS, export, exporter, options_of
from writers.exports.__main__ import main
from writers.shards.sample import Sample

from .worlds import StandIn, several

ONE_PASS = {"coco": 2, "coco_panoptic": 2}  # the first look reads one sample: what images are called


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_reads_the_samples_in_one_pass(tmp_path: Path, name: str) -> None:
    dataset = several(thermal=True)
    counts = export(name, dataset, tmp_path / "out")
    assert dataset.passes == ONE_PASS.get(name, 1)
    assert all(isinstance(count, int) for count in counts.values())
    assert options_of(name)["images"] == "copy" and options_of(name)["classes"] is None


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_there_whole_or_not_at_all(tmp_path: Path, name: str) -> None:
    class Broken(StandIn):
        def samples(self, members: set[str] | None = None) -> Any:
            yield from list(super().samples(members))[:3]
            raise OSError("the disk is gone")

    dataset = several(thermal=True)
    with pytest.raises(OSError, match="the disk is gone"):
        export(name, Broken(dataset.rows, dataset.plan), tmp_path / "deep" / "out")
    assert not list((tmp_path / "deep").iterdir())


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_handles_two_views_and_an_empty_dataset(tmp_path: Path, name: str) -> None:
    export(name, several(views=2, thermal=True), tmp_path / "two", images="none")
    export(name, StandIn([], several().plan), tmp_path / "none")
    assert (tmp_path / "two").is_dir() and (tmp_path / "none").is_dir()


def test_an_existing_output_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(FileExistsError, match=r"out is there already; give another --out, or remove it first"):
        export("coco", several(), tmp_path / "out")


def test_wrong_names_are_refused_with_those_that_exist(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"export format 'voc' is unknown; choose from bop, bop_webdataset, coco"):
        exporter("voc")
    with pytest.raises(ValueError, match=r"format coco has no option 'task'; it has classes, images"):
        export("coco", several(), tmp_path / "out", task="pose")
    with pytest.raises(ValueError, match=r"images is 'link'; expected copy or none"):
        export("coco", several(), tmp_path / "out", images="link")
    with pytest.raises(ValueError, match=r"class 'cow' is not in the dataset; it has crate, post, tile"):
        export("coco", several(), tmp_path / "out", classes=["crate", "cow"])
    with pytest.raises(ValueError, match=r"classes are tile, tile; expected each once"):
        export("coco", several(), tmp_path / "out", classes=["tile", "tile"])
    assert not list(tmp_path.iterdir())


def test_samples_without_what_is_asked_for_are_refused(tmp_path: Path) -> None:
    dataset = several()
    bare = [Sample(row.key, {"json": row.members["json"]}) for row in dataset.rows]
    for name in ("yolo", "kitti", "bop", "bop_webdataset"):
        with pytest.raises(
            ValueError, match=r"sample '000000000' has no rgb; make the dataset with output rgb, or exp"
        ):
            export(name, StandIn(bare, dataset.plan), tmp_path / name)
        export(name, StandIn(bare, dataset.plan), tmp_path / name, images="none")
    dataset.rows[0].members["depth.png"] = b"not an image"
    with pytest.raises(ValueError, match=r"member 'depth.png' of sample '000000000' is no image that OpenCV can read"):
        export("bop", dataset, tmp_path / "out")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Open a dataset in memory whatever the path, and note the paths."""
    paths: list[str] = []

    def open_dataset(path: str) -> StandIn:
        paths.append(path)
        if path == "nowhere":
            raise ValueError("nowhere has no plan.json; give the folder or URL of a dataset")
        return several()

    monkeypatch.setattr("writers.inspection.opening.open_dataset", open_dataset)
    return paths


def test_the_command_passes_a_format_s_own_options(
    tmp_path: Path, opened: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["yolo", "some/dataset", "--out", str(tmp_path / "out"), "--task", "segment", "--split", "0,1"]
    assert main([*words, "--classes", "tile,post"]) == 0
    assert opened == ["some/dataset"] and len(list((tmp_path / "out" / "labels" / "val").iterdir())) == 4
    out = capsys.readouterr().out
    assert out.startswith("yolo: 0 train, 4 val, 9 objects in ")
    assert "note: no frame fell into train; give another --split, or make more frames" in out
    assert main(["coco_panoptic", "x", "--out", str(tmp_path / "pan"), "--stuff", "tile", "--images", "none"]) == 0
    assert main(["bop_webdataset", "x", "--out", str(tmp_path / "web"), "--shard-images", "2"]) == 0
    assert (tmp_path / "web" / "shard-000001.tar").exists()


def test_the_command_says_in_one_line_what_is_wrong(
    tmp_path: Path, opened: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["coco", "nowhere", "--out", str(tmp_path / "out")]) == 2
    assert main(["coco", "x", "--out", str(tmp_path)]) == 2
    (tmp_path / "file").touch()
    assert main(["coco", "x", "--out", str(tmp_path / "file" / "out")]) == 74
    first, second, third = capsys.readouterr().err.splitlines()
    assert first == "export: nowhere has no plan.json; give the folder or URL of a dataset"
    assert second.endswith("is there already; give another --out, or remove it first")
    assert third.startswith(f"export: {tmp_path}/file/out was not made: ")
    with pytest.raises(SystemExit) as stop:
        main(["yolo", "x", "--out", "y", "--split", "a,b"])
    assert stop.value.code == 2 and "argument --split: invalid list of int value: 'a,b'" in capsys.readouterr().err
