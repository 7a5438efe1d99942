"""Stages for reading, and the warnings that reading them gave."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pxr import Usd, UsdGeom

from engine.carb.logging import LEVEL_WARN, acquire_logging


@pytest.fixture
def stage() -> Usd.Stage:
    """An empty Z-up stage in metres."""
    stage = Usd.Stage.CreateInMemory()
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.z)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    return stage


@pytest.fixture
def warnings() -> Iterator[list[str]]:
    """The warnings logged while the test runs."""
    heard: list[str] = []

    def hear(source: str, level: int, file: str, line: int, message: str) -> None:
        if level == LEVEL_WARN:
            heard.append(message)

    acquire_logging().add_logger(hear)
    yield heard
    acquire_logging().remove_logger(hear)
