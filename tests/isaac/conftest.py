"""Put the import names in place and give every test an empty stage."""

from __future__ import annotations

import pytest

from engine import import_names
from engine.isaac.simulation_app import start_engine
from engine.usd_context import get_context


@pytest.fixture(autouse=True)
def fresh_stage():
    import_names.install()
    start_engine()
    get_context().new_stage()
    return get_context().get_stage()
