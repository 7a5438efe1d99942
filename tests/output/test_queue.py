"""The write queue: order, back-pressure, and errors that reach the user."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import zlib

import pytest

from engine.carb.settings import get_settings
from engine.output import queue as queue_module
from engine.output.queue import WriteError, WriteQueue, write_queue


def test_tasks_of_one_path_keep_their_order() -> None:
    queue, seen = WriteQueue(threads=4), []

    def slow(number: int) -> None:
        time.sleep(0.002 if number % 2 == 0 else 0.0)
        seen.append(number)

    for i in range(20):
        queue.put(lambda i=i: slow(i), "same.json")
    queue.wait()
    assert seen == list(range(20))


def test_tasks_run_on_several_threads() -> None:
    queue, barrier = WriteQueue(threads=4), threading.Barrier(4, timeout=10)
    lanes = {zlib.crc32(name.encode()) % 4: name for name in "abcdefghijklmnop"}
    assert len(lanes) == 4
    for name in lanes.values():  # each waits for the three others
        queue.put(barrier.wait, name)
    queue.wait()
    assert queue.is_idle()


def test_an_error_is_raised_by_the_next_wait_and_only_once() -> None:
    queue = WriteQueue()

    def fail() -> None:
        raise OSError("disk on fire")

    queue.put(fail, "folder/rgb_0003.png")
    with pytest.raises(WriteError, match=r"writing 'folder/rgb_0003.png' failed: OSError: disk on fire") as caught:
        queue.wait()
    assert isinstance(caught.value.__cause__, OSError)
    queue.wait()


def test_an_error_is_raised_by_the_next_put() -> None:
    queue, ran = WriteQueue(), []
    queue.put(lambda: 1 / 0, "a.png")
    queue.drain()
    with pytest.raises(WriteError, match=r"'a.png' failed: ZeroDivisionError"):
        queue.put(lambda: ran.append(1), "b.png")
    assert not ran


def test_several_errors_are_counted() -> None:
    queue = WriteQueue(threads=1)
    gate = threading.Event()
    queue.put(gate.wait, "x")
    for name in "abc":
        queue.put(lambda: 1 / 0, name)
    gate.set()
    with pytest.raises(WriteError, match=r"'a' failed: .*\(and 2 more files failed\)"):
        queue.wait()


def test_a_full_queue_makes_put_wait_and_warns_once(monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[str] = []
    queue = WriteQueue(threads=1, tasks=2)
    monkeypatch.setattr(queue_module, "log_warn", warnings.append)
    gate, done = threading.Event(), []
    for i in range(2):
        queue.put(gate.wait, str(i))
    late = threading.Thread(target=lambda: [queue.put(lambda: done.append(1), "c"), done.append(0)])
    late.start()
    time.sleep(0.05)
    assert not done and late.is_alive()
    gate.set()
    late.join(10)
    queue.wait()
    assert sorted(done) == [0, 1]
    for _ in range(10):
        queue.put(lambda: time.sleep(0.001), "d")
    queue.wait()
    assert len(warnings) == 1 and warnings[0].startswith("Throttling generation due to I/O bottleneck")


def test_heavy_tasks_wait_for_bytes_and_a_single_one_always_fits() -> None:
    queue, running, most = WriteQueue(threads=4, limit=100), [0], [0]
    lock = threading.Lock()

    def hold() -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.005)
        with lock:
            running[0] -= 1

    for name in "abcdefgh":
        queue.put(hold, name, size=60)  # two at a time would hold 120 bytes
    queue.put(hold, "i", size=1000)
    queue.wait()
    assert most[0] == 1


def test_a_task_may_queue_another_without_deadlock() -> None:
    queue, seen = WriteQueue(threads=1, tasks=1), []
    queue.put(lambda: queue.put(lambda: seen.append("inner"), "b"), "a")
    queue.wait()
    assert seen == ["inner"]


def test_settings_shape_the_queue_of_the_process() -> None:
    get_settings().set("/omni/replicator/backend/writeThreads", 2)
    get_settings().set("/omni/replicator/backend/queueSize", 7)
    assert len(write_queue()._lanes) == 2 and write_queue()._tasks == 7


@pytest.mark.parametrize("size", [0, -1, 1.5, "many"])
def test_queue_sizes_are_checked(size: object) -> None:
    with pytest.raises(ValueError, match=r"set_max_queue_size: .* was given; expected a whole number of at least 1"):
        WriteQueue().set_size(size)  # type: ignore[arg-type]


def test_an_error_nobody_asked_for_is_printed_at_the_end_of_the_process() -> None:
    script = "from engine.output.queue import write_queue; write_queue().put(lambda: 1 / 0, 'last.png')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert "[Error] writing 'last.png' failed: ZeroDivisionError" in done.stderr


def test_everything_queued_is_written_before_the_process_ends() -> None:
    script = (
        "import time; from engine.output.queue import write_queue\n"
        "for i in range(5): write_queue().put(lambda i=i: (time.sleep(0.02), print(i)), 'one')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == list("01234")
