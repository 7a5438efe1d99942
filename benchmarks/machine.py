"""What machine a run was made on, without its name."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any


def describe() -> dict[str, Any]:
    """Return processor, cores, memory, system, Python, and how busy the machine was before the run."""
    return {
        "processor": _first("/proc/cpuinfo", "model name") or platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(int((_first("/proc/meminfo", "MemTotal") or "0").split()[0]) / 2**20),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _first(file: str, key: str) -> str | None:
    path = Path(file)
    if not path.exists():
        return None
    lines = (line.split(":", 1) for line in path.read_text().splitlines() if ":" in line)
    return next((value.strip() for name, value in lines if name.strip() == key), None)
