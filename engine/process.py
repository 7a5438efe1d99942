"""Settings of the process that decide what a frame costs; nothing that is rendered depends on them."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
KEPT_FREE = 256 * 2**20  # bytes of freed memory kept for the next frame
LARGE = 32 * 2**20  # bytes from which an array gets pages of its own


def settle() -> None:
    """Make NumPy cheap for image-sized arrays; call before NumPy is imported.

    Measured on labels at 640x480: OpenBLAS's threads double the CPU time of products with 3-vectors (and their number
    may change last bits), and giving freed arrays back to the system after each step costs 7,000 page faults a frame, a
    third of the time. A variable that is set already stays as it is.

    Source: glibc manual, Malloc Tunable Parameters.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for variable in ("ISAAC_PATH", "CARB_APP_PATH", "EXP_PATH"):  # python.sh of Isaac Sim sets these; scripts join them
        os.environ.setdefault(variable, os.path.dirname(os.path.abspath(__file__)))
    mallopt = _allocator("mallopt")
    if mallopt is None:
        return
    for variable, parameter, value in (
        ("MALLOC_TRIM_THRESHOLD_", M_TRIM_THRESHOLD, KEPT_FREE),
        ("MALLOC_MMAP_THRESHOLD_", M_MMAP_THRESHOLD, LARGE),
    ):
        if variable not in os.environ:
            mallopt(parameter, value)


def threads() -> int | None:
    """Return how many threads this process may render with: $REPLICANT_THREADS; None where that is not set: all cores.

    Raises:
        ValueError: if it is no number of 1 or more.
    """
    given = os.environ.get("REPLICANT_THREADS", "")
    if not given:
        return None
    if not given.isdigit() or not int(given):
        raise ValueError(f"REPLICANT_THREADS is '{given}'; expected a number of 1 or more")
    return int(given)


def give_back() -> None:
    """Give free memory back to the system, wherever it lies between what is used.

    Measured over 500 frames with new assets each: memory in use stays the same, but the free pieces between grow by
    60 kB a frame without this.

    Source: glibc manual, malloc_trim.
    """
    trim = _allocator("malloc_trim")
    if trim is not None:
        trim(0)


def _allocator(name: str) -> Callable[..., int] | None:
    """Return a function of the C library's allocator; None where it has none such: only glibc does."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform.startswith("linux") else None
