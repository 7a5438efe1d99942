"""The sweep: which scripts count, how they are run, and what a log says of how they ended."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from engine.conformance import checkout, results
from engine.conformance.__main__ import main as conformance
from engine.conformance.run import Outcome
from engine.conformance.sweep import __main__ as sweep
from engine.conformance.sweep import rules, run, units

PLAIN = "import omni.replicator.core as rep\nrep.orchestrator.run()\n"
APP = "from isaacsim import SimulationApp\napp = SimulationApp()\n"
TESTS = '''\
import omni.kit.test
import omni.replicator.core as rep
from isaacsim.storage.native import get_assets_root_path

ROOT = "/Isaac/Props"


def load():
    return get_assets_root_path() + ROOT


class TestThings(omni.kit.test.AsyncTestCase):
    async def setUp(self):
        """Docstrings about a robot or /Isaac/ do not count."""

    async def test_plain(self):
        rep.create.cube()

    async def test_remote(self):
        self.help()

    def help(self):
        load()

    async def test_robot(self):
        from isaacsim.robot.manipulators import SingleManipulator
'''


@pytest.mark.parametrize(
    ("source", "left_out", "remote"),
    [
        (PLAIN, "", False),
        (PLAIN + "from isaacsim.robot.wheeled_robots import WheeledRobot", "robot", False),
        (PLAIN + "lidar = rep.create.omni_lidar()", "lidar", False),
        (PLAIN + "import omni.ui as ui", "window", False),
        (PLAIN + "url = 'omniverse://localhost/NVIDIA/Assets/x.usd'", "", True),
        (PLAIN + "'''a robot with a lidar in /Isaac/Props'''  # omni.ui", "", False),
    ],
)
def test_what_a_script_needs(source, left_out, remote):
    assert rules.judge(ast.parse(source)) == rules.Verdict(True, left_out, remote)
    assert not rules.judge(ast.parse("import numpy")).replicator


def test_a_test_method_is_judged_by_what_it_reaches():
    path = "source/extensions/isaacsim.replicator.x/python/tests/test_x.py"
    found = {unit.test: (unit.remote, unit.left_out) for unit in units.file_units(TESTS, path, "6.0.1")}
    assert found == {
        "TestThings.test_plain": (False, ""),
        "TestThings.test_remote": (True, ""),
        "TestThings.test_robot": (False, "robot"),
    }


def test_files_are_taken_once_and_only_where_they_are_scripts(tmp_path):
    script = tmp_path / "source/standalone_examples/a.py"
    other = tmp_path / "source/extensions/isaacsim.core.nodes/tests/test_a.py"
    helper = tmp_path / "source/standalone_examples/a_utils.py"
    for path, text in ((script, APP + PLAIN + "'--test'"), (other, TESTS), (helper, PLAIN)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    seen: set[str] = set()
    assert [unit.label for unit in units.collect(tmp_path, "6.0.1", seen)] == [
        "6.0.1:source/standalone_examples/a.py",
    ]
    assert units.collect(tmp_path, "5.1.0", seen) == []


def test_scripts_of_the_editor_are_started_and_in_centimetres():
    cube = "import omni.replicator.core as rep\nrep.create.cube()\n"
    unit = units.file_units(cube + "rep.trigger.on_frame()\n", "a.py", "sde")[0]
    assert unit.options == (*units.CENTIMETRES, "--run", "5")
    unit = units.file_units(cube + "og.Controller\nrep.orchestrator.run()\n", "a.py", "sde")[0]
    assert unit.options == (*units.CENTIMETRES, "--given", "og=omni.graph.core")
    unit = units.file_units(PLAIN, "a.py", "sde")[0]
    assert unit.options == ("--open-stage", str(units.AISLE)) and unit.remote and units.AISLE.is_file()
    assert units.file_units(PLAIN, "a.py", "sde", Path("a.usda"))[0].options == ("--open-stage", "a.usda")


def test_arguments_are_those_the_script_declares():
    source = "p.add_argument('--test')\np.add_argument('--num-frames', default=600)\n"
    assert units.arguments_of(ast.parse(source)) == ("--test", "--num-frames", "3")


@pytest.mark.parametrize(
    ("log", "at"),
    [
        (
            "AttributeError: module 'omni.physx' has no attribute 'get_it' in the embedded engine; docs/parity.md ...",
            "AttributeError: omni.physx.get_it",
        ),
        ("ModuleNotFoundError: No module named 'a.b' in the embedded engine", "ModuleNotFoundError: a.b"),
        ("ImportError: cannot import name 'X' from 'a.b' (unknown)", "ImportError: a.b.X"),
        ("TypeError: cube() got an unexpected keyword argument 'size'", "TypeError: cube(size=)"),
        ("pxr.Tf.ErrorException: \n  Error in 'x'", "ErrorException"),
        ("ValueError: odd", "ValueError: odd"),
        ("all is well", ""),
    ],
)
def test_the_cause_is_the_missing_name(log, at):
    assert run.cause(f"Traceback (most recent call last):\n  line\n{log}\n") == at


def test_how_a_script_ends(tmp_path):
    assert run.script_end("", 0, tmp_path, 9) == ""
    assert run.script_end("", None, tmp_path, 9) == "not done after 9 s"
    assert run.script_end("", 3, tmp_path, 9) == "exit status 3"
    swallowed = "new_layer('Replicator'): ValueError: create.cube: size=0 was given\n"
    assert run.script_end(swallowed, 0, tmp_path, 9) == "ValueError: create.cube: size=0 was given"
    missing = "engine.assets.MissingAssetError: asset 'x' is not here. It downloads none: set REPLICANT_ASSETS"
    assert run.wants_assets(run.script_end(f"Traceback (most recent call last):\n{missing}", 1, tmp_path, 9))


UNITTEST = f"""\
test_a (m.TestX.test_a) ... ok
test_b (m.TestX.test_b)
A docstring. ... ERROR
test_c (m.TestX.test_c) ... FAIL

{"=" * 70}
ERROR: test_b (m.TestX.test_b)
A docstring.
{"-" * 70}
Traceback (most recent call last):
ValueError: bad

{"=" * 70}
FAIL: test_c (m.TestX.test_c)
{"-" * 70}
Traceback (most recent call last):
AssertionError: 1 != 2

{"-" * 70}
Ran 3 tests
"""


def test_how_tests_end():
    names = ["TestX.test_a", "TestX.test_b", "TestX.test_c"]
    assert run.test_ends(UNITTEST, names, 1, 9) == dict(
        zip(names, ["", "ValueError: bad", "AssertionError: 1 != 2"], strict=True)
    )
    early = "Traceback (most recent call last):\nModuleNotFoundError: No module named 'x'\n"
    assert set(run.test_ends(early, names, 1, 9).values()) == {"ModuleNotFoundError: x"}
    slow = "test_a (m.TestX.test_a) ... ok\ntest_b (m.TestX.test_b) ... "
    assert list(run.test_ends(slow, names, None, 9).values()) == [
        "",
        "not done after 9 s a test",
        "not reached in 9 s a test",
    ]


def test_a_sweep_of_a_small_repository(tmp_path, capsys):
    """A script that completes, one that stops at a name, one left out: run as any other, results kept and shown."""
    root = tmp_path / "wheels"
    root.mkdir()
    (root / "good.py").write_text(APP + "import omni.replicator.core as rep\nrep.create.cube()\napp.close()\n")
    (root / "bad.py").write_text(APP + "import omni.replicator.core as rep\nrep.create.teapot()\n")
    (root / "arm.py").write_text(APP + "import omni.replicator.core as rep\nrobot = 1\n")
    file, gaps = tmp_path / "results.json", tmp_path / "gaps.md"
    words = ["--wheels", str(root), "--results", str(file), "--gaps", str(gaps), "--keep", str(tmp_path / "work")]
    assert sweep.main(words) == 1
    out = capsys.readouterr().out
    assert "completes 6.2:good.py" in out and "without remote assets: 1 of 2 complete; files: 1 of 2" in out
    assert "**AttributeError: rep.create" in gaps.read_text() or "teapot" in gaps.read_text()
    kept = {r.label: r.completes for r in run.load(file)}
    assert kept == {"6.2:good.py": True, "6.2:bad.py": False}
    assert conformance(["--sweep", *words, "--list"]) == 0
    assert "robot   -      6.2:arm.py" in capsys.readouterr().out
    assert sweep.main(["--results", str(file)]) == 2
    assert "nothing to sweep: give --isaacsim-repo" in capsys.readouterr().err


def test_a_script_finds_what_the_user_put_on_pythonpath(tmp_path, monkeypatch):
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "their_torch.py").write_text("NAME = 'theirs'\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "given"))
    words = [sys.executable, "-c", "import engine, their_torch; print(their_torch.NAME)"]
    assert run.in_process(words, tmp_path, tmp_path / "log", 60.0) == 0
    assert (tmp_path / "log").read_text().endswith("theirs\n")


def test_results_are_kept_in_order_and_shown_as_tables(tmp_path):
    file = tmp_path / "results.json"
    results.keep_rows([Outcome("02", True, 1.0), Outcome("01", False, 2.0, ": exit status 1; in /tmp/x/y.py")], file)
    results.keep_sweep(
        [run.Result("sde:a.py", False, True), run.Result("sde:b.py", False, False, "KeyError: '|'")], file
    )
    kept = results.load(file)
    assert kept["rows"] == {"01": ["FAIL", "exit status 1; in y.py"], "02": ["pass", ""]}
    text = results.section(kept)
    assert (
        "1 of 2 rows passed" in text and "| sde | 1 of 2 (50 %) | none | 1 of 2 (50 %) | none | none | none |" in text
    )
    assert "| `sde b.py` | KeyError: '\\|' |" in text and "| 01 | `test_pose_writer` |" in text
    results.keep_rows([Outcome("01", True, 1.0)], file)
    assert results.load(file)["rows"]["01"][0] == results.load(file)["rows"]["02"][0] == "pass"


def test_pointers_of_git_lfs_are_no_pictures(tmp_path):
    (tmp_path / "golden").mkdir()
    (tmp_path / "golden" / "a.png").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n")
    (tmp_path / "golden" / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert checkout.drop_pointers(tmp_path) == 1
    assert [path.name for path in (tmp_path / "golden").iterdir()] == ["b.png"]
