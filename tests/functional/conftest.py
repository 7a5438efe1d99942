"""A fresh stage and graph for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pxr import Usd

from engine.carb.settings import get_settings
from engine.usd_context import get_context


@pytest.fixture(autouse=True)
def stage() -> Iterator[Usd.Stage]:
    get_settings().set("/omni/replicator/globalSeed", 42)
    get_context().new_stage()
    found = get_context().get_stage()
    assert found is not None
    yield found
