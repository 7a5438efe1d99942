"""The encoder pool: order, back-pressure, errors, shutdown; the same results for any number of threads."""

from __future__ import annotations

import threading
import time
import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest

from writers.encode import depth_png, ids_png, jpeg, png
from writers.encoding import EncoderPool, EncodingError

THREADS = (0, 1, 2, 8)


def encode(number: int) -> list[bytes]:
    """Make and encode the arrays of a frame, slower or faster by turns."""
    rng = np.random.default_rng(number)
    side = 16 + 40 * (number % 3)
    rgb = rng.integers(0, 256, (side, side, 3), dtype=np.uint8)
    ids = np.kron(rng.integers(0, 300, (side // 4, side // 4)), np.ones((4, 4), np.int64))
    return [jpeg(rgb), png(rgb), ids_png(ids), depth_png(rng.uniform(0, 9, (side, side)), 0.001)]


def run(threads: int, frames: int, job: Callable[[int], object], pending: int | None = None) -> list[object]:
    found: list[object] = []
    pool: EncoderPool[object] = EncoderPool(found.append, threads, pending)
    for frame in range(frames):
        pool.submit(frame, lambda frame=frame: job(frame))  # type: ignore[misc]
    pool.drain()
    assert len(pool) == 0
    pool.close()
    return found


def test_the_same_bytes_in_the_same_order_for_any_number_of_threads() -> None:
    expected = [encode(frame) for frame in range(40)]
    assert len({bytes(b"".join(member)) for member in expected}) == 40
    for threads in THREADS:
        assert run(threads, 40, encode) == expected, f"{threads} threads"
        assert run(threads, 40, encode, pending=1) == expected, f"{threads} threads, one pending"


@pytest.mark.parametrize("threads", THREADS)
def test_a_late_first_job_does_not_change_the_order(threads: int) -> None:
    def job(frame: int) -> int:
        time.sleep(0.05 if frame % 5 == 0 else 0.0)
        return frame

    assert run(threads, 20, job) == list(range(20))


@pytest.mark.parametrize("threads", THREADS)
def test_the_sink_is_called_on_the_callers_thread(threads: int) -> None:
    seen: set[int] = set()
    pool: EncoderPool[int] = EncoderPool(lambda _: seen.add(threading.get_ident()), threads)
    for frame in range(10):
        pool.submit(frame, lambda: 1)
    pool.drain()
    pool.close()
    assert seen == {threading.get_ident()}


@pytest.mark.parametrize("threads", (1, 2, 8))
def test_no_more_than_pending_jobs_are_ever_held(threads: int) -> None:
    """Jobs that never end by themselves: `submit` waits for the first one, no matter how many are asked for."""
    gates = [threading.Event() for _ in range(30)]
    handed: list[int] = []
    pool: EncoderPool[int] = EncoderPool(handed.append, threads, pending=3)
    most = 0

    def opener() -> None:
        for gate in gates:
            time.sleep(0.002)
            gate.set()

    helper = threading.Thread(target=opener)
    helper.start()
    for frame in range(30):
        pool.submit(frame, lambda frame=frame: (gates[frame].wait(10), frame)[1])  # type: ignore[misc]
        most = max(most, len(pool))
        assert len(handed) >= frame - 1, "submit returned with three jobs pending"
    pool.drain()
    helper.join()
    assert handed == list(range(30))
    assert most == 2


@pytest.mark.parametrize("threads", THREADS)
def test_memory_is_bounded_with_a_slow_sink(threads: int) -> None:
    """120 frames of 1 MB each, and a sink slower than the encoders: never more than the pending ones are held."""
    pool: EncoderPool[bytes] = EncoderPool(lambda data: time.sleep(0.001), threads, pending=4)
    tracemalloc.start()
    try:
        for frame in range(120):
            array = np.full((1024, 1024), frame % 256, np.uint8)
            pool.submit(frame, lambda array=array: array.tobytes()[:1000])  # type: ignore[misc]
        pool.drain()
        peak = tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()
        pool.close()
    workers = max(1, threads)
    assert peak < 4 + 1 + min(workers, 4) + 1, f"{peak:.1f} MB"  # pending, the next one, copies being made
    assert peak > 1.5


@pytest.mark.parametrize("threads", THREADS)
def test_an_error_names_its_frame_and_loses_no_other(threads: int) -> None:
    def job(frame: int) -> int:
        if frame in (3, 7):
            raise ValueError(f"id 70000 of {frame} does not fit")
        return frame

    found: list[int] = []
    failed: list[int] = []
    pool: EncoderPool[int] = EncoderPool(found.append, threads)
    for frame in range(10):
        try:
            pool.submit(frame, lambda frame=frame: job(frame))  # type: ignore[misc]
        except EncodingError as error:
            failed.append(error.frame)
            assert str(error) == f"frame {error.frame} cannot be encoded: id 70000 of {error.frame} does not fit"
            assert isinstance(error.__cause__, ValueError)
    while len(pool):
        try:
            pool.drain()
        except EncodingError as error:
            failed.append(error.frame)
    pool.close()
    assert failed == [3, 7]
    assert found == [0, 1, 2, 4, 5, 6, 8, 9]


@pytest.mark.parametrize("threads", THREADS)
def test_an_error_of_the_machine_is_no_error_of_the_frame(threads: int) -> None:
    def job() -> int:
        raise MemoryError("no room")

    pool: EncoderPool[int] = EncoderPool(lambda _: None, threads)
    with pytest.raises(MemoryError, match="no room") as caught:
        pool.submit(12, job)
        pool.drain()
    pool.close()
    assert caught.value.__notes__ == ["while frame 12 was being encoded"]


@pytest.mark.parametrize("threads", THREADS)
def test_what_the_sink_raises_is_raised(threads: int) -> None:
    def sink(frame: int) -> None:
        if frame == 2:
            raise OSError(28, "No space left on device")

    pool: EncoderPool[int] = EncoderPool(sink, threads)
    with pytest.raises(OSError, match="No space left"):
        for frame in range(20):
            pool.submit(frame, lambda frame=frame: frame)  # type: ignore[misc]
        pool.drain()
    pool.abandon()
    assert len(pool) == 0


@pytest.mark.parametrize("threads", (1, 2, 8))
def test_abandon_hands_nothing_on_and_ends_the_threads(threads: int) -> None:
    before = threading.active_count()
    gate, found = threading.Event(), []
    started: list[int] = []
    pool: EncoderPool[int] = EncoderPool(found.append, threads, pending=50)

    def job(frame: int) -> int:
        started.append(frame)
        gate.wait(10)
        return frame

    for frame in range(20):
        pool.submit(frame, lambda frame=frame: job(frame))  # type: ignore[misc]
    threading.Timer(0.05, gate.set).start()
    pool.abandon()
    assert found == [] and len(pool) == 0
    assert len(started) <= threads, "jobs that had not begun were dropped"
    time.sleep(0.05)
    assert threading.active_count() <= before
    pool.submit(99, lambda: 99)  # and it can be used again
    pool.drain()
    pool.close()
    assert found == [99]


def test_impossible_sizes_are_refused() -> None:
    for threads, pending in ((-1, None), (1, 0)):
        with pytest.raises(ValueError, match="expected at least 0 threads and 1 pending job"):
            EncoderPool(print, threads, pending)
