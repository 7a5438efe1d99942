"""A dataset of a script that decides as it goes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from writers.reader import open_dataset
from writers.scripted import ScriptedDataset
from writers.shards.claim import OutputError

from .conftest import files, sample


def scripted(folder: Path, frames: int, **settings: object) -> ScriptedDataset:
    given = {"samples_per_shard": 2, "preview": 0, **settings}
    dataset = ScriptedDataset(folder, ["flow"], ["cow"], given)
    for frame in range(frames):
        dataset.begin(1)
        dataset.take(sample(frame))
    return dataset


@pytest.mark.parametrize("frames", [1, 4, 5])
def test_each_shard_is_there_as_soon_as_it_is_full_and_the_end_says_how_many(tmp_path: Path, frames: int) -> None:
    dataset = scripted(tmp_path / "out", frames)
    assert len(list((tmp_path / "out").glob("records/*"))) == (frames - 1) // 2
    dataset.finish()
    whole = files(tmp_path / "out")
    dataset.finish()
    assert files(tmp_path / "out") == whole
    assert [s.key for s in open_dataset(str(tmp_path / "out")).samples()] == [f"{n:09d}" for n in range(frames)]
    manifest = json.loads(whole["manifest.json"])
    assert manifest["frames"] == {"start": 0, "count": frames} and manifest["samples"] == frames
    twin = scripted(tmp_path / "twin", frames)
    twin.finish()
    assert files(tmp_path / "twin") == whole


def test_what_is_there_is_left_alone_and_the_end_is_the_end(tmp_path: Path) -> None:
    dataset = scripted(tmp_path / "out", 3)
    with pytest.raises(OutputError, match=r"output '.*/out' holds a dataset already; give the writer another output_d"):
        scripted(tmp_path / "out", 1)
    with pytest.raises(OutputError, match=r"output '.*/out' holds a dataset of another plan"):
        scripted(tmp_path / "out", 1, depth_scale=0.5)
    dataset.finish()
    with pytest.raises(
        ValueError, match=r"the dataset in '.*/out' is finished; initialize a writer for another folder"
    ):
        dataset.begin(1)


def test_a_script_that_captured_nothing_leaves_nothing(tmp_path: Path) -> None:
    scripted(tmp_path / "out", 0).finish()
    assert not (tmp_path / "out").exists()
