"""Every error names file, line and key, what was given, what is expected, and names that are near."""

from __future__ import annotations

import re

import pytest

from engine.replicator_yaml import ParserError, parse

CASES = {
    "no groups": ("# nothing\n", 1, "", "holds no groups; expected 'group_name:'"),
    "not YAML": ("a:\n  create.cube:\n    scale: 1\n      count: 2\n", 4, "", "is not YAML: mapping values are not"),
    "key": ("a: {create.cube: null}\n5: 6\n", 2, "", "the key 5 is no name; expected text (quote it)"),
    "no text": ("a: \x01\n", 0, "", "is not YAML: unacceptable character #x0001"),
    "key list": ("? [a, b]\n: 6\n", 1, "", "the key a list or mapping is no name"),
    "alias": ("a: &a [*a]\n", 1, "", "an alias (*name) stands inside what it is an alias of"),
    "date": ("a:\n - 2024-13-45\n", 0, "", "is not YAML: month must be in 1..12"),
    "function": ("cube:\n  create.cub: null\n", 2, "create.cub", "no such function in omni.replicator.core"),
    "function, near": ("cube:\n  create.cub: null\n", 2, "create.cub", "did you mean create.cube"),
    "module, near": ("cube:\n  creat.cube: null\n", 2, "creat.cube", "did you mean create.cube"),
    "no function of rep": ("a:\n  create.Path: {a: 1}\n", 2, "create.Path", "no such function"),
    "no module of rep": ("a:\n  importlib.import_module: {name: os}\n", 2, "importlib.import_module", "no such function"),
    "no private module": ("a:\n  placing.item_of: {prims: []}\n", 2, "placing.item_of", "no such function"),
    "argument": (
        "camera:\n  create.camera:\n    clippingrange: [1, 2]\n",
        3,
        "create.camera.clippingrange",
        "unknown argument clippingrange=[1, 2]",
    ),
    "argument, near": (
        "cube:\n  create.cube:\n    position: [1, 2, 3]\n    semantic: [[class, a]]\n",
        4,
        "create.cube.semantic",
        "there is no such argument; did you mean semantics? (expected: position, scale,",
    ),
    "missing": ("a:\n  trigger.on_custom_event:\n", 2, "trigger.on_custom_event", "needs event_name (arguments: event_name)"),
    "no mapping": ("a:\n  create.cube: 5\n", 2, "create.cube", "5 was given; expected arguments (position, scale,"),
    "refused": (
        "cube:\n  create.cube:\n    count: 2\n    position: [1, 2]\n",
        4,
        "create.cube.position",
        "create.cube: position=[1, 2] was given; expected a number or 3 numbers, or a distribution",
    ),
    "refused writer": ("w:\n  writers.get:\n    name: BasicWritr\n", 2, "writers.get", "writer 'BasicWritr' is not registered"),
    "two functions": (
        "a:\n  create.cube: null\n  create.cone: null\n",
        3,
        "a.create.cone",
        "stands beside create.cube; expected one function in a group",
    ),
    "beside": ("a:\n  create.cube:\n    count: 1\n  scale: 2\n", 4, "a.scale", "indent an argument below its function"),
    "two functions in a value": (
        "a:\n  create.cube:\n    scale:\n      distribution.uniform: {lower: 1, upper: 2}\n      distribution.normal: null\n",
        5,
        "create.cube.scale.distribution.normal",
        "stands beside distribution.uniform; expected one function alone",
    ),
    "with, near": (
        "trigger:\n  trigger.on_frame: null\nb:\n  with.triger:\n    modify.visibility: null\n",
        4,
        "with.triger",
        "there is no group 'triger' here; did you mean trigger? (groups: trigger)",
    ),
    "with nothing to open": ("n: 5\nb:\n  with.n:\n    modify.pose: null\n", 3, "with.n", "'n' is 5; expected a group of prims"),
    "with no functions": ("a:\n  create.cube:\nb:\n  with.a: [1]\n", 4, "with.a", "[1] was given; expected functions below it"),
    "with_": ("a:\n  create.cube:\nb:\n  with_a:\n    modify.pose: null\n", 4, "b.with_a", "did you mean with.a?"),
    "method, near": (
        "writer:\n  writers.get: {name: BasicWriter}\nb:\n  writer.atach: null\n",
        4,
        "writer.atach",
        "group 'writer' has no function 'atach'; did you mean attach",
    ),
    "register": ("r:\n  randomizer.register:\n    move: null\n", 3, "randomizer.register.move", "has nothing below it"),
    "inputs": (
        "r:\n  randomizer.register:\n    move:\n      inputs: [a]\n",
        4,
        "move.inputs",
        "['a'] was given; expected names with defaults",
    ),
    "input": (
        "r:\n  randomizer.register:\n    move:\n      inputs: {size: 1}\n      a:\n        create.cube:\nb:\n  randomizer.move:\n    sise: 2\n",
        9,
        "randomizer.move.sise",
        "no such argument; did you mean size? (expected: size)",
    ),
    "in a registered function": (
        "r:\n  randomizer.register:\n    move:\n      a:\n        create.cube:\n          count: 0\nb:\n  randomizer.move: null\n",
        6,
        "create.cube.count",
        "count=0 was given; expected a number not below 1",
    ),
    "inherit, near": ("lamp: {create.light: null}\nb:\n  inherit: lam\n", 3, "inherit", "'lam' was given; expected the name of a group; did you mean lamp"),
    "inherit itself": ("b:\n  inherit: b\n", 2, "inherit", "'b' was given; expected the name of a group"),
    "inherit in a circle": ("a:\n  inherit: b\nb:\n  inherit: a\n", 2, "inherit", "inherits itself, through"),
    "inherit a number": ("a: 5\nb:\n  inherit: a\n", 3, "inherit", "'a' (line 1 of "),
    "profile": ("profiles:\n  - none.yaml\na: 5\n", 2, "profiles", "'none.yaml' was given; expected the path of a YAML file"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_errors_name_file_line_and_key(write, case):
    text, line, key, message = CASES[case]
    path = write(text)
    with pytest.raises(ParserError, match=re.escape(message)) as caught:
        parse(path)
    error = caught.value
    assert (error.file, error.line, error.key) == (str(path), line, key), str(error)
    place = f"{path}:{line}: " if line else f"{path}: "
    assert str(error).startswith(place + (f"{key}: " if key else ""))


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(
        ParserError, match=r"none.yaml: there is no such file; expected the path of a Replicator YAML file"
    ):
        parse(tmp_path / "none.yaml")
    with pytest.raises(ParserError, match=r"none.yaml: there is no such file \(looked for below /tmp too\)"):
        parse("none.yaml", root_dir="/tmp")
    (tmp_path / "odd.yaml").write_bytes(b"a: \xff\n")
    with pytest.raises(ParserError, match=r"odd.yaml: is not text in UTF-8 \(invalid start byte at byte 3\)"):
        parse(tmp_path / "odd.yaml")


def test_a_file_that_may_not_be_read(write, monkeypatch):
    path = write("a: 1\n")

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "read_text", refuse)
    with pytest.raises(ParserError, match=r"scene.yaml: cannot be read \(Permission denied\)"):
        parse(path)


def test_an_error_in_a_profile_names_the_profile(write):
    profile = write("lamp:\n  create.light:\n    intensiti: 5\n", "lamps.yaml")
    path = write("profiles: [lamps.yaml]\nb:\n  inherit: lamp\n")
    with pytest.raises(ParserError, match="did you mean intensity") as caught:
        parse(path)
    assert (caught.value.file, caught.value.line) == (str(profile), 3)


def test_two_profiles_with_one_name(write):
    write("lamp: 1\n", "a.yaml")
    write("b: 1\nlamp: 2\n", "b.yaml")
    with pytest.raises(ParserError, match=r"b.yaml:2: lamp: a profile has a group of this name already \(.*a.yaml:1\)"):
        parse(write("profiles: [a.yaml, b.yaml]\nc: 1\n"))
