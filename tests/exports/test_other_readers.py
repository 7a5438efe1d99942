"""Exports as other projects read them: datumaro, supervision, globox; ultralytics and BOP's toolkit where they are.

The readers run in environments of their own: `~/.cache/replicant/formats` is made from `outside/readers.txt`.
REPLICANT_ULTRALYTICS names the Python of an environment with ultralytics (AGPL, 6 GB with its CUDA libraries), and
REPLICANT_BOP_TOOLKIT a checkout of thodan/bop_toolkit; without them their tests are skipped.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from writers.exports import export

from .worlds import StandIn, objects_of, several

pytestmark = pytest.mark.slow
OUTSIDE = Path(__file__).parent / "outside"
PLACE = Path("~/.cache/replicant/formats").expanduser()


def environment() -> Path:
    """Return the Python of the readers' environment, making it first if it is not there or is another one."""
    requirements = OUTSIDE / "readers.txt"
    python, stamp = PLACE / "bin" / "python", PLACE / ".requirements"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if not (python.exists() and stamp.exists() and stamp.read_text() == wanted):
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(PLACE)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "-r", str(requirements)], check=True)
        stamp.write_text(wanted)
    return python


def run(python: Path, script: str, *words: Path | str) -> dict[str, Any]:
    """Run a script of `outside/` and return the JSON object on its last line."""
    home = {"HOME": str(words[0]), "YOLO_CONFIG_DIR": str(words[0]), "YOLO_OFFLINE": "true", "PYTHONPATH": ""}
    command = [str(python), str(OUTSIDE / script), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **home}, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def dataset() -> StandIn:
    return several(frames=4)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory, dataset: StandIn) -> Path:
    """Export everything, in the folders that datumaro looks into."""
    root = tmp_path_factory.mktemp("exports")
    export("kitti", dataset, root / "kitti")
    for name in ("bop", "bop_webdataset"):
        export(name, dataset, root / name, objects="model")
    for task in ("detect", "segment", "pose", "obb"):
        export("yolo", dataset, root / f"yolo_{task}", task=task, split=(1,))
    export("coco", dataset, root / "flat_coco")
    export("coco_panoptic", dataset, root / "flat_panoptic")
    for name, file in (("coco", "instances"), ("panoptic", "panoptic")):
        (root / name / "annotations").mkdir(parents=True)
        shutil.copytree(root / f"flat_{name}" / "images", root / name / "images" / "train")
        shutil.copy(root / f"flat_{name}" / f"{file}.json", root / name / "annotations" / f"{file}_train.json")
    shutil.copytree(root / "flat_panoptic" / "panoptic", root / "panoptic" / "annotations" / "panoptic_train")
    return root


def test_datumaro_supervision_and_globox_read_what_was_written(exported: Path, dataset: StandIn) -> None:
    found = run(environment(), "with_datumaro.py", exported)
    checked = dict.fromkeys(found, 0)
    for number, row in enumerate(dataset.rows):
        for reader, images in found.items():
            read = images.get(f"{number:06d}" if reader == "kitti" else row.key, [])
            assert len(read) == len(objects_of(row))
            for entry, item in zip(sorted(read, key=place_of), sorted(objects_of(row), key=box_of), strict=True):
                check(reader, entry, item, dataset.classes)
                checked[reader] += 1
    assert checked == dict.fromkeys(("coco", "panoptic", "kitti", "yolo", "supervision", "globox"), 15)


def place_of(entry: list[Any]) -> list[int]:
    return [round(v) for v in entry[1:3]]


def box_of(item: dict[str, Any]) -> list[int]:
    return [max(0, v) for v in item["box"][:2]]


def check(reader: str, entry: list[Any], item: dict[str, Any], classes: list[str]) -> None:
    """Compare one object as read with the one in the sample."""
    name, *box, area, extra = entry
    assert name == (classes.index(item["class"]) if reader == "globox" else item["class"])
    if reader == "kitti":
        assert extra["dimensions"][2] == pytest.approx(item["box_3d"]["max"][0] - item["box_3d"]["min"][0], abs=0.005)
        return
    slack = 1.01 if reader in ("coco", "panoptic", "supervision") else 0.01  # boxes of masks end at the last pixel
    assert box == pytest.approx(item["box"], abs=slack)
    if reader in ("coco", "panoptic"):
        assert area == item["area"]
    if reader == "supervision":
        assert area == pytest.approx(item["area"], rel=0.12)


@pytest.mark.skipif("REPLICANT_ULTRALYTICS" not in os.environ, reason="REPLICANT_ULTRALYTICS names no Python")
def test_ultralytics_checks_and_loads_all_four_tasks(exported: Path, dataset: StandIn) -> None:
    found = run(Path(os.environ["REPLICANT_ULTRALYTICS"]), "with_ultralytics.py", exported)
    assert set(found) == {"detect", "segment", "pose", "obb"}
    for task, images in found.items():
        assert set(images) == {row.key for row in dataset.rows}
        for row in dataset.rows:
            read, items = images[row.key], objects_of(row)
            assert read["classes"] == [item["class"] for item in items]
            if task in ("detect", "pose"):
                for box, item in zip(read["boxes"], items, strict=True):
                    assert box == pytest.approx(item["box"], abs=0.001)
            if task == "segment":
                for area, item in zip(read["masks"], items, strict=True):
                    assert item["area"] <= area <= item["area"] + 20
            if task == "pose" and items:
                assert len(read["keypoints"]) == len(items) and {len(each) for each in read["keypoints"]} == {9}


@pytest.mark.skipif("REPLICANT_BOP_TOOLKIT" not in os.environ, reason="REPLICANT_BOP_TOOLKIT names no checkout")
def test_bop_s_own_toolkit_agrees_with_poses_masks_and_depth(exported: Path) -> None:
    counts = run(environment(), "with_bop_toolkit.py", exported, os.environ["REPLICANT_BOP_TOOLKIT"])
    assert counts == {"scenes": 15, "webdataset": 15}
