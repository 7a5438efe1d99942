"""What the dataset scripts share: quality, writer, manifest and the closing report."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import carb.settings
import omni.replicator.core as rep
import yaml

from replicator_scripts import arguments
from scenes.scenario import Quality, Scenario
from writers.dataset import DatasetWriter
from writers.manifest import describe_file, package_versions, write_manifest


def set_quality(quality: Quality) -> None:
    """Choose RTX's real-time or path-tracing mode by the names both runtimes know."""
    settings = carb.settings.get_settings()
    if quality.mode == "pathtracing":
        rep.settings.set_render_pathtraced(samples_per_pixel=quality.samples)
    else:
        rep.settings.set_render_rtx_realtime()
        settings.set("/replicant/render/samples", quality.samples)  # RTX decides by itself
    settings.set("/rtx/pathtracing/maxBounces", quality.max_bounces)
    settings.set("/replicant/render/denoise", quality.denoise)


def make_writer(scenario: Scenario, out: Path) -> DatasetWriter:
    """Get the dataset writer through Replicator's registry."""
    writer = rep.WriterRegistry.get("DatasetWriter")
    info = {"description": f"Replicant scenario {scenario.name}, seed {scenario.seed}", "version": "1.0"}
    writer.initialize(
        output_dir=str(out),
        outputs=scenario.outputs,
        classes=scenario.classes,
        settings={**scenario.writer, "info": info},
    )
    return writer


def finish(
    writer: DatasetWriter, scenario: Scenario, options: argparse.Namespace, out: Path, command: str
) -> dict[str, Any]:
    """Complete the shards, then write the manifest: the last file of a whole dataset."""
    writer.finish()
    extras = [describe_file(p) for p in sorted(out.glob("*")) if p.is_file()]
    manifest = {
        "name": scenario.name,
        "command": command,
        "seed": scenario.seed,
        "frames": {"start": options.start, "count": scenario.frames},
        "resolution": list(scenario.resolution),
        "outputs": scenario.outputs,
        "classes": scenario.classes,
        "samples": writer.samples,
        "objects": dict(sorted(writer.totals.items())),
        "shards": writer.sink.entries(),
        "files": extras,
        "scenario": yaml.safe_load(Path(options.scenario).read_text()),
        "versions": package_versions(),
    }
    write_manifest(out, manifest)
    return manifest


def report(writer: DatasetWriter, out: Path, command: str) -> None:
    """Say where the dataset is, what is in it and how to make it again."""
    objects = ", ".join(f"{count} {name}" for name, count in sorted(writer.totals.items())) or "no labelled objects"
    shown = arguments.display(out)
    print(f"dataset   {shown}")
    print(f"samples   {writer.samples} in {len(writer.sink.index)} shard(s); {objects}")
    print(f"picture   {shown}/preview.png")
    print(f"again     {command}")
