"""What this machine has for workers: cores, memory, GPUs; and each worker's share of it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from cluster.ledger import PoolError

WORKER_BYTES = 2 * 2**30  # of main memory that a worker is given when their number is chosen here
_MEMORY, _CGROUP = Path("/proc/meminfo"), Path("/sys/fs/cgroup")
_NVIDIA = Path("/proc/driver/nvidia/gpus")
_THREADS = ("OMP_NUM_THREADS", "OIDN_NUM_THREADS", "REPLICANT_THREADS")


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def free_memory(memory: Path = _MEMORY, cgroup: Path = _CGROUP) -> int | None:
    """Return how much main memory may still be used, bytes; None where it is not known.

    Source: proc(5), MemAvailable; Linux admin guide, cgroup v2, memory.max and memory.current.
    """
    try:
        lines = dict(line.split(":", 1) for line in memory.read_text().splitlines() if ":" in line)
        free = int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError, IndexError):
        return None
    try:
        limit = int((cgroup / "memory.max").read_text()) - int((cgroup / "memory.current").read_text())
    except (OSError, ValueError):  # no limit is the word "max"
        return free
    return max(0, min(free, limit))


def gpus_here(environment: Mapping[str, str] = os.environ, driver: Path = _NVIDIA) -> list[str]:
    """Name the NVIDIA GPUs that this process may use, by CUDA_VISIBLE_DEVICES or else by the driver."""
    if "CUDA_VISIBLE_DEVICES" in environment:
        return [name.strip() for name in environment["CUDA_VISIBLE_DEVICES"].split(",") if name.strip()]
    return [str(index) for index in range(len(list(driver.iterdir())))] if driver.is_dir() else []


def choose_workers(asked: str, shards: int, gpus: Sequence[str] = ()) -> int:
    """Choose the number of workers.

    Args:
        asked: a number, or "auto": one a GPU, or else as many as cores and memory permit.
        shards: how many there are to make; more workers than that have nothing to do.
        gpus: the GPUs to spread them over.

    Raises:
        PoolError: for anything else.
    """
    if asked == "auto":
        free = free_memory()
        room = cores() if free is None else min(cores(), free // WORKER_BYTES)
        number = len(gpus) or room
    elif asked.isdigit() and int(asked):
        number = int(asked)
    else:
        raise PoolError(f"--workers is '{asked}'; expected a number of 1 or more, or auto", 2)
    return max(1, min(number, shards))


def share(index: int, workers: int, gpus: Sequence[str] = (), kit: bool = False) -> dict[str, str]:
    """Return the environment that gives a worker its share of the machine; bytes do not depend on it.

    Args:
        index: of the worker, from 0.
        workers: how many there are.
        gpus: names of GPUs, spread over the workers in turn.
        kit: whether it is Isaac Sim, which numbers GPUs by Vulkan and wants to see them all: it reads REPLICANT_GPU.
            Others get the one GPU that they see.
    """
    threads = str(max(1, cores() // workers))
    found = dict.fromkeys(_THREADS, threads)
    found["OIDN_SET_AFFINITY"] = "0"  # else every worker's denoiser binds itself to the same first cores
    if gpus:
        gpu = gpus[index % len(gpus)]
        found["REPLICANT_GPU"] = gpu
        if not kit:
            found["CUDA_VISIBLE_DEVICES"] = gpu
    return found
