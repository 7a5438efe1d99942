"""The progress line: a bar in place on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import io
import re

import pytest

from replicator_scripts import progress
from replicator_scripts.progress import Progress, clock


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Watch:
    """A clock that stands still until it is told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(progress.time, "monotonic", lambda: self.now)


def test_a_terminal_sees_the_bar_grow_with_rate_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    watch, stream = Watch(monkeypatch), Terminal()
    bar = Progress(10, images=2, stream=stream)
    watch.now += 5
    bar.show(5)
    assert stream.getvalue() == "\r[" + "#" * 15 + "-" * 15 + "] 5/10 frames  2.00 images/s  0:05 left  "
    watch.now += 5
    bar.show(10)
    assert stream.getvalue().endswith("\r[" + "#" * 30 + "] 10/10 frames  2.00 images/s  0:00 left\n")


def test_a_file_gets_a_line_now_and_then_and_the_last_one(monkeypatch: pytest.MonkeyPatch) -> None:
    watch, stream = Watch(monkeypatch), io.StringIO()
    bar = Progress(100, stream=stream)
    for done in range(-1, 101):
        watch.now += 1
        bar.show(done)
    lines = stream.getvalue().splitlines()
    assert 8 <= len(lines) <= 11
    assert all(re.fullmatch(r"\[[#-]{30}\] \d+/100 frames  \d\.\d\d images/s  \d+:\d\d left", line) for line in lines)
    assert lines[-1].startswith("[" + "#" * 30 + "] 100/100 frames")


def test_what_was_found_and_the_time_before_the_first_frame_are_no_part_of_the_rate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watch, stream = Watch(monkeypatch), Terminal()
    bar = Progress(20, stream=stream, before=4)
    watch.now += 60  # assets are built
    bar.begin()
    for done in (5, 6):
        bar.find()
        bar.show(done)
    assert stream.getvalue() == ""
    watch.now += 8
    bar.show(10)
    assert "10/20 frames  0.50 images/s  0:20 left" in stream.getvalue()


def test_times_are_written_as_people_do() -> None:
    assert [clock(s) for s in (0.4, 61, 3599.6, 36_125)] == ["0:00", "1:01", "1:00:00", "10:02:05"]
