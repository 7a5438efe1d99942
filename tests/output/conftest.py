"""A queue of its own and clean settings for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.carb.settings import get_settings
from engine.output import queue


@pytest.fixture(autouse=True)
def fresh_queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    get_settings().destroy_item("/omni/replicator")
    monkeypatch.setattr(queue, "_queue", None)
    yield
    if queue._queue is not None:
        queue._queue.drain()
    get_settings().destroy_item("/omni/replicator")
