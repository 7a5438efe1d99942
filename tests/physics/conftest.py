"""A fresh stage and a stopped timeline for every test; without PhysX only what it says then is tested."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pxr import Usd

from engine.physics import if_running
from engine.timeline import get_timeline_interface
from engine.usd_context import get_context


@pytest.fixture(autouse=True)
def stage() -> Iterator[Usd.Stage]:
    timeline = get_timeline_interface()
    timeline.stop()
    timeline.set_current_time(0.0)
    timeline.set_looping(True)
    timeline.set_end_time(1e6)
    timeline.set_time_codes_per_second(60.0)
    get_context().new_stage()
    stage = get_context().get_stage()
    assert stage is not None
    yield stage
    timeline.stop()
    running = if_running(stage)
    if running is not None:
        running.close()
    get_context().new_stage()
