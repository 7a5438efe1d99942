"""The process settings: what is set already wins, and image-sized arrays cost no page faults once they were made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FAULTS = """
import resource, sys
from engine.process import settle
if sys.argv[1] == "settled": settle()
import numpy as np
def work():
    for _ in range(5):
        a = [np.ones((480, 640, 3), np.float32) for _ in range(4)]
work()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
work()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def run(code: str, *arguments: str, **variables: str) -> str:
    env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **variables}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc only")
def test_freed_arrays_are_kept_for_the_next_frame() -> None:
    plain, settled = int(run(FAULTS, "plain")), int(run(FAULTS, "settled"))
    assert plain > 1000, f"only {plain} page faults without the settings: this test would show nothing"
    assert settled < plain / 20


def test_variables_that_are_set_win() -> None:
    code = "import os; from engine.process import settle; settle(); print(os.environ['OPENBLAS_NUM_THREADS'])"
    assert run(code) == "1"
    assert run(code, OPENBLAS_NUM_THREADS="7") == "7"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc only")
def test_allocator_variables_that_are_set_win() -> None:
    assert int(run(FAULTS, "settled", MALLOC_TRIM_THRESHOLD_="131072", MALLOC_MMAP_THRESHOLD_="131072")) > 1000


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc only")
def test_free_memory_between_used_pieces_is_given_back() -> None:
    code = """
from engine.process import give_back, settle
settle()
from pathlib import Path
def resident(): return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
pieces = [bytearray(65536) for _ in range(1600)]
kept = pieces[::16]
del pieces
before = resident()
give_back()
print(before - resident())
"""
    assert int(run(code)) > 50e6


THREADS = """
import engine.render.mitsuba_color, drjit
print(drjit.thread_count())
"""


@pytest.mark.parametrize("number", ["1", "3"])
def test_the_color_renderer_takes_as_many_threads_as_it_is_given(number: str) -> None:
    assert run(THREADS, REPLICANT_THREADS=number) == number


@pytest.mark.parametrize("given", ["0", "many", "-1"])
def test_a_number_of_threads_that_is_none(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.process import threads

    monkeypatch.setenv("REPLICANT_THREADS", given)
    with pytest.raises(ValueError, match=f"REPLICANT_THREADS is '{given}'; expected a number of 1 or more"):
        threads()
