"""What to do about an output that cannot be written."""

from __future__ import annotations

import errno

GOES_ON = "what is committed stays, and the same command goes on from there"
_ADVICE = {
    **dict.fromkeys(
        (errno.EROFS, errno.EACCES, errno.EPERM),
        "expected a place that this user may write to: change its rights or its mount, or choose another --out",
    ),
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "make room"),
}


def told(error: OSError) -> str:
    """Say in one line what the system refused, of which file, what to do, and that nothing is lost."""
    what = ": ".join(part for part in (error.filename, error.strerror or str(error)) if part)
    return "; ".join(part for part in (str(what), _ADVICE.get(error.errno or 0, ""), GOES_ON) if part)
