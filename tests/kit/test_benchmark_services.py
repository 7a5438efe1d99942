from __future__ import annotations

import json

import pytest

from engine.carb.settings import get_settings
from engine.isaac import benchmark
from engine.isaac.benchmark import datarecorders
from engine.isaac.benchmark.metrics import measurements
from engine.usd_context import get_context


@pytest.fixture
def folder(tmp_path):
    get_settings().set(benchmark.OUTPUT_FOLDER, str(tmp_path))
    yield tmp_path
    get_settings().set(benchmark.OUTPUT_FOLDER, None)


def test_phases_start_and_stop_each_recorder_and_end_in_one_file(folder, capsys):
    calls = []

    @datarecorders.MeasurementDataRecorderRegistry.register("counting")
    class Counting(datarecorders.MeasurementDataRecorder):
        def start_collecting(self):
            calls.append("start")

        def stop_collecting(self):
            calls.append("stop")

        def get_data(self):
            return datarecorders.MeasurementData([measurements.SingleMeasurement("calls", len(calls), "1")])

    metadata = {"metadata": [{"name": "num_frames", "data": 3}]}
    bench = benchmark.BaseIsaacBenchmark("made", workflow_metadata=metadata, recorders=["counting", "runtime"])
    bench.set_phase("loading", start_recording_runtime=False)
    bench.store_measurements()
    bench.set_phase("work", warmup_frames=1)
    bench.store_measurements()
    bench.store_custom_measurement("work", measurements.BooleanMeasurement("done", True))
    bench.stop()
    assert calls == ["start", "stop", "start", "stop"]
    loading, work = json.loads((folder / "kpis_made.json").read_text())
    assert [m["name"] for m in loading["measurements"]] == ["calls"]
    assert [m["name"] for m in work["measurements"]] == ["calls", "Runtime", "done"]
    assert work["measurements"][0]["value"] == 4 and work["metadata"] == metadata["metadata"]
    assert "made | work | calls | 4 1" in capsys.readouterr().out


def test_recorders_of_hardware_the_engine_has_not_got_are_named(capsys):
    bench = benchmark.BaseIsaacBenchmark("made", recorders=["runtime", "gpu_frametime"])
    assert [type(one).__name__ for one in bench.recorders] == ["RuntimeRecorder"]
    printed = capsys.readouterr()
    assert "recorder 'gpu_frametime' measures nothing in the embedded engine" in printed.err + printed.out


def test_a_stage_of_the_assets_is_opened(tmp_path, monkeypatch):
    (tmp_path / "scene.usda").write_text('#usda 1.0\ndef Xform "Scene" {}\n')
    monkeypatch.setenv("REPLICANT_ASSETS", str(tmp_path))
    bench = benchmark.BaseIsaacBenchmark("made", recorders=[])
    bench.fully_load_stage(bench.assets_root_path + "/scene.usda")
    assert get_context().get_stage().GetPrimAtPath("/Scene")
    get_context().new_stage()
