"""What infrared costs beside RGB: `./launch.sh bench --only infrared [--quick]`.

Every mode of `infrared_run.py` in a process of its own, in turns; then each part of a camera's chain and each file. All
by our own engine; nothing is installed.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import machine
from infrared_report import BEGIN, END, render
from report import publish

HERE = Path(__file__).resolve().parent
SCRIPT = "infrared_run.py"
SAMPLES = 16
BUFFERS_SECONDS = 0.05
ROUNDS = 3


@dataclass(frozen=True)
class Case:
    """One mode of the script.

    Attributes:
        mode: its --mode.
        title: what it gives, for the table.
        frames: measured frames in a full run.
        quick: measured frames in a quick run.
    """

    mode: str
    title: str
    frames: int = 5
    quick: int = 1


CASES = (
    Case("rgb", f"RGB path traced, {SAMPLES} samples, not denoised"),
    Case("lwir", f"LWIR radiance path traced, {SAMPLES} samples"),
    Case("mwir", f"MWIR radiance path traced, {SAMPLES} samples"),
    Case("lwir_mwir", f"LWIR and MWIR in one render, {SAMPLES} samples"),
    Case("nir_floods", f"850 nm with three floods, {SAMPLES} samples"),
    Case("sources", "ids, normals, distances and camera: what buffers need", 20, 3),
    Case("buffers", "the same, and LWIR radiance made of them", 20, 3),
    Case("author", "temperatures and bands of a new frame, weather changed", 20, 3),
)


def measure(bench: Any, quick: bool, size: str, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure everything.

    Args:
        bench: `run.Bench`.
        quick: few frames, one round.
        size: WIDTHxHEIGHT.
        say: tells what is going on.

    Returns:
        `frames`: result by mode, the median of the rounds; `parts`: cost and bytes by part of the chain.
    """
    runs: dict[str, list[dict[str, Any]]] = {}
    for turn in range(1 if quick else ROUNDS):
        for case in CASES:
            say(f"infrared, {case.mode}, round {turn + 1}")
            words = ("--size", size, "--frames", str(case.quick if quick else case.frames), "--samples", str(SAMPLES))
            runs.setdefault(case.mode, []).append(bench.script("ours", SCRIPT, "--mode", case.mode, *words))
    say("infrared, the chain of a camera")
    chain = bench.script("ours", SCRIPT, "--mode", "sensors", "--size", size)
    return {"size": size, "frames": {mode: median_of(found) for mode, found in runs.items()}, "parts": chain["parts"]}


def median_of(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the run with the median CPU-seconds a frame (the lower of the middle two), and all of them."""
    ranked = sorted(runs, key=lambda run: run["cpu_per_frame"])
    return ranked[(len(ranked) - 1) // 2] | {"rounds": [run["cpu_per_frame"] for run in runs]}


def derived(frames: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Return what the modes say together: cost of the image from buffers alone, and ratios."""
    cost = {mode: found["cpu_per_frame"] for mode, found in frames.items()}
    return {
        "thermal_from_buffers": round(cost["buffers"] - cost["sources"], 4),
        "lwir_to_rgb": round(cost["lwir"] / cost["rgb"], 3),
        "both_to_one_after_the_other": round(cost["lwir_mwir"] / (cost["lwir"] + cost["mwir"]), 3),
        "nir_to_rgb": round(cost["nir_floods"] / cost["rgb"], 3),
    }


def targets(results: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return each target: what was asked, what was measured, whether it was met."""
    found = []
    for name, limit, measured in (
        ("thermal from buffers beside the buffers, CPU-s a frame", BUFFERS_SECONDS, "thermal_from_buffers"),
        ("path-traced LWIR over RGB at equal samples, CPU", 1.0, "lwir_to_rgb"),
    ):
        value = results["derived"][measured]
        found.append({"target": name, "limit": limit, "measured": value, "met": value <= limit})
    return found


def run(bench: Any, options: argparse.Namespace, say: Callable[[str], None]) -> int:
    """Measure, write the result file and, for a full run, the tables; returns the exit code."""
    name = "infrared" if options.name == "latest" else options.name
    results: dict[str, Any] = {"name": name, "quick": options.quick, "machine": machine.describe()}
    began = time.perf_counter()
    results |= measure(bench, options.quick, "640x480", say)
    results["derived"] = derived(results["frames"])
    results |= {"targets": targets(results), "seconds": round(time.perf_counter() - began)}
    say(f"{results['seconds']} s; wrote {publish(HERE, results, render(results, CASES), (BEGIN, END))}")
    return 0
