"""The pool against a worker that fails in every way a renderer does."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from cluster.ledger import PoolError
from cluster.pool import Crew, Outcome, run_pool
from writers.shards.plan import ShardRange

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SHARDS = [ShardRange(number, 4 * number, 4 * number + 4) for number in range(6)]


class Run:
    """A folder that fake workers fill."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.stream = folder, io.StringIO()
        for name in ("frames", "records"):
            (folder / name).mkdir()

    def crew(self, *troubles: str, size: int = 2, skip: bool = False, timeout: float | None = None) -> Crew:
        command = [sys.executable, str(HERE / "fake_worker.py"), str(self.folder), *troubles]
        return Crew(command, size, self.folder / "logs", skip=skip, timeout=timeout, stream=self.stream)

    def make(self, *troubles: str, **options) -> Outcome:
        return run_pool(SHARDS, self.committed, self.crew(*troubles, **options))

    def committed(self, number: int) -> bool:
        return (self.folder / "records" / f"{number}.json").exists()

    def records(self) -> dict[int, list[int]]:
        found = [json.loads(path.read_text()) for path in (self.folder / "records").iterdir()]
        return {record["shard"]: record["without"] for record in found}

    def started(self) -> list[int]:
        file = self.folder / "started.txt"
        return [int(line.split()[0]) for line in file.read_text().splitlines()] if file.exists() else []

    def nobody_left(self) -> bool:
        return not any(Path(f"/proc/{pid}").exists() for pid in self.started())


@pytest.fixture
def run(tmp_path: Path):
    made = Run(tmp_path)
    yield made
    for pid in made.started():
        if Path(f"/proc/{pid}").exists():  # a test failed: leave nothing behind
            os.killpg(pid, signal.SIGKILL)


WHOLE = {number: [] for number in range(6)}


@pytest.mark.parametrize("size", [1, 2, 9])
def test_all_shards_are_made_once_by_as_many_workers_as_are_useful(run: Run, size: int) -> None:
    assert run.make(size=size) == Outcome()
    assert run.records() == WHOLE
    assert len(run.started()) == min(size, 6)
    assert sorted((run.folder / "ended.txt").read_text().split()) == sorted(map(str, run.started()))
    assert run.nobody_left()
    assert not (run.folder / "logs").exists()


def test_nothing_is_started_when_all_is_there(run: Run) -> None:
    run.make()
    before = run.started()
    assert run.make() == Outcome()
    assert run.started() == before


def test_only_missing_shards_are_made_and_progress_counts_the_others(run: Run) -> None:
    for number in (0, 1, 2):
        (run.folder / "records" / f"{number}.json").write_text(json.dumps({"shard": number, "without": []}))
    run.make(size=1)
    assert {int(path.stem) for path in (run.folder / "frames").iterdir()} == set(range(12, 24))
    last = run.stream.getvalue().splitlines()[-1]
    assert "24/24 frames" in last
    assert "1/1 workers" in last


@pytest.mark.parametrize("trouble", ["kill@6", "segv@6", "exit0@6", "exit85@6", "kill@commit1", "kill@start", "kill@0"])
def test_a_death_is_noticed_and_its_shard_is_given_to_another(run: Run, trouble: str) -> None:
    began = time.monotonic()
    outcome = run.make(trouble)
    assert outcome.deaths == 1
    assert outcome.crashed == {}
    assert run.records() == WHOLE
    assert len(run.started()) in (2, 3)  # on a busy machine the other one may have made the rest before it is missed
    assert time.monotonic() - began < 10
    text = run.stream.getvalue()
    assert f"trouble: {trouble}" in text  # the end of its log
    assert "worker-" in text


def test_the_cause_of_a_death_is_said(run: Run) -> None:
    run.make("segv@6", "kill@9")
    text = run.stream.getvalue()
    assert "at shard 1, frame 6, was killed by SIGSEGV" in text
    assert "at shard 2, frame 9, was killed by SIGKILL (out of memory?)" in text


def test_a_death_after_the_record_costs_nothing(run: Run) -> None:
    outcome = run.make("kill@committed1")
    assert run.records() == WHOLE
    assert outcome == Outcome()


def test_many_deaths_at_different_frames_are_survived(run: Run) -> None:
    troubles = [f"kill@{frame}" for frame in range(24)] + [f"segv@{frame}" for frame in range(0, 24, 3)]
    outcome = run.make(*troubles)
    assert run.records() == WHOLE
    assert outcome.deaths == 32


def test_a_hang_is_ended_with_its_whole_group(run: Run) -> None:
    outcome = run.make("hang@9", timeout=0.7)
    assert outcome.deaths == 1
    assert run.records() == WHOLE
    assert "gave no sign of life for 1 s and was killed" in run.stream.getvalue()
    assert run.nobody_left()


def test_what_a_worker_started_goes_with_it(run: Run) -> None:
    began = time.monotonic()
    assert run.make("orphan@5", "orphan@22") == Outcome()
    assert time.monotonic() - began < 10
    assert run.records() == WHOLE
    last = time.monotonic() + 20  # a killed process of another's needs a moment where the machine is busy
    while (left := groups() & set(run.started())) and time.monotonic() < last:
        time.sleep(0.05)
    assert not left


def groups() -> set[int]:
    """Return the groups of all processes that live. Source: proc(5), stat fields 3 and 5."""
    found = set()
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z":
            found.add(int(fields[2]))
    return found


def test_a_lie_about_a_shard_is_found_out(run: Run) -> None:
    outcome = run.make("lie@0")
    assert outcome.deaths == 1
    assert run.records() == WHOLE
    assert "said that shard 0 is done, but there is no record of it" in run.stream.getvalue()


@pytest.mark.parametrize("trouble", ["garbage@1", "mute@end"])
def test_garbage_is_passed_over(run: Run, trouble: str) -> None:
    assert run.make(trouble) == Outcome()
    assert run.records() == WHOLE


def test_a_frame_that_kills_is_left_out_where_the_scenario_says_so(run: Run) -> None:
    outcome = run.make("segv@6x99", "kill@13x99", skip=True)
    assert run.records() == WHOLE | {1: [6], 3: [13]}
    assert outcome == Outcome({1: [6], 3: [13]}, 6)


def test_all_frames_of_a_shard_may_kill(run: Run) -> None:
    troubles = [f"segv@{frame}x99" for frame in range(4, 8)]
    outcome = run.make(*troubles, skip=True)
    assert outcome.crashed == {1: [4, 5, 6, 7]}
    assert run.records() == WHOLE | {1: [4, 5, 6, 7]}


def test_a_frame_that_kills_stops_the_run_otherwise(run: Run) -> None:
    with pytest.raises(
        PoolError,
        match=r"shard 1, frame 6 ended 3 workers; the last one was killed by SIGSEGV, see .*worker-\d.log. Mend .*on_error: skip",
    ) as caught:
        run.make("segv@6x99")
    assert caught.value.code == 1
    assert run.nobody_left()
    assert 1 not in run.records()
    assert (run.folder / "frames" / "5.txt").exists()


@pytest.mark.parametrize(
    ("trouble", "message"),
    [
        ("kill@startx99", r"shard \d ended 3 workers before it rendered anything; the last one was killed by SIGKILL"),
        (
            "exit0@commit2x99",
            r"shard 2 ended 3 workers before it rendered anything; the last one ended with exit code 0",
        ),
        ("lie@0x99", r"shard 0, frame 0 ended 3 workers; the last one said that shard 0 is done"),
    ],
)
def test_restarts_are_bounded(run: Run, trouble: str, message: str) -> None:
    with pytest.raises(PoolError, match=message):
        run.make(trouble)
    assert len(run.started()) < 12
    assert run.nobody_left()


def test_a_frame_that_is_left_out_and_kills_all_the_same_ends_the_run() -> None:
    from cluster.ledger import Ledger

    book = Ledger(SHARDS[:1], skip=True)
    with pytest.raises(PoolError, match="shard 0, frame 2 ended a worker though it was left out; the last one fell"):
        for _ in range(9):
            held = book.take()
            assert held is not None
            book.begin(held, 2)
            book.died(held, "fell")
    assert book.crashed == {0: [2]}


def test_frames_that_all_kill_end_the_run_even_where_they_may_be_skipped(tmp_path: Path) -> None:
    from cluster.ledger import Ledger

    book = Ledger(SHARDS, places=4, skip=True)
    with pytest.raises(PoolError, match=r"16 workers in a row ended before they finished a frame; the last one fell"):
        for _ in range(20):  # each time another shard: four places die in turn and none of them three times
            held = [book.take() for _ in range(6)]
            for one in held:
                assert one is not None
                book.begin(one, one.shard.start + _ % 4)
                book.died(one, "fell")


@pytest.mark.parametrize(("trouble", "code"), [("fail2@2", 2), ("fail74@2", 74)])
def test_an_error_that_a_worker_can_name_stops_the_run_at_once(run: Run, trouble: str, code: int) -> None:
    with pytest.raises(PoolError, match=r"shard 0, frame 2, worker \d stopped: cow.usd: no such prim") as caught:
        run.make(trouble)
    assert caught.value.code == code
    assert len(run.started()) <= 2
    assert run.nobody_left()


@pytest.mark.parametrize(("trouble", "code"), [("exit2@start", 2), ("exit74@9", 74)])
def test_an_exit_code_of_an_error_stops_the_run_at_once(run: Run, trouble: str, code: int) -> None:
    with pytest.raises(PoolError, match=r"worker \d stopped at shard \d, .* with an error; see .*log") as caught:
        run.make(trouble)
    assert caught.value.code == code


def test_a_command_that_is_not_there(run: Run) -> None:
    crew = Crew(["/nowhere/python.sh"], 2, run.folder / "logs", stream=run.stream)
    with pytest.raises(PoolError, match=r"worker 0 cannot be started: /nowhere/python.sh: No such file or directory"):
        run_pool(SHARDS, run.committed, crew)


def test_trouble_with_the_records_ends_all_workers(run: Run) -> None:
    def committed(number: int) -> bool:
        if run.started():
            raise OSError(5, "Input/output error")
        return False

    with pytest.raises(OSError, match="Input/output error"):
        run_pool(SHARDS, committed, run.crew())
    assert run.nobody_left()


def test_the_next_shard_is_made_while_one_is_published(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_UPLOADS", "0.2")
    assert run.make(size=1) == Outcome()
    assert run.records() == WHOLE
    second_frame = (run.folder / "frames" / "4.txt").stat().st_mtime
    assert second_frame < (run.folder / "records" / "0.json").stat().st_mtime


def test_shards_that_were_being_published_are_made_good(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_UPLOADS", "0.2")
    outcome = run.make("kill@5", "kill@upload2", "exit0@upload5", size=1)
    assert run.records() == WHOLE
    assert outcome.deaths == 3


def test_a_shard_that_cannot_be_published_ends_the_run(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_UPLOADS", "0.2")
    with pytest.raises(PoolError, match="shard 5 ended 3 workers while it was published; the last one ended with exit"):
        run.make("exit0@upload5x99", size=1)


PARENT = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
sys.path.insert(0, {here!r})
from cluster.ledger import PoolError
from test_pool import Run, SHARDS
from cluster.pool import run_pool
run = Run.__new__(Run)
run.folder, run.stream = Path({folder!r}), sys.stderr
try:
    run_pool(SHARDS, run.committed, run.crew(*{troubles!r}))
except PoolError as error:
    print(error, file=sys.stderr)
    sys.exit(error.code)
"""


def parent(run: Run, *troubles: str) -> subprocess.Popen:
    text = PARENT.format(root=str(ROOT), here=str(HERE), folder=str(run.folder), troubles=troubles)
    slow = {**os.environ, "FAKE_SECONDS": "0.15"}
    process = subprocess.Popen([sys.executable, "-c", text], stderr=subprocess.PIPE, text=True, env=slow)
    until = time.monotonic() + 20
    while len(list((run.folder / "frames").iterdir())) < 3 and time.monotonic() < until:
        time.sleep(0.02)
    return process


def gone(run: Run, seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if run.nobody_left():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 85), (signal.SIGUSR1, 85), (signal.SIGINT, 130)])
def test_a_signal_to_the_parent_ends_all_and_says_how_to_go_on(run: Run, number: int, code: int) -> None:
    process = parent(run)  # three frames are kept, and the parent has heard of one at least
    process.send_signal(number)
    said = process.communicate(timeout=30)[1]
    assert process.returncode == code
    assert f"stopped by {signal.Signals(number).name}: what is done stays; the same command goes on from here" in said
    assert run.nobody_left()
    assert run.make() == Outcome()
    assert run.records() == WHOLE


def test_a_second_signal_does_not_wait(run: Run) -> None:
    process = parent(run, "hang@5")
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert time.monotonic() - began < 5
    assert run.nobody_left()


def test_workers_end_when_the_parent_is_killed(run: Run) -> None:
    process = parent(run)
    process.kill()
    process.communicate(timeout=10)
    assert gone(run)
    assert run.make() == Outcome()
    assert run.records() == WHOLE


def test_handlers_of_signals_are_put_back_and_other_threads_may_run_pools(run: Run) -> None:
    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=run.make)
    thread.start()
    thread.join(30)
    assert run.records() == WHOLE
    assert signal.getsignal(signal.SIGTERM) is before
