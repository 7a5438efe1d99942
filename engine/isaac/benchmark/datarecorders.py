"""isaacsim.benchmark.services.datarecorders: who measures, found by name."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.isaac.benchmark.metrics.measurements import Measurement, SingleMeasurement


@dataclass
class InputContext:
    """What recorders are told.

    Attributes:
        phase: name of the present phase.
    """

    artifact_prefix: str = ""
    kit_version: str = ""
    phase: str = ""


@dataclass
class MeasurementData:
    """What a recorder gives."""

    measurements: Sequence[Measurement] = field(default_factory=list)
    metadata: Sequence[Any] = field(default_factory=list)
    artefacts: Sequence[tuple[Path, str]] = field(default_factory=list)


class MeasurementDataRecorder:
    """A recorder: started and stopped with each phase, then asked for its data."""

    def __init__(self, context: InputContext | None = None, root_dir: Path | None = None) -> None:
        self.context = context

    def start_collecting(self) -> None:
        """Start measuring."""

    def stop_collecting(self) -> None:
        """Stop measuring."""

    def get_data(self) -> MeasurementData:
        """Return what was measured since the start."""
        return MeasurementData()


class MeasurementDataRecorderRegistry:
    """Recorder classes by name."""

    name_to_class: dict[str, type[MeasurementDataRecorder]] = {}

    @classmethod
    def add(cls, name: str, recorder: type[MeasurementDataRecorder]) -> None:
        """Add a class under a name."""
        cls.name_to_class[name] = recorder

    @classmethod
    def get(cls, name: str) -> type[MeasurementDataRecorder] | None:
        """Return a class by name, or None."""
        return cls.name_to_class.get(name)

    @classmethod
    def register(cls, name: str) -> Callable[[type[MeasurementDataRecorder]], type[MeasurementDataRecorder]]:
        """Return a decorator that adds a class under a name."""

        def decorator(recorder: type[MeasurementDataRecorder]) -> type[MeasurementDataRecorder]:
            cls.add(name, recorder)
            return recorder

        return decorator

    @classmethod
    def list_available(cls) -> list[str]:
        """Return the names."""
        return list(cls.name_to_class)


@MeasurementDataRecorderRegistry.register("runtime")
class RuntimeRecorder(MeasurementDataRecorder):
    """Wall time of a phase, milliseconds."""

    _start = 0.0
    _elapsed = 0.0

    def start_collecting(self) -> None:
        """Note the time."""
        self._start = time.perf_counter()

    def stop_collecting(self) -> None:
        """Note how long it took."""
        self._elapsed = time.perf_counter() - self._start

    def get_data(self) -> MeasurementData:
        """Return the wall time."""
        return MeasurementData([SingleMeasurement("Runtime", round(self._elapsed * 1e3, 2), "ms")])


@MeasurementDataRecorderRegistry.register("memory")
class MemoryRecorder(MeasurementDataRecorder):
    """Largest resident memory of the process, gigabytes."""

    def get_data(self) -> MeasurementData:
        """Return the peak so far (getrusage counts kibibytes on Linux)."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
        return MeasurementData([SingleMeasurement("System Memory Peak RSS", round(peak, 3), "GB")])
