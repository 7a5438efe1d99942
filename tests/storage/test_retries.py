"""When to try again, how often, how long."""

from __future__ import annotations

import io
import logging

import pytest

from writers.shards.ranges import LARGEST, open_ranges
from writers.shards.retries import Retries, StorageError, is_passing, reason


def test_pauses_double_and_stay_bounded(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Between half and whole of first * 2^n, never above the longest."""
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    with caplog.at_level(logging.WARNING, "replicant.storage"), pytest.raises(StorageError, match="6 tries in 0 s"):
        Retries(tries=6, first=1.0, longest=5.0).run("read", "s3://b/x", _fail)
    assert len(pauses) == 5
    for pause, whole in zip(pauses, (1.0, 2.0, 4.0, 5.0, 5.0), strict=True):
        assert whole / 2 <= pause <= whole
    assert len(caplog.records) == 5 and "read s3://b/x: slow; try 2 of 6 follows" in caplog.text


def test_the_total_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """No try begins after the total."""
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr("time.sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    with pytest.raises(StorageError, match=r"\d tries in \d+ s failed, the last one with: slow"):
        Retries(tries=1000, first=1.0, longest=4.0, total=30.0).run("read", "s3://b/x", _fail)
    assert 20 <= now[0] <= 30


def test_other_errors_are_not_tried_again() -> None:
    """A refusal is told at once; a mistake in the program stays what it is."""
    calls: list[int] = []

    def refuse() -> None:
        calls.append(1)
        raise PermissionError("403 Forbidden")

    with pytest.raises(StorageError, match="cannot write gs://b/x: 403 Forbidden"):
        Retries().run("write", "gs://b/x", refuse)
    assert calls == [1]
    with pytest.raises(TypeError):
        Retries().run("write", "gs://b/x", lambda: len(3))  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError):
        Retries().run("read", "gs://b/x", lambda: open("/nonexistent"))
    with pytest.raises(ValueError, match="0 tries; expected at least 1"):
        Retries(tries=0).run("read", "gs://b/x", lambda: 1)


def test_kinds_of_errors() -> None:
    """Statuses of several drivers; an error's cause counts."""

    class HttpError(Exception):
        code = 503

    class AzureError(Exception):
        status_code = 403

    assert is_passing(HttpError()) and not is_passing(AzureError())
    wrapped = OSError("read failed")
    wrapped.__cause__ = ConnectionResetError()
    assert is_passing(wrapped) and not is_passing(OSError("read failed"))
    assert "hidden" not in reason(OSError("no answer from http://me:hidden@host/x"))


def test_ranges_read_ahead() -> None:
    """Reading in one line needs few requests; jumping about does not fetch the whole file."""
    data, asked = bytes(range(256)) * 4096 * 32, list[tuple[int, int]]()

    def fetch(start: int, stop: int) -> bytes:
        asked.append((start, stop))
        return data[start:stop]

    with open_ranges(fetch, len(data)) as reader:
        assert b"".join(iter(lambda: reader.read(100_000), b"")) == data
    assert len(asked) <= 12 and max(stop - start for start, stop in asked) <= LARGEST
    asked.clear()
    with open_ranges(fetch, len(data)) as reader:
        for position in (30_000_000, 5, 20_000_000):
            reader.seek(position)
            assert reader.read(10) == data[position : position + 10]
        assert reader.tell() == 20_000_010 and reader.seekable() and reader.readable()
        with pytest.raises(ValueError, match="before the file"):
            reader.raw.seek(-1)  # type: ignore[attr-defined]
        assert reader.seek(0, io.SEEK_END) == len(data)
    assert sum(stop - start for start, stop in asked) < 1_000_000


def _fail() -> None:
    raise TimeoutError("slow")
