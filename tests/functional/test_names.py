"""Every recorded `rep.functional` name is there with the recorded arguments, or says that it is left out."""

from __future__ import annotations

import importlib
import inspect
import json
from pathlib import Path
from typing import Any

import pytest

import engine

PREFIX = "omni.replicator.core.functional."
SURFACE = Path(engine.__file__).parent / "conformance" / "surface.json"
NAMES = {
    name.removeprefix(PREFIX): entry
    for name, entry in json.loads(SURFACE.read_text()).items()
    if name.startswith(PREFIX)
}
LENS = "fisheye_", "openCV_"


def resolve(name: str) -> Any:
    found: Any = importlib.import_module("engine.replicator.functional")
    for part in name.split("."):
        found = getattr(found, part)
    return found


def test_the_record_holds_the_functional_style() -> None:
    assert len(NAMES) > 60


@pytest.mark.parametrize("name", sorted(NAMES))
def test_recorded_names_take_the_recorded_arguments(name: str) -> None:
    wanted = [p for p in NAMES[name].get("parameters", {}) if not p.startswith(LENS)]
    taken = [p for p in inspect.signature(resolve(name)).parameters if not p.startswith(LENS)]
    if name.startswith("create_batch."):
        assert "count" in taken
        return
    assert taken[: len(wanted)] == wanted


def test_a_name_that_never_was() -> None:
    with pytest.raises(AttributeError, match=r"omni.replicator.core.functional has no 'paint' in the embedded engine"):
        resolve("paint")


@pytest.mark.parametrize("name", ["create", "create_batch", "get", "modify", "physics", "randomizer", "utils"])
def test_parts_list_their_names(name: str) -> None:
    module = resolve(name)
    assert module.__all__ and all(hasattr(module, public) for public in module.__all__)
    assert name in dir(importlib.import_module("engine.replicator.functional"))
