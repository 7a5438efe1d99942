"""Signals that end a run in good order: what is being made is finished or dropped, and a rerun goes on from there."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN = 85  # exit code: stopped, run it again
SIGNALS = ("SIGTERM", "SIGUSR1", "SIGUSR2")  # Slurm sends the last two where a job asks for them


class Stopped(KeyboardInterrupt):
    """A signal asked for an end."""


class _State:
    def __init__(self) -> None:
        self.asked = ""
        self.shields = 0
        self.kept = False


_state = _State()


def install() -> None:
    """Listen to the signals; to be called again once the application is up, since that may set handlers of its own."""
    if threading.current_thread() is not threading.main_thread():
        return
    for name in SIGNALS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _ask)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def end_at_once() -> None:
    """Let a signal end this process with the code that says "run it again", as long as nothing has begun.

    For the seconds in which modules are imported; `install` follows. Inside a Kit that runs already nothing changes.
    """
    if threading.current_thread() is not threading.main_thread() or "omni.kit.app" in sys.modules:
        return
    for name in SIGNALS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda number, frame: os._exit(AGAIN))


@contextmanager
def shielded() -> Iterator[None]:
    """Let what is inside come to its end when a first signal arrives; a second one breaks it off.

    Raises:
        Stopped: at the end, if a signal came meanwhile.
    """
    _state.shields += 1
    try:
        yield
    finally:
        _state.shields -= 1
    check()


def check() -> None:
    """Go on unless a signal came.

    Raises:
        Stopped: naming the signal.
    """
    if _state.asked and not _state.shields:
        asked, _state.asked = _state.asked, ""
        raise Stopped(asked)


def begin() -> None:
    """Note that a run begins, and has kept nothing yet."""
    _state.kept = False


def keep() -> None:
    """Note that the run has made something that the next start finds."""
    _state.kept = True


def has_kept() -> bool:
    """Tell whether the next start finds more than this one did; where it never does, starting again is in vain."""
    return _state.kept


def _ask(number: int, frame: FrameType | None) -> None:
    again, _state.asked = bool(_state.asked), signal.Signals(number).name
    if again or not _state.shields:
        asked, _state.asked = _state.asked, ""
        raise Stopped(asked)
