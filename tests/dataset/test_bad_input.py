"""What cannot be made: one line that says what was given, what was expected and what to do; nothing half written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pxr import Gf, Usd, UsdGeom, Vt

from engine.app import get_app
from replicator_scripts import arguments
from replicator_scripts.application import guarded

from .conftest import Studio, members, small


def run(studio: Studio, document: dict[str, Any] | Path, *words: str) -> int:
    """Run as the command does and return the exit code."""
    from replicator_scripts.generate import generate

    path = document if isinstance(document, Path) else studio.write(document)
    given = ["--scenario", str(path), "--out", str(studio.folder / "out"), *words]
    return int(get_app().run_coroutine(guarded(generate, arguments.parse(given))))


def refused(studio: Studio, capsys: pytest.CaptureFixture[str], text: str, *given: Any) -> None:
    """Assert that a run fails with one line of error and leaves nothing."""
    before = sorted(studio.folder.iterdir())
    assert run(studio, *given) == 2
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1 and re.search(text, lines[0]), lines
    new = set(studio.folder.iterdir()) - set(before)
    assert new <= {studio.folder / "small.yaml"}, new


def with_scene(**steps: Any) -> dict[str, Any]:
    document = small()
    document["scene"] |= steps
    return document


def with_randomizer(**steps: Any) -> dict[str, Any]:
    document = small()
    document["randomizers"] |= steps
    return document


THINGS = "^/World/things/[A-Za-z]+_\\d+$"
UPSIDE_DOWN = {"distribution.uniform": {"lower": [1, 0, 0], "upper": [0, 0, 0]}}
BAD = [
    (small(frame=3), r"small.yaml: frame: is not a known key; did you mean 'frames'\?"),
    (small(cameras={}), r"small.yaml: cameras: is \{\}; a scenario needs at least one camera"),
    (with_scene(x={"castle": {}}), r"small.yaml: scene.x.castle: is not a known key.*known: .*asset, .*table"),
    (with_scene(x={"asset": {"file": "no.usd"}}), r"scene.x.asset.file: is 'no.usd', and there is no such file"),
    (with_scene(x={"household": {"kinds": ["sofa"]}}), r"scene.x.household: object 'sofa' is unknown; choose from can"),
    (with_scene(x={"table": {"size": [0, 1]}}), r"scene.x.table: size \(0.0, 1.0\) and height .* must be above 0"),
    (
        with_randomizer(x={"pose": {"prims": THINGS, "position": UPSIDE_DOWN}}),
        r"randomizers.x.pose.position.distribution.uniform: lower \[1, 0, 0\] is above upper \[0, 0, 0\]; swap them",
    ),
    (
        with_randomizer(x={"pose": {"prims": "^/World/thing/.*$", "scale": 2}}),
        r"randomizers.x.pose: prims '\^/World/thing/\.\*\$' matches no prim; there are .*/World/things",
    ),
    (with_randomizer(x={"pose": {"prims": "(", "scale": 2}}), r"randomizers.x.pose: prims '\(' is not a regular expr"),
    (with_randomizer(x={"pose": {"prims": THINGS}}), r"randomizers.x.pose: sets nothing; give position, rotation"),
    (
        with_randomizer(x={"pose": {"prims": THINGS, "position": [1, 2]}}),
        r"randomizers.x.pose: .*position=\(1, 2\) was given",
    ),
    (
        with_randomizer(x={"visibility": {"prims": THINGS, "value": False}}),
        r"randomizers.x: changes '/World/things/Ball_00' after 'places' has looked at it, .*; move it before 'places'",
    ),
    (
        with_randomizer(x={"scatter": {"prims": THINGS, "surfaces": "^/World/table/Legs$", "yaw": [9, 1]}}),
        r"randomizers.x.scatter: yaw is \[9.0, 1.0\]; expected the lower angle first",
    ),
    (
        with_randomizer(x={"rotation": {"prims": THINGS, "lower": [9, 0, 0], "upper": [1, 0, 0]}}),
        r"randomizers.x.rotation: lower \[9.0, 0.0, 0.0\] is above upper",
    ),
    (
        with_randomizer(x={"daylight": {"lights": "/World/lamps", "skies": ["green"]}}),
        r"randomizers.x.daylight: sky 'green' is unknown; choose from",
    ),
    (
        with_randomizer(x={"daylight": {"lights": "/World/lamps"}}),
        r"randomizers.x.daylight: lights '/World/lamps' has no dome light '/World/lamps/Dome'",
    ),
]


@pytest.mark.parametrize(("document", "text"), BAD, ids=[b[1][:40] for b in BAD])
def test_bad_scenarios(studio: Studio, capsys: pytest.CaptureFixture[str], document: dict[str, Any], text: str) -> None:
    refused(studio, capsys, text, document)


BAD_OPTIONS = [
    (["--frames", "0"], r"error: --frames: is 0; expected 1 or more"),
    (["--seed", "-1"], r"error: --seed: is -1; expected 0 or more"),
    (["--resolution", "0x0"], r"error: --resolution\[0\]: is 0; expected 16 or more"),
    (["--outputs", "rgb,dept"], r"error: --outputs\[1\]: is 'dept'; expected one of rgb, .*; did you mean 'depth'\?"),
    (["--outputs", ","], r"error: --outputs: is empty; choose from rgb"),
    (["--scenario", "nowhere"], r"error: nowhere: there is no such scenario file; give the path of a YAML file"),
]


@pytest.mark.parametrize(("words", "text"), BAD_OPTIONS, ids=[b[0][0] + b[0][1] for b in BAD_OPTIONS])
def test_bad_options(studio: Studio, capsys: pytest.CaptureFixture[str], words: list[str], text: str) -> None:
    refused(studio, capsys, text, small(), *words)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--frames", "many"], "argument --frames: invalid int value: 'many'"),
        (["--start=-1"], "argument --start: '-1' is not a frame; expected a whole number of 0 or more"),
        (["--resolution", "640"], "argument --resolution: '640' is not a size; expected WIDTHxHEIGHT, e.g. 640x480"),
        (["--colour"], "unrecognized arguments: --colour"),
    ],
)
def test_words_that_cannot_be_read(capsys: pytest.CaptureFixture[str], words: list[str], text: str) -> None:
    with pytest.raises(SystemExit):
        arguments.parse(words)
    assert text in capsys.readouterr().err


def test_a_yaml_error_names_its_line(studio: Studio, capsys: pytest.CaptureFixture[str]) -> None:
    path = studio.folder / "small.yaml"
    path.write_text("frames: 3\nclasses: [a, b\nseed: 1\n")
    refused(studio, capsys, r"small.yaml: line 3, column 5: is not YAML", path)


def test_an_asset_that_is_not_usd(studio: Studio, capsys: pytest.CaptureFixture[str]) -> None:
    asset = studio.folder / "broken.usda"
    document = with_scene(x={"asset": {"file": "broken.usda"}})
    asset.write_text("#usda 1.0\ndef Xform {{{\n")
    refused(
        studio, capsys, r"scene.x.asset: asset '.*/broken.usda' is not readable as USD: .*broken.usda:2:1: ", document
    )
    asset.write_text('#usda 1.0\ndef Cube "C" {}\n')
    refused(studio, capsys, r"asset '.*/broken.usda' has no defaultPrim; author one or flatten the asset", document)
    asset.write_text('#usda 1.0\n(defaultPrim = "C")\ndef Xform "C" {}\n')
    refused(studio, capsys, r"asset '.*' has nothing to draw below its defaultPrim 'C'", document)
    asset.write_text('#usda 1.0\n(defaultPrim = "C")\ndef Cube "C" {}\n')
    document["scene"]["x"]["asset"]["scale"] = 0
    refused(studio, capsys, r"scene.x.asset: scale is 0.0; expected a number above 0", document)


def test_things_that_do_not_fit(studio: Studio, capsys: pytest.CaptureFixture[str]) -> None:
    document = small()
    document["scene"]["things"]["household"]["copies"] = 40
    document["scene"]["table"]["table"]["size"] = [0.5, 0.5]
    from replicator_scripts.application import drive
    from replicator_scripts.generate import generate

    options = arguments.parse(["--scenario", str(studio.write(document)), "--out", str(studio.folder / "out")])
    assert drive(get_app(), guarded(generate, options)) == 2
    assert re.search(
        r"error: .*small.yaml: frame 0 cannot be made: prim \d+ of 160 found no place in 10000 tries",
        capsys.readouterr().err,
    )
    assert [path.name for path in studio.folder.iterdir()] == ["small.yaml"]


def mesh_file(path: Path, points: list[Any], counts: list[int]) -> None:
    stage = Usd.Stage.CreateNew(str(path))
    root = UsdGeom.Xform.Define(stage, "/Root")
    stage.SetDefaultPrim(root.GetPrim())
    UsdGeom.SetStageUpAxis(stage, "Z")
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    mesh = UsdGeom.Mesh.Define(stage, "/Root/Bad")
    mesh.CreatePointsAttr(Vt.Vec3fArray([Gf.Vec3f(*p) for p in points]))
    mesh.CreateFaceVertexCountsAttr(counts)
    mesh.CreateFaceVertexIndicesAttr(list(range(sum(counts))))
    stage.Save()


NAN = float("nan")
BAD_MESHES = [
    ([(0, 0, 1), (1, 0, 1), (NAN, 1, 1)], [3], r"/World/x/Fit/Asset/Bad.*(not finite|NaN|nan)"),
    ([(0, 0, 1), (1, 0, 1), (0, 1, 1)], [], r"/World/x/Fit/Asset/Bad.*(face|triangle)"),
]


@pytest.mark.parametrize(("points", "counts", "text"), BAD_MESHES, ids=["nan", "no faces"])
def test_a_bad_mesh_is_named_and_the_run_goes_on(
    studio: Studio, capfd: pytest.CaptureFixture[str], points: list[Any], counts: list[int], text: str
) -> None:
    good = members(studio.make(small(frames=1)))
    mesh_file(studio.folder / "bad.usda", points, counts)
    capfd.readouterr()
    found = members(studio.make(small(frames=1, scene={**small()["scene"], "x": {"asset": {"file": "bad.usda"}}})))
    captured = capfd.readouterr()
    warnings = [line for line in (captured.out + captured.err).splitlines() if re.search(text, line)]
    assert len(warnings) == 1, captured
    assert found["000000000.instance.png"] == good["000000000.instance.png"]
    assert found["000000000.depth.png"] == good["000000000.depth.png"]
