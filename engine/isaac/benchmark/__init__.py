"""isaacsim.benchmark.services: phases, recorders and a file of what they measured.

A stand-in for what Replicator benchmarks touch. Recorders of GPU, physics and Kit's frame times have nothing to
measure here: their names are accepted with a warning.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.app import get_app
from engine.carb.logging import log_warn
from engine.carb.settings import get_settings
from engine.isaac.benchmark.datarecorders import (
    InputContext,
    MeasurementDataRecorder,
    MeasurementDataRecorderRegistry,
)
from engine.isaac.benchmark.metrics.measurements import Measurement, TestPhase
from engine.isaac.storage import get_assets_root_path
from engine.usd_context import get_context

__all__ = ["DEFAULT_RECORDERS", "BaseIsaacBenchmark"]
DEFAULT_RECORDERS = ["app_frametime", "physics_frametime", "runtime", "memory", "cpu_continuous", "hardware"]
OUTPUT_FOLDER = "/exts/isaacsim.benchmark.services/metrics/metrics_output_folder"


class BaseIsaacBenchmark:
    """A benchmark of a standalone script: `set_phase`, the work, `store_measurements`, and `stop` at the end."""

    def __init__(
        self,
        benchmark_name: str = "BaseIsaacBenchmark",
        backend_type: str = "OmniPerfKPIFile",
        report_generation: bool = True,
        workflow_metadata: dict[str, Any] | None = None,
        recorders: list[str] | None = None,
        gpu_frametime: bool = False,
    ) -> None:
        """Make the recorders.

        Args:
            benchmark_name: name in the output file.
            backend_type: accepted; the output is one JSON file.
            report_generation: print the measurements at the end.
            workflow_metadata: {"metadata": [{"name", "data"}, ...]} for the output file.
            recorders: names of recorders; None for `DEFAULT_RECORDERS`.
            gpu_frametime: accepted (Isaac Sim 5.1); there is no GPU frame to time.
        """
        self.benchmark_name = benchmark_name
        self.report = report_generation
        self.context = InputContext(artifact_prefix=benchmark_name)
        self.recorders: list[MeasurementDataRecorder] = []
        self.phases: list[TestPhase] = []
        self._metadata = list((workflow_metadata or {}).get("metadata", []))
        self._active: list[MeasurementDataRecorder] = []
        for name in DEFAULT_RECORDERS if recorders is None else recorders:
            found = MeasurementDataRecorderRegistry.get(name)
            if found is not None:
                self.recorders.append(found(self.context))
            else:
                log_warn(f"isaacsim.benchmark.services: recorder '{name}' measures nothing in the embedded engine")

    def run_warmup(self, n_frames: int) -> None:
        """Run app frames that are not measured."""
        for _ in range(n_frames):
            get_app().update()

    @property
    def assets_root_path(self) -> str:
        """The folder of assets."""
        return get_assets_root_path()

    def fully_load_stage(self, usd_path: str) -> None:
        """Open a stage; it is complete when it is open."""
        get_context().open_stage(usd_path)
        get_app().update()

    def set_phase(
        self,
        phase: str,
        start_recording_frametime: bool = True,
        start_recording_runtime: bool = True,
        warmup_frames: int = 0,
    ) -> None:
        """Start a phase and its recorders.

        Args:
            phase: name in the output file.
            start_recording_frametime: accepted; no recorder of the engine measures frame times.
            start_recording_runtime: measure the wall time.
            warmup_frames: app frames to run first.
        """
        self.context.phase = phase
        self.run_warmup(warmup_frames)
        runtime = MeasurementDataRecorderRegistry.get("runtime")
        self._active = [one for one in self.recorders if start_recording_runtime or type(one) is not runtime]
        for recorder in self._active:
            recorder.start_collecting()

    def store_measurements(self) -> None:
        """End a phase: stop its recorders and keep what they measured."""
        for recorder in self._active:
            recorder.stop_collecting()
        measured = [one for recorder in self._active for one in recorder.get_data().measurements]
        self.phases.append(TestPhase(self.context.phase, measured, self._metadata))
        self._active = []

    def store_custom_measurement(self, phase_name: str, custom_measurement: Measurement) -> None:
        """Add one measurement to a phase, which is made if it is not there."""
        found = [phase for phase in self.phases if phase.phase_name == phase_name]
        if not found:
            found = [TestPhase(phase_name, [], self._metadata)]
            self.phases += found
        found[0].measurements.append(custom_measurement)

    def stop(self) -> None:
        """Write `kpis_<name>.json` and print the measurements."""
        folder = Path(get_settings().get(OUTPUT_FOLDER) or tempfile.gettempdir())
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"kpis_{self.benchmark_name}.json"
        path.write_text(json.dumps([asdict(phase) for phase in self.phases], indent=4) + "\n", encoding="utf-8")
        if self.report:
            for phase in self.phases:
                for one in phase.measurements:
                    shown = f"{getattr(one, 'value', '')} {getattr(one, 'unit', '')}".strip()
                    print(f"{self.benchmark_name} | {phase.phase_name} | {one.name} | {shown}")
