"""The first worker of a pool: what it says before it has a shard, and what becomes of it."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

import pytest

from cluster.leader import Leader, forget_old_logs, start_leader
from cluster.ledger import PoolError
from cluster.pool import Crew, run_pool
from replicator_scripts import arguments, workers
from writers.shards.claim import stored_plan
from writers.shards.plan import Plan, ShardRange

SAYS = "import json, os, sys; fd = int(os.environ['REPLICANT_WORKER_FD']); "
READY = "os.write(fd, json.dumps({'event': 'ready', 'out': '/x', 'plan': {'n': 1}}).encode() + b'\\n'); "
WORKS = f"""{SAYS}{READY}
for line in sys.stdin:
    number = int(line.split()[1])
    open(f"{{sys.argv[1]}}/{{number}}", "a").write(f"{{os.getpid()}} {{os.environ.get('SHARE', '')}}\\n")
    os.write(fd, json.dumps({{'event': 'shard', 'shard': number}}).encode() + b'\\n')
"""


@pytest.fixture(autouse=True)
def logs_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def command(code: str, *words: str) -> list[str]:
    return [sys.executable, "-c", code, *words]


def test_a_leader_says_what_is_to_be_made_and_becomes_the_first_worker(tmp_path: Path) -> None:
    leader = start_leader(command(WORKS, str(tmp_path)), {"SHARE": "1 of 2"})
    assert (leader.said["out"], leader.said["plan"]) == ("/x", {"n": 1})
    made = _make(tmp_path, 2, 3, leader)
    assert f"{leader.worker.pid} 1 of 2" in made
    assert leader.worker.has_ended() if Path(f"/proc/{leader.worker.pid}").exists() else True
    leader.forget_log()
    assert not leader.worker.log.parent.exists()


def test_a_leader_with_another_share_of_the_machine_is_replaced(tmp_path: Path) -> None:
    """It took itself for one of two; with one shard left there is one, which gets all cores."""
    leader = start_leader(command(WORKS, str(tmp_path)), {"SHARE": "1 of 2"})
    made = _make(tmp_path, 2, 1, leader)
    assert len(made) == 1 and made[0].endswith("1 of 1") and not made[0].startswith(f"{leader.worker.pid} ")
    assert not Path(f"/proc/{leader.worker.pid}").exists()


def test_a_leader_ends_where_all_is_there(tmp_path: Path) -> None:
    (tmp_path / "0").touch()
    leader = start_leader(command(WORKS, str(tmp_path)), {})
    assert _make(tmp_path, 2, 1, leader) == []
    assert not Path(f"/proc/{leader.worker.pid}").exists()


def _make(folder: Path, size: int, shards: int, leader) -> list[str]:
    crew = Crew(
        command(WORKS, str(folder)),
        size,
        folder / "logs",
        environment=lambda index, workers: {"SHARE": f"{index + 1} of {workers}"},
        stream=io.StringIO(),
    )
    ranges = [ShardRange(number, number, number + 1) for number in range(shards)]
    run_pool(ranges, lambda number: (folder / str(number)).exists(), crew, leader)
    return [line for number in range(shards) for line in (folder / str(number)).read_text().splitlines()]


def test_an_error_that_it_can_name_is_the_run_s() -> None:
    fails = "os.write(fd, json.dumps({'event': 'failed', 'error': 'seed: is -1', 'code': 2}).encode() + b'\\n')"
    with pytest.raises(PoolError, match=r"^seed: is -1$") as error:
        start_leader(command(SAYS + fails), {})
    assert error.value.code == 2


def test_one_that_dies_without_a_word(tmp_path: Path) -> None:
    with pytest.raises(PoolError, match=r"worker 0 ended with exit code 3 before it said what .*\n.*\| no driver"):
        start_leader(command("print('no driver', flush=True); raise SystemExit(3)"), {})
    with pytest.raises(PoolError, match=r"worker 0 cannot be started: .*nowhere: No such file"):
        start_leader([str(tmp_path / "nowhere")], {})


def test_a_signal_while_it_starts_ends_both(tmp_path: Path) -> None:
    def stop() -> None:
        time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=stop).start()
    with pytest.raises(PoolError, match="stopped by SIGTERM: nothing was kept yet; the same") as error:
        start_leader(command("import time; time.sleep(60)"), {})
    assert error.value.code == 85
    assert list(tmp_path.iterdir()) == []


def test_logs_of_killed_processes_go_after_a_day(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    names = {
        "old": f"replicant-worker-{gone.pid}-a",
        "new": f"replicant-worker-{gone.pid}-b",
        "own": "replicant-worker-x",
    }
    names["alive"] = f"replicant-worker-{os.getpid()}-c"
    for name in names.values():
        (tmp_path / name).mkdir()
    for name in ("old", "alive", "own"):
        os.utime(tmp_path / names[name], (1.0, 1.0))
    forget_old_logs()
    assert {path.name for path in tmp_path.iterdir()} == set(names.values()) - {names["old"]}


def test_the_parent_looks_where_its_workers_keep_their_attempts(tmp_path: Path) -> None:
    """--scratch, --task and the output are those of the workers; a task without shards leaves the plan all the same."""
    plan = Plan({"scenario": {}}, 0, 4, 2, 1, "webdataset")
    url = f"memory://{uuid.uuid4().hex}/herd"
    leader = Leader(None, {}, {"out": url, "plan": json.loads(plan.to_json())})  # type: ignore[arg-type]
    words = ["--workers", "2", "--scratch", str(tmp_path / "scratch"), "--task"]
    output = workers._output(leader, arguments.parse([*words, "1/2"]))
    assert output.sink.work.parent == tmp_path / "scratch"
    assert [shard.number for shard in output.asked()] == [1] and stored_plan(output.storage) is None
    output = workers._output(leader, arguments.parse([*words, "2/3"]))
    stored = stored_plan(output.storage)
    assert output.asked() == [] and stored is not None and stored.hash == plan.hash
