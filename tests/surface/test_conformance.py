from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from engine.conformance import checkout, photometry
from engine.conformance.__main__ import has_package, main
from engine.conformance.rows import ROWS, Row, choose
from engine.conformance.run import judge, run_row


def row(**values) -> Row:
    return Row(**{"number": 99, "title": "made", "target": "script.py", **values})


def test_rows_are_numbered_as_the_list_of_scripts():
    numbers = [r.number for r in ROWS if not r.variant]
    assert numbers == sorted(set(numbers)) and {*range(1, 22), *range(25, 41), *range(45, 50), *range(101, 113)} <= set(
        numbers
    )
    assert len({r.label for r in ROWS}) == len(ROWS)
    assert [r.label for r in choose("8-9")] == ["08", "08b", "09"]
    assert [r.number for r in choose("2-3,25")] == [2, 3, 25]


@pytest.mark.parametrize(
    ("text", "message"),
    [("x", "expected numbers and ranges"), ("22-24", "no such row; there are 1, 2")],
)
def test_bad_choices_of_rows(text, message):
    with pytest.raises(ValueError, match=message):
        choose(text)


def test_no_checkout_and_a_wrong_one(tmp_path, capsys):
    assert main(["--rows", "1"]) == 2
    assert "nothing to run: give --isaacsim-repo" in capsys.readouterr().err
    with pytest.raises(FileNotFoundError, match="holds none of a, b"):
        checkout.extract(tmp_path, ["a", "b"], tmp_path / "out")


def test_files_of_a_work_tree_and_of_a_bare_repository(tmp_path):
    tree = tmp_path / "tree"
    (tree / "a").mkdir(parents=True)
    (tree / "a" / "x.txt").write_text("x")
    git = ["git", "-C", str(tree), "-c", "user.name=n", "-c", "user.email=e@example.org"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *words], check=True, capture_output=True)
    subprocess.run(["git", "clone", "-q", "--bare", str(tree), str(tmp_path / "bare")], check=True, capture_output=True)
    for source in (tree, tmp_path / "bare"):
        checkout.extract(source, ["a", "missing"], tmp_path / f"out_{source.name}")
        assert (tmp_path / f"out_{source.name}" / "a" / "x.txt").read_text() == "x"


def test_rows_of_an_older_version_need_its_tag(tmp_path, capsys):
    assert not checkout.has_revision(tmp_path, "v5.1.0")
    assert main(["--rows", "17", "--isaacsim-repo", str(tmp_path)]) == 2
    assert "nothing to run" in capsys.readouterr().err


def test_a_row_without_its_package_is_left_out():
    assert has_package("") and has_package("numpy") and not has_package("no_such_package")
    assert [r.label for r in ROWS if r.needs] == ["15"]


def test_goldens_replace_pointers(tmp_path):
    found = tmp_path / "wheel" / "tests" / "golden" / "_out_one" / "rp1" / "0.png"
    pointer = tmp_path / "ext" / "golden" / "_out_one" / "rp1" / "0.png"
    for path, text in ((found, "real"), (pointer, "pointer")):
        path.parent.mkdir(parents=True)
        path.write_text(text)
    assert checkout.overlay_goldens(tmp_path / "wheel", tmp_path / "ext") == 1
    assert pointer.read_text() == "real"


def test_images_without_goldens_are_judged_by_their_levels(tmp_path):
    pointer = tmp_path / "golden.png"
    pointer.write_text("version https://git-lfs.github.com/spec/v1\n")
    assert photometry.are_pointers([pointer]) and photometry.are_pointers([])
    image = Image.new("RGB", (20, 20), (228, 228, 228))
    image.paste((160, 160, 160), (5, 5, 15, 15))
    image.save(tmp_path / "golden.png")
    assert not photometry.are_pointers([pointer])
    assert photometry.compare("", str(tmp_path))["all_passed"]
    image.paste((90, 90, 90), (5, 5, 15, 15))
    image.save(tmp_path / "golden.png")
    assert photometry.compare("", str(tmp_path))["wrong"] == ["golden.png: background 228, faces 90"]
    assert not photometry.compare("", str(tmp_path / "empty"))["all_passed"]


def test_images_are_counted_and_must_show_something(tmp_path):
    wants_one = row(files=(("*.png", 1),))
    assert judge(wants_one, 0, tmp_path) == "0 files *.png, expected 1"
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    assert judge(wants_one, 0, tmp_path) == "all 1 images are of one colour"
    image = Image.new("RGB", (4, 4))
    image.putpixel((1, 1), (9, 9, 9))
    image.save(tmp_path / "a.png")
    assert judge(wants_one, 0, tmp_path) is None
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "stamp").write_text("")
    assert judge(wants_one, 0, tmp_path) is None
    (tmp_path / "empty.json").write_text("")
    assert judge(wants_one, 0, tmp_path) == "empty.json is empty"
    assert judge(row(), 3, tmp_path) == "exit status 3" and judge(row(), None, tmp_path) == "not done after 1800 s"


def test_a_row_runs_in_its_own_process_and_folder(tmp_path):
    source = "import os, pathlib\npathlib.Path('~/made.txt').expanduser().write_text(os.getcwd())\n"
    (tmp_path / "script.py").write_text(source)
    outcome = run_row(row(), tmp_path, [], tmp_path)
    assert outcome.passed, outcome.reason
    assert Path((tmp_path / "row_99" / "made.txt").read_text()) == tmp_path / "row_99"
    (tmp_path / "script.py").write_text("raise SystemExit('no such luck')\n")
    failed = run_row(row(), tmp_path, [], tmp_path)
    assert not failed.passed and failed.reason == ": exit status 1; no such luck"
    assert sys.executable


def test_a_row_takes_the_files_that_its_options_name_out_of_the_checkout():
    (row,) = choose("41")
    script, stage = row.sources
    assert script.endswith("scratches_randomization.py") and stage.endswith("scratches_randomization.usda")
    assert choose("25")[0].sources == [choose("25")[0].target]
