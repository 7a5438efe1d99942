"""One worker of a pool: shard numbers come in as lines, signs of life go out as JSON lines."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TextIO

from replicator_scripts.stopping import Stopped
from writers.shards.claim import OutputError

DESCRIPTOR = "REPLICANT_WORKER_FD"
_ORDER = re.compile(r"shard (\d+)(?: without (\d+(?:,\d+)*))?")


@dataclass(frozen=True)
class Order:
    """A shard to make, and frames to leave out since no process survives them."""

    number: int
    without: frozenset[int] = frozenset()


def orders(stream: TextIO | None = None) -> Iterator[Order]:
    """Read orders from standard input until it ends.

    Raises:
        OutputError: for a line that is no order.
    """
    for line in iter((stream or sys.stdin).readline, ""):
        found = _ORDER.fullmatch(line.strip())
        if found is None:
            raise OutputError(f"worker was told '{line.strip()}'; expected: shard NUMBER [without FRAME,FRAME,...]")
        yield Order(int(found[1]), frozenset(map(int, found[2].split(","))) if found[2] else frozenset())


def tell_failure(text: str, code: int) -> None:
    """Tell the parent of a worker why it ends."""
    try:
        say("failed", error=text.removeprefix("error: "), code=code)
    except Stopped:
        return


def say(event: str, **values: Any) -> None:
    """Tell the parent something; without a parent nobody listens.

    Raises:
        Stopped: if the parent is gone.
    """
    descriptor = os.environ.get(DESCRIPTOR)
    if descriptor is None:
        return
    try:
        os.write(int(descriptor), json.dumps({"event": event, **values}).encode() + b"\n")
    except BrokenPipeError as error:
        raise Stopped("the end of the process that hands out shards") from error
