"""`run --workers N` with the real script: the same bytes for any number of workers, whatever happens to them."""

from __future__ import annotations

import filecmp
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SMALL = ["--scenario", "tabletop", "--frames", "6", "--shards", "3", "--resolution", "64x48"]
LABELS = ["--outputs", "depth,instance,boxes"]
COLOR = ["--outputs", "rgb,depth,semantic,instance,boxes,flow,normals"]
MEDDLE = """
import os, signal, time
_write = os.write
def write(descriptor, data):
    written = _write(descriptor, data)
    {meddle}
    return written
os.write = write
"""


def start(out: Path, *words: str, meddle: Path | None = None) -> subprocess.Popen[str]:
    """Start a run; what the module `sitecustomize` in `meddle` does happens in every process of it."""
    path = os.pathsep.join(map(str, filter(None, [meddle, ROOT])))
    command = [sys.executable, "-m", "engine", str(ROOT / "replicator_scripts" / "generate.py"), *words]
    return subprocess.Popen(
        [*command, "--out", str(out)],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def run(out: Path, *words: str, meddle: Path | None = None, code: int = 0) -> str:
    """Run to the end and return what was printed."""
    process = start(out, *words, meddle=meddle)
    said = "".join(process.communicate(timeout=400))
    assert process.returncode == code, said
    return said


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def assert_same(one: Path, other: Path) -> None:
    names = files(one)
    assert len([name for name in names if name.startswith("shards/")]) == 3
    assert "manifest.json" in names
    assert files(other) == names
    _, different, broken = filecmp.cmpfiles(one, other, names, shallow=False)
    assert (different, broken) == ([], [])


def meddler(folder: Path, line: str) -> Path:
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(MEDDLE.format(meddle=line))
    return folder


def workers_of(parent: int) -> list[int]:
    """Return the workers that a run has now. Source: proc(5), stat field 4 and cmdline."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            above = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except (OSError, IndexError):
            continue
        if above == parent and b"--worker" in words:
            found.append(int(folder.name))
    return found


def test_two_workers_give_the_bytes_of_one_process(tmp_path: Path) -> None:
    run(tmp_path / "alone", *SMALL, *LABELS)
    said = run(tmp_path / "two", *SMALL, *LABELS, "--workers", "2")
    assert_same(tmp_path / "alone", tmp_path / "two")
    assert "6/6 frames" in said
    assert "samples   6 in 3 shard(s)" in said


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("pool") / "alone"
    run(out, *SMALL, *COLOR)
    return out


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "4", "auto"])
def test_any_number_of_workers_gives_the_same_bytes(alone: Path, tmp_path: Path, workers: str) -> None:
    run(tmp_path / "out", *SMALL, *COLOR, "--workers", workers)
    assert_same(alone, tmp_path / "out")


@pytest.mark.slow
def test_deaths_in_the_renderer_change_nothing(alone: Path, tmp_path: Path) -> None:
    mark = tmp_path / "struck"
    line = (
        f'if b"begin" in data and b": 3}}" in data and not os.path.exists({str(mark)!r}):\n'
        f'        open({str(mark)!r}, "w").close(); os.kill(os.getpid(), signal.SIGSEGV)'
    )
    said = run(tmp_path / "out", *SMALL, *COLOR, "--workers", "2", meddle=meddler(tmp_path / "meddle", line))
    assert "at shard 1, frame 3, was killed by SIGSEGV" in said
    assert_same(alone, tmp_path / "out")


@pytest.mark.slow
def test_a_hang_in_the_renderer_changes_nothing(alone: Path, tmp_path: Path) -> None:
    """A worker stands still amid frame 3, with its threads: its process group is ended, its frames are taken over."""
    mark = tmp_path / "struck"
    line = (
        f'if b"begin" in data and b": 3}}" in data and not os.path.exists({str(mark)!r}):\n'
        f'        open({str(mark)!r}, "w").close(); os.kill(os.getpid(), signal.SIGSTOP)'
    )
    words = [*SMALL, *COLOR, "--workers", "2", "--timeout", "40"]
    said = run(tmp_path / "out", *words, meddle=meddler(tmp_path / "meddle", line))
    assert "at shard 1, frame 3, gave no sign of life for 40 s and was killed" in said
    assert_same(alone, tmp_path / "out")


@pytest.mark.slow
def test_a_frame_that_always_kills_stops_the_run_or_is_left_out(tmp_path: Path) -> None:
    meddle = meddler(
        tmp_path / "meddle", 'if b"begin" in data and b": 3}" in data: os.kill(os.getpid(), signal.SIGSEGV)'
    )
    said = run(tmp_path / "stop", *SMALL, *LABELS, "--workers", "2", meddle=meddle, code=1)
    assert "error: shard 1, frame 3 ended 3 workers; the last one was killed by SIGSEGV" in said
    records = tmp_path / "stop" / "records"
    assert "shard-000001.json" not in [path.name for path in records.glob("*")]
    text = (ROOT / "scenes" / "tabletop.yaml").read_text()
    scenario = tmp_path / "tabletop.yaml"
    assert text.count("writer: {") == 1
    scenario.write_text(text.replace("writer: {", "writer: {on_error: skip, "))
    words = ["--scenario", str(scenario), *SMALL[2:]]
    said = run(tmp_path / "skip", *words, *LABELS, "--workers", "2", meddle=meddle)
    assert "left out  1 frame(s); the first: frame 3: every process that rendered this frame ended" in said
    record = json.loads((tmp_path / "skip" / "records" / "shard-000001.json").read_text())
    assert record["skipped"] == [{"frame": 3, "error": "every process that rendered this frame ended"}]
    assert record["samples"] == 1


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_a_run_whose_parent_is_stopped_goes_on(alone: Path, tmp_path: Path, number: int) -> None:
    """The workers wait before the frames 3 and 5 until the signal is on its way, so that it cannot come too late."""
    reached, opened = tmp_path / "reached", tmp_path / "open"
    gate = (
        f'if b"begin" in data and (b": 3}}" in data or b": 5}}" in data):\n'
        f"        open({str(reached)!r}, 'w').close()\n"
        f"        while not os.path.exists({str(opened)!r}): time.sleep(0.01)"
    )
    process = start(tmp_path / "out", *SMALL, *COLOR, "--workers", "2", meddle=meddler(tmp_path / "meddle", gate))
    until = time.monotonic() + 300
    while not reached.exists():
        assert time.monotonic() < until and process.poll() is None
        time.sleep(0.05)
    running = workers_of(process.pid)
    process.send_signal(number)
    opened.touch()
    process.communicate(timeout=120)
    assert process.returncode == {signal.SIGTERM: 85, signal.SIGKILL: -9, signal.SIGINT: 130}[number]
    assert not (tmp_path / "out" / "manifest.json").exists()
    while any(Path(f"/proc/{pid}").exists() for pid in running):
        assert time.monotonic() < until
        time.sleep(0.05)
    run(tmp_path / "out", *SMALL, *COLOR, "--workers", "2")
    assert_same(alone, tmp_path / "out")


@pytest.mark.slow
def test_an_error_of_the_scenario_is_said_once_and_ends_all(tmp_path: Path) -> None:
    said = run(tmp_path / "out", *SMALL, *LABELS, "--workers", "2", "--seed", "-1", code=2)
    assert said.count("error:") == 1
    assert not (tmp_path / "out").exists()


BROKEN = """#usda 1.0
(
    defaultPrim = "Mug"
)
def Xform "Mug" (
"""


def test_a_world_that_cannot_be_built_leaves_nothing(tmp_path: Path) -> None:
    text = (ROOT / "scenes" / "tabletop.yaml").read_text()
    assert text.count("scene:\n") == 1
    (tmp_path / "tabletop.yaml").write_text(text.replace("scene:\n", "scene:\n  mine: {asset: {file: mug.usda}}\n"))
    (tmp_path / "mug.usda").write_text(BROKEN)
    words = ["--scenario", str(tmp_path / "tabletop.yaml"), *SMALL[2:], *LABELS]
    alone = run(tmp_path / "alone", *words, code=2)
    said = run(tmp_path / "out", *words, "--workers", "2", code=2)
    assert "mug.usda" in alone and "mug.usda" in said and said.count("error:") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mug.usda", "tabletop.yaml"]
