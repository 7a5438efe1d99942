"""What a pool is made of: the machine's shares, patience, the display, causes of death, command lines."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from cluster import machine
from cluster.ledger import PoolError
from cluster.machine import choose_workers, free_memory, gpus_here, share
from cluster.patience import FIRST, LEAST, Patience
from cluster.pool import worker_command
from cluster.progress import PoolProgress
from cluster.workers import cause
from replicator_scripts import arguments, workers


def test_workers_are_as_many_as_asked_but_no_more_than_shards() -> None:
    assert choose_workers("4", 100) == 4
    assert choose_workers("4", 3) == 3
    assert choose_workers("4", 0) == 1


def test_auto_is_what_cores_and_memory_permit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "cores", lambda: 16)
    monkeypatch.setattr(machine, "free_memory", lambda: 7 * 2**30)
    assert choose_workers("auto", 100) == 3
    monkeypatch.setattr(machine, "free_memory", lambda: 2**20)
    assert choose_workers("auto", 100) == 1
    monkeypatch.setattr(machine, "free_memory", lambda: None)
    assert choose_workers("auto", 100) == 16
    assert choose_workers("auto", 100, ["0", "1"]) == 2


@pytest.mark.parametrize("asked", ["0", "many", "-1", "1.5", ""])
def test_a_number_of_workers_that_is_none(asked: str) -> None:
    with pytest.raises(PoolError, match=f"--workers is '{asked}'; expected a number of 1 or more, or auto") as caught:
        choose_workers(asked, 4)
    assert caught.value.code == 2


def test_memory_is_what_the_machine_and_the_group_leave(tmp_path: Path) -> None:
    memory = tmp_path / "meminfo"
    memory.write_text("MemTotal: 64 kB\nMemAvailable:     4194304 kB\n")
    assert free_memory(memory, tmp_path) == 4 * 2**30
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text("5\n")
    assert free_memory(memory, tmp_path) == 4 * 2**30
    (tmp_path / "memory.max").write_text("1005\n")
    assert free_memory(memory, tmp_path) == 1000
    assert free_memory(tmp_path / "none", tmp_path) is None


def test_gpus_by_variable_or_driver(tmp_path: Path) -> None:
    assert gpus_here({"CUDA_VISIBLE_DEVICES": "2, 5"}, tmp_path) == ["2", "5"]
    assert gpus_here({"CUDA_VISIBLE_DEVICES": ""}, tmp_path) == []
    assert gpus_here({}, tmp_path / "none") == []
    for name in ("0000:01:00.0", "0000:02:00.0"):
        (tmp_path / name).mkdir()
    assert gpus_here({}, tmp_path) == ["0", "1"]


def test_cores_and_gpus_are_shared_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "cores", lambda: 8)
    assert share(0, 3)["REPLICANT_THREADS"] == "2"
    assert share(0, 20)["OMP_NUM_THREADS"] == "1"
    assert "CUDA_VISIBLE_DEVICES" not in share(0, 3)
    given = [share(index, 3, ["4", "7"]) for index in range(3)]
    assert [one["CUDA_VISIBLE_DEVICES"] for one in given] == ["4", "7", "4"]
    isaac = share(1, 2, ["4", "7"], kit=True)
    assert isaac["REPLICANT_GPU"] == "7"
    assert "CUDA_VISIBLE_DEVICES" not in isaac


def test_patience_is_learnt_from_frames() -> None:
    patience = Patience()
    assert patience.limit(rendering=True) == FIRST
    for _ in range(10):
        patience.note(0.2)
    assert patience.limit(rendering=True) == LEAST
    for _ in range(40):
        patience.note(30.0)
    assert patience.limit(rendering=True) == 600.0
    assert patience.limit(rendering=False) == FIRST


def test_patience_that_is_asked_for_holds_while_rendering_only() -> None:
    assert Patience(5.0).limit(rendering=True) == 5.0
    assert Patience(5.0).limit(rendering=False) == FIRST
    assert Patience(5000.0).limit(rendering=False) == 5000.0


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_one_line_and_messages_above_it() -> None:
    stream = Terminal()
    progress = PoolProgress(10, before=4, images=2, workers=3, stream=stream)
    progress._shown -= 60
    progress.show(1, 3)
    progress.say("worker 1 was killed")
    progress.show(6, 2)
    above, last = stream.getvalue().removesuffix("\n").rsplit("\n", 1)
    assert "5/10 frames" in above
    assert above.endswith("\rworker 1 was killed")
    assert last.startswith("\r[##############################] 10/10 frames")
    assert last.endswith("2/3 workers")


def test_elsewhere_lines_come_now_and_then() -> None:
    stream = io.StringIO()
    progress = PoolProgress(1000, workers=2, stream=stream)
    for made in range(500):
        progress.show(made, 2)
    assert stream.getvalue() == ""
    progress._shown -= 11
    progress.show(500, 2)
    assert stream.getvalue().count("\n") == 1
    assert "500/1000 frames" in stream.getvalue()


def test_the_rate_counts_what_this_run_made() -> None:
    stream = io.StringIO()
    progress = PoolProgress(100, before=80, images=2, stream=stream)
    for _ in range(10):
        progress.find()
    progress._shown -= 11
    progress.show(10, 1)
    assert "90/100 frames  1/1 workers" in stream.getvalue()  # nothing is made yet, so there is no rate
    progress.begin()
    assert progress._begin is not None
    progress._begin -= 10
    progress.begin()  # the others begin too
    progress._shown -= 11
    progress.show(15, 1)
    assert "95/100 frames  1.00 images/s  0:10 left" in stream.getvalue()


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (-11, "was killed by SIGSEGV"),
        (139, "was killed by SIGSEGV"),
        (-9, "was killed by SIGKILL (out of memory?)"),
        (0, "ended with exit code 0"),
        (1, "ended with exit code 1"),
        (255, "ended with exit code 255"),
    ],
)
def test_causes_of_death(code: int, text: str) -> None:
    assert cause(code) == text


def test_a_worker_is_started_as_its_parent_was() -> None:
    engine = ["python", "-m", "engine", "generate.py"]
    assert worker_command(["--worker"], engine, "/venv/bin/python") == ["/venv/bin/python", *engine[1:], "--worker"]
    assert worker_command([], ["/isaac/python3", "generate.py"], "") == ["/isaac/python3", "generate.py"]


def test_a_worker_gets_the_words_of_its_parent_without_what_is_the_parents() -> None:
    words = "--scenario a.yaml --workers 4 --gpus=0,1 --timeout 60 --frames 9 --overwrite --task 1/2 --out /x --verify"
    assert workers._worker_words(words.split()) == ["--worker", "--scenario", "a.yaml", "--frames", "9"]


def test_gpus_and_timeout_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    options = arguments.parse(["--workers", "2", "--gpus", "0,3", "--timeout", "90.5"])
    assert (options.workers, options.gpus, options.timeout) == ("2", ["0", "3"], 90.5)
    with pytest.raises(SystemExit):
        arguments.parse(["--timeout", "soon"])
    assert "'soon' is not a number of seconds above 0" in capsys.readouterr().err


STAYS = "what is committed stays, and the same command goes on from there"


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (PoolError("shard 1, frame 6 ended 3 workers", 1), 1, "error: shard 1, frame 6 ended 3 workers"),
        (
            OSError(28, "No space left on device", "/out"),
            74,
            f"error: /out: No space left on device; make room; {STAYS}",
        ),
    ],
)
def test_what_ends_a_pool_is_one_line_and_a_code(
    error: Exception, code: int, text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(options: object) -> int:
        raise error

    monkeypatch.setattr(workers, "_supervise", fail)
    assert workers.supervise(arguments.parse([])) == code
    assert capsys.readouterr().err == text + "\n"
