"""Keep one notice of a library off the screen: it reads like an error, and is none."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

LLVM_NOTICE = b"jitc_llvm_init()"


@contextmanager
def without_llvm_notice() -> Iterator[None]:
    """Drop Dr.Jit's line about a missing LLVM from standard error; all else that is written meanwhile follows after.

    The variant of Mitsuba in use needs no LLVM. Dr.Jit writes the line from C++ when it is first imported.
    """
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
                if not line.startswith(LLVM_NOTICE):
                    os.write(2, line)
