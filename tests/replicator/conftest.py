"""A fresh stage, graph and orchestrator for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pxr import Usd

from engine.carb.settings import get_settings
from engine.replicator import orchestrator
from engine.timeline import get_timeline_interface
from engine.usd_context import get_context

SETTINGS = ("/rtx", "/replicant", "/omni/replicator", "/exts/omni.kit.hydra_texture", "/syntheticdata")


@pytest.fixture(autouse=True)
def stage() -> Iterator[Usd.Stage]:
    timeline = get_timeline_interface()
    timeline.stop()
    timeline.set_current_time(0.0)
    orchestrator.stop()
    for path in SETTINGS:
        get_settings().destroy_item(path)
    orchestrator.set_capture_on_play(False)
    get_settings().set("/omni/replicator/globalSeed", 42)
    get_context().new_stage()
    stage = get_context().get_stage()
    assert stage is not None
    yield stage
    timeline.stop()
    orchestrator.stop()
