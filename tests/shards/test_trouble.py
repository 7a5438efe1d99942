"""What is said of an output that cannot be written."""

from __future__ import annotations

import errno
import os

import pytest

from writers.shards.trouble import told

STAYS = "what is committed stays, and the same command goes on from there"
RIGHTS = "expected a place that this user may write to: change its rights or its mount, or choose another --out"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (errno.EROFS, f"/herd/plan.json: Read-only file system; {RIGHTS}; {STAYS}"),
        (errno.EACCES, f"/herd/plan.json: Permission denied; {RIGHTS}; {STAYS}"),
        (errno.ENOSPC, f"/herd/plan.json: No space left on device; make room; {STAYS}"),
        (errno.EIO, f"/herd/plan.json: Input/output error; {STAYS}"),
    ],
)
def test_errors_of_the_system_have_advice(number: int, text: str) -> None:
    assert told(OSError(number, os.strerror(number), "/herd/plan.json")) == text


def test_an_error_without_a_file_is_said_as_it_is() -> None:
    assert told(OSError("the store hung up")) == f"the store hung up; {STAYS}"
