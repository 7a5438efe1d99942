"""isaacsim.benchmark.services.metrics.measurements: values with names and units."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Measurement:
    """Something measured."""

    name: str


@dataclass
class SingleMeasurement(Measurement):
    """One value with its unit."""

    value: float | int | str
    unit: str
    type: str = "single"


@dataclass
class BooleanMeasurement(Measurement):
    """Yes or no."""

    bvalue: bool
    type: str = "boolean"


@dataclass
class DictMeasurement(Measurement):
    """Several named values."""

    value: dict[str, Any]
    type: str = "dict"


@dataclass
class ListMeasurement(Measurement):
    """A series of values."""

    value: list[Any]
    type: str = "list"


@dataclass
class TestPhase:
    """What one phase of a benchmark measured."""

    phase_name: str
    measurements: list[Measurement] = field(default_factory=list)
    metadata: list[dict[str, Any]] = field(default_factory=list)
