"""What the dataset scripts share: quality, writer, manifest and the closing report."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import carb.settings
import omni.replicator.core as rep

from replicator_scripts import arguments
from scenes.errors import ScenarioError
from scenes.scenario import Quality, Scenario
from scenes.yaml_reader import read_document
from writers.dataset import DatasetWriter
from writers.manifest import describe_file, package_versions, write_manifest


def announce(scenario: Scenario) -> None:
    """Say what is going to be made."""
    width, height = scenario.resolution
    views = "1 camera" if len(scenario.cameras) == 1 else f"{len(scenario.cameras)} cameras"
    print(f"scenario  {scenario.name}: {scenario.frames} frames of {views}, {width}x{height}, seed {scenario.seed}")
    print("          (a scenario makes its assets on first use)", flush=True)


def set_quality(quality: Quality) -> None:
    """Choose RTX's real-time or path-tracing mode by the names both runtimes know, then the engine's own settings."""
    settings = carb.settings.get_settings()
    if quality.mode == "pathtracing":
        rep.settings.set_render_pathtraced(samples_per_pixel=quality.samples)
    else:
        rep.settings.set_render_rtx_realtime()
    settings.set("/rtx/pathtracing/maxBounces", quality.max_bounces)
    for name in ("samples", "max_bounces", "denoise"):
        settings.set(f"/replicant/render/{name}", getattr(quality, name))  # RTX does not know these


@contextmanager
def writing(scenario: Scenario, out: Path, products: list[Any]) -> Iterator[DatasetWriter]:
    """Get the dataset writer through Replicator's registry and attach it; leaving by exception leaves no open shard."""
    writer = rep.WriterRegistry.get("DatasetWriter")
    info = {"description": f"Replicant scenario {scenario.name}, seed {scenario.seed}", "version": "1.0"}
    settings = {**scenario.writer, "info": info}
    writer.initialize(output_dir=str(out), outputs=scenario.outputs, classes=scenario.classes, settings=settings)
    writer.attach(products, trigger=None)
    try:
        yield writer
    except BaseException:
        writer.abandon()
        raise
    finally:
        writer.detach()


def lead_in(scenario: Scenario, start: int) -> int:
    """Return how many frames are captured before the first one: motion is seen from the frame before."""
    return 1 if start > 0 and "flow" in scenario.outputs else 0


async def capture(frame: int, scenario: Scenario) -> None:
    """Capture the frame whose event was sent; time stands still, so that no frame depends on those before it.

    Raises:
        ScenarioError: if a randomizer finds no place, value or variant.
    """
    try:
        await rep.orchestrator.step_async(rt_subframes=scenario.quality.rt_subframes, delta_time=0.0)
    except ValueError as error:
        raise ScenarioError("", f"frame {frame} cannot be made: {error}", scenario.file) from error


async def finish(writer: DatasetWriter, scenario: Scenario, options: arguments.Options, out: Path) -> None:
    """Complete the shards, then write the manifest: the last file of a whole dataset."""
    await rep.orchestrator.wait_until_complete_async()
    writer.finish()
    manifest = {
        "name": scenario.name,
        "command": arguments.command(scenario, options),
        "seed": scenario.seed,
        "frames": {"start": options.start, "count": scenario.frames},
        "resolution": list(scenario.resolution),
        "outputs": scenario.outputs,
        "classes": scenario.classes,
        "samples": writer.samples,
        "objects": dict(sorted(writer.totals.items())),
        "shards": writer.sink.entries(),
        "files": [describe_file(p) for p in sorted(out.glob("[!.]*")) if p.is_file()],
        "scenario": read_document(scenario.file),
        "versions": package_versions(),
    }
    write_manifest(out, manifest)


def report(writer: DatasetWriter, out: Path, command: str) -> None:
    """Say where the dataset is, what is in it and how to make it again."""
    objects = ", ".join(f"{count} {name}" for name, count in sorted(writer.totals.items())) or "no labelled objects"
    shown = arguments.display(out)
    print(f"dataset   {shown}")
    print(f"samples   {writer.samples} in {len(writer.sink.index)} shard(s); {objects}")
    print(f"picture   {shown}/preview.png")
    print(f"again     {command}")
