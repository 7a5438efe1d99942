"""Frames that cannot be made, where the scenario says that they are left out: noted, the same each time."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from engine.app import get_app
from engine.replicator import orchestrator
from replicator_scripts import arguments
from replicator_scripts.application import drive, guarded
from writers.shards.sink import ShardSink

from .conftest import Studio, members, small
from .test_outputs import Watched, files

FULL = "prim 6 of 8 found no place in 10000 tries; expected a larger surface or volume"


def crowded(**writer: Any) -> dict[str, Any]:
    """Return a scenario whose things have no room in frame 4, and room in those around it."""
    document = small()
    document["scene"]["things"]["household"]["copies"] = 2
    document["scene"]["table"]["table"]["size"] = [0.69, 0.69]
    document["writer"] |= writer
    return document


def run(studio: Studio, document: dict[str, Any], out: str, *words: str) -> int:
    """Run as the command does, errors of graph nodes included."""
    from replicator_scripts.generate import generate

    orchestrator.stop()
    asyncio.set_event_loop(get_app().loop)
    path = studio.write(document)
    given = ["--scenario", str(path), "--out", str(studio.folder / out), *words]
    return drive(get_app(), guarded(generate, arguments.parse(given)))


def left_out(folder: Path) -> dict[int, str]:
    manifest = json.loads((folder / "manifest.json").read_text())
    return {item["frame"]: item["error"] for item in manifest["skipped"]}


def test_a_frame_without_room_is_left_out_and_noted(studio: Studio, capsys: pytest.CaptureFixture[str]) -> None:
    frames = ["--start", "3", "--frames", "3"]
    assert run(studio, crowded(on_error="skip"), "a", *frames) == 0
    assert "left out  1 frame(s); the first: frame 4: " + FULL in capsys.readouterr().out
    (error,) = (found := left_out(studio.folder / "a")).values()
    assert list(found) == [4] and error.startswith(FULL)
    made = members(studio.folder / "a")
    assert {name[:9] for name in made} == {"000000003", "000000005"}
    assert run(studio, crowded(on_error="skip"), "b", *frames, "--task", "1/2") == 0
    assert run(studio, crowded(on_error="skip"), "b", *frames) == 0
    assert files(studio.folder / "a") == files(studio.folder / "b")
    assert run(studio, crowded(on_error="skip"), "c", "--start", "5", "--frames", "1") == 0
    assert members(studio.folder / "c").items() <= made.items()


def test_such_a_frame_ends_the_run_otherwise(studio: Studio, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(studio, crowded(), "a", "--start", "3", "--frames", "3") == 2
    assert f"frame 4 cannot be made: {FULL}" in capsys.readouterr().err
    assert not (studio.folder / "a" / "manifest.json").exists()


def test_a_frame_is_not_made_where_the_one_that_its_motion_is_seen_from_fails(studio: Studio) -> None:
    document = {**crowded(on_error="skip"), "outputs": ["flow"]}
    for out, frames in (("a", ["--start", "3", "--frames", "3"]), ("b", ["--start", "5", "--frames", "1"])):
        assert run(studio, document, out, *frames) == 0
    found = left_out(studio.folder / "a")
    assert list(found) == [4, 5] and found[5].startswith(f"the frame before, from which motion is seen, fails: {FULL}")
    assert left_out(studio.folder / "b") == {5: found[5]}


@pytest.mark.parametrize(
    ("error", "text"),
    [(ValueError("asset 'x.usd'\nis broken"), "asset 'x.usd' is broken"), (KeyError("x"), "KeyError: 'x'")],
)
def test_errors_are_one_line_that_names_no_place_in_memory(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, error: Exception, text: str
) -> None:
    watched = Watched(monkeypatch)
    document = small()
    document["writer"]["on_error"] = "skip"
    watched.fails = {1: error, 2: RuntimeError("in <object at 0x7f00aa>")}
    assert run(studio, document, "a") == 0
    assert left_out(studio.folder / "a") == {1: text, 2: "RuntimeError: in <object at 0x...>"}
    assert watched.captured == [0]


@pytest.mark.parametrize("outputs", [["depth"], ["depth", "flow"]])
def test_a_shard_whose_attempt_was_lost_is_made_again_with_the_same_bytes(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, outputs: list[str]
) -> None:
    """Random streams begin again where the very frame that was captured last is captured once more."""
    document = small(outputs=outputs, frames=3)
    document["writer"]["samples_per_shard"] = 1
    assert run(studio, document, "a") == 0
    commit, lost = ShardSink.commit, list[int]()

    def loses(sink: ShardSink) -> object:
        number = sink._range.number
        if number not in lost:
            lost.append(number)
            shutil.rmtree(sink.work)
        return commit(sink)

    monkeypatch.setattr(ShardSink, "commit", loses)
    assert run(studio, document, "b") == 0
    assert lost == [0, 1, 2] and files(studio.folder / "a") == files(studio.folder / "b")


SIGN = """#usda 1.0
(
    defaultPrim = "Sign"
    metersPerUnit = 1
    upAxis = "Z"
)
def Xform "Sign" (
    prepend variantSets = "face"
    variants = { string face = "sound" }
)
{
    def Mesh "Board" (prepend apiSchemas = ["MaterialBindingAPI"])
    {
        point3f[] points = [(-0.1, -0.1, 0), (0.1, -0.1, 0), (0.1, 0.1, 0), (-0.1, 0.1, 0)]
        int[] faceVertexCounts = [4]
        int[] faceVertexIndices = [0, 1, 2, 3]
        texCoord2f[] primvars:st = [(0, 0), (1, 0), (1, 1), (0, 1)] (interpolation = "vertex")
        rel material:binding = </Sign/Paint>
    }
    def Material "Paint"
    {
        token outputs:surface.connect = </Sign/Paint/Shader.outputs:surface>
        def Shader "Shader"
        {
            uniform token info:id = "UsdPreviewSurface"
            color3f inputs:diffuseColor.connect = </Sign/Paint/Picture.outputs:rgb>
            token outputs:surface
        }
        def Shader "Picture"
        {
            uniform token info:id = "UsdUVTexture"
            float3 outputs:rgb
        }
    }
    variantSet "face" = {
        "sound" {
            over "Paint"
            {
                over "Picture"
                {
                    asset inputs:file = @sound.png@
                }
            }
        }
        "torn" {
            over "Paint"
            {
                over "Picture"
                {
                    asset inputs:file = @torn.png@
                }
            }
        }
    }
}
"""


def with_sign(studio: Studio, **writer: Any) -> dict[str, Any]:
    """Return a scenario with a sign whose picture in frame 1 is a file that is cut in its middle."""
    image = np.random.default_rng(1).integers(0, 255, (32, 32, 3), np.uint8)
    data = cv2.imencode(".png", image)[1].tobytes()
    (studio.folder / "sound.png").write_bytes(data)
    (studio.folder / "torn.png").write_bytes(data[:40])
    (studio.folder / "sign.usda").write_text(SIGN)
    document = small(outputs=["rgb", "depth"])
    document["scene"]["sign"] = {"asset": {"file": "sign.usda", "position": [0, 0, 1.0]}}
    faces = {"distribution.sequence": {"items": ["sound", "torn", "sound"]}}
    document["randomizers"]["faces"] = {"variant": {"prims": "^/World/sign/Fit/Asset$", "set": "face", "value": faces}}
    document["writer"] |= writer
    return document


def test_a_corrupt_file_in_one_frame_stops_the_run_or_is_left_out(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "cannot be read; expected an image file (PNG, JPEG, HDR, TIFF ...)"
    assert run(studio, with_sign(studio), "stop") == 2
    said = capsys.readouterr().err
    assert f"frame 1 cannot be made: texture '{studio.folder}/torn.png' {text}" in said and "Traceback" not in said
    assert not (studio.folder / "stop" / "manifest.json").exists()
    assert run(studio, with_sign(studio, on_error="skip"), "skip") == 0
    assert left_out(studio.folder / "skip") == {1: f"texture 'torn.png' {text}"}
    assert str(studio.folder) not in (studio.folder / "skip" / "records" / "shard-000000.json").read_text()
    (studio.folder / "torn.png").write_bytes((studio.folder / "sound.png").read_bytes())
    assert run(studio, with_sign(studio, on_error="skip"), "alone", "--start", "2", "--frames", "1") == 0
    made = members(studio.folder / "skip")
    assert {name[:9] for name in made} == {"000000000", "000000002"}
    assert members(studio.folder / "alone").items() <= made.items(), "the failure leaves no trace in later frames"


def test_a_full_disk_is_not_the_fault_of_a_frame(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched(monkeypatch)
    document = small()
    document["writer"]["on_error"] = "skip"
    watched.fails = {1: OSError(28, "No space left on device")}
    assert run(studio, document, "a") == 74
    assert not (studio.folder / "a" / "manifest.json").exists()
