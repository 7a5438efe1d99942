"""A fresh stage, graph and orchestrator for every test, and files written from text."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pxr import Usd

from engine.carb.settings import get_settings
from engine.replicator import orchestrator
from engine.timeline import get_timeline_interface
from engine.usd_context import get_context

Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def stage() -> Iterator[Usd.Stage]:
    for path in ("/rtx", "/replicant", "/omni/replicator"):
        get_settings().destroy_item(path)
    orchestrator.set_capture_on_play(False)
    get_settings().set("/omni/replicator/globalSeed", 42)
    get_context().new_stage()
    stage = get_context().get_stage()
    assert stage is not None
    yield stage
    get_timeline_interface().stop()
    orchestrator.stop()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a YAML file and returns its path."""

    def write_text(text: str, name: str = "scene.yaml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    return write_text
