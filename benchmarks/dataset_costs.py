"""What writing a dataset costs beside making it: `./launch.sh bench --only datasets [--quick]`.

Encoders and formats, the writer's share of a run, two workers beside one, and memory over thousands of samples. All
by our own engine; nothing is installed.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import machine
from dataset_report import BEGIN, END, render
from report import publish

HERE = Path(__file__).resolve().parent
SCRIPT = "dataset_run.py"
LABELS = "depth,semantic,instance,boxes"
MAIN = f"rgb,{LABELS}"
OVERHEAD = 0.05
SPEED_UP = 1.8
FLAT_KB_PER_FRAME = 1.0  # 5 MB over 5,000 samples
ROUNDS = 5
SCENARIOS = ("pasture", "tabletop")
SIZE = "960x640"
CASES = (  # name, scenario, outputs, frames, quick
    ("pasture, main job", "pasture", MAIN, 10, 2),
    ("tabletop, main job", "tabletop", MAIN, 10, 2),
    ("pasture, labels only", "pasture", LABELS, 24, 4),
    ("tabletop, labels only", "tabletop", LABELS, 24, 4),
)

Run = Callable[..., dict[str, Any]]  # the words of a command to its result


def measure(bench: Any, quick: bool, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure everything.

    Args:
        bench: `run.Bench`.
        quick: few frames.
        say: tells what is going on.
    """

    def script(mode: str, **words: Any) -> dict[str, Any]:
        say(f"{mode}, {', '.join(map(str, words.values()))}")
        given = [word for key, value in words.items() for word in (f"--{key}", str(value))]
        found: dict[str, Any] = bench.script("ours", SCRIPT, "--mode", mode, *given)
        return found

    return {
        "encoders": {
            f"{name}, {SIZE}": script("encoders", scenario=name, size=SIZE, frames=1 if quick else 4)
            for name in SCENARIOS
        },
        "overhead": {
            title: script("overhead", scenario=name, size=SIZE, outputs=outputs, frames=fast if quick else frames)
            for title, name, outputs, frames, fast in CASES
        },
        "memory": script("memory", scenario="tabletop", size="96x64", outputs=LABELS, frames=200 if quick else 5000),
        "workers": measure_workers(bench, quick, say),
    }


def measure_workers(bench: Any, quick: bool, say: Callable[[str], None]) -> dict[str, Any]:
    """Make a labels-only dataset with one worker, with two, and as two runs that know nothing of each other, in turns.

    Rates are over what more frames cost: a short run is taken off a long one, so that starting up and making assets,
    once a process, do not count. The speed of a shared machine drifts, so each figure is the median of what the rounds
    say. Two runs apart are what the machine gives to two processes of this kind: what lies between that and twice is
    its own (shared caches and memory), what lies between that and two workers is ours.
    """
    short, long = (16, 48) if quick else (32, 288)
    ways = {"1": lambda frames: wall_of(bench, 1, frames), "2": lambda frames: wall_of(bench, 2, frames)}
    ways["apart"] = lambda frames: wall_apart(bench, frames)
    rates: dict[str, list[float]] = {way: [] for way in ways}
    walls: dict[str, list[float]] = {way: [] for way in ways}
    for turn in range(1 if quick else ROUNDS):
        for way in list(ways) if turn % 2 == 0 else reversed(ways):
            say(f"{way} worker(s), round {turn + 1}")
            first, second = (ways[way](frames) for frames in (short, long))
            walls[way].append(round(second, 2))
            rates[way].append((long - short) / (second - first))
    speed_ups = {way: [round(b / a, 3) for a, b in zip(rates["1"], rates[way], strict=True)] for way in ("2", "apart")}
    return {
        "frames": long,
        "frames_per_second": {way: round(statistics.median(found), 2) for way, found in rates.items()},
        "speed_up": round(statistics.median(speed_ups["2"]), 3),
        "speed_up_apart": round(statistics.median(speed_ups["apart"]), 3),
        "speed_ups": speed_ups["2"],
        "speed_ups_apart": speed_ups["apart"],
        "wall": walls,
    }


def wall_apart(bench: Any, frames: int) -> float:
    """Return the wall seconds of two runs at the same time, each of half the frames with one worker."""
    began = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: wall_of(bench, 1, frames // 2), range(2)))
    return time.perf_counter() - began


def wall_of(bench: Any, workers: int, frames: int) -> float:
    """Return the wall seconds of `./launch.sh run` on the tabletop, labels only."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["--scenario", "tabletop", "--resolution", "640x480", "--outputs", LABELS, "--frames", str(frames)]
        words += ["--samples-per-shard", "4", "--workers", str(workers), "--out", f"{folder}/out"]
        began = time.perf_counter()
        bench.run([str(HERE.parent / "launch.sh"), "run", "--runtime", "engine", *words])
        return time.perf_counter() - began


def targets(results: dict[str, Any]) -> list[dict[str, Any]]:
    """Return each target: what was asked, what was measured, whether it was met."""
    found = []
    for title, case in results["overhead"].items():
        if "main job" in title:
            share = case["overhead"]
            name = f"writer on the {title}, share of CPU-seconds"
            found.append({"target": name, "limit": f"at most {OVERHEAD}", "measured": share, "met": share <= OVERHEAD})
    speed_up = results["workers"]["speed_up"]
    name = "two workers beside one, labels only"
    found.append({"target": name, "limit": f"at least {SPEED_UP}", "measured": speed_up, "met": speed_up >= SPEED_UP})
    slope, frames = results["memory"]["slope_kb_per_frame"], results["memory"]["frames"]
    name = f"memory of a worker over {frames} samples, kB a sample"
    limit = f"at most {FLAT_KB_PER_FRAME}"
    found.append({"target": name, "limit": limit, "measured": slope, "met": slope <= FLAT_KB_PER_FRAME})
    return found


def run(bench: Any, options: argparse.Namespace, say: Callable[[str], None]) -> int:
    """Measure, write the result file and, for a full run, the tables; returns the exit code."""
    name = "datasets" if options.name == "latest" else options.name
    results: dict[str, Any] = {"name": name, "quick": options.quick, "machine": machine.describe()}
    began = time.perf_counter()
    results |= measure(bench, options.quick, say)
    results |= {"targets": targets(results), "seconds": round(time.perf_counter() - began)}
    say(f"{results['seconds']} s; wrote {publish(HERE, results, render(results), (BEGIN, END))}")
    return 0
