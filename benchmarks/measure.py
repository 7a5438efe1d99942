"""What a process costs: CPU-seconds, wall time, memory. Standard library only, so that it runs in every environment."""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

MARK = "RESULT "  # the line that a measured process ends with


def cpu_seconds() -> float:
    """Return user + system seconds of this process and of the children it has waited for."""
    spent = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        usage = resource.getrusage(who)
        spent += usage.ru_utime + usage.ru_stime
    return spent


def since_start() -> float:
    """Return wall seconds since this process was started (to 10 ms)."""
    fields = Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()
    began = int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - began


def memory_mb(peak: bool = False) -> float:
    """Return resident memory in MiB, now or at its highest.

    `ru_maxrss` of a child starts at its parent's size, so the kernel's own count is read.
    """
    key = "VmHWM:" if peak else "VmRSS:"
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(key))
    return int(line.split()[1]) / 1024


class Frames:
    """Collect what each frame costs."""

    def __init__(self) -> None:
        self.cpu: list[float] = []
        self.wall: list[float] = []
        self.first: dict[str, float] = {}

    def add(self, frame: Callable[[], Any], count: int = 1) -> Any:
        """Run `frame` and book what it cost, shared among `count` frames. Returns what it returns."""
        cpu, wall = cpu_seconds(), time.perf_counter()
        result = frame()
        self.cpu += [(cpu_seconds() - cpu) / count] * count
        self.wall += [(time.perf_counter() - wall) / count] * count
        return result

    def mark_first(self) -> None:
        """Book the start of the process up to now as the first frame's cost."""
        self.first = {"cpu": round(cpu_seconds(), 3), "wall": round(since_start(), 3)}

    def report(self, **more: Any) -> None:
        """Print the result line: medians and means over the frames, and memory."""
        result = {
            "frames": len(self.cpu),
            "cpu_per_frame": round(statistics.median(self.cpu), 4),
            "cpu_per_frame_mean": round(statistics.fmean(self.cpu), 4),
            "wall_per_frame": round(statistics.median(self.wall), 4),
            "first_frame": self.first,
            "peak_mb": round(memory_mb(peak=True)),
            **more,
        }
        print(MARK + json.dumps(result), flush=True)


def options(modes: tuple[str, ...], description: str | None) -> argparse.Namespace:
    """Read the command line that every measured script has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--mode", choices=modes, default=modes[0])
    parser.add_argument("--frames", type=int, default=10, help="measured frames, after one that is not")
    parser.add_argument("--size", default="640x480", help="WIDTHxHEIGHT")
    parser.add_argument("--samples", type=int, default=16, help="samples a pixel where colour is path traced")
    parser.add_argument("--save", help="write what was seen of view 0 to this .npz file and measure nothing")
    parser.add_argument("--picture", help="write the last colour image to this PNG file")
    found = parser.parse_args()
    found.width, found.height = (int(v) for v in found.size.split("x"))
    return found
