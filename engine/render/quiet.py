"""Keep a notice of a library off the screen: it reads like an error, and is none."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

LLVM_NOTICE = b"jitc_llvm_init()"


def without_llvm_notice() -> AbstractContextManager[None]:
    """Drop Dr.Jit's line about a missing LLVM: the variant of Mitsuba in use needs none.

    Dr.Jit writes the line from C++ when it is first imported.
    """
    return without_notice(LLVM_NOTICE)


@contextmanager
def without_notice(start: bytes) -> Iterator[None]:
    """Drop lines that begin with `start` from standard error; all else that is written meanwhile follows after."""
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
            file.seek(0)
            for line in file:
                if not line.startswith(start):
                    os.write(2, line)
