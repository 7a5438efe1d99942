"""Frames of a scenario through the dataset writer: `python -m engine benchmarks/dataset_run.py --mode overhead`.

Modes: `encoders` captures a few frames with every output and times each encoder and each shard format on them;
`overhead` captures every frame twice, once with the writer doing nothing, and compares CPU-seconds; `memory` writes
many small samples and looks at the resident memory.
"""

from __future__ import annotations

import argparse
import copy
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from measure import MARK, cpu_seconds, memory_mb

EVERYTHING = ("rgb", "depth", "normals", "flow", "semantic", "instance", "boxes")
FORMATS = ("webdataset", "parquet", "mds")
REPEATS = 5
IN_A_SHARD = 64
WARM_UP = 10**6  # a frame that no measured one is


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mode", choices=("encoders", "overhead", "memory"), default="encoders")
    parser.add_argument("--scenario", default="pasture")
    parser.add_argument("--size", default="640x480", help="WIDTHxHEIGHT")
    parser.add_argument("--outputs", default=",".join(EVERYTHING))
    parser.add_argument("--frames", type=int, default=4)
    parser.add_argument("--threads", type=int, help="of the encoder pool (default: the writer's own)")
    found = parser.parse_args()
    found.size = [int(v) for v in found.size.split("x")]
    found.outputs = found.outputs.split(",")
    return found


class Studio:
    """A scenario on the stage, and its frames.

    Args:
        options: the command line.
        folder: for the dataset.
    """

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        from scenes.scenario import load_scenario

        changed = {"resolution": options.size, "outputs": options.outputs, "frames": options.frames}
        self.scenario = load_scenario(options.scenario, changed)
        self.folder, self.threads = folder, options.threads
        self.writer: Any = None
        self._streams: Any = None

    async def open(self) -> None:
        """Build the stage and attach the writer."""
        import omni.kit.app
        import omni.replicator.core as rep

        import writers.dataset  # registers the writer
        from replicator_scripts.dataset import set_quality
        from scenes import world

        stage = await world.build_stage(self.scenario)
        products = world.build_cameras(self.scenario, stage)
        rep.orchestrator.set_capture_on_play(False)
        set_quality(self.scenario.quality, self.scenario.infrared.samples)
        self._streams = world.build_randomizers(self.scenario)
        await omni.kit.app.get_app().next_update_async()  # an event sent before the graph has run once is lost
        settings = {**self.scenario.writer, "samples_per_shard": 100}
        self.writer = rep.WriterRegistry.get(writers.dataset.DatasetWriter.__name__)
        self.writer.initialize(
            output_dir=str(self.folder),
            outputs=self.scenario.outputs,
            classes=self.scenario.classes,
            settings=settings,
            encoders=self.threads,
        )
        self.writer.attach(products, trigger=None)

    async def capture(self, frame: int) -> None:
        """Make one frame and have its samples written."""
        import omni.replicator.core as rep

        from scenes import world

        world.randomize(self.scenario, self._streams, frame)
        self.writer.begin_frame({"frame": frame, "seed": self.scenario.seed}, lambda: world.noted(self._streams))
        self.writer.schedule_write()
        await rep.orchestrator.step_async(rt_subframes=self.scenario.quality.rt_subframes, delta_time=0.0)
        self.writer.drain()

    async def capture_for(self, frame: int, take: Callable[[dict[str, Any]], Any]) -> None:
        """Make one frame and give it to `take` instead of the writer."""
        self.writer.write = take
        try:
            await self.capture(frame)
        finally:
            del self.writer.write

    async def payload(self, frame: int) -> dict[str, Any]:
        """Make one frame and return what its writer is given for its first view, in arrays of its own."""
        kept: list[dict[str, Any]] = []
        await self.capture_for(frame, lambda data: kept.append(copy.deepcopy(data["renderProducts"])))
        return {**next(iter(kept[0].values())), "about": {"frame": frame, "seed": self.scenario.seed, "drawn": {}}}


def cost(job: Callable[[], Any]) -> tuple[float, Any]:
    """Return CPU milliseconds of a job (the least of some runs, so that other work on the machine counts less)."""
    spent = []
    for _ in range(REPEATS):
        before = time.process_time()
        result = job()
        spent.append(1000 * (time.process_time() - before))
    return min(spent), result


def mean(values: list[float]) -> float:
    """Return the mean, to four digits after the point."""
    return round(statistics.fmean(values), 4)


async def encoders(studio: Studio, options: argparse.Namespace) -> dict[str, Any]:
    """Time every encoder and format on frames of the scenario."""
    members: dict[str, list[tuple[float, int]]] = {}
    samples, spent = [], []
    for frame in range(options.frames):
        view = await studio.payload(frame)
        for name, found in encode_one_by_one(studio.writer, view).items():
            members.setdefault(name, []).append(found)
        whole, sample = cost(lambda view=view, frame=frame: studio.writer._sample(f"{frame:09d}", view, {}, None))  # type: ignore[misc]
        spent.append(whole)
        samples.append(sample)
    sizes = [float(sum(map(len, sample.members.values()))) for sample in samples]
    return {
        "members": {
            name: {"cpu_ms": mean([c for c, _ in found]), "bytes": round(mean([float(s) for _, s in found]))}
            for name, found in members.items()
        },
        "sample": {"cpu_ms": mean(spent), "bytes": round(mean(sizes))},
        "formats": {name: format_cost(name, samples) for name in FORMATS},
    }


def encode_one_by_one(writer: Any, view: dict[str, Any]) -> dict[str, tuple[float, int]]:
    """Return CPU milliseconds and bytes of each member; the boxes' is the JSON with its run lengths."""
    from writers.encode import json_bytes, png
    from writers.objects import count_classes, list_objects

    def encoded(output: str) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        getattr(writer, f"_add_{output}")(view, found)
        return found

    def described() -> bytes:
        objects = list_objects(view)
        return json_bytes(writer._meta(view, objects, count_classes(objects)))

    results = {}
    for output in EVERYTHING[:-1]:
        spent, found = cost(lambda output=output: encoded(output))  # type: ignore[misc]
        (name,) = found
        results[name] = (spent, len(found[name]))
    rgb = np.ascontiguousarray(view["rgb"]["data"][..., :3])
    for name, job in (("rgb.png", lambda: png(rgb)), ("json", described)):
        spent, data = cost(job)
        results[name] = (spent, len(data))
    return results


def format_cost(name: str, samples: list[Any]) -> dict[str, Any]:
    """Write the samples again and again into one shard; return CPU milliseconds and bytes a sample, commit included."""
    from writers.shards.plan import Plan
    from writers.shards.sample import Sample
    from writers.shards.sink import ShardSink
    from writers.shards.storage import storage_of

    spent, size = [], 0
    for _ in range(REPEATS):
        with tempfile.TemporaryDirectory() as folder:
            plan = Plan({}, 0, IN_A_SHARD, IN_A_SHARD, 1, name)
            sink = ShardSink(storage_of(f"{folder}/out"), plan, Path(folder) / "out" / ".work")
            before = time.process_time()
            sink.begin(plan.shard(0))
            for frame in range(IN_A_SHARD):
                sink.write(Sample(f"{frame:09d}", samples[frame % len(samples)].members))
            size = sink.commit().bytes
            spent.append(1000 * (time.process_time() - before))
    return {"cpu_ms": round(min(spent) / IN_A_SHARD, 4), "bytes": round(size / IN_A_SHARD)}


async def overhead(studio: Studio, options: argparse.Namespace) -> dict[str, Any]:
    """Make every frame with the writer and without, in turns; compare CPU-seconds over all frames."""
    spent: dict[bool, list[float]] = {True: [], False: []}
    for frame in range(-1, options.frames):
        for writes in (True, False) if frame % 2 else (False, True):
            before = cpu_seconds()
            if writes:
                await studio.capture(frame if frame >= 0 else WARM_UP)
            else:
                await studio.capture_for(max(0, frame), lambda data: None)
            if frame >= 0:
                spent[writes].append(cpu_seconds() - before)
    began = cpu_seconds()
    studio.writer.on_final_frame()
    return {
        "frames": options.frames,
        "cpu_with": mean(spent[True]),
        "cpu_without": mean(spent[False]),
        "overhead": round(sum(spent[True]) / sum(spent[False]) - 1, 4),
        "finish_cpu_per_frame": mean([(cpu_seconds() - began) / (options.frames + 1)]),
    }


async def memory(studio: Studio, options: argparse.Namespace) -> dict[str, Any]:
    """Write many samples; return resident memory on the way and its slope over the last four fifths."""
    seen = []
    for frame in range(options.frames):
        await studio.capture(frame)
        seen.append(memory_mb())
    studio.writer.on_final_frame()
    warm = options.frames // 5
    slope = float(np.polyfit(np.arange(warm, options.frames), seen[warm:], 1)[0])
    shown = sorted({options.frames // 10, options.frames // 2, options.frames})
    return {
        "frames": options.frames,
        "memory_mb": {str(n): round(seen[n - 1], 1) for n in shown},
        "slope_kb_per_frame": round(slope * 1024, 3),
        "peak_mb": round(memory_mb(peak=True)),
    }


async def measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Run the chosen mode."""
    studio = Studio(options, folder)
    await studio.open()
    mode = {"encoders": encoders, "overhead": overhead, "memory": memory}[options.mode]
    return await mode(studio, options)


def main() -> None:
    """Measure and print the result line."""
    options = arguments()
    from isaacsim import SimulationApp

    app = SimulationApp({"headless": True})
    with tempfile.TemporaryDirectory() as name:
        result = app.run_coroutine(measure(options, Path(name) / "dataset"))
        print(MARK + json.dumps(result), flush=True)
    app.close()


main()
