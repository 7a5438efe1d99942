"""docs/datasets.md: each snippet is run as it stands on the page, then what it left is looked at."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.storage.object_store import BUCKET, ObjectStore
from writers.reader import decode, open_dataset

from . import environment
from .conftest import ROOT

PAGE = (ROOT / "docs" / "datasets.md").read_text()
SNIPPETS = dict(re.findall(r"<!-- snippet: ([a-z0-9 ]+) -->\n```(?:python|bash)\n(.*?)```\n", PAGE, re.DOTALL))
FRAMES = 12


def run(name: str, check: str, place: Path, python: str = sys.executable, text: str | None = None, **more: str) -> None:
    """Run a snippet of the page in `place`, then lines that look at what it defined."""
    script = place / f"snippet_{name.replace(' ', '_')}.py"  # webdataset.py would hide webdataset
    script.write_text((SNIPPETS[name] if text is None else text) + "\n" + check)
    quiet = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_CACHE": str(place / "_hf"), "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
    done = subprocess.run(
        [python, str(script)],
        cwd=place,
        env={**os.environ, **quiet, "PYTHONPATH": str(ROOT), **more},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def test_every_block_of_python_is_a_snippet_and_every_snippet_is_tested() -> None:
    assert PAGE.count("```python") == sum(not name.endswith("prepare") for name in SNIPPETS)
    source = Path(__file__).read_text()
    assert len(SNIPPETS) >= 10
    assert all(f'"{name}"' in source for name in SNIPPETS)


def test_replicant(place: Path) -> None:
    for name in ("desk", "desk-parquet", "desk-mds"):
        text = SNIPPETS["replicant"].replace('"_out/desk"', f'"_out/{name}"')
        assert name in text
        run(
            "replicant",
            "assert len(dataset) == 12 and dataset.classes == ['can', 'ball', 'book', 'mug']\n"
            "assert set(arrays) == {'rgb.jpg', 'depth.png', 'json'} and rgb.shape == (64, 96, 3)\n"
            "assert 0.3 < depth.max() < 5 and depth.dtype == 'float64' and width > 0\n"
            "assert one['json']['frame'] == 7 and one['flow.npy'].shape == (64, 96, 2)\n"
            "import sys; assert 'webdataset' not in sys.modules\n"
            "assert ('pyarrow' in sys.modules) == ('parquet' in dataset.plan.format)\n",
            place,
            text=text,
        )


def test_the_three_formats_hold_the_same_samples(place: Path) -> None:
    tar, parquet, mds = (
        list(open_dataset(place / "_out" / name).samples()) for name in ("desk", "desk-parquet", "desk-mds")
    )
    assert len(tar) == FRAMES and tar == parquet == mds


def test_by_index(place: Path) -> None:
    run(
        "torch",
        "assert len(desk) == 12 and desk[5]['rgb'].shape == (3, 64, 96) and desk[5]['depth'].max() > 0.3\n",
        place,
    )


def test_webdataset(place: Path) -> None:
    check = (
        "import random\n"
        "found = {sample['__key__']: sample for sample in samples}\n"
        "assert sorted(found) == [f'{n:09d}' for n in range(12)]\n"
        "assert depth.max() > 0.3 and rgb.dtype == np.uint8 and rgb.shape == (64, 96, 3)\n"
        "from writers.reader import decode, open_dataset\n"
        "for true in open_dataset('_out/desk').samples():\n"
        "    arrays = decode(true)\n"
        "    for name, value in arrays.items():\n"
        "        got = found[true.key][name]\n"
        "        assert got == value if name == 'json' else got.dtype == value.dtype and got.shape == value.shape\n"
        "        assert name in ('json', 'rgb.jpg') or (got == value).all()  # JPEG decoders differ by a level or so\n"
    )
    run("webdataset", check, place)


def test_hugging_face_tar(place: Path) -> None:
    check = (
        "assert cached.num_rows == 12 and [row['__key__'] for row in cached] == [f'{n:09d}' for n in range(12)]\n"
        "assert 0.3 < depth.max() < 5 and np.asarray(sample['depth.png']).dtype == np.uint16\n"
        "assert classes and set(classes) <= {'can', 'ball', 'book', 'mug'}\n"
        "assert np.asarray(sample['flow.npy']).shape == (64, 96, 2)\n"
    )
    run("huggingface tar", check, place)


def test_hugging_face_parquet(place: Path) -> None:
    rows = [decode(sample)["json"] for sample in open_dataset(place / "_out/desk").samples({"json"})]
    mugs = [row["frame"] for row in rows if "mug" in row["counts"]]
    crowded = [len(row["objects"]) for row in rows if len(row["objects"]) >= 4]
    assert 0 < len(mugs) < FRAMES and crowded
    check = (
        f"assert desk.num_rows == 12 and mugs['frame'] == {mugs}\n"
        "assert 0.3 < depth.max() < 5 and about['frame'] == row['frame'] and boxes\n"
        "assert [item['box'] for item in about['objects']] == boxes\n"
        f"found = list(crowded)\n"
        f"assert [row['object_count'] for row in found] == {crowded} and set(found[0]) == {{'rgb.jpg', 'object_count'}}\n"
        "assert found[0]['rgb.jpg'].size == (96, 64)\n"
    ).replace("mugs['frame'] ==", "list(mugs['frame']) ==")
    run("huggingface parquet", check, place)


def test_pycocotools(place: Path) -> None:
    check = (
        "assert len(coco.getImgIds()) == 12 and mask.shape == (64, 96)\n"
        "assert member == 'rgb.jpg' and mask.sum() == annotation['area']\n"
    )
    run("coco", check, place)


@pytest.fixture
def store(place: Path) -> Iterator[ObjectStore]:
    """Return an S3 server that has `_out/desk` as s3://bucket/desk."""
    found = ObjectStore()
    folder = place / "_out" / "desk"
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        found.client.put_object(Bucket=BUCKET, Key=f"desk/{path.relative_to(folder)}", Body=path.read_bytes())
    yield found
    found.close()


def test_s3(place: Path, store: ObjectStore) -> None:
    text = SNIPPETS["s3"].replace("s3://bucket/", f"s3://{BUCKET}/")
    check = (
        "from writers.reader import open_dataset\n"
        "assert list(dataset.samples()) == list(open_dataset('_out/desk').samples())\n"
        "assert dataset.sample('000000009') == open_dataset('_out/desk').sample('000000009')\n"
        "assert first['json']['frame'] == 0 and first['depth.png'].dtype == 'uint16'\n"
    )
    run("s3", check, place, text=text, **store.environment())


def test_the_trap_of_8_bits_is_real(place: Path) -> None:
    import webdataset

    path = str(place / "_out/desk/shards/shard-000000.tar")
    (row, *_) = webdataset.WebDataset([path], shardshuffle=False).decode("rgb8")
    assert decode(next(open_dataset(place / "_out/desk").samples()))["depth.png"].max() > 255
    assert row["depth.png"].dtype == "uint8" and row["depth.png"].max() == 255


def test_the_trap_of_names_that_come_late_is_real(tmp_path: Path) -> None:
    """Tar shards: the JSON's type comes from five samples. Parquet shards: it is fixed."""
    from tests.inspection.making import make
    from writers.shards.sample import Sample

    def rows(early: list[str]) -> list[Sample]:
        names = [early] * 5 + [["hen"]]
        objects = [[{"id": 2, "class": name} for name in seen] for seen in names]
        about = [{"frame": n, "counts": dict.fromkeys(names[n], 1), "objects": objects[n]} for n in range(6)]
        return [Sample(f"{n:09d}", {"json": json.dumps(about[n]).encode()}) for n in range(6)]

    for name, early in {"late": ["cow"], "empty": []}.items():
        for form in ("webdataset", "parquet"):
            make(tmp_path / name / form, rows(early), format=form, frames_per_shard=10, finish=False)
    text = """
from datasets import load_dataset

def load(name, form, ending):
    return load_dataset(form, data_files=f"{name}/{form}/shards/*.{ending}", split="train")
"""
    check = """
assert load("late", "webdataset", "tar")[5]["json"]["counts"] == {"cow": None}  # the hen is gone
try:
    load("empty", "webdataset", "tar")
    raise SystemExit("it loaded")
except Exception as error:
    assert "generating the dataset" in str(error), error
for name in ("late", "empty"):
    row = load(name, "parquet", "parquet")[5]
    assert row["visible_classes"] == ["hen"] and row["objects"][0]["class"] == "hen"
"""
    run("trap", check, tmp_path, text=text)


@pytest.fixture(scope="session")
def loaders() -> Path:
    """Return the Python of the environment that has the heavy loaders."""
    try:
        return environment.ensure()
    except environment.EnvironmentMissing as error:
        pytest.skip(str(error))


def card_snippet(place: Path, name: str) -> str:
    """Return the snippet on the card of a dataset, for the folder above it."""
    text = (place / "_out" / name / "README.md").read_text()
    (found,) = re.findall(r"## Loading\n.*?```python\n(.*?)```\n", text, re.DOTALL)
    assert found.count('"shards') == 1
    return found.replace('"shards', f'"_out/{name}/shards')


def test_the_cards_of_tar_and_parquet_shards_say_how_they_are_loaded(place: Path) -> None:
    check = "assert sample['depth.png'].dtype == np.uint16 and sample['json']['frame'] == 11\n"
    run("card tar", check, place, text=card_snippet(place, "desk"))
    check = "assert len(rows) == 12 and row['depth.png'].mode == 'I;16' and row['frame'] == 11\n"
    run("card parquet", check, place, text=card_snippet(place, "desk-parquet"))


@pytest.mark.slow
def test_the_card_of_mds_shards_says_how_they_are_loaded(place: Path, loaders: Path) -> None:
    check = "assert sample['depth.png'].mode == 'I;16' and sample['json']['frame'] == 11\n"
    run("card mds", check, place, python=str(loaders), text=card_snippet(place, "desk-mds"))


@pytest.mark.slow
def test_streaming(place: Path, loaders: Path) -> None:
    check = (
        "assert len(desk) == 12 and sorted(sample['__key__'] for sample in desk) == [f'{n:09d}' for n in range(12)]\n"
        "assert 0.3 < depth.max() < 5 and rgb.shape == (64, 96, 3)\n"
    )
    run("streaming", check, place, python=str(loaders))


@pytest.mark.slow
def test_streaming_refuses_a_shard_whose_hash_differs(place: Path, loaders: Path, tmp_path: Path) -> None:
    shards = place / "_out" / "desk-mds" / "shards"
    hurt = tmp_path / "_out" / "desk-mds" / "shards"
    hurt.mkdir(parents=True)
    for path in shards.iterdir():
        data = bytearray(path.read_bytes())
        if path.suffix == ".mds":
            data[-20] ^= 1
        (hurt / path.name).write_bytes(bytes(data))
    with pytest.raises(AssertionError, match="Checksum failure"):
        run("streaming", "assert len(list(desk)) == 12\n", tmp_path, python=str(loaders))


@pytest.mark.slow
def test_streaming_reads_s3(place: Path, loaders: Path, store: ObjectStore) -> None:
    folder = place / "_out" / "desk-mds"
    for path in sorted((folder / "shards").iterdir()):
        store.client.put_object(Bucket=BUCKET, Key=f"desk-mds/shards/{path.name}", Body=path.read_bytes())
    text = (
        SNIPPETS["streaming"].replace("_out/desk-mds/", f"s3://{BUCKET}/desk-mds/").replace("_cache/desk", "_cache/s3")
    )
    more = {**store.environment(), "S3_ENDPOINT_URL": store.url}
    run("streaming", "assert len(list(desk)) == 12 and 0.3 < depth.max() < 5\n", place, str(loaders), text, **more)


@pytest.mark.slow
def test_energon(place: Path, loaders: Path) -> None:
    path = f"{loaders.parent}{os.pathsep}{os.environ['PATH']}"
    command = ["bash", "-euc", SNIPPETS["energon prepare"]]
    done = subprocess.run(
        command, cwd=place, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    check = (
        "assert sorted(p.__key__.split('/')[-1] for p in pictures) == [f'{n:09d}' for n in range(12)]\n"
        "assert all(p.rgb.shape == (64, 96, 3) for p in pictures)\n"
        "from writers.reader import decode, open_dataset\n"
        "true = open_dataset('_out/desk')\n"
        "for picture in pictures:\n"
        "    arrays = decode(true.sample(picture.__key__.split('/')[-1]))\n"
        "    assert (picture.depth == arrays['depth.png'] * 0.001).all() and (picture.rgb == arrays['rgb.jpg']).all()\n"
    )
    run("energon", check, place, python=str(loaders))
    assert {path.name for path in (place / "_out/desk/shards").iterdir()} == {f"shard-{n:06d}.tar" for n in range(3)}


@pytest.mark.slow
def test_a_data_loader_of_pytorch_with_workers(place: Path, loaders: Path) -> None:
    check = (
        "from torch.utils.data import DataLoader\n"
        "batches = list(DataLoader(desk, batch_size=4, shuffle=True, num_workers=2))\n"
        "assert [tuple(batch['rgb'].shape) for batch in batches] == [(4, 3, 64, 96)] * 3\n"
        "assert len({float(depth.sum()) for batch in batches for depth in batch['depth']}) == 12\n"
    )
    run("torch", check, place, python=str(loaders))
