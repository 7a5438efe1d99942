"""How commands that print end, the same for all of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

CLOSED = 141  # 128 and the number of SIGPIPE, as a shell says of a program that it ended


def ended(main: Callable[[], int]) -> int:
    """Run a command; one whose reader has gone away, as with `| head`, ends quietly.

    Args:
        main: the command; it lets `BrokenPipeError` through.

    Returns:
        Its exit code, 141 where nobody reads on.
    """
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more as it ends
        return CLOSED
    return code
