"""Where a run writes: whose output it is, what is refused, and how a run that failed goes on."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from engine.replicator import orchestrator
from replicator_scripts import arguments
from replicator_scripts.frames import FrameMaker
from replicator_scripts.output import Output, choose
from replicator_scripts.stopping import Stopped
from writers.shards.claim import OutputError
from writers.shards.local import LocalStorage
from writers.shards.plan import Plan

from .conftest import Studio, small
from .test_bad_input import refused, run

PLAN = Plan({"scenario": {"name": "field"}}, 0, 4, 2)
OTHER = Plan({"scenario": {"name": "wood"}}, 0, 4, 2)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class Watched:
    """Note which frames are captured, and fail at one of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.captured: list[int] = []
        self.fails: dict[int, BaseException] = {}
        capture = FrameMaker._capture

        async def watched(maker: FrameMaker, frame: int) -> None:
            if frame in self.fails:
                raise self.fails[frame]
            await capture(maker, frame)
            self.captured.append(frame)

        monkeypatch.setattr(FrameMaker, "_capture", watched)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(monkeypatch)


def again(studio: Studio, *given: Any) -> int:
    orchestrator.stop()
    return run(studio, *given)


TEXTURED = """#usda 1.0
(
    defaultPrim = "Sign"
    metersPerUnit = 1
    upAxis = "Z"
    subLayers = [@./shape.usda@]
)
def Xform "Sign"
{
    def Material "Look"
    {
        token outputs:surface.connect = </Sign/Look/Surface.outputs:surface>
        def Shader "Surface"
        {
            uniform token info:id = "UsdPreviewSurface"
            color3f inputs:diffuseColor.connect = </Sign/Look/Picture.outputs:rgb>
            token outputs:surface
        }
        def Shader "Picture"
        {
            uniform token info:id = "UsdUVTexture"
            asset inputs:file = @./picture.png@
            float3 outputs:rgb
        }
    }
}
"""
SHAPE = """#usda 1.0
over "Sign"
{
    def Cube "Board"
    {
        double size = SIZE
    }
}
"""


def test_files_that_an_asset_refers_to_are_part_of_the_plan(studio: Studio, capsys: pytest.CaptureFixture[str]) -> None:
    picture, shape = studio.folder / "picture.png", studio.folder / "shape.usda"
    (studio.folder / "sign.usda").write_text(TEXTURED)
    shape.write_text(SHAPE.replace("SIZE", "0.1"))
    cv2.imwrite(str(picture), np.full((4, 4, 3), 90, np.uint8))
    document = small(frames=1)
    document["scene"]["sign"] = {"asset": {"file": "sign.usda", "position": [0, 0, 0.8]}}
    made = studio.make(document)
    before = files(made)
    plan = json.loads((made / "plan.json").read_text())
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (picture, shape)}
    assert {f"sign.file[0]/{name}": value for name, value in hashes.items()}.items() <= plan["spec"]["files"].items()
    assert str(studio.folder) not in json.dumps(plan["spec"]["files"])
    assert again(studio, document, "--out", str(made)) == 0

    cv2.imwrite(str(picture), np.full((4, 4, 3), 91, np.uint8))
    shape.write_text(SHAPE.replace("SIZE", "0.2"))
    capsys.readouterr()
    assert again(studio, document, "--out", str(made)) == 2
    said = capsys.readouterr().err.splitlines()[-2:]
    assert said[0].startswith(f'  files.sign.file[0]/picture.png: was "{hashes["picture.png"]}", is "')
    assert said[1].startswith(f'  files.sign.file[0]/shape.usda: was "{hashes["shape.usda"]}", is "')
    picture.unlink()
    assert again(studio, document, "--out", str(made)) == 2
    assert 'picture.png: was "' in (error := capsys.readouterr().err) and ', is "missing"' in error
    assert files(made) == before


@pytest.mark.parametrize(
    ("out", "text"),
    [
        ("s3://key:hunter2@bucket/herd", r"--out: output address 's3://\.\.\.' has a user or password before its '@'"),
        ("foo://bucket/herd", "--out: fsspec knows no protocol foo://"),
    ],
)
def test_an_address_that_cannot_be_used_is_one_line_without_secrets(
    studio: Studio, capsys: pytest.CaptureFixture[str], out: str, text: str
) -> None:
    refused(studio, capsys, text, small(), "--out", out)
    assert again(studio, small(), "--out", out) == 2
    assert "hunter2" not in "".join(capsys.readouterr())


def test_another_plan_s_output_is_left_alone_and_the_differences_are_shown(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    made = studio.make(small(frames=1))
    before = files(made)
    capsys.readouterr()
    changed = small(frames=1, seed=9)
    changed["scene"]["clutter"]["distractors"]["count"] = 4
    before_names = sorted(studio.folder.iterdir())
    assert again(studio, changed, "--out", str(made)) == 2
    assert capsys.readouterr().err.splitlines()[-3:] == [
        f"error: output '{made}' holds a dataset of another plan; choose another --out, or replace it with "
        "--overwrite. What differs:",
        "  scenario.scene.clutter.distractors.count: was 3, is 4",
        "  scenario.seed: was 5, is 9",
    ]
    assert files(made) == before and sorted(studio.folder.iterdir()) == before_names
    assert again(studio, changed, "--out", str(made), "--overwrite") == 0
    assert json.loads((made / "manifest.json").read_text())["seed"] == 9
    assert sorted(path.name for path in studio.folder.iterdir()) == ["out-1", "small.yaml"]
    orchestrator.stop()
    assert files(made) == files(studio.make(changed))


def test_a_complete_output_is_not_made_again(
    studio: Studio, watched: Watched, capsys: pytest.CaptureFixture[str]
) -> None:
    made = studio.make(small(frames=1))
    before = {path: path.stat().st_mtime_ns for path in made.rglob("*")}
    assert watched.captured == [0]
    for more in ([], ["--overwrite"], ["--verify"]):
        assert again(studio, small(frames=1), "--out", str(made), *more) == 0
    assert watched.captured == [0]
    assert {path: path.stat().st_mtime_ns for path in made.rglob("*")} == before
    assert capsys.readouterr().out.count("samples   1 in 1 shard(s)") == 4


@pytest.mark.parametrize(
    ("words", "advice"), [([], "choose another --out"), (["--overwrite"], "so --overwrite leaves")]
)
def test_what_is_not_a_dataset_is_left_alone(
    studio: Studio, capsys: pytest.CaptureFixture[str], words: list[str], advice: str
) -> None:
    precious = studio.folder / "out"
    precious.mkdir()
    (precious / "thesis.txt").write_text("years")
    text = (
        rf"output '.*/out' is not a dataset \(it has no plan.json\), {advice}"
        if words
        else (rf"output '.*/out' is not a dataset \(it has no plan.json\); {advice}")
    )
    refused(studio, capsys, text.replace(", so", r"[,;] so"), small(frames=1), *words)
    assert files(precious) == {"thesis.txt": b"years"}


def test_an_output_that_cannot_be_written(studio: Studio, capsys: pytest.CaptureFixture[str]) -> None:
    (studio.folder / "file").touch()
    text = r"error: output '.*/file/out' cannot be written \(Not a directory\); choose another --out"
    refused(studio, capsys, text, small(), "--out", str(studio.folder / "file" / "out"))
    if os.geteuid() != 0:  # root may write anywhere
        (studio.folder / "locked").mkdir(mode=0o500)
        assert run(studio, small(), "--out", str(studio.folder / "locked" / "out")) == 74
        assert "Permission denied" in capsys.readouterr().err


def test_a_read_only_output_is_said_before_anything_is_made(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], watched: Watched
) -> None:
    """A read-only file system as the system reports it: root, as in CI, may write anywhere else."""

    def read_only(path: Path, *_: Any, **__: Any) -> None:
        raise OSError(30, "Read-only file system", str(path))

    monkeypatch.setattr(Path, "mkdir", read_only)
    assert run(studio, small()) == 74
    assert re.search(
        r"error: .*/out.*: Read-only file system; expected a place that this user may write to", capsys.readouterr().err
    )
    assert watched.captured == [] and [path.name for path in studio.folder.iterdir()] == ["small.yaml"]


def test_of_two_plans_begun_at_once_the_first_to_write_has_the_output(tmp_path: Path) -> None:
    options = arguments.parse([])
    first, second = (Output(plan, LocalStorage(tmp_path / "out"), options) for plan in (PLAN, OTHER))
    twin = Output(PLAN, LocalStorage(tmp_path / "out"), options)
    first.claim()
    with pytest.raises(OutputError, match=r'another plan; .*What differs:\n  scenario.name: was "field", is "wood"'):
        second.claim()
    twin.claim()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["plan.json"]
    assert Plan.from_json((tmp_path / "out" / "plan.json").read_bytes()) == PLAN


def test_the_default_output_is_the_first_that_is_free_or_this_plan_s(tmp_path: Path) -> None:
    names = []
    for plan in (PLAN, PLAN, OTHER, PLAN, OTHER):
        storage = choose(None, tmp_path, "field", plan)
        Output(plan, storage, arguments.parse([])).claim()
        names.append(str(Path(storage.url).relative_to(tmp_path)))
    assert names == ["_out/field", "_out/field", "_out/field-2", "_out/field", "_out/field-2"]
    (tmp_path / "_out" / "wood").mkdir()
    (tmp_path / "_out" / "wood" / "thesis.txt").touch()
    assert choose(None, tmp_path, "wood", PLAN).url == str(tmp_path / "_out" / "wood-2")
    assert choose("here", tmp_path, "field", PLAN).url == "here"


STAYS = "the same command goes on from there"
FAILURES = [
    (RuntimeError("stop"), None, ""),
    (KeyboardInterrupt(), 130, f"interrupted: what is done stays; {STAYS}"),
    (Stopped("SIGTERM"), 85, f"stopped by SIGTERM: what is done stays; {STAYS}"),
    (
        OSError(28, "No space left on device", "shard"),
        74,
        f"error: shard: No space left on device; make room; what is committed stays, and {STAYS}",
    ),
    (ValueError("no luck"), 2, "frame 2 cannot be made: no luck"),
]


def test_a_stop_before_anything_is_kept_says_so(
    studio: Studio, watched: Watched, capsys: pytest.CaptureFixture[str]
) -> None:
    watched.fails = {0: Stopped("SIGUSR1")}
    assert again(studio, small(frames=4)) == 85
    assert f"stopped by SIGUSR1: nothing was kept yet; {STAYS}" in capsys.readouterr().err
    watched.fails = {1: Stopped("SIGUSR1")}
    assert again(studio, small(frames=4)) == 85
    assert f"stopped by SIGUSR1: what is done stays; {STAYS}" in capsys.readouterr().err


@pytest.mark.parametrize(("error", "code", "text"), FAILURES, ids=[type(f[0]).__name__ for f in FAILURES])
def test_a_run_that_fails_goes_on_from_there(
    studio: Studio,
    watched: Watched,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int | None,
    text: str,
) -> None:
    whole = files(studio.make(small(frames=4)))
    watched.fails, watched.captured = {3: error} if code != 2 else {2: error}, []
    if code is None:
        with pytest.raises(RuntimeError, match="stop"):
            again(studio, small(frames=4))
    else:
        assert again(studio, small(frames=4)) == code
        assert text in capsys.readouterr().err
    out = studio.folder / "out"
    left = {name: data for name, data in files(out).items() if not name.startswith(".work/")}
    assert sorted(left) == ["plan.json", "records/shard-000000.json", "shards/shard-000000.tar"]
    assert left.items() <= whole.items()
    made = watched.captured
    watched.fails, watched.captured = {}, []
    assert again(studio, small(frames=4)) == 0
    assert files(out) == whole and not (out / ".work").exists()
    assert made + watched.captured == [0, 1, 2, 3]
    assert f"goes on   {len(made)} of 4 frames are there already" in capsys.readouterr().out or len(made) == 3
