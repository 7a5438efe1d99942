"""The background publisher: order, bounds, errors, stops."""

from __future__ import annotations

import threading
import time

import pytest

from writers.shards.uploads import Uploads


def test_order_and_bound() -> None:
    """Shards are published in order; no more than the limit wait, however fast they come."""
    done: list[int] = []
    most = 0
    uploads: Uploads[int]

    def publish(item: int) -> None:
        nonlocal most
        most = max(most, len(uploads._waiting))
        time.sleep(0.005)
        done.append(item)

    uploads = Uploads(publish, limit=2)
    begun: list[int] = []
    for item in range(20):
        uploads.add(item)
        begun.append(item)
        assert len(begun) - len(done) <= 4  # one under way, two waiting, and one that counts as done a moment later
    assert uploads.close() is True
    assert done == list(range(20)) and most <= 2


def test_add_waits_while_the_queue_is_full() -> None:
    """Back-pressure: the third waiting shard holds the renderer until one is published."""
    gate = threading.Event()
    uploads: Uploads[int] = Uploads(lambda item: gate.wait(10), limit=2)
    for item in range(3):
        uploads.add(item)
    late = threading.Thread(target=uploads.add, args=(3,))
    late.start()
    late.join(0.4)
    assert late.is_alive()
    gate.set()
    late.join(5)
    assert not late.is_alive() and uploads.close() is True


def test_errors_surface_once_and_stop_the_rest() -> None:
    """The first error is raised by the next call and by close; what waits behind it stays."""
    done: list[int] = []

    def publish(item: int) -> None:
        if item == 1:
            raise OSError("the store is gone")
        done.append(item)

    uploads: Uploads[int] = Uploads(publish)
    uploads.add(0)
    uploads.add(1)
    with pytest.raises(OSError, match="the store is gone"):
        for item in range(2, 100):
            uploads.add(item)
            time.sleep(0.01)
    with pytest.raises(OSError, match="the store is gone"):
        uploads.wait()
    with pytest.raises(OSError, match="the store is gone"):
        uploads.close()
    assert done == [0] and not uploads._thread.is_alive()


def test_stop_finishes_the_one_under_way() -> None:
    """After SIGTERM: what is under way is finished, what waits is left, the renderer is let go."""
    gate, done = threading.Event(), list[int]()

    def publish(item: int) -> None:
        gate.wait(10)
        done.append(item)

    uploads: Uploads[int] = Uploads(publish, limit=2)
    for item in range(3):
        uploads.add(item)
    threading.Timer(0.1, uploads.stop).start()
    assert uploads.add(3) is False
    gate.set()
    assert uploads.close() is False
    assert done == [0] and not uploads._thread.is_alive()


def test_close_does_not_wait_for_ever() -> None:
    """A store that hangs does not outlive the grace a scheduler gives."""
    gate = threading.Event()
    uploads: Uploads[int] = Uploads(lambda item: gate.wait(10))
    uploads.add(0)
    begun = time.monotonic()
    assert uploads.close(seconds=0.3) is False
    assert time.monotonic() - begun < 3
    gate.set()


def test_the_callers_own_error_is_told() -> None:
    """Leaving by an exception stops the queue and hides nothing."""
    with pytest.raises(RuntimeError, match="renderer"), Uploads(lambda item: None) as uploads:
        uploads.add(1)
        raise RuntimeError("renderer")
    assert uploads.add(2) is False
    with Uploads(lambda item: None) as uploads:
        uploads.add(1)
    assert not uploads._thread.is_alive()


def test_a_limit_below_one() -> None:
    """Nothing could ever be published."""
    with pytest.raises(ValueError, match="upload limit is 0; expected at least 1"):
        Uploads(lambda item: None, limit=0)
